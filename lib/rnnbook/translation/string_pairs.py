"""Texts and their answers, character by character: encode, train, count exact matches."""

import keras
import numpy as np
from keras import ops

from rnnbook.data.vocab import Vocabulary
from rnnbook.training.bucketing import pad_right
from rnnbook.training.fitting import adam_cosine, compile_fast, fit
from rnnbook.translation.seq2seq import SPECIALS, before_end, shifted


class Coder:
    """Turn (text, answer) into integers and back.

    Attributes: `source` and `target` (Vocabulary), `steps` (longest text, longest answer
    with its end token).
    """

    def __init__(self, pairs, steps=None):
        """Collect the characters.

        Args:
            pairs: list of (text, answer).
            steps: lengths to pad to; by default those of the longest text and answer.
        """
        texts, answers = zip(*pairs)
        self.source, self.target = (Vocabulary.from_text("".join(side), SPECIALS)
                                    for side in (texts, answers))
        self.steps = steps or (max(map(len, texts)), max(map(len, answers)) + 1)

    def read(self, texts):
        """Encode texts: int32 (N, S), padded on the right with 0.

        Raises:
            ValueError: a text is longer than `steps` allow.
        """
        return pad_right([self.source.encode(text) for text in texts], self.steps[0])

    def encode(self, pairs):
        """Encode pairs for teacher forcing.

        Args:
            pairs: list of (text, answer).
        Returns:
            (source (N, S), inputs (N, T) with START first), wanted (N, T) with END last; all
            int32, padded on the right with 0.
        """
        texts, answers = zip(*pairs)
        rows = zip(*(shifted(self.target.encode(answer)) for answer in answers))
        inputs, wanted = (pad_right(list(side), self.steps[1]) for side in rows)
        return (self.read(texts), inputs), wanted

    def write(self, tokens):
        """Turn rows of tokens into text; what follows the end token is dropped.

        Args:
            tokens: (N, T) int.
        Returns:
            list of N str.
        """
        return ["".join(self.target.itos[i] for i in before_end(row) if i)
                for row in ops.convert_to_numpy(tokens)]


def compiled(function):
    """Compile a function of tensors once per shape: TensorFlow and JAX; PyTorch runs it as is."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.function(function, autograph=False)
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)
    return function


def train_pairs(model, data, epochs, learning_rate, batch=128, **options):
    """Train an encoder-decoder by teacher forcing; the learning rate falls to 0 as a cosine.

    Args:
        model: `Seq2Seq`.
        data: as `Coder.encode`.
        epochs, learning_rate, batch: of the training.
        options: more arguments for `fit`.
    Returns:
        history, as `fit`.
    """
    updates = epochs * -(-len(data[1]) // batch)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    compile_fast(model, adam_cosine(updates, learning_rate), loss, jit_compile=False)
    return fit(model, *data, epochs=epochs, batch_size=batch, **options)


def answers(model, coder, texts, width=1, penalty=0.0, batch=500, compile=True):
    """Answer texts by greedy or beam search.

    Args:
        model: trained `Seq2Seq`.
        coder: `Coder`.
        texts: list of str.
        width, penalty: as `beam_search`.
        batch: texts at once; the last batch is filled up, so that one shape is compiled.
        compile: worth its seconds from some thousands of texts on.
    Returns:
        list of str.
    """
    def search(rows):
        return model.search(rows, coder.steps[1], width, penalty)[0][:, 0]

    search = compiled(search) if compile else search
    rows, found = coder.read(texts), []
    for start in range(0, len(rows), batch):
        part = rows[start:start + batch]
        filled = np.pad(part, ((0, min(batch, len(rows)) - len(part)), (0, 0)))
        found += coder.write(search(filled))[:len(part)]
    return found


def exact_match(model, coder, pairs, **options):
    """Give the share of pairs whose answer is right in every character (greedy by default)."""
    texts, wanted = zip(*pairs)
    return float(np.mean([a == b for a, b in zip(answers(model, coder, texts, **options), wanted)]))
