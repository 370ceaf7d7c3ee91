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

from rnnbook.translation import string_pairs
from rnnbook.translation.scheduled_sampling import (
    Ramp, ScheduledSeq2Seq, accuracy_by_position, plant, run_on,
)
from rnnbook.data.tasks import running_totals

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
    fed = feed(model, coder, test, settings["plant"], seed)
    curves, found = accuracy(fed), {"exact": exact(fed), "train_loss": history["loss"][-1]}
    return [{"position": t + 1} | found
            | {name: float(curve[t]) for name, curve in curves.items()} for t in range(digits)]


def feed(model, coder, pairs, at, seed):
    """Run a model on true totals, on its own, and on its own after one wrong total.

    Args:
        model: trained Seq2Seq.
        coder: of `string_pairs`.
        pairs: of `running_totals`.
        at: position whose true total is replaced by a wrong one.
        seed: of the wrong totals.
    Returns:
        dict of tokens (N, T): "truth", "own" and "planted", what the model answers in each case;
        "wanted", the right ones; "moved", those that are right for the wrong total.
    """
    (source, inputs), wanted = coder.encode(pairs)
    numbers = coder.target.encode("0123456789")
    planted = plant(inputs, at, numbers, seed)
    truth, own, wrong = (
        np.asarray(string_pairs.compiled(partial(run_on, model, given=given))(source, fed))
        for given, fed in ((inputs.shape[1], inputs), (1, inputs), (at + 1, planted)))
    # the planted total is off by this much; whoever goes on from there stays off by it
    off = planted[:, at] - inputs[:, at]
    moved = np.where(wanted >= numbers[0],
                     numbers[0] + (wanted - numbers[0] + off[:, None]) % 10, wanted)
    return {"truth": truth, "own": own, "planted": wrong, "wanted": wanted, "moved": moved}


def accuracy(fed):
    """Share of right outputs at each position, dict of (T,); `fed` as `feed` gives it."""
    return {name: accuracy_by_position(fed[name], fed["wanted"])
            for name in ("truth", "own", "planted")} | {
                "follows": accuracy_by_position(fed["planted"], fed["moved"])}


def exact(fed):
    """Share of texts whose own outputs are all right."""
    return float(((fed["own"] == fed["wanted"]) | (fed["wanted"] == 0)).all(axis=1).mean())


def finish(log, settings):
    """Mean exact match for each share."""
    by_top = log[log.position == 1].groupby("top").exact
    return {f"{name} {top}": value for name, values in (("mean", by_top.mean()),
            ("sd", by_top.std())) for top, value in values.items()}
