"""English to Chinese on Tatoeba without attention; tatoeba_attention differs in one setting.

Run: python -m rnnbook.recipes run tatoeba_plain
The learning rate is the best of those tried in the stage "choose" by the loss on the
validation part. The test part decided nothing. The weights kept are those of the first seed.
"""

from itertools import pairwise

from rnnbook.training.weights import get_weights
from rnnbook.translation import translator
from rnnbook.translation.seq2seq import Seq2Seq
from rnnbook.data.tatoeba import load_tatoeba

SETTINGS = {"attention": None, "seed": 0, "seeds": 3, "units": 224, "embedding": 96,
            "dropout": 0.3, "epochs": 10, "batch": 128, "learning_rate": 4e-3,
            "choose": [2e-3, 4e-3], "choose_epochs": 3, "beam": 5, "penalty": 1.0,
            "longest": [5, 8, 12]}
CORPUS = {}


def corpus(source="english"):
    """Load the pairs, and what they teach for translating from one language, once."""
    if source not in CORPUS:
        pairs = load_tatoeba()
        CORPUS[source] = pairs, translator.Languages(pairs.train, source)
    return CORPUS[source]


def data(settings):
    """Say what the figures were measured on."""
    pairs, languages = corpus()
    return {"name": pairs.source.name, "kind": pairs.source.kind, "train": len(pairs.train),
            "validation": len(pairs.validation), "test": len(pairs.test),
            "english": len(languages.english), "chinese": len(languages.chinese)}


def trials(settings):
    """List the choice of the learning rate, then the seeds."""
    short = {"stage": "choose", "epochs": settings["choose_epochs"], "seed": 100}
    long = {"stage": "test", "epochs": settings["epochs"]}
    return [short | {"rate": rate} for rate in settings["choose"]] + [
        long | {"seed": settings["seed"] + k, "rate": settings["learning_rate"]}
        for k in range(settings["seeds"])]


def run_trial(settings, trial):
    """Train one translator and measure it; the weights of the first seed are kept."""
    rows, model = train_and_score(settings, trial)
    keep = trial["stage"] == "test" and trial["seed"] == settings["seed"]
    return (rows, get_weights(model)) if keep else rows


def train_and_score(settings, trial):
    """Train one translator; measure BLEU, on the test part also by the length of the source."""
    pairs, languages = corpus(settings.get("source", "english"))
    model = Seq2Seq(*languages.sizes, settings["units"], settings["embedding"],
                    settings["attention"], settings["dropout"])
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


def finish(log, settings):
    """Mean and spread of BLEU over the seeds."""
    last = log[(log.stage == "test") & (log.epoch == settings["epochs"])]
    found = {}
    for name in [column for column in log if column.startswith("bleu")]:
        found[name] = last[name].mean()
        found[name + "_sd"] = last[name].std()
    return found
