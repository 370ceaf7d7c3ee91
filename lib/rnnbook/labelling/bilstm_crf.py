"""One tagger for entities, parts of speech and word segmentation: BiLSTM with CRF or softmax.

A token is a word, its shape and a few of its characters; a convolution over the characters
lets the network read words that it has never seen.
"""

import keras
import numpy as np
from keras import layers, ops

from rnnbook.labelling import crf
from rnnbook.labelling.pos_tagger import Features
from rnnbook.training.bucketing import by_length, pad_right
from rnnbook.training.fitting import fit_cosine
from rnnbook.training.weights import assign

CHARACTERS = 6  # that a token shows: the first ones and the last ones of a longer word
KINDS = ("han", "digit", "latin", "mark")
SHAPES = 4 * (len(KINDS) + 1) + 1


def shape(word):
    """Number the kind and the length of a word.

    Args:
        word: str.
    Returns:
        int: 4 * kind + length (at most 4), the kinds being Han, digits, Latin, marks, mixed.
    """
    kinds = {"han" if "\u4e00" <= c <= "\u9fff" else "digit" if c.isdecimal() else
             "latin" if c.isalpha() else "mark" for c in word}
    kind = KINDS.index(*kinds) if len(kinds) == 1 else len(KINDS)
    return 4 * kind + min(len(word), 4)


class Coder(Features):
    """Turn tokens and tags into integers, with what the training sentences teach.

    Attributes: `words` and `characters` (as `Features`) and `tags` (sorted list).
    """

    buckets = 8

    def __init__(self, sentences):
        """Collect words, characters and tags.

        Args:
            sentences: list of sentences, each a list of (word, tag).
        """
        super().__init__(sentences)
        self.tags = sorted({tag for sentence in sentences for _, tag in sentence})

    def encode(self, sentence):
        """Number the tokens of a sentence.

        Args:
            sentence: list of (word, tag); the tags are not looked at.
        Returns:
            int32 (T, 3 + CHARACTERS): word, shape, last character, characters from the first.
        """
        words, half = [word for word, _ in sentence], CHARACTERS // 2
        rows = np.zeros((len(words), 3 + CHARACTERS), "int32")
        rows[:, 0] = self.words.encode(words)
        for row, word in zip(rows, words):
            seen = word if len(word) <= CHARACTERS else word[:half] + word[-half:]
            numbers = self.characters.encode(seen)
            row[1], row[2] = shape(word), numbers[-1]
            row[3:3 + len(numbers)] = numbers
        return rows


class CRF(layers.Layer):
    """Hold the scores of tags after tags; emissions pass through it unchanged.

    Args:
        tags: list of str.
        constrained: forbid what `crf.allowed` forbids.
        learned: False leaves all allowed moves at 0, which is what a softmax per word says.
        scale: the weights are multiplied by it, so that Adam moves the scores faster.
    """

    def __init__(self, tags, constrained=True, learned=True, scale=10.0, **options):
        super().__init__(**options)
        self.learned, self.scale, self.supports_masking = learned, scale, True
        count = len(tags)
        rules = crf.allowed(tags) if constrained else (True, True, True)
        shapes = (count, count), (count,), (count,)
        self.bars = [np.broadcast_to(np.where(ok, 0.0, crf.FORBIDDEN), shape).astype("float32")
                     for ok, shape in zip(rules, shapes)]

    def build(self, input_shape):
        """Create the scores of moves, of the first and of the last tag, all 0."""
        self.moves = [self.add_weight(shape=bar.shape, name=name, initializer="zeros",
                                      trainable=self.learned)
                      for bar, name in zip(self.bars, ("transitions", "start", "end"))]

    def call(self, emissions):
        """Return the emissions (B, T, K)."""
        return emissions

    def scores(self):
        """Give transitions (K, K), start (K,) and end (K,), for the functions of `crf`."""
        return [ops.add(self.scale * w, ops.convert_to_tensor(bar))
                for w, bar in zip(self.moves, self.bars)]


