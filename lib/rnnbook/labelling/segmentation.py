"""Chinese word segmentation as tagging: characters in, B M E S out, words back."""

from collections import Counter
from itertools import accumulate

from rnnbook.labelling.entity_scores import precision_recall_f1

END = "\u2581"  # stands after the last character


def character_tokens(words):
    """Write a sentence as tokens, one per character: the character and the one after it.

    Args:
        words: list of str.
    Returns:
        list of str of two characters, such as ["ab", "b\u2581"] for the text ab.
    """
    text = "".join(words)
    return [here + after for here, after in zip(text, text[1:] + END)]


def word_tags(words):
    """Tag the characters of words: S alone, else B first, M inside, E last.

    Args:
        words: list of str.
    Returns:
        list of str, one per character.
    """
    return [tag for word in words for tag in
            ("S" if len(word) == 1 else "B" + "M" * (len(word) - 2) + "E")]


def to_words(text, tags):
    """Divide a text where a tag begins a word (B or S) or the tag before ends one (E or S).

    Args:
        text: str.
        tags: list of B, M, E, S, one per character.
    Returns:
        list of str.
    """
    words = []
    for i, (character, tag) in enumerate(zip(text, tags, strict=True)):
        if i == 0 or tag in "BS" or tags[i - 1] in "ES":
            words.append("")
        words[-1] += character
    return words


def cut(sentences, tags):
    """Divide sentences of character tokens by tags: list of lists of words.

    Args:
        sentences: as `segmentation_task` returns.
        tags: list of lists of B, M, E, S.
    """
    texts = ["".join(token[0] for token, _ in sentence) for sentence in sentences]
    return [to_words(text, row) for text, row in zip(texts, tags, strict=True)]


def segmentation_task(sentences):
    """Turn sentences of (word, tag) into sentences of (token, B M E S).

    Args:
        sentences: list of sentences, each a list of (word, tag).
    Returns:
        list of sentences of (two characters, tag), one per character.
    """
    lists = [[word for word, _ in sentence] for sentence in sentences]
    return [list(zip(character_tokens(words), word_tags(words))) for words in lists]


def character_entities(sentences):
    """Turn IOB2 tags of words into IOB2 tags of characters; tokens as `character_tokens`."""
    found = []
    for sentence in sentences:
        words = [word for word, _ in sentence]
        tags = []
        for word, tag in sentence:
            tags += [tag] + ["O" if tag == "O" else "I" + tag[1:]] * (len(word) - 1)
        found.append(list(zip(character_tokens(words), tags)))
    return found


def word_f1(gold, predicted):
    """Precision, recall and F1 of words; a word counts where both its ends are right.

    Args:
        gold, predicted: lists of sentences, each a list of words of the same text.
    Returns:
        precision, recall, F1.
    Raises:
        ValueError: a sentence whose texts differ.
    """
    for a, b in zip(gold, predicted, strict=True):
        if "".join(a) != "".join(b):
            raise ValueError(f"not the same text: {''.join(a)[:20]!r}, {''.join(b)[:20]!r}")
    return precision_recall_f1(_places(gold), _places(predicted))


def _places(sentences):
    """The words of sentences as a set of (sentence, first character, character after the last)."""
    found = set()
    for number, words in enumerate(sentences):
        ends = [0, *accumulate(map(len, words))]
        found |= {(number, *ends[i:i + 2]) for i in range(len(words))}
    return found


def longest_match(words, text):
    """Cut from the left the longest word that is known, else one character.

    Args:
        words: set of str.
        text: str.
    Returns:
        list of str.
    """
    longest, found, at = max(map(len, words)), [], 0
    while at < len(text):
        size = next((n for n in range(min(longest, len(text) - at), 1, -1)
                     if text[at:at + n] in words), 1)
        found.append(text[at:at + size])
        at += size
    return found


def likeliest_tags(train):
    """Learn for each character the tag that it has most often: dict character -> tag.

    Args:
        train: as `segmentation_task` returns.
    """
    seen = {}
    for token, tag in (pair for sentence in train for pair in sentence):
        seen.setdefault(token[0], Counter())[tag] += 1
    return {character: tags.most_common(1)[0][0] for character, tags in seen.items()}
