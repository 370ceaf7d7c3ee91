"""Parts of speech of Chinese words: one direction or two, LSTM or GRU, one to four layers.

Run: python -m rnnbook.recipes run ud_pos
The learning rate is the best of those tried in the stage "choose" on sentences held out of the
training part (one seed), for one layer and for several layers apart. The test part decided
nothing. All networks have `units` numbers per word and layer: with two directions, half of
them per direction.
"""

from rnnbook.labelling import pos_tagger
from rnnbook.data.conllu import TAGS, load_ud_chinese

SETTINGS = {"seed": 8, "seeds": 5, "other_seeds": 3, "units": 64, "batch": 64, "epochs": 8,
            "dropout": 0.3, "learning_rate": {"one layer": 0.03, "deep": 0.02},
            "choose": [[1, 0.01], [1, 0.02], [1, 0.03], [4, 0.01], [4, 0.02]]}
TWO_WAYS = {"cell": "LSTM", "directions": 2, "depth": 1, "residual": False}
TREEBANK = {}


def treebank():
    """Load the treebank once."""
    if not TREEBANK:
        bank = load_ud_chinese()
        TREEBANK.update(bank=bank, features=pos_tagger.Features(bank.train))
    return TREEBANK["bank"], TREEBANK["features"]


def data(settings):
    """Say what the figures were measured on."""
    bank, _ = treebank()
    parts = {part: sum(map(len, getattr(bank, part))) for part in ("train", "validation", "test")}
    return {"name": bank.source.name, "kind": bank.source.kind, "words": parts}


def trials(settings):
    """List the choice of learning rates, then the networks that are tested."""
    rates = settings["learning_rate"]
    rows = [{"stage": "choose", **TWO_WAYS, "depth": depth, "rate": rate, "seed": 100}
            for depth, rate in settings["choose"]]
    one = {"stage": "test", **TWO_WAYS, "rate": rates["one layer"]}
    rows += [one | {"directions": directions, "seed": seed}
             for seed in range(settings["seeds"]) for directions in (1, 2)]
    rows += [one | {"cell": "GRU", "seed": seed} for seed in range(settings["other_seeds"])]
    rows += [one | {"rate": rates["deep"], "depth": depth, "residual": residual, "seed": seed}
             for depth in (2, 4, 3) for seed in range(settings["other_seeds"])
             for residual in (False, True)]
    return rows


def run_trial(settings, trial):
    """Train one tagger; measure the share of right tags, in all and for each tag."""
    bank, features = treebank()
    model = pos_tagger.build_tagger(
        features, trial["cell"], settings["units"], trial["directions"], trial["depth"],
        trial["residual"], settings["dropout"])
    batches = features.batches(bank.train, settings["batch"], trial["seed"])
    history = pos_tagger.train_tagger(model, batches, settings["epochs"], trial["rate"])
    part = bank.validation if trial["stage"] == "choose" else bank.test
    predicted = pos_tagger.predict_tags(model, features, part)
    row = {"parameters": model.count_params(), "train_loss": history["loss"][-1],
           "accuracy": pos_tagger.accuracy(predicted, part)}
    row |= {tag: pos_tagger.accuracy_of(tag, predicted, part) for tag in TAGS}
    return [row]


def finish(log, settings):
    """Mean accuracy of the networks, and what the second direction adds, seed by seed."""
    test = log[log.stage == "test"]
    means = test.groupby(["cell", "directions", "depth", "residual"]).accuracy.mean()
    lstm = test[(test.cell == "LSTM") & (test.depth == 1)].pivot(
        index="seed", columns="directions", values="accuracy")
    gain = lstm[2] - lstm[1]
    return {"gain": gain.mean(), "gain_sd": gain.std(),
            **{" ".join(map(str, name)): value for name, value in means.items()}}
