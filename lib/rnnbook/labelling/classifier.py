"""Classifiers of short texts: a recurrent network, and the linear model that it has to beat.

In the network padding stands on the right, and the second direction reads each text backwards
from its own last token. So no real step ever sees padding, the layers need no mask (which would
slow them down on a CPU), and only the pooling has to know where a text ends.
"""

from collections import Counter

import keras
import numpy as np
from keras import layers, ops

from rnnbook.cells.masks import pool, reverse_within
from rnnbook.data.vocab import PAD_UNKNOWN, Vocabulary
from rnnbook.training.bucketing import Buckets, by_length, pad_right, quantile_boundaries
from rnnbook.training.fitting import fit_cosine


class Features:
    """Turn texts into integers: tokens, and pairs of neighbours where wanted.

    Attributes: `vocabs`, a list of one Vocabulary (tokens) or two (tokens, pairs).
    """

    def __init__(self, texts, split=list, pairs=False, rare=3):
        """Collect the tokens and pairs.

        Args:
            texts: list of str.
            split: function text -> list of tokens; `list` gives characters.
            pairs: whether each token also brings the pair that it makes with the one before.
            rare: pairs that stand in fewer texts are unknown.
        """
        self.split = split
        rows = [split(text) for text in texts]
        self.vocabs = [Vocabulary.from_text({token for row in rows for token in row}, PAD_UNKNOWN)]
        if pairs:
            seen = Counter(pair for row in rows for pair in set(pairs_of(row)))
            self.vocabs.append(Vocabulary.from_text(
                {pair for pair, count in seen.items() if count >= rare}, PAD_UNKNOWN))

    def encode(self, text):
        """Number the tokens of a text: int32 (T, 1), or (T, 2) with the pairs."""
        row = self.split(text)
        columns = [row, pairs_of(row)][:len(self.vocabs)]
        return np.stack([v.encode(c) for v, c in zip(self.vocabs, columns)], axis=1)

    @property
    def sizes(self):
        """Entries of each vocabulary."""
        return tuple(map(len, self.vocabs))


def pairs_of(tokens):
    """Name the pair that each token makes with the one before, `^` before the first."""
    return [f"{a} {b}" for a, b in zip(["^", *tokens], tokens)]


