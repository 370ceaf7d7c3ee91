"""Three scores of one prediction."""

import pytest

from rnnbook.labelling.entity_scores import by_kind, scores, tags_of

GOLD = [["B-PER", "I-PER", "O", "O"], ["O", "B-LOC", "O", "O"]]
OWN = [["B-PER", "O", "O", "O"], ["O", "B-LOC", "O", "O"]]


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


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="sentence 1: 4 words but 3"):
        scores(GOLD, [OWN[0], OWN[1][:3]])
