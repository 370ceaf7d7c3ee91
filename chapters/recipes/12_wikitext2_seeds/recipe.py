"""LSTM on WikiText-2 with two more seeds: the spread of wikitext2_lstm. No weights are kept.

Run: OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 python -m rnnbook.recipes run wikitext2_seeds
Everything but the seed is that of wikitext2_lstm: first numbers, dropped units and the places
where the text is cut depend on it; the sequence of drawn negatives is the same (WordLM seeds it
with 0). A row is an epoch; perplexities stand in the last one, measured by the full softmax on
the weights in a file's float16.
"""

import functools

from rnnbook import recipes
from rnnbook.training.weights import get_weights

MAIN = recipes.import_recipe("wikitext2_lstm")
SETTINGS = MAIN.SETTINGS | {"seeds": [13, 14]}
del SETTINGS["seed"]


@functools.cache
def prepared():
    """Read and encode the text once."""
    return MAIN.prepare(SETTINGS)


def data(settings):
    """Say what the figures were measured on."""
    return prepared()["data"]


def trials(settings):
    """List the seeds."""
    return [{"seed": seed} for seed in settings["seeds"]]


def run_trial(settings, trial):
    """Train as wikitext2_lstm does; measure the full softmax at the end."""
    model = MAIN.build(settings, prepared())
    rows = []
    for epoch in range(settings["epochs"]):
        rows.append({"epoch": epoch + 1}
                    | MAIN.train_epoch(model, settings | trial, prepared(), epoch))
        print(trial, rows[-1], flush=True)
    weights = {name: array.astype("float16").astype("float32")
               for name, array in get_weights(model).items()}
    return [*rows[:-1], rows[-1] | MAIN.finish(weights, settings, prepared())]


def finish(log, settings):
    """Perplexity of each seed on both parts."""
    last = log[log.epoch == settings["epochs"]].set_index("seed")
    return {f"{part}_perplexity": {str(seed): float(value) for seed, value in
                                   last[f"{part}_perplexity"].items()}
            for part in ("validation", "test")}
