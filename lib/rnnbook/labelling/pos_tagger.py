"""A part-of-speech tagger: a word and its first and last character in, a tag per word out."""

from collections import Counter

import keras
import numpy as np
from keras import layers

from rnnbook.data.conllu import TAGS
from rnnbook.data.vocab import PAD_UNKNOWN, Vocabulary
from rnnbook.training.bucketing import Buckets, pad_right, quantile_boundaries
from rnnbook.training.fitting import fit_cosine


class Features:
    """Turn words and tags into integers, with what a list of sentences teaches.

    Attributes: `words` (Vocabulary of the words that stand at least twice: the others teach
    what an unknown word is like), `characters` (likewise) and `tags` (list).
    """

    buckets = 4  # kinds of length that `batches` tells apart

    def __init__(self, sentences):
        """Collect the words and characters.

        Args:
            sentences: list of sentences, each a list of (word, tag).
        """
        words = [word for sentence in sentences for word, _ in sentence]
        self.words, self.characters = (Vocabulary.from_text(tokens, PAD_UNKNOWN, least=2)
                                       for tokens in (words, "".join(words)))
        self.tags = TAGS

    def encode(self, sentence):
        """Number the words of a sentence.

        Args:
            sentence: list of (word, tag).
        Returns:
            int32 (T, 3): the word, its first character, its last character.
        """
        words = [word for word, _ in sentence]
        ends = self.characters.encode([w[0] for w in words]), \
            self.characters.encode([w[-1] for w in words])
        return np.stack([self.words.encode(words), *ends], axis=1)

    def tag_ids(self, sentence):
        """Number the tags of a sentence from 1: int32 (T,)."""
        return np.array([self.tags.index(tag) + 1 for _, tag in sentence], "int32")

    def batches(self, sentences, batch, seed):
        """Make batches of sentences of similar length for `model.fit`."""
        boundaries = quantile_boundaries([len(s) for s in sentences], self.buckets)
        return Buckets([self.encode(s) for s in sentences], [self.tag_ids(s) for s in sentences],
                       batch=batch, boundaries=boundaries, seed=seed)


def most_frequent_tag(train, sentences):
    """Tag every word as it is tagged most often in training, unknown words as the commonest tag.

    Args:
        train, sentences: lists of sentences, each a list of (word, tag).
    Returns:
        list of lists of tags, as long as the sentences.
    """
    seen, overall = {}, Counter()
    for word, tag in (pair for sentence in train for pair in sentence):
        seen.setdefault(word, Counter())[tag] += 1
        overall[tag] += 1
    best = {word: tags.most_common(1)[0][0] for word, tags in seen.items()}
    common = overall.most_common(1)[0][0]
    return [[best.get(word, common) for word, _ in sentence] for sentence in sentences]


def build_tagger(features, cell="LSTM", units=64, directions=2, depth=1, residual=False,
                 dropout=0.3):
    """Build a tagger: three embeddings, recurrent layers, one Dense layer for every word.

    Args:
        features: of the training sentences.
        cell: "LSTM", "GRU" or "SimpleRNN".
        units: numbers per word and layer, of both directions together.
        directions: 1 or 2.
        depth: recurrent layers.
        residual: add its input to what each layer after the first puts out.
        dropout: share of features dropped before the first and after the last layer.
    Returns:
        Keras model, x int32 (B, T, 3) -> logits (B, T, 18); number 0 is padding.
    """
    x = keras.Input((None, 3), dtype="int32")
    mask = keras.ops.not_equal(x[:, :, 0], 0)
    h = layers.Concatenate()([
        layers.Embedding(len(features.words), 64, name="word")(x[:, :, 0]),
        layers.Embedding(len(features.characters), 32, name="first")(x[:, :, 1]),
        layers.Embedding(len(features.characters), 32, name="last")(x[:, :, 2])])
    h = layers.Dropout(dropout)(h)
    for level in range(depth):
        layer = getattr(layers, cell)(units // directions, return_sequences=True)
        if directions == 2:
            layer = layers.Bidirectional(layer)
        out = layer(h, mask=mask)
        h = layers.Add()([h, out]) if residual and level else out
    h = layers.Dropout(dropout)(h)
    return keras.Model(x, layers.Dense(len(TAGS) + 1)(h))


def train_tagger(model, batches, epochs, learning_rate=5e-3):
    """Train a tagger; the learning rate falls to zero along a cosine.

    Args:
        model: of `build_tagger`.
        batches: of `Features.batches`.
        epochs: passes over the sentences.
        learning_rate: of Adam at the start.
    Returns:
        dict of lists, one value per epoch, as `fitting.fit`.
    """
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    return fit_cosine(model, batches, epochs, learning_rate, loss)


def predict_tags(model, features, sentences):
    """Tag sentences with a trained tagger.

    Args:
        model, features: of the tagger.
        sentences: list of sentences, each a list of (word, tag); the tags are not looked at.
    Returns:
        list of lists of tags.
    """
    x = pad_right([features.encode(s) for s in sentences])
    best = model.predict(x, batch_size=250, verbose=0)[:, :, 1:].argmax(axis=-1)
    return [[TAGS[i] for i in row[:len(s)]] for row, s in zip(best, sentences)]


def accuracy(predicted, sentences):
    """Share of words whose tag is right.

    Args:
        predicted: list of lists of tags.
        sentences: list of sentences, each a list of (word, tag).
    Returns:
        float between 0 and 1.
    Raises:
        ValueError: a sentence without as many tags as words.
    """
    right = total = 0
    for tags, sentence in zip(predicted, sentences, strict=True):
        right += sum(tag == gold for tag, (_, gold) in zip(tags, sentence, strict=True))
        total += len(sentence)
    return right / total


def accuracy_of(tag, predicted, sentences):
    """Share of the words with one tag whose tag is right; None where no word has it."""
    right = [guess == tag for tags, sentence in zip(predicted, sentences)
             for guess, (_, gold) in zip(tags, sentence) if gold == tag]
    return sum(right) / len(right) if right else None
