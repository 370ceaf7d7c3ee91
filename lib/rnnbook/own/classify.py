"""A classifier of texts from a CSV or TSV file of your own, beside the linear model."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnbook.data.errors import DataError
from rnnbook.data.table import read_table
from rnnbook.data.tatoeba import english_tokens
from rnnbook.data.vocab import Vocabulary
from rnnbook.labelling.classifier import (
    Features,
    bag_classifier,
    build_classifier,
    logits_of,
    train_classifier,
)
from rnnbook.own.budget import epochs_for, timed
from rnnbook.own.keep import load as kept
from rnnbook.own.keep import save
from rnnbook.own.parts import divide
from rnnbook.own.report import Report, compare
from rnnbook.own.tokens import splitter
from rnnbook.training.fitting import seed_everything

BATCH = 64
STRENGTHS = (1, 3, 10, 30, 100)  # of the linear model; the validation part chooses, also its tokens


@dataclass
class Classifier:
    """What `classify` found: a trained network and the report."""

    features: Features
    labels: list
    model: object
    report: Report = None

    def predict(self, texts):
        """Name the label of each text: list of str.

        Raises:
            DataError: a text is empty.
        """
        for text in texts:
            if not self.features.split(text.strip()):
                raise DataError(f"{text!r} holds nothing to read")
        rows = [self.features.encode(text) for text in texts]
        return [self.labels[k] for k in logits_of(self.model, rows).argmax(axis=1)]

    def save(self, folder):
        """Keep the network in a folder; `load` takes it out again."""
        save(folder, "classifier", self.model.get_weights(), {
            "tokens": self.features.vocabs[0].itos, "labels": self.labels,
            "words": self.features.split is english_tokens})

    def __str__(self):
        return str(self.report)


def load(folder):
    """Take out what `Classifier.save` kept; its report is None.

    Raises:
        DataError: nothing was saved there, or it is damaged.
    """
    arrays, facts = kept(folder, "classifier")
    features = Features([], english_tokens if facts["words"] else list)
    features.vocabs = [Vocabulary(facts["tokens"])]
    model = network(features, facts["labels"])
    model.set_weights(arrays)
    return Classifier(features, facts["labels"], model)


def network(features, labels):
    """Build the network of chapter 10."""
    return build_classifier(features.sizes, len(labels), widths=(64,))


def classify(path, text="text", label="label", *, encoding="utf-8", sep=None, seed=0,
             epochs=None, say=print):
    """Train a classifier on a file and compare it with the linear model of chapter 10.

    Args:
        path: str or Path of a CSV file with a header; TSV where the name ends so.
        text, label: names of the two columns.
        encoding: of the file, such as "gb18030".
        sep: what stands between two columns; by default from the name of the file.
        seed: of the division into parts and of the training.
        epochs: passes over the training part; by default from its size.
        say: receives the report; None keeps quiet.
    Returns:
        Classifier.
    Raises:
        DataError: the file is malformed, has one label only or too few rows; names the line.
    """
    rows = [(body.strip(), name.strip()) for body, name in
            read_table(path, (text, label), encoding, sep)]
    labels = sorted({name for _, name in rows})
    if len(labels) < 2:
        raise DataError(f"{path}: all rows have the label {labels[0]!r}: nothing to learn")
    parts, repeated = divide(rows, key=lambda row: row[0], seed=seed)
    train, validation, test = parts.values()
    unseen = {name for _, name in rows} - {name for _, name in train}
    seed_everything(seed)
    split = splitter([body for body, _ in train], [body for body, _ in validation])
    features = Features([body for body, _ in train], split)
    epochs = epochs or epochs_for(len(train), BATCH)
    model = network(features, labels)
    seconds = timed(lambda: train_classifier(
        model, [features.encode(body) for body, _ in train],
        np.array([labels.index(name) for _, name in train]), epochs, batch=BATCH, seed=seed))
    found = Classifier(features, labels, model)
    right = {"network": _right(found.predict, test)}
    linear = max((bag_classifier(train, strength=c, split=way) for c in STRENGTHS
                  for way in {None, None if split is list else split}),
                 key=lambda m: _right(m.predict, validation).mean())
    right["linear model"] = _right(linear.predict, test)
    most, count = Counter(name for _, name in train).most_common(1)[0]
    right["most frequent label"] = np.array([name == most for _, name in test], float)
    scores, gain = compare({name: np.stack([r, np.ones_like(r)], 1) for name, r in right.items()},
                           lambda sums: sums[..., 0] / sums[..., 1])
    unknown = [token not in features.vocabs[0] for body, _ in test for token in split(body)]
    found.report = Report(
        f"classification of {Path(path).name}: {label} from {text}", {
            "rows": len(rows), "of them repeated texts": f"{repeated} (kept in one part)",
            "train, validation, test": " ".join(str(len(part)) for part in parts.values()),
            "labels": f"{len(labels)}; most frequent {most!r}, {count / len(train):.0%} of train",
            **({"labels not in train": ", ".join(sorted(unseen)[:5])} if unseen else {}),
            "unknown tokens": f"{np.mean(unknown):.1%} of the test part; a token is a "
                              f"{'character' if split is list else 'word'}",
            "network": f"BiLSTM, {model.count_params():,} parameters, {epochs} epochs",
        }, "accuracy", scores, gain, seconds)
    if say:
        say(str(found))
    return found


def _right(predict, rows):
    """Whether each prediction is right: float (N,)."""
    texts, wanted = zip(*rows)
    return np.array([a == b for a, b in zip(predict(list(texts)), wanted)], float)
