"""Parts of speech of Chinese words: one direction or two, LSTM or GRU, one layer or four.

Run: python -m rnnbook.recipes run ud_pos
Every network gets the same search: the rates of `rates`, one seed, judged on sentences held out
of the training part; `best` holds the winners, none at an edge of the grid. The test part
decided nothing. All networks have `units` numbers per word and layer: with two directions, half
of them per direction.
"""

from rnnbook.labelling import pos_tagger
from rnnbook.data.conllu import TAGS, load_ud_chinese

NETWORKS = {  # cell, directions, depth, residual
    "one way": ("LSTM", 1, 1, False), "two ways": ("LSTM", 2, 1, False),
    "two ways, GRU": ("GRU", 2, 1, False), "4 layers": ("LSTM", 2, 4, False),
    "4 layers, residual": ("LSTM", 2, 4, True)}
SEEDS = dict(zip(NETWORKS, (5, 5, 3, 3, 3)))
SETTINGS = {"seed": 8, "seeds": SEEDS, "units": 64, "batch": 64, "epochs": 8, "dropout": 0.3,
            "rates": [0.01, 0.03, 0.09], "best": dict.fromkeys(NETWORKS, 0.03)}
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
    return [{"stage": "choose", "network": name, "rate": rate, "seed": 100}
            for name in NETWORKS for rate in settings["rates"]] + [
        {"stage": "test", "network": name, "rate": settings["best"][name], "seed": seed}
        for name in NETWORKS for seed in range(settings["seeds"][name])]


def run_trial(settings, trial):
    """Train one tagger; measure the share of right tags, in all and for each tag."""
    bank, features = treebank()
    cell, directions, depth, residual = NETWORKS[trial["network"]]
    model = pos_tagger.build_tagger(features, cell, settings["units"], directions, depth, residual,
                                    settings["dropout"])
    batches = features.batches(bank.train, settings["batch"], trial["seed"])
    history = pos_tagger.train_tagger(model, batches, settings["epochs"], trial["rate"])
    part = bank.validation if trial["stage"] == "choose" else bank.test
    predicted = pos_tagger.predict_tags(model, features, part)
    row = {"depth": depth, "residual": residual, "parameters": model.count_params(),
           "train_loss": history["loss"][-1], "accuracy": pos_tagger.accuracy(predicted, part)}
    row |= {tag: pos_tagger.accuracy_of(tag, predicted, part) for tag in TAGS}
    return [row]


def finish(log, settings):
    """Mean accuracy of the networks on the test part."""
    return log[log.stage == "test"].groupby("network").accuracy.mean().to_dict()
