"""Running totals: teacher forcing against scheduled sampling, three seeds.

Run: python -m rnnbook.recipes run own_outputs
Each model answers eight digits with their running totals modulo 10. A row is one output
position: accuracy when the decoder is fed the true totals, or its own outputs; and when total
number `plant` is replaced by a wrong one and the decoder left to itself from there, with
"follows", the share of answers that are right for the wrong total. The training is the same but
for the share of own outputs, which rises from 0 to `top`. The settings were not tuned.
"""

from functools import partial

import numpy as np

from rnnbook import string_pairs
from rnnbook.scheduled_sampling import Ramp, ScheduledSeq2Seq, accuracy_by_position, plant, run_on
from rnnbook.tasks import running_totals

SETTINGS = {"seed": 15, "seeds": 3, "pairs": 20_000, "test": 2000, "digits": 8, "units": 64,
            "embedding": 16, "epochs": 8, "learning_rate": 0.01, "batch": 64, "top": 0.5,
            "plant": 3}


def trials(settings):
    """List the seeds and shares."""
    return [{"seed": seed, "top": top} for seed in range(1, settings["seeds"] + 1)
            for top in (0.0, settings["top"])]


def run_trial(settings, trial):
    """Train one model; measure it at every position."""
    digits, seed = settings["digits"], trial["seed"]
    train = running_totals(settings["pairs"], digits, seed)
    test = running_totals(settings["test"], digits, 1000 + seed)
    coder = string_pairs.Coder(train)
    model = ScheduledSeq2Seq(len(coder.source), len(coder.target), settings["units"],
                             settings["embedding"], dropout=0.0)
    history = string_pairs.train_pairs(
        model, coder.encode(train), settings["epochs"], settings["learning_rate"],
        settings["batch"], callbacks=[Ramp(trial["top"], settings["epochs"])])
    (source, inputs), wanted = coder.encode(test)
    at, numbers = settings["plant"], coder.target.encode("0123456789")
    planted = plant(inputs, at, numbers, seed)
    total = inputs.shape[1]
    truth, own, wrong = (
        np.asarray(string_pairs.compiled(partial(run_on, model, given=given))(source, fed))
        for given, fed in ((total, inputs), (1, inputs), (at + 1, planted)))
    # the planted total is off by this much; whoever goes on from there stays off by it
    off = planted[:, at] - inputs[:, at]
    moved = np.where(wanted >= numbers[0],
                     numbers[0] + (wanted - numbers[0] + off[:, None]) % 10, wanted)
    columns = {"truth": (truth, wanted), "own": (own, wanted),
               "planted": (wrong, wanted), "follows": (wrong, moved)}
    curves = {name: accuracy_by_position(*pair) for name, pair in columns.items()}
    exact = float(((own == wanted) | (wanted == 0)).all(axis=1).mean())
    return [{"position": t + 1, "exact": exact, "train_loss": history["loss"][-1]}
            | {name: float(curve[t]) for name, curve in curves.items()}
            for t in range(digits)]


def finish(log, settings):
    """Mean exact match for each share."""
    exact = log[log.position == 1].groupby("top").exact
    return {f"{name} {top}": value for name, values in (("mean", exact.mean()),
            ("sd", exact.std())) for top, value in values.items()}
