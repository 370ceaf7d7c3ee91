"""Three tasks for one tagger: entities and words of UNER, parts of speech of UD Chinese."""

from rnnbook import crf, entity_scores, segmentation, sequence_tagger
from rnnbook.conllu import load_ud_chinese
from rnnbook.iob2 import load_uner
from rnnbook.tagger import accuracy
from rnnbook.token_coder import Coder

BANKS = {}


def bank(task):
    """Load the sentences of a task once.

    Args:
        task: "entities", "parts of speech" or "words".
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
    found = found.train, found.validation, found.test
    return [segmentation.segmentation_task(p) for p in found] if task == "words" else found


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
    if task == "entities":
        row |= entity_scores.scores(entity_scores.tags_of(sentences), predicted)._asdict()
        return {"score": row["entity_f1"]} | row
    row["token_micro"] = accuracy(predicted, sentences)
    if task == "parts of speech":
        return {"score": row["token_micro"]} | row
    gold = segmentation.cut(sentences, entity_scores.tags_of(sentences))
    row["precision"], row["recall"], score = segmentation.word_f1(
        gold, segmentation.cut(sentences, predicted))
    return {"score": score} | row


def train_and_measure(task, with_crf, seed, epochs, batch=32, learning_rate=3e-3):
    """Train a tagger; score it with the rules of the scheme and, for a softmax, without.

    Args:
        task: as `bank`.
        with_crf: a CRF, or a softmax per token.
        seed: of the order of the batches; that of the weights must be set before.
        epochs, batch, learning_rate: of the training.
    Returns:
        list of dicts (rows of a log) and the model.
    """
    train, validation, test = parts(task)
    coder = Coder(train)
    model = sequence_tagger.build(coder, with_crf)
    history = sequence_tagger.train(
        model, coder.batches(train, batch, seed), epochs, learning_rate)
    rows = []
    for rules in (True,) if with_crf else (True, False):
        scores = None if rules else sequence_tagger.no_moves(coder.tags)
        checked = measure(task, validation, sequence_tagger.predict(
            model, coder, validation, scores))["score"]
        predicted = sequence_tagger.predict(model, coder, test, scores)
        rows.append({"rules": rules, "parameters": model.count_params(),
                     "train_loss": history["loss"][-1], "validation_score": checked,
                     "illegal": crf.illegal(predicted)} | measure(task, test, predicted))
    return rows, model