def build_classifier(sizes, classes, cell="LSTM", units=128, directions=2, pooling="max",
                     widths=(100, 32), hidden=0.3, dropout=0.5, vectors=None, depth=1):
    """Build a classifier: embeddings, recurrent layers, pooling, Dense.

    Args:
        sizes: entries of the vocabularies, such as `Features.sizes`.
        classes: number of classes.
        cell: "LSTM", "GRU" or "SimpleRNN".
        units: numbers per step and layer, of both directions together.
        directions: 1 or 2.
        pooling: "last", "mean" or "max", or several side by side: "last+max".
        widths: numbers per token and per pair.
        hidden: share of features dropped in training before each recurrent layer, the same at
            all steps.
        dropout: share of features dropped before the output.
        vectors: float (V, E) that the embedding of the tokens starts with, or None.
        depth: recurrent layers; each reads both directions of the one below.
    Returns:
        Keras model, ids int32 (B, T, K) -> logits (B, classes); padding is 0, on the right.
    """
    ids = keras.Input((None, len(sizes)), dtype="int32")
    mask = ops.not_equal(ids[:, :, 0], 0)
    lengths = ops.sum(ops.cast(mask, "int32"), axis=1)
    tables = [layers.Embedding(size, width) for size, width in zip(sizes, widths)]
    if vectors is not None:
        tables[0] = layers.Embedding(*vectors.shape)
        tables[0].build()
        tables[0].set_weights([vectors])
    hide = layers.SpatialDropout1D(hidden)
    given = [hide(ops.concatenate([table(x[:, :, k]) for k, table in enumerate(tables)], axis=-1))
             for x in (ids, reverse_within(ids, lengths))[:directions]]
    h = []
    for level in range(depth):
        if level:
            below = [h[0], *(reverse_within(back, lengths) for back in h[1:])]
            x = hide(ops.concatenate(below, axis=-1))
            given = [x, reverse_within(x, lengths)][:directions]
        h = [getattr(layers, cell)(units // directions, return_sequences=True)(x) for x in given]
    pooled = [pool(x, mask, kind) for kind in pooling.split("+") for x in h]
    h = layers.Dropout(dropout)(ops.concatenate(pooled, axis=-1))
    return keras.Model(ids, layers.Dense(classes)(h))


class Batches(Buckets):
    """Batches of texts of similar length in which some tokens are hidden, anew every epoch."""

    def __init__(self, sequences, targets, unknown=0.0, **options):
        """Take the arguments of `Buckets`, and the share of numbers replaced by 1, <unk>."""
        super().__init__(sequences, targets, **options)
        self.unknown = unknown

    def __getitem__(self, k):
        x, y = super().__getitem__(k)
        rng = np.random.default_rng((self.seed, self.epoch, k))
        return np.where((rng.random(x.shape) < self.unknown) & (x > 0), 1, x).astype("int32"), y


def train_classifier(model, x, y, epochs, batch=64, rate=3e-3, decay=0.03, smoothing=0.1,
                     unknown=0.1, seed=0):
    """Train with AdamW; the learning rate rises over 100 updates, then falls along a cosine.

    Args:
        model: of `build_classifier`.
        x: list of int arrays (T_i, K) of `Features.encode`.
        y: int (N,), classes from 0.
        epochs: passes over the texts.
        batch: texts per update, all of similar length.
        rate, decay: of AdamW.
        smoothing: share of the target that is spread over all classes.
        unknown: share of tokens and pairs that are replaced by <unk>.
        seed: of the batches and of what is replaced.
    Returns:
        dict of lists, one value per epoch, as `fitting.fit`.
    """
    classes = model.output_shape[-1]
    target = (1 - smoothing) * np.eye(classes, dtype="float32")[np.asarray(y)]
    lengths = [len(row) for row in x]
    batches = Batches(x, target + smoothing / classes, unknown, batch=batch, seed=seed,
                      boundaries=quantile_boundaries(lengths, 5)[:-1] + [max(lengths)])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    return fit_cosine(model, batches, epochs, rate, loss, warmup=100, decay=decay)


def logits_of(model, x, batch=256):
    """Compute the logits of texts, float32 (N, classes), short texts together.

    Args:
        model: of `build_classifier`.
        x: list of int arrays (T_i, K).
        batch: texts at a time.
    """
    parts = by_length(x, batch)
    found = [ops.convert_to_numpy(model(pad_right([x[i] for i in part]))) for part in parts]
    return np.concatenate(found)[np.argsort(np.concatenate(parts))]


def bag_classifier(rows, longest=3, rare=2, strength=10, split=None):
    """Fit a logistic regression per class on the character n-grams of texts, or on their words.

    Args:
        rows: list of (text, label).
        longest: n-grams of 1 to so many characters are counted (and weighed by tf-idf).
        rare: n-grams that stand in fewer texts are left out.
        strength: scikit-learn's C: the greater, the weaker the regularisation.
        split: function text -> list of words that are counted instead of n-grams, or None.
    Returns:
        scikit-learn pipeline: `predict(texts)`, `predict_proba(texts)`, `classes_` (sorted).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from threadpoolctl import threadpool_limits

    texts, labels = zip(*rows)
    counts = TfidfVectorizer(analyzer=split or "char", min_df=rare, sublinear_tf=True,
                             ngram_range=(1, 1 if split else longest))
    linear = LogisticRegression(C=strength, solver="liblinear", tol=1e-2)
    model = make_pipeline(counts, OneVsRestClassifier(linear))
    with threadpool_limits(1):  # vectors this short are slower on many threads
        return model.fit(texts, labels)
