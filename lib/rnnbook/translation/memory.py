"""A translation memory, the rival that understands nothing."""

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
    nearest = (way.transform(texts) @ known.T).argmax(axis=1)
    return [pairs[i][1] for i in np.asarray(nearest).ravel()]
