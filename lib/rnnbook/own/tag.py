"""A tagger of words from a file of your own, beside linear models on written clues."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnbook.data.errors import DataError
from rnnbook.data.iob2 import spans
from rnnbook.data.tagged import read_tagged
from rnnbook.data.vocab import Vocabulary
from rnnbook.labelling import bilstm_crf
from rnnbook.labelling.clues import (
    ClueCoder,
    alone,
    build_clue_tagger,
    clue_crf,
    clues,
    linear_tagger,
    spelled,
    spelled_alone,
)
from rnnbook.labelling.entity_scores import by_sentence, f1_of, tags_of
from rnnbook.labelling.pos_tagger import most_frequent_tag
from rnnbook.notebook.pulse import is_watched, moving_line
from rnnbook.own.budget import epochs_for, timed
from rnnbook.own.keep import load as kept
from rnnbook.own.keep import save
from rnnbook.own.parts import divide
from rnnbook.own.report import Report, compare
from rnnbook.own.tokens import is_chinese
from rnnbook.training.fitting import seed_everything

BATCH, RATE = 32, 0.01
MOST = 400_000            # words of the training part; the rest is left out
PASSES, UPDATES, CRF_RATE = 10, 250, 0.02  # of the linear CRF, at least (few: `epochs_for`)
ALPHAS = (1e-4, 3e-4)     # of the linear model; the validation part chooses
READ = 200_000            # words that the linear model reads in all its passes, 3 to 20


@dataclass
class Tagger:
    """What `tag` found: a trained network and the report."""

    coder: ClueCoder
    entities: bool
    model: object
    report: Report = None

    def predict(self, texts):
        """Tag sentences whose words are separated by spaces: list of "word/TAG word/TAG …".

        Raises:
            DataError: a text is empty.
        """
        words = [text.split() for text in texts]
        for text, row in zip(texts, words):
            if not row:
                raise DataError(f"{text!r} holds no word")
        found = self.tags([[(word, None) for word in row] for row in words])
        return [" ".join(f"{word}/{tag}" for word, tag in zip(row, tags))
                for row, tags in zip(words, found)]

    def tags(self, sentences):
        """Tag sentences of (word, anything): list of lists of tags."""
        return bilstm_crf.predict(self.model, self.coder, sentences)

    def save(self, folder):
        """Keep the network in a folder; `load` takes it out again."""
        save(folder, "tagger", self.model.get_weights(), {
            "clues": self.coder.table.itos, "tags": self.coder.tags, "entities": self.entities,
            "spelled": self.coder.clues is spelled_alone})

    def __str__(self):
        return str(self.report)


def load(folder):
    """Take out what `Tagger.save` kept; its report is None.

    Raises:
        DataError: nothing was saved there, or it is damaged.
    """
    arrays, facts = kept(folder, "tagger")
    coder = ClueCoder([], spelled_alone if facts["spelled"] else alone)
    coder.table, coder.tags = Vocabulary(facts["clues"]), facts["tags"]
    model = build_clue_tagger(coder, facts["entities"])
    model.set_weights(arrays)
    return Tagger(coder, facts["entities"], model)


def tag(path, *, form=None, word=None, label=None, encoding="utf-8", seed=0, epochs=None,
        say=print):
    """Train a tagger on a file and compare it with linear models on written clues.

    Entities (tags O, B-X, I-X) get the CRF of chapter 14 and are scored by entity F1; other
    tags a softmax per word, as in chapter 8, and the share of words whose tag is right.

    Args:
        path: str or Path of a file with a word per line, an empty line after a sentence:
            CoNLL-2003, IOB2, BIOES, CoNLL-U, or any two columns.
        form: as `rnnbook.data.tagged.read_tagged`; by default the file decides.
        word, label: columns, counted from 1; by default the file decides.
        encoding: of the file, such as "gb18030".
        seed: of the division into parts and of the training.
        epochs: passes over the training part; by default from its size.
        say: receives the report; None keeps quiet.
    Returns:
        Tagger.
    Raises:
        DataError: the file is malformed, has one tag only or too few sentences; names the line.
    """
    if any(column is not None and column < 1 for column in (word, label)):
        raise DataError(f"columns are counted from 1, got word={word} and label={label}")
    rows, form, notes = read_tagged(path, form, word and word - 1, label and label - 1, encoding)
    kinds = Counter(tag for row in rows for _, tag in row)
    if len(kinds) < 2:
        raise DataError(f"{path}: all words have the tag {next(iter(kinds))!r}: nothing to learn")
    parts, repeated = divide(rows, key=lambda row: tuple(word for word, _ in row), seed=seed)
    train, validation, test = parts.values()
    train = cut(train)
    entities = form == "spans"
    words = [word for row in train for word, _ in row]
    chinese = is_chinese("".join(words[:1000]))
    seed_everything(seed)
    coder = ClueCoder(train, alone if chinese else spelled_alone)
    epochs = epochs or epochs_for(len(train), BATCH)
    model = build_clue_tagger(coder, entities)
    seconds = timed(lambda: bilstm_crf.train(
        model, coder.batches(train, BATCH, seed), epochs, RATE))
    found = Tagger(coder, entities, model)
    counts = by_sentence if entities else _right
    around = clues if chinese else spelled
    gold, rival = tags_of(test), _clue_crf if entities else _linear
    tagged = {"network": found.tags(test),
              "clue CRF" if entities else "linear model": rival(
                  train, validation, around, seed)(test),
              "most frequent tag": most_frequent_tag(train, test)}
    scores, gain = compare({name: counts(gold, tags) for name, tags in tagged.items()}, f1_of)
    known = set(words)
    unknown = [word not in known for row in test for word, _ in row]
    found.report = Report(
        f"tagging of {Path(path).name}", {
            "sentences": f"{len(rows)}, {kinds.total():,} words",
            "of them repeated sentences": f"{repeated} (kept in one part)",
            "train, validation, test": " ".join(str(len(part)) for part in parts.values()),
            **({"cut": f"trained on {len(train)} sentences only, {MOST:,} words"}
               if len(train) < len(parts["train"]) else {}),
            **_balance(train, entities),
            **({"note": "; ".join(notes)} if notes else {}),
            "unknown words": f"{np.mean(unknown):.1%} of the test part",
            "network": f"BiLSTM{'-CRF' * entities}, {model.count_params():,} parameters, "
                       f"{epochs} epochs",
        }, "entity F1" if entities else "accuracy", scores, gain, seconds)
    if say:
        say(str(found))
    return found


def cut(train):
    """Leave out sentences after the first `MOST` words."""
    ends = np.cumsum([len(row) for row in train])
    return train[:max(1, int(np.searchsorted(ends, MOST, side="right")))]


def _balance(train, entities):
    """Say how often the kinds of tags stand in the training part."""
    if entities:
        kinds = Counter(kind for tags in tags_of(train) for kind, *_ in spans(tags))
        return {"entities in train": ", ".join(f"{k} {n}" for k, n in kinds.most_common(10))}
    tags = Counter(tag for row in train for _, tag in row)
    (most, count), *_ = tags.most_common(1)
    return {"tags": f"{len(tags)}; most frequent {most}, {count / tags.total():.0%} of train"}


def _right(gold, predicted):
    """Count right tags and words, twice over so that `f1_of` gives accuracy: int (N, 2)."""
    return np.array([[sum(a == b for a, b in zip(row, tags)), 2 * len(row)]
                     for row, tags in zip(gold, predicted, strict=True)])


def _clue_crf(train, validation, around, seed):
    """Train a linear CRF on written clues: function sentences -> tags."""
    coder = ClueCoder(train, around)
    model = clue_crf(coder)
    passes = max(PASSES, round(UPDATES * BATCH / len(train)))
    bilstm_crf.train(model, coder.batches(train, BATCH, seed),
                     min(passes, epochs_for(len(train), BATCH)), CRF_RATE)
    return lambda sentences: bilstm_crf.predict(model, coder, sentences)


def _linear(train, validation, around, seed):
    """Fit linear models on written clues; the one best in validation: sentences -> tags."""
    passes = int(np.clip(READ / sum(map(len, train)), 3, 20))
    show, models = moving_line() if is_watched() else (lambda _: None), []
    for alpha in ALPHAS:
        show(f"linear model {len(models) + 1} of {len(ALPHAS)} …")
        models.append(linear_tagger(train, around, alpha, passes, seed))
    show(f"linear model {len(models)} of {len(models)}  done")
    return max(models, key=lambda m: f1_of(_right(tags_of(validation), m(validation)).sum(0)))
