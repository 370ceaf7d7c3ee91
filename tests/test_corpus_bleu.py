"""BLEU from counts: sacrebleu's own number, and that of test sets drawn anew."""

import numpy as np
import pytest

from rnnbook.data.redraws import redrawn
from rnnbook.translation import translator
from rnnbook.translation.corpus_bleu import bleu_counts, bleu_of

REFERENCES = [["我今天早上在学校看书。", "我今早在学校里看书。"], ["他明天下午不能来这里。"],
              ["如果明天下雨，我们就待在家里。"]]
OWN = ["我今天早上在家看书。", "他明天不能来这里。", "如果下雨，我们就待在家里。"]


def test_the_sum_of_the_counts_gives_the_bleu_of_sacrebleu():
    counts = bleu_counts(OWN, REFERENCES)
    assert counts.shape == (3, 10)
    assert bleu_of(counts.sum(0)) == pytest.approx(translator.bleu(OWN, REFERENCES), abs=1e-9)


def test_short_translations_are_punished():
    counts = bleu_counts(OWN, REFERENCES).sum(0)
    assert counts[8] < counts[9]
    longer = counts.copy()
    longer[8] = counts[9]
    assert bleu_of(counts) == pytest.approx(bleu_of(longer) * np.exp(1 - counts[9] / counts[8]))


def test_what_is_better_in_every_sentence_is_better_in_every_drawn_set():
    counts = np.tile(bleu_counts(OWN, REFERENCES), (20, 1))
    often = redrawn(len(counts), 200, seed=1)
    drawn = bleu_of(often @ counts)
    assert 0 < drawn.std() < 10
    assert abs(drawn.mean() - bleu_of(counts.sum(0))) < 3 * drawn.std() / np.sqrt(200)
    better = counts.copy()
    better[:, :4] += 0.1
    assert (bleu_of(often @ better) > drawn).all()


def test_another_number_of_references():
    with pytest.raises(ValueError, match="zip"):
        bleu_counts(OWN[:2], REFERENCES)
