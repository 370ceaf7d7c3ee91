"""Scores of tagged entities: by tokens with O, by tokens without O, by whole entities."""

from itertools import chain
from typing import NamedTuple

import numpy as np

from rnnbook.data.iob2 import spans


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


def entities(tagged):
    """Give the entities of lists of IOB2 tags: set of (sentence, type, first word, end)."""
    return {(number, *span) for number, tags in enumerate(tagged) for span in spans(tags)}


def precision_recall_f1(gold, predicted):
    """Score a set against another: what is in both is right; 0 where nothing can be right.

    Args:
        gold, predicted: sets.
    Returns:
        precision (right / predicted), recall (right / gold), F1 (their harmonic mean).
    """
    right = len(gold & predicted)
    return tuple(hits / all_ if all_ else 0.0 for hits, all_ in (
        (right, len(predicted)), (right, len(gold)), (2 * right, len(predicted) + len(gold))))


def by_sentence(gold, predicted):
    """Count what the F1 of any choice of sentences is made of.

    Args:
        gold, predicted: lists of N lists of IOB2 tags.
    Returns:
        int (N, 2): entities that are right; gold and predicted ones together.
    """
    pairs = [(set(spans(a)), set(spans(b))) for a, b in zip(gold, predicted, strict=True)]
    return np.array([[len(a & b), len(a) + len(b)] for a, b in pairs])


def f1_of(counts):
    """Give entity F1 from sums of `by_sentence`: int (..., 2) -> (...)."""
    return 2 * counts[..., 0] / np.maximum(counts[..., 1], 1)


def scores(gold, predicted):
    """Score predicted tags three ways.

    Args:
        gold, predicted: lists of lists of IOB2 tags, of the same lengths.
    Returns:
        Scores; an entity is right where its type and both ends are (as in `conlleval`).
    Raises:
        ValueError: sentences of different lengths, or a tag of another scheme.
    """
    from sklearn.metrics import f1_score

    _check_lengths(gold, predicted)
    flat, guess = (list(chain.from_iterable(tags)) for tags in (gold, predicted))
    kinds = sorted(set(flat))
    named = [kind for kind in kinds if kind != "O"]
    options = {"zero_division": 0}
    return Scores(
        f1_score(flat, guess, average="micro"),
        f1_score(flat, guess, labels=kinds, average="macro", **options),
        f1_score(flat, guess, labels=named, average="micro", **options),
        *precision_recall_f1(entities(gold), entities(predicted)))


def by_kind(gold, predicted):
    """Score each kind of entity.

    Args:
        gold, predicted: as `scores`.
    Returns:
        DataFrame with precision, recall, f1 and the number of gold entities for each kind.
    Raises:
        ValueError: as `scores`.
    """
    import pandas as pd

    _check_lengths(gold, predicted)
    wanted, found = entities(gold), entities(predicted)
    rows = {}
    for kind in sorted({entity[1] for entity in wanted | found}):
        pair = [{entity for entity in side if entity[1] == kind} for side in (wanted, found)]
        rows[kind] = [*precision_recall_f1(*pair), len(pair[0])]
    return pd.DataFrame.from_dict(rows, orient="index",
                                  columns=["precision", "recall", "f1", "entities"])


def _check_lengths(gold, predicted):
    for number, (a, b) in enumerate(zip(gold, predicted, strict=True)):
        if len(a) != len(b):
            raise ValueError(f"sentence {number}: {len(a)} words but {len(b)} predicted tags")
