"""Two ways to a lower loss with the stored weights of shakespeare_lstm.

Run: python -m rnnbook.recipes run shakespeare_evaluated
Each way has one number, chosen on the first `chosen_on` characters of the validation text (the
training text cannot choose: network and n-gram model have seen it). These characters are read,
but rows "test" score only the rest. "mixture": Kneser-Ney's probabilities get a share. "dynamic":
after every segment of `steps` characters the weights make a step of SGD on it, so the loss of a
segment is that before its step (Krause et al. 2018, arXiv:1709.07432; their decay back to the
first weights and their scaling of the steps are left out). "alone" is the network unchanged.
"""

import functools

import keras
import numpy as np

from rnnbook import recipes
from rnnbook.language import char_lm
from rnnbook.language.cache import mixed_nats
from rnnbook.language.kneser_ney import KneserNey

MAIN = recipes.import_recipe("shakespeare_lstm")
SETTINGS = {"seed": 11, "order": 7, "chosen_on": 16_000, "steps": 32, "clip_norm": 1.0,
            "shares": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], "rates": [0.03, 0.1, 0.3, 1.0]}


@functools.cache
def prepared():
    """Read and encode the text, and load the network's weights, once."""
    return MAIN.prepare(MAIN.SETTINGS) | {"weights": recipes.load("shakespeare_lstm").weights}


def data(settings):
    """Say what the figures were measured on."""
    return prepared()["data"]


def trials(settings):
    """List the two ways."""
    return [{"way": "mixture"}, {"way": "dynamic"}]


def run_trial(settings, trial):
    """Choose on the first characters, score the rest."""
    ids, steps = prepared()["validation"], settings["steps"]
    ids = ids[:(len(ids) - 1) // steps * steps + 1]
    parts = {"choose": slice(settings["chosen_on"]), "test": slice(settings["chosen_on"], None)}
    alone = char_lm.token_nats(build, ids, 1000)
    way = mixture if trial["way"] == "mixture" else dynamic
    return [{"stage": stage, "value": value, "alone_nats": float(alone[parts[stage]].mean()),
             "nats": float(nats)} for stage, value, nats in way(settings, ids, alone, parts)]


def build(**options):
    """Build the network around the stored weights."""
    return char_lm.from_weights(prepared()["weights"], **options)


def mixture(settings, ids, alone, parts):
    """Give Kneser-Ney's probabilities each share, then the best one."""
    counted = KneserNey(settings["order"]).fit(prepared()["whole"], len(prepared()["vocab"]))
    probs = np.exp(-counted.token_nll(ids)[1:])
    mixed = {share: mixed_nats(alone, probs, share) for share in settings["shares"]}
    rows = [("choose", share, nats[parts["choose"]].mean()) for share, nats in mixed.items()]
    best = min(rows, key=lambda row: row[2])[1]
    return [*rows, ("test", best, mixed[best][parts["test"]].mean())]


def dynamic(settings, ids, alone, parts):
    """Learn the first characters at each rate; go on to the rest with the best one."""
    steps, rows, read = settings["steps"], [], {}
    for rate in settings["rates"]:
        model = build(weight_dropout=0.0, batch=1, steps=steps, stateful=True)
        model.compile(keras.optimizers.SGD(rate, global_clipnorm=settings["clip_norm"]),
                      char_lm.lm_loss(), jit_compile=False)
        read[rate] = model
        rows.append(("choose", rate, learn(model, ids, parts["choose"], steps)))
    best = min(rows, key=lambda row: row[2])[1]
    return [*rows, ("test", best, learn(read[best], ids, parts["test"], steps))]


def learn(model, ids, part, steps):
    """Train on a piece once, from its beginning to its end: the mean loss before each step."""
    x, y = (side[part].reshape(-1, steps) for side in (ids[:-1], ids[1:]))
    return model.fit(x, y, batch_size=1, shuffle=False, verbose=0).history["loss"][0]


def finish(log, settings):
    """Nats per character of the scored text: alone, and each way."""
    test = log[log.stage == "test"].set_index("way")
    return {"alone": float(test.alone_nats["mixture"])} | {
        way: float(test.nats[way]) for way in ("mixture", "dynamic")}
