"""What the generators share: the seed, the word lists, a skewed draw."""

from pathlib import Path

WORDS = Path(__file__).resolve().parents[1] / "words"
SEED = 20240229


def read_words(name):
    """Read a word list: category, tab, entries; ``|`` separates entries with spaces."""
    words = {}
    for line in (WORDS / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            category, *columns = line.split("\t")
            lists = [c.split("|") if "|" in c else c.split() for c in columns]
            lists = [list(dict.fromkeys(entries)) for entries in lists]
            words[category] = lists[0] if len(lists) == 1 else lists
    return words


def pick(rng, entries, skew=1.0):
    """Draw an entry; with skew > 1 the first entries are the frequent ones."""
    return entries[int(len(entries) * rng.random() ** skew)]
