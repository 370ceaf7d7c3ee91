"""English to Chinese and Chinese to English, without and with attention, seed by seed.

Run: python -m rnnbook.recipes run tatoeba_both_ways
The rates of the first group of "arms" had the lowest loss on the validation part after three
epochs, in tatoeba_rates. There attention varied much from English, so the other groups have lower
rates, down to one that is worse, and `finish` takes for each way and kind the rate whose BLEU on
the validation part is best after all epochs. The test part decided nothing. BLEU compares Chinese
by characters, English by words in small letters.
"""

from rnnbook.translation import tatoeba_trials

SETTINGS = {"seed": 0, "arms": [{"seeds": 2, "rates": [["english", 16e-3], ["chinese", 8e-3]]},
                                {"seeds": 3, "rates": [["english", 8e-3]]},
                                {"seeds": 3, "rates": [["english", 4e-3]]}]} \
    | tatoeba_trials.SETTINGS
data = tatoeba_trials.data


def trials(settings):
    """List ways, rates and kinds, seed by seed."""
    return [{"stage": "test", "source": source, "kind": kind, "epochs": settings["epochs"],
             "seed": settings["seed"] + k, "rate": rate}
            for arm in settings["arms"] for k in range(arm["seeds"])
            for source, rate in arm["rates"] for kind in tatoeba_trials.KINDS]


def run_trial(settings, trial):
    """Train one translator; measure BLEU after its last epoch."""
    return tatoeba_trials.train_and_score(settings, trial, trial["kind"], trial["source"])[0]


def finish(log, settings):
    """Choose the rate of each way and kind; mean and spread of BLEU there, by seeds."""
    last = log[log.epoch == settings["epochs"]]
    bleu = last.groupby(["source", "kind", "rate"])[[f"bleu_{part}" for part in (
        "validation", "test", "beam")]].agg(["mean", "std"])
    bleu.columns = ["_".join(names) for names in bleu.columns]
    best = bleu.loc[bleu.groupby(["source", "kind"]).bleu_validation_mean.idxmax()]
    return {f"{source} {kind}": {"rate": rate} | row.to_dict()
            for (source, kind, rate), row in best.iterrows()}
