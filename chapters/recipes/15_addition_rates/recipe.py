"""Sums read as they stand: a lower and a higher learning rate, one seed, by validation.

Run: python -m rnnbook.recipes run addition_rates
Everything else is as in `addition_seq2seq`, whose rate, 0.01, came from a probe of the reversed
order only. Its second seed, where the orders lay furthest apart, is trained again at two other
rates; the row of 0.01 stands in its log. If the order as it stands catches up, the rate and not
the order made the difference.
"""

from rnnbook import recipes

SUMS = recipes.import_recipe("addition_seq2seq")
SETTINGS = SUMS.SETTINGS | {"seeds": [2], "rates": [5e-3, 2e-2]}
del SETTINGS["learning_rate"]


def trials(settings):
    """List the seeds and rates."""
    return [{"seed": seed, "rate": rate} for seed in settings["seeds"]
            for rate in settings["rates"]]


def run_trial(settings, trial):
    """Train one model; keep what may choose a rate."""
    (row,), _ = SUMS.run_trial(settings | {"learning_rate": trial["rate"]},
                               {"seed": trial["seed"], "reversed": False})
    return [{key: row[key] for key in ("train_loss", "validation")}]


def finish(log, settings):
    """Exact match on the validation part."""
    return {f"{row.rate:g}": row.validation for row in log.itertuples()}
