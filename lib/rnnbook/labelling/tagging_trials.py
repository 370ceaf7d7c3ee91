"""Tasks for one tagger: entities and words of UNER, parts of speech of UD Chinese."""

import numpy as np
from keras import ops

from rnnbook.data.conllu import load_ud_chinese
from rnnbook.data.iob2 import load_uner
from rnnbook.labelling import bilstm_crf, crf, entity_scores, segmentation
from rnnbook.labelling.bilstm_crf import Coder
from rnnbook.labelling.pos_tagger import accuracy

BANKS = {}
CUT = {"words": segmentation.segmentation_task,
       "entities of characters": segmentation.character_entities}


def bank(task):
    """Load the sentences of a task once.

    Args:
        task: "entities", "entities of characters", "parts of speech" or "words".
    Returns:
        object with train, validation, test and source, as `load_uner` gives.
    """
    load = load_ud_chinese if task == "parts of speech" else load_uner
    if load not in BANKS:
        BANKS[load] = load()
    return BANKS[load]


def parts(task):
    """Give the training, validation and test sentences of a task: lists of (token, tag)."""
    found = bank(task)
    return [CUT.get(task, list)(part) for part in (found.train, found.validation, found.test)]


def summary(task):
    """Say what the sentences of a task are: dict of name, kind and their number in each part."""
    source = bank(task).source
    return {"name": source.name, "kind": source.kind,
            "sentences": [len(part) for part in parts(task)]}


def measure(task, sentences, predicted):
    """Score predicted tags as a task wants it.

    Args:
        task: as `bank`.
        sentences: list of sentences, each a list of (token, tag).
        predicted: list of lists of tags.
    Returns:
        dict: "score" is entity F1, accuracy or word F1; what a task has not is NaN.
    """
    row = dict.fromkeys(entity_scores.Scores._fields, float("nan"))
    if task.startswith("entities"):
        row |= entity_scores.scores(entity_scores.tags_of(sentences), predicted)._asdict()
        return {"score": row["entity_f1"]} | row
    row["token_micro"] = accuracy(predicted, sentences)
    if task == "parts of speech":
        return {"score": row["token_micro"]} | row
    gold = segmentation.cut(sentences, entity_scores.tags_of(sentences))
    row["precision"], row["recall"], score = segmentation.word_f1(
        gold, segmentation.cut(sentences, predicted))
    return {"score": score} | row


def train(task, kind, seed, settings, **options):
    """Train a tagger on the training sentences of a task.

    Args:
        task: as `bank`.
        kind: "CRF", or "softmax" per token.
        seed: of the order of the batches; that of the weights must be set before.
        settings: dict with "epochs", "batch" and "learning_rate".
        options: more arguments for `bilstm_crf.build`.
    Returns:
        the model, its coder, and the training loss of the last epoch.
    """
    sentences = parts(task)[0]
    coder = Coder(sentences)
    model = bilstm_crf.build(coder, kind == "CRF", **options)
    batches = coder.batches(sentences, settings["batch"], seed)
    history = bilstm_crf.train(model, batches, settings["epochs"], settings["learning_rate"])
    return model, coder, history["loss"][-1]


def decodings(model, tags):
    """Give the ways to decode, for `bilstm_crf.predict`.

    Returns:
        dict of scores: "moves" (a CRF's own), "rules" (0 for every move that is allowed) and
        "free" (0 for every move).
    """
    layer = model.get_layer("crf")
    own = {"moves": layer.scores()} if layer.learned else {}
    return own | {"rules": [ops.convert_to_tensor(bar) for bar in layer.bars],
                  "free": bilstm_crf.no_moves(tags)}


def tag_and_measure(task, model, coder, sentences, scores=None, each=False):
    """Tag sentences and score the tags; arguments as `bilstm_crf.predict`.

    Returns:
        dict: that of `measure` and "illegal", the sentences whose tags break the scheme; with
        `each` also "sentences", `entity_scores.by_sentence` as text, which `read_counts` reads.
    """
    predicted = bilstm_crf.predict(model, coder, sentences, scores)
    row = {"illegal": crf.illegal(predicted)} | measure(task, sentences, predicted)
    if each:
        counts = entity_scores.by_sentence(entity_scores.tags_of(sentences), predicted)
        row["sentences"] = " ".join(f"{right}/{both}" for right, both in counts)
    return row


def read_counts(text):
    """Read the counts of a log back: "1/3 0/2 …" -> int (N, 2), as `entity_scores.by_sentence`."""
    return np.array([pair.split("/") for pair in text.split()], int)


def score_test_part(task, model, coder, loss, each=False):
    """Score a trained tagger on the test part, in every way to decode.

    Args:
        task, model, coder, loss: as `train` takes and gives.
        each: keep the entities of each sentence, too.
    Returns:
        dict of rows for a log, by the names of `decodings`; "validation_score" beside each.
    """
    _, validation, test = parts(task)
    return {name: {"train_loss": loss, "validation_score": tag_and_measure(
                task, model, coder, validation, scores)["score"]}
            | tag_and_measure(task, model, coder, test, scores, each)
            for name, scores in decodings(model, coder.tags).items()}


def rules_or_not(kind, rows, parameters):
    """List the rows of `score_test_part`: a CRF by its moves, a softmax with rules and without."""
    return [{"rules": name != "free", "parameters": parameters} | row
            for name, row in rows.items() if kind == "softmax" or name == "moves"]


def seeds(settings):
    """List the seeds: a number of them, or they themselves."""
    listed = settings["seeds"]
    return [{"seed": seed} for seed in (range(listed) if isinstance(listed, int) else listed)]


def grid(settings):
    """List the trials of a choice: all "epochs" with all "learning_rates"."""
    return [{"epochs": epochs, "learning_rate": rate} for epochs in settings["epochs"]
            for rate in settings["learning_rates"]]


def try_entities(settings, trial):
    """Run one trial of `grid`: train a tagger of entities, score it on the validation part."""
    model, coder, loss = train("entities", settings["model"], settings["seed"], settings | trial)
    validation = parts("entities")[1]
    return [{"decoding": name, "train_loss": loss}
            | tag_and_measure("entities", model, coder, validation, scores)
            for name, scores in decodings(model, coder.tags).items()]


def best(log, settings=None):
    """Name the best setting in the log of `grid`, by the first way of decoding."""
    first = log[log.decoding == log.decoding.iloc[0]]
    row = first.loc[first.entity_f1.idxmax()]
    return {"epochs": int(row.epochs), "learning_rate": float(row.learning_rate),
            "entity F1": row.entity_f1}


def train_chosen(settings, chosen, seed):
    """Train a tagger of entities with the setting that `best` chose; score the test part."""
    trained = train("entities", settings["model"], seed, settings | chosen)
    return [{"decoding": name} | row
            for name, row in score_test_part("entities", *trained, each=True).items()]


def entity_f1(log, settings):
    """Mean and spread of entity F1 for each way of decoding."""
    scores = log.groupby("decoding").entity_f1
    return {"mean": scores.mean().to_dict(), "sd": scores.std().to_dict()}
