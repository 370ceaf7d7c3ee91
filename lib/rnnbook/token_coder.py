"""Words and tags as integers: the word, its shape, its characters."""

from collections import Counter

import numpy as np

from rnnbook.bucketing import Buckets, quantile_boundaries
from rnnbook.vocab import Vocabulary

SPECIALS = ("<pad>", "<unk>")  # padding is number 0 among words, characters and tags
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


class Coder:
    """Turn tokens and tags into integers, with what the training sentences teach.

    Attributes: `words` and `characters` (Vocabulary of those that stand at least twice: the
    others teach what an unknown one is like) and `tags` (sorted list).
    """

    def __init__(self, sentences):
        """Collect words, characters and tags.

        Args:
            sentences: list of sentences, each a list of (word, tag).
        """
        words = Counter(word for sentence in sentences for word, _ in sentence)
        characters = Counter("".join(words.elements()))
        self.words, self.characters = (
            Vocabulary.from_text((w for w, n in seen.items() if n > 1), SPECIALS)
            for seen in (words, characters))
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

    def batches(self, sentences, batch, seed):
        """Make batches of sentences of similar length for `model.fit`."""
        boundaries = quantile_boundaries([len(sentence) for sentence in sentences], 8)
        return Buckets([self.encode(s) for s in sentences], [self.tag_ids(s) for s in sentences],
                       batch=batch, boundaries=boundaries, seed=seed)

    def tag_ids(self, sentence):
        """Number the tags of a sentence from 1: int32 (T,)."""
        return np.array([self.tags.index(tag) + 1 for _, tag in sentence], "int32")
