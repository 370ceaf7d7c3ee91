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

import numpy as np

from rnnbook import recipes
from rnnbook.translation import string_pairs
from rnnbook.translation.scheduled_sampling import Ramp, ScheduledSeq2Seq, accuracy_after_mistake
from rnnbook.translation.seq2seq import Seq2Seq
from rnnbook.data.tasks import running_totals

OWN = recipes.import_recipe("own_outputs")
SETTINGS = {"seed": 15, "seeds": 5, "pairs": 5000, "test": 4000, "digits": 6, "units": 64,
            "embedding": 16, "epochs": 70, "learning_rate": 0.01, "batch": 128, "top": 0.5,
            "plant": 2}


trials, finish = OWN.trials, OWN.finish


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
    fed = OWN.feed(model, coder, test, settings["plant"], seed)
    curves = OWN.accuracy(fed)
    totals = {name: part[:, :digits] for name, part in fed.items()}  # the end is always easy
    curves |= {f"after_{name}": accuracy_after_mistake(totals["own"], totals[name],
                                                       totals["wanted"])
               for name in ("own", "truth")}
    return [{"position": t + 1, "exact": OWN.exact(fed), "train_loss": loss}
            | {name: float(curve[t]) for name, curve in curves.items()
               if t < len(curve) and np.isfinite(curve[t])}
            for t in range(digits)]
