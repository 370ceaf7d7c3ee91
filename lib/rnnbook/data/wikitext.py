"""WikiText-2 as a language model reads it: words, one <eos> per line, its own <unk>."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from rnnbook.data.files import read_text
from rnnbook.data.sources import fetch
from rnnbook.data.splits import Parts
from rnnbook.data.vocab import UNKNOWN, Vocabulary

EOS = "<eos>"


@dataclass(frozen=True)
class WordText(Parts):
    """A segmented text in three parts, lists of words; each line ends in <eos>."""

    def ids(self, vocab):
        """Encode the three parts: (N,) int32 each."""
        return tuple(vocab.encode(part) for part in (self.train, self.validation, self.test))


def load_wikitext2():
    """Load WikiText-2 with its own splits and its own <unk>.

    Returns:
        ``WordText``; train has 2,088,628 words of 33,278 kinds, <eos> and <unk> among them.

    Raises:
        DataError: a file is empty or no UTF-8 text.

    Source: Merity, Xiong, Bradbury, Socher 2016 (arXiv:1609.07843), section 4.3.
    """
    source = fetch("wikitext2")
    parts = [words_of(read_text(source.path / f"{part}.txt"))
             for part in ("train", "valid", "test")]
    return WordText(*parts, source)


def words_of(text):
    """Split a text at white space, with <eos> after every line, empty lines too."""
    return [word for line in text.removesuffix("\n").split("\n")
            for word in [*line.split(), EOS]]


def by_frequency(words, size=None, least=1):
    """Number the words from the most frequent to the rarest; equals in order of code points.

    Args:
        words: sequence of str, the training text.
        size: keep at most this many, <unk> included (None: all).
        least: keep words that stand at least this often.

    Returns:
        Vocabulary; where words are left out, or <unk> stands in the text, it holds <unk>
        at the rank of all words that it replaces.
    """
    counts = Counter(words)
    ranked = sorted(counts, key=lambda w: (-counts[w], w))
    kept = [w for w in ranked if counts[w] >= least]
    if size is not None and len(kept) > size:
        kept = kept[:size - (UNKNOWN not in kept[:size])]
    if UNKNOWN not in kept and len(kept) < len(ranked):
        missing = sum(counts[w] for w in ranked) - sum(counts[w] for w in kept)
        place = np.searchsorted([-counts[w] for w in kept], -missing, side="right")
        kept.insert(int(place), UNKNOWN)
    return Vocabulary(kept)
