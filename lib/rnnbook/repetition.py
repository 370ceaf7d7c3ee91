"""What a generated text repeats: itself, or the text it was trained on."""


def repeated_ngrams(text, n=4):
    """Return the share of a text's n-grams that occurred before in the same text.

    Args:
        text: str or other sequence.
        n: int, length of the n-grams.

    Returns:
        float between 0 (all different) and 1.
    """
    grams = [tuple(text[i : i + n]) for i in range(len(text) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def longest_overlap(text, corpus):
    """Return the longest piece of a text that stands in a corpus word for word.

    Args:
        text: str.
        corpus: str.

    Returns:
        str, the first of the longest common substrings; "" if there is none.
    """
    best = ""
    for i in range(len(text)):
        while i + len(best) < len(text) and text[i : i + len(best) + 1] in corpus:
            best = text[i : i + len(best) + 1]
    return best
