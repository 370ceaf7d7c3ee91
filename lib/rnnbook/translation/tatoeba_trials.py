"""Trials of translators between English and Chinese on Tatoeba, scored by BLEU."""

from itertools import pairwise

from rnnbook.data.tatoeba import load_tatoeba
from rnnbook.training.weights import get_weights
from rnnbook.translation import translator
from rnnbook.translation.seq2seq import Seq2Seq

KINDS = {"plain": None, "attention": "multiplicative"}
SETTINGS = {"units": 224, "embedding": 96, "dropout": 0.3, "epochs": 10, "batch": 128,
            "beam": 5, "penalty": 1.0, "longest": [5, 8, 12]}
CORPUS = {}


def corpus(source="english"):
    """Load the pairs, and what they teach for translating from one language, once."""
    if source not in CORPUS:
        pairs = load_tatoeba()
        CORPUS[source] = pairs, translator.Languages(pairs.train, source)
    return CORPUS[source]


def data(settings):
    """Say what figures are measured on: dict of the name, its kind and the sizes."""
    pairs, languages = corpus()
    return {"name": pairs.source.name, "kind": pairs.source.kind, "train": len(pairs.train),
            "validation": len(pairs.validation), "test": len(pairs.test),
            "english": len(languages.english), "chinese": len(languages.chinese)}


def train_and_score(settings, trial, kind, source="english"):
    """Train one translator; measure BLEU, on the test part also by the length of the source.

    Args:
        settings: dict of "units", "embedding", "dropout", "batch", "beam", "penalty", "longest".
        trial: dict of "stage" ("choose": losses only), "epochs", "rate" and "seed".
        kind: of `KINDS`.
        source: language to translate from.
    Returns:
        list of dicts, one per epoch (a log), and the model.
    """
    pairs, languages = corpus(source)
    model = Seq2Seq(*languages.sizes, settings["units"], settings["embedding"], KINDS[kind],
                    settings["dropout"])
    rows = translator.train(
        model, languages.examples(pairs.train), languages.examples(pairs.validation),
        trial["epochs"], trial["rate"], settings["batch"], trial["seed"], say=print)
    rows = [row | scores({}, {}, settings, languages) for row in rows]
    if trial["stage"] == "choose":
        return rows, model
    wanted = {part: translator.references(languages.turned(getattr(pairs, part)))
              for part in ("validation", "test")}
    own = {part: dict(zip(texts, translator.translate(model, languages, list(texts))))
           for part, texts in wanted.items()}
    beam = translator.translate(model, languages, list(wanted["test"]), settings["beam"],
                                settings["penalty"])
    own["beam"] = dict(zip(wanted["test"], beam))
    rows[-1] |= scores(own, wanted, settings, languages)
    rows[-1]["parameters"] = model.count_params()
    return rows, model


def scores(own, wanted, settings, languages):
    """BLEU of validation and test (greedy), of test with a beam, of test by length."""
    def score(part, texts):
        if not texts:
            return float("nan")
        where = "test" if part == "beam" else part
        return translator.bleu([own[part][t] for t in texts], [wanted[where][t] for t in texts],
                               languages.names[1])

    parts = ("validation", "test", "beam")
    found = {f"bleu_{part}": score(part, list(own.get(part, ()))) for part in parts}
    ends = [0, *settings["longest"], 1000]
    for shortest, longest in pairwise(ends):
        texts = [t for t in own.get("test", ())
                 if shortest < len(languages.tokens(t)) <= longest]
        found[f"bleu_over_{shortest}"] = score("test", texts)
    return found | {"parameters": float("nan")}


def one_seed(settings):
    """List the one trial of a network whose weights are kept."""
    return [{"stage": "test"} | {name: settings[name]
                                 for name in ("source", "kind", "epochs", "seed", "rate")}]


def keep(settings, trial):
    """Run the trial of `one_seed`: its rows and its weights."""
    rows, model = train_and_score(settings, trial, trial["kind"], trial["source"])
    return rows, get_weights(model)


def last_bleu(log, settings):
    """BLEU after the last epoch: dict by the names of the columns."""
    last = log.iloc[-1]
    return {name: float(last[name]) for name in log if name.startswith("bleu")}
