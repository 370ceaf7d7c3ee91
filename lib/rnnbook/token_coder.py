"""Words and tags as integers: the word, its shape, its characters."""

import numpy as np

from rnnbook.tagger import Features

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
