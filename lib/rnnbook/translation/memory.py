"""Rivals that understand nothing: a translation memory, and the usual change of ending."""

from collections import Counter, defaultdict

import numpy as np


def recall(pairs, texts, analyzer="char", ngram_range=(1, 4)):
    """Answer each text with the translation of the source that is most like it.

    Likeness is the cosine of TF-IDF vectors, by default of pieces of 1 to 4 letters.

    Args:
        pairs: list of (source, translation, ...), those that are remembered.
        texts: list of N str.
        analyzer, ngram_range: as `TfidfVectorizer` of scikit-learn.
    Returns:
        list of N str.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    way = TfidfVectorizer(analyzer=analyzer, ngram_range=ngram_range)
    known = way.fit_transform([pair[0] for pair in pairs])
    asked, nearest = way.transform(texts), []
    for start in range(0, len(texts), 200):  # all at once might need gigabytes
        nearest += np.ravel((asked[start:start + 200] @ known.T).argmax(axis=1)).tolist()
    return [pairs[i][1] for i in nearest]


def change_endings(pairs, texts):
    """Change the end of each text as it is most often changed in texts with the same end.

    The longest end that is known decides; a text without one is answered by itself.

    Args:
        pairs: list of (source, target, ...), those that are remembered.
        texts: list of N str.
    Returns:
        list of N str.
    Source: a simpler form of the baseline of Cotterell et al. 2017 (arXiv:1706.09031).
    """
    changes = defaultdict(Counter)
    for source, target, *_ in pairs:
        for cut in range(len(source) + 1):
            if source[:cut] != target[:cut]:
                break
            changes[source[cut:]][target[cut:]] += 1
    found = []
    for text in texts:
        cut = next((k for k in range(len(text) + 1) if text[k:] in changes), None)
        found.append(text if cut is None else
                     text[:cut] + changes[text[cut:]].most_common(1)[0][0])
    return found
