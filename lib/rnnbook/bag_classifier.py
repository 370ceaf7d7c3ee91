"""The honest opponent of every text classifier: a linear model on counted pieces of text."""


def bag_classifier(rows, longest=3, rare=2, strength=10, split=None):
    """Fit a logistic regression per class on the character n-grams of texts, or on their words.

    Args:
        rows: list of (text, label).
        longest: n-grams of 1 to so many characters are counted (and weighed by tf-idf).
        rare: n-grams that stand in fewer texts are left out.
        strength: scikit-learn's C: the greater, the weaker the regularisation.
        split: function text -> list of words that are counted instead of n-grams, or None.
    Returns:
        scikit-learn pipeline: `predict(texts)`, `predict_proba(texts)`, `classes_` (sorted).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from threadpoolctl import threadpool_limits

    texts, labels = zip(*rows)
    counts = TfidfVectorizer(analyzer=split or "char", min_df=rare, sublinear_tf=True,
                             ngram_range=(1, 1 if split else longest))
    linear = LogisticRegression(C=strength, solver="liblinear", tol=1e-2)
    model = make_pipeline(counts, OneVsRestClassifier(linear))
    with threadpool_limits(1):  # vectors this short are slower on many threads
        return model.fit(texts, labels)
