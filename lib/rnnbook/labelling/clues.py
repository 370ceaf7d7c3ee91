"""Written clues of words, a linear model on them, and a BiLSTM that reads them.

A clue is a str such as "tail ing". Linear models give each clue a weight per tag; they are the
cheap rivals of a recurrent tagger. The network keeps the weights of the word's own clues, and
adds what a BiLSTM makes of them instead of clues of the neighbours.
"""

from itertools import chain

import keras
from keras import layers, ops

from rnnbook.data.vocab import PAD_UNKNOWN, Vocabulary
from rnnbook.labelling.bilstm_crf import CRF, Coder, SequenceTagger, TokenDropout, shape

OWN = 6  # clues of the word itself, which `clues` lists first


def clues(words):
    """List the clues of each word of a sentence: itself, its ends, two neighbours each way.

    Args:
        words: list of T str, none empty.
    Returns:
        list of T lists of str, all of one length.
    """
    around, rows = ["<s>", "<s>", *words, "</s>", "</s>"], []
    for t, word in enumerate(words, 2):
        far, before, _, after, farther = around[t - 2:t + 3]
        rows.append([f"{kind} {value}" for kind, value in {
            "word": word, "shape": shape(word), "first": word[0],
            "last": word[-1], "head": word[:2], "tail": word[-2:],
            "before": before, "after": after, "far": far, "farther": farther,
            "last before": before[-1], "tail before": before[-2:],
            "first after": after[0], "last after": after[-1],
            "two": f"{before} {word}", "then": f"{word} {after}",
            "around": f"{before} {after}"}.items()])
    return rows


def spelled(words):
    """List the clues of `clues`, and those of spelling for words in an alphabet."""
    return [[*spelling(word), *row] for word, row in zip(words, clues(words))]


def alone(words):
    """List those of `clues` that look at the word only."""
    return [row[:OWN] for row in clues(words)]


def spelled_alone(words):
    """List those of `spelled` that look at the word only."""
    return [[*spelling(word), *row] for word, row in zip(words, alone(words))]


def spelling(word):
    """List clues of one word in an alphabet: small letters, outline, ends of 1 to 4 letters."""
    small = word.lower()
    return [f"small {small}", f"outline {outline(word)}",
            *(f"head{n} {small[:n]}" for n in (1, 2, 3)),
            *(f"tail{n} {small[-n:]}" for n in (1, 2, 3, 4))]


def outline(word):
    """Draw a word: X for capitals, x for other letters, 0 for digits, equal ones as one.

    Args:
        word: str.
    Returns:
        str, such as "Xx" for "Paris" and "X0-x" for "B2-rated".
    """
    drawn = ["X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdecimal() else c
             for c in word]
    return "".join(c for c, before in zip(drawn, ["", *drawn]) if c != before)


class ClueCoder(Coder):
    """Words as the numbers of their clues; what stands once is unknown."""

    def __init__(self, sentences, clues=clues):
        """Collect the clues.

        Args:
            sentences: list of sentences, each a list of (word, tag).
            clues: function words -> list of lists of clues.
        """
        super().__init__(sentences)
        self.clues = clues
        seen = chain(*(clues([w for w, _ in s]) for s in sentences))
        self.table = Vocabulary.from_text(chain(*seen), PAD_UNKNOWN, least=2)

    def encode(self, sentence):
        """Number the clues of a sentence's words: int32 (T, C)."""
        rows = self.clues([word for word, _ in sentence])
        return self.table.encode(list(chain(*rows))).reshape(len(rows), -1)


def clue_crf(coder):
    """Build a linear CRF: an emission is the sum of the weights of the word's clues.

    Args:
        coder: `ClueCoder` of the training sentences.
    Returns:
        SequenceTagger, x int32 (B, T, C) -> emissions (B, T, K).
    Source: Lafferty, McCallum, Pereira 2001.
    """
    x = keras.Input((None, len(coder.clues(["x"])[0])), dtype="int32")
    weight = layers.Embedding(len(coder.table), len(coder.tags), embeddings_initializer="zeros")
    return SequenceTagger(x, CRF(coder.tags, name="crf")(ops.sum(weight(x), axis=2)))


def linear_tagger(sentences, clues=clues, alpha=1e-4, passes=20, seed=0):
    """Fit a linear support vector machine that tags each word by its clues (chapter 8).

    Args:
        sentences: list of sentences, each a list of (word, tag).
        clues: as `ClueCoder`.
        alpha: strength of the regularisation.
        passes: over the words.
        seed: of their order.
    Returns:
        function sentences -> list of lists of tags.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_pipeline

    def rows_of(sentences):
        return list(chain(*(clues([word for word, _ in s]) for s in sentences)))

    model = make_pipeline(
        CountVectorizer(analyzer=list),
        SGDClassifier(alpha=alpha, average=True, max_iter=passes, tol=None, random_state=seed))
    model.fit(rows_of(sentences), [tag for s in sentences for _, tag in s])

    def predict(sentences):
        tags = iter(model.predict(rows_of(sentences)).tolist())
        return [[next(tags) for _ in s] for s in sentences]
    return predict


def build_clue_tagger(coder, crf=True, units=96, size=64, dropout=0.5, hidden=0.2):
    """Build a tagger: a weight per clue and tag, plus a BiLSTM over the sums of clues' vectors.

    Args:
        coder: `ClueCoder` of the training sentences, with clues of the word itself.
        crf: learn the scores of moves from tag to tag; False is a softmax per word.
        units: size of the state of each direction.
        size: numbers per clue.
        dropout: share of features dropped before and after the BiLSTM.
        hidden: share of the clues that training replaces by <unk>.
    Returns:
        SequenceTagger, x int32 (B, T, C) -> emissions (B, T, K).
    """
    x = keras.Input((None, len(coder.clues(["x"])[0])), dtype="int32")
    ids, count = TokenDropout(hidden)(x), len(coder.table)
    h = layers.Dropout(dropout)(ops.sum(layers.Embedding(count, size)(ids), axis=2))
    h = layers.Bidirectional(layers.LSTM(units, return_sequences=True))(
        h, mask=ops.not_equal(x[:, :, 0], 0))
    emissions = layers.Dense(len(coder.tags))(layers.Dropout(dropout)(h))
    weights = layers.Embedding(count, len(coder.tags), embeddings_initializer="zeros")
    return SequenceTagger(x, CRF(coder.tags, learned=crf, name="crf")(
        emissions + ops.sum(weights(ids), axis=2)))
