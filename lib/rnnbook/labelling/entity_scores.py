"""Scores of tagged entities: by tokens with O, by tokens without O, by whole entities."""

from itertools import chain
from typing import NamedTuple


class Scores(NamedTuple):
    """Token micro F1 with O (= accuracy), token macro F1 with O, token micro F1 without O;
    precision, recall and F1 of entities."""

    token_micro: float
    token_macro: float
    token_micro_without_o: float
    precision: float
    recall: float
    entity_f1: float


def tags_of(sentences):
    """Give the tags of sentences of (word, tag): list of lists of str."""
    return [[tag for _, tag in sentence] for sentence in sentences]


def scores(gold, predicted):
    """Score predicted tags three ways.

    Args:
        gold, predicted: lists of lists of IOB2 tags, of the same lengths.
    Returns:
        Scores; entities as seqeval counts them (type and both ends must be right).
    Raises:
        ValueError: sentences of different lengths.
    """
    from seqeval.metrics import f1_score as entity_f1
    from seqeval.metrics import precision_score, recall_score
    from sklearn.metrics import f1_score

    for number, (a, b) in enumerate(zip(gold, predicted, strict=True)):
        if len(a) != len(b):
            raise ValueError(f"sentence {number}: {len(a)} words but {len(b)} predicted tags")
    flat, guess = (list(chain.from_iterable(tags)) for tags in (gold, predicted))
    kinds = sorted(set(flat))
    named = [kind for kind in kinds if kind != "O"]
    options = {"zero_division": 0}
    return Scores(
        f1_score(flat, guess, average="micro"),
        f1_score(flat, guess, labels=kinds, average="macro", **options),
        f1_score(flat, guess, labels=named, average="micro", **options),
        *(float(f(gold, predicted, **options))
          for f in (precision_score, recall_score, entity_f1)))


def by_kind(gold, predicted):
    """Score each kind of entity.

    Args:
        gold, predicted: as `scores`.
    Returns:
        DataFrame with precision, recall, f1 and the number of gold entities for each kind.
    """
    import pandas as pd
    from seqeval.metrics import classification_report

    report = classification_report(gold, predicted, output_dict=True, zero_division=0)
    kinds = [kind for kind in report if not kind.endswith(" avg")]
    rows = {kind: [report[kind][m] for m in ("precision", "recall", "f1-score", "support")]
            for kind in kinds}
    table = pd.DataFrame.from_dict(rows, orient="index",
                                   columns=["precision", "recall", "f1", "entities"])
    return table.astype({"entities": int})
