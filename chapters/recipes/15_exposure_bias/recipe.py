"""Running totals, trained to the end: what one wrong output does, five seeds, two trainings.

Run: python -m rnnbook.recipes run exposure_bias
A model answers digits with their running totals modulo 10. A row is one output position. "truth"
and "own" are the shares of right totals when the decoder is fed the true totals, or its own;
"planted" when true total number `plant` is replaced by a wrong one and the decoder left to itself
from there, "follows" the share right for the wrong total. "after_own" and "after_truth" look at
the outputs that went wrong by themselves, this many positions after the first mistake: the same
texts, positions and network, fed the model's own totals or the true ones. Both trainings have the
same number of updates; the share of own outputs rises from 0 to `top` over the epochs. The
settings come from tries with eight digits: the training loss was to end near 0, and enough
mistakes were to remain on new texts.
"""

from functools import partial

import numpy as np

from rnnbook.translation import string_pairs
from rnnbook.translation.scheduled_sampling import (
    Ramp, ScheduledSeq2Seq, accuracy_after_mistake, accuracy_by_position, plant, run_on,
)
from rnnbook.translation.seq2seq import Seq2Seq
from rnnbook.data.tasks import running_totals

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
    digits, seed = settings["digits"], trial["seed"]
    test = running_totals(settings["test"], digits, 1000 + seed)
    fed = feed(model, coder, test, settings["plant"], seed)
    curves = accuracy(fed)
    totals = {name: part[:, :digits] for name, part in fed.items()}  # the end is always easy
    curves |= {f"after_{name}": accuracy_after_mistake(totals["own"], totals[name],
                                                       totals["wanted"])
               for name in ("own", "truth")}
    return [{"position": t + 1, "exact": exact(fed), "train_loss": loss}
            | {name: float(curve[t]) for name, curve in curves.items()
               if t < len(curve) and np.isfinite(curve[t])}
            for t in range(digits)]


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