class SequenceTagger(keras.Model):
    """A network from tokens to emissions whose loss is a CRF's or a softmax's.

    Targets are tags numbered from 1; 0 is padding. The loss is in nats per token.
    """

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Sum -log p(tags) over the sentences and divide it by the number of tokens."""
        mask, tags = ops.not_equal(y, 0), ops.maximum(y - 1, 0)
        real = ops.cast(mask, y_pred.dtype)
        if self.get_layer("crf").learned:
            nats = crf.negative_log_likelihood(
                y_pred, tags, mask, *self.get_layer("crf").scores())
        else:
            nats = real * keras.losses.sparse_categorical_crossentropy(
                tags, y_pred, from_logits=True)
        return ops.sum(nats) / ops.sum(real)


class TokenDropout(layers.Layer):
    """Replace known tokens (numbers above 1) by <unk>, number 1, at random while training."""

    def __init__(self, rate, **options):
        super().__init__(**options)
        self.rate, self.seeds = rate, keras.random.SeedGenerator()

    def call(self, ids, training=False):
        """Return ids int (B, T), some of them 1 in training."""
        if not training or not self.rate:
            return ids
        drawn = keras.random.uniform(ops.shape(ids), seed=self.seeds)
        return ops.where((drawn < self.rate) & (ids > 1), 1, ids)


def build(coder, crf=True, units=96, dropout=0.5, token_dropout=0.3, constrained=True,
          word_size=64, character_size=32, filters=64, scale=10.0):
    """Build a tagger: embeddings, a convolution over characters, a BiLSTM, a score per tag.

    Args:
        coder: `Coder` of the training sentences.
        crf: learn the scores of moves from tag to tag; False is a softmax per token.
        units: size of the state of each direction.
        dropout: share of features dropped before and after the BiLSTM.
        token_dropout: share of the words hidden in training.
        constrained: forbid moves that the scheme of the tags forbids.
        word_size, character_size, filters: sizes of embeddings and of the convolution over
            characters (0: none).
        scale: of the moves, as `CRF`.
    Returns:
        SequenceTagger, x int32 (B, T, 3 + CHARACTERS) -> emissions (B, T, K).
    """
    x = keras.Input((None, 3 + CHARACTERS), dtype="int32")
    count = len(coder.characters)
    words = TokenDropout(token_dropout)(x[:, :, 0])
    parts = [
        layers.Embedding(len(coder.words), word_size, name="words")(words),
        layers.Embedding(SHAPES, 16, name="shapes")(x[:, :, 1]),
        layers.Embedding(count, character_size, name="first")(x[:, :, 3]),
        layers.Embedding(count, character_size, name="last")(x[:, :, 2])]
    if filters:
        seen = layers.Embedding(count, character_size, name="characters")(x[:, :, 3:])
        seen = layers.Dropout(dropout / 2)(seen)  # (B, T, CHARACTERS, character_size)
        read = layers.Conv2D(filters, (1, 3), padding="same", activation="tanh", name="reader")
        real = ops.cast(ops.not_equal(x[:, :, 3:], 0), "float32")[..., None]
        parts.append(ops.max(read(seen) * real - 2 * (1 - real), axis=2))
    h = layers.Concatenate()(parts)
    h = layers.Dropout(dropout)(h)
    h = layers.Bidirectional(layers.LSTM(units, return_sequences=True), name="bilstm")(
        h, mask=ops.not_equal(x[:, :, 0], 0))
    h = layers.Dropout(dropout)(h)
    emissions = layers.Dense(len(coder.tags), name="emissions")(h)
    return SequenceTagger(x, CRF(coder.tags, constrained, crf, scale, name="crf")(emissions))


def train(model, batches, epochs, learning_rate=3e-3):
    """Train a tagger; the learning rate falls to zero along a cosine.

    Args:
        model: of `build`.
        batches: of `Coder.batches`.
        epochs: passes over the sentences.
        learning_rate: of Adam at the start.
    Returns:
        dict of lists, one value per epoch, as `fitting.fit`.
    """
    return fit_cosine(model, batches, epochs, learning_rate)


def emissions_of(model, coder, sentences):
    """Score the tags of sentences of similar length together.

    Args:
        model, coder: of the tagger.
        sentences: list of sentences, each a list of (word, tag); the tags are not looked at.
    Yields:
        int (B,) which sentences, float (B, T, K) their emissions, bool (B, T) their mask.
    """
    for chosen in by_length(sentences, 100):
        x = pad_right([coder.encode(sentences[i]) for i in chosen])
        yield chosen, model(x, training=False), x[:, :, 0] != 0


def predict(model, coder, sentences, scores=None):
    """Tag sentences by the best path through emissions and moves.

    Args:
        model, coder, sentences: as `emissions_of`.
        scores: transitions, start and end to use in place of the model's own; `no_moves`
            gives the best tag of each token alone.
    Returns:
        list of lists of tags.
    """
    scores = model.get_layer("crf").scores() if scores is None else scores
    found = [None] * len(sentences)
    for chosen, emissions, mask in emissions_of(model, coder, sentences):
        best = ops.convert_to_numpy(crf.viterbi(emissions, mask, *scores)[0])
        for i, row in zip(chosen, best):
            found[i] = [coder.tags[k] for k in row[:len(sentences[i])]]
    return found


def no_moves(tags):
    """Give transitions, start and end of 0 for K tags: what a softmax per token knows."""
    return [ops.zeros(shape, "float32") for shape in ((len(tags),) * 2, (len(tags),), (len(tags),))]


def numbered(model):
    """Number the trained variables, whose names stand twice: dict "00 name" -> variable."""
    return {f"{i:02d} {w.name}": w for i, w in enumerate(model.trainable_weights)}


def get_weights(model):
    """Collect the arrays of a tagger: dict "00 name" -> array."""
    return {name: ops.convert_to_numpy(w) for name, w in numbered(model).items()}


def set_weights(model, weights):
    """Put the arrays of `get_weights` into a tagger of the same build.

    Raises:
        ValueError: names or shapes do not fit, as with other training sentences.
    """
    assign(numbered(model), weights)
