"""Running totals, trained to the end: what one wrong output does, five seeds, two trainings.

Run: python -m rnnbook.recipes run exposure_bias
As `own_outputs`, with six digits, fewer texts and more updates, so that the training loss ends
near 0 and mistakes remain on new texts: a model answers digits with their running totals modulo
10. A row is one output position. "truth" and "own" are the shares of right totals when the
decoder is fed the true totals, or its own; "planted" when true total number `plant` is replaced
by a wrong one and the decoder left to itself from there, "follows" the share right for the wrong
total. "after_own" and "after_truth" look at the outputs that went wrong by themselves, this many
positions after the first mistake: the same texts, positions and network, fed the model's own
totals or the true ones. Both trainings have the same number of updates; the share of own outputs
rises from 0 to `top` over the epochs. The settings come from tries with eight digits: the
training loss was to end near 0, and enough mistakes were to remain on new texts.
"""

from functools import partial

import numpy as np

from rnnbook import string_pairs
from rnnbook.scheduled_sampling import (
    Ramp,
    ScheduledSeq2Seq,
    accuracy_after_mistake,
    accuracy_by_position,
    plant,
    run_on,
)
from rnnbook.seq2seq import Seq2Seq
from rnnbook.tasks import running_totals

SETTINGS = {"seed": 15, "seeds": 5, "pairs": 5000, "test": 4000, "digits": 6, "units": 64,
            "embedding": 16, "epochs": 70, "learning_rate": 0.01, "batch": 128, "top": 0.5,
            "plant": 2}


def trials(settings):
    """List the seeds and shares."""
    return [{"seed": seed, "top": top} for seed in range(1, settings["seeds"] + 1)
            for top in (0.0, settings["top"])]


def train(settings, trial):
    """Train one model: teacher forcing (the faster class), or scheduled sampling."""
    data = running_totals(settings["pairs"], settings["digits"], trial["seed"])
    coder = string_pairs.Coder(data)
    kind, callbacks = ((ScheduledSeq2Seq, [Ramp(trial["top"], settings["epochs"])])
                       if trial["top"] else (Seq2Seq, []))
    model = kind(len(coder.source), len(coder.target), settings["units"],
                 settings["embedding"], dropout=0.0)
    history = string_pairs.train_pairs(
        model, coder.encode(data), settings["epochs"], settings["learning_rate"],
        settings["batch"], callbacks=callbacks)
    return model, coder, history["loss"][-1]


def run_trial(settings, trial):
    """Train one model; measure it at every position."""
    model, coder, loss = train(settings, trial)
    test = running_totals(settings["test"], settings["digits"], 1000 + trial["seed"])
    (source, inputs), wanted = coder.encode(test)
    at, numbers = settings["plant"], coder.target.encode("0123456789")
    planted = plant(inputs, at, numbers, trial["seed"])
    truth, own, wrong = (
        np.asarray(string_pairs.compiled(partial(run_on, model, given=given))(source, fed))
        for given, fed in ((inputs.shape[1], inputs), (1, inputs), (at + 1, planted)))
    # the planted total is off by this much; whoever goes on from there stays off by it
    off = planted[:, at] - inputs[:, at]
    moved = np.where(wanted >= numbers[0],
                     numbers[0] + (wanted - numbers[0] + off[:, None]) % 10, wanted)
    curves = {name: accuracy_by_position(*pair) for name, pair in
              {"truth": (truth, wanted), "own": (own, wanted), "planted": (wrong, wanted),
               "follows": (wrong, moved)}.items()}
    digits = settings["digits"]
    totals = [part[:, :digits] for part in (own, wanted)]  # the end token is always easy
    curves |= {f"after_{name}": accuracy_after_mistake(totals[0], tokens[:, :digits], totals[1])
               for name, tokens in (("own", own), ("truth", truth))}
    exact = float((own == wanted).all(axis=1).mean())
    return [{"position": t + 1, "exact": exact, "train_loss": loss}
            | {name: float(curve[t]) for name, curve in curves.items()
               if t < len(curve) and np.isfinite(curve[t])}
            for t in range(digits)]


def finish(log, settings):
    """Mean exact match for each share."""
    exact = log[log.position == 1].groupby("top").exact
    return {f"{name} {top}": value for name, values in (("mean", exact.mean()),
            ("sd", exact.std())) for top, value in values.items()}
