"""Three scores of one prediction; the scores of entities are those of seqeval."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from rnnbook.data.iob2 import spans
from rnnbook.labelling.entity_scores import (
    by_kind,
    by_sentence,
    f1_of,
    precision_recall_f1,
    scores,
    tags_of,
)

GOLD = [["B-PER", "I-PER", "O", "O"], ["O", "B-LOC", "O", "O"]]
OWN = [["B-PER", "O", "O", "O"], ["O", "B-LOC", "O", "O"]]
CASES = Path(__file__).parent / "fixtures" / "entity_scores.json"


def drawn(seed):
    """Draw gold and predicted tags of a few sentences."""
    rng = random.Random(seed)
    kinds = rng.choice([["X"], ["X", "Y"], ["X", "Y", "X-Z"]])
    tags = ["O", *(f"{letter}-{kind}" for kind in kinds for letter in "BI")]
    sizes = [rng.randrange(1, 8), *(rng.randrange(8) for _ in range(rng.randrange(4)))]
    gold = [rng.choices(tags, k=size) for size in sizes]
    own = [[rng.choice([tag, *tags]) for tag in row] for row in gold]
    return gold, own


def by_seqeval(gold, own):
    """Score with seqeval: the numbers in CASES were made by this and seqeval 1.2.2."""
    from seqeval import metrics

    options = {"zero_division": 0}
    whole = [float(score(gold, own, **options)) for score in
             (metrics.precision_score, metrics.recall_score, metrics.f1_score)]
    report = metrics.classification_report(gold, own, output_dict=True, **options) \
        if any(map(spans, gold + own)) else {}
    return {"gold": gold, "own": own, "scores": whole, "kinds": {
        kind: [float(row[m]) for m in ("precision", "recall", "f1-score", "support")]
        for kind, row in report.items() if not kind.endswith(" avg")}}


def check(case):
    found = scores(case["gold"], case["own"])
    assert [*found[3:]] == pytest.approx(case["scores"], abs=1e-12)
    table = by_kind(case["gold"], case["own"])
    assert list(table.index) == list(case["kinds"])
    for kind, expected in case["kinds"].items():
        assert table.loc[kind].tolist() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("case", json.loads(CASES.read_text("utf-8")))
def test_entities_are_scored_as_by_seqeval(case):
    check(case)


@pytest.mark.backends
def test_seqeval_itself():
    pytest.importorskip("seqeval")
    from seqeval.metrics.sequence_labeling import get_entities

    for case in json.loads(CASES.read_text("utf-8")):
        assert by_seqeval(case["gold"], case["own"]) == case
    for seed in range(1000, 1300):
        gold, own = drawn(seed)
        check(by_seqeval(gold, own))
        for tags in gold:
            expected = [(kind, first, last + 1) for kind, first, last in get_entities(tags)]
            assert spans(tags) == expected


def test_three_scores():
    found = scores(GOLD, OWN)
    assert found.token_micro == 7 / 8
    assert found.token_macro == pytest.approx((1 + 1 + 0 + 10 / 11) / 4)
    assert found.token_micro_without_o == pytest.approx(2 * 2 / (2 + 3))
    assert (found.precision, found.recall, found.entity_f1) == (0.5, 0.5, 0.5)
    nothing = scores(GOLD, [["O"] * 4] * 2)
    assert (nothing.token_micro, nothing.entity_f1) == (5 / 8, 0)
    assert tags_of([[("a", "O")]]) == [["O"]]


def test_kinds():
    table = by_kind(GOLD, OWN)
    assert table.loc["LOC"].tolist() == [1, 1, 1, 1]
    assert table.loc["PER", "f1"] == 0
    assert table.entities.dtype == int


def test_precision_recall_and_f1_of_sets():
    assert precision_recall_f1({1, 2, 3}, {3, 4}) == (1 / 2, 1 / 3, 2 / 5)
    assert precision_recall_f1(set(), {1}) == precision_recall_f1({1}, set()) == (0, 0, 0)
    assert precision_recall_f1(set(), set()) == (0, 0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_f1_of_any_sentences_from_their_counts(seed):
    gold, own = drawn(seed)
    counts = by_sentence(gold, own)
    assert f1_of(counts.sum(axis=0)) == pytest.approx(scores(gold, own).entity_f1)
    twice = [k % len(gold) for k in range(3 * len(gold) // 2)]
    drawn_f1 = scores([gold[k] for k in twice], [own[k] for k in twice]).entity_f1
    often = np.bincount(twice, minlength=len(gold))
    assert f1_of(often @ counts) == pytest.approx(drawn_f1)
    with pytest.raises(ValueError, match="shorter"):
        by_sentence(gold, own[1:])


@pytest.mark.parametrize("score", [scores, by_kind])
def test_what_cannot_be_scored(score):
    with pytest.raises(ValueError, match="sentence 1: 4 words but 3"):
        score(GOLD, [OWN[0], OWN[1][:3]])
    with pytest.raises(ValueError, match="shorter"):
        score(GOLD, OWN[:1])
    with pytest.raises(ValueError, match="'E-LOC' is no IOB2 tag"):
        score(GOLD, [OWN[0], ["B-LOC", "E-LOC", "O", "O"]])
