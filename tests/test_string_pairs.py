"""Texts and answers by characters: encoded for teacher forcing, learned, answered."""

import keras
import numpy as np
import pytest

from rnnbook.translation.seq2seq import END, SPECIALS, START, Seq2Seq
from rnnbook.translation.string_pairs import Coder, answers, exact_match, train_pairs

pytestmark = pytest.mark.backends
PAIRS = [("ab", "B"), ("b", "AA"), ("aab", ""), ("bba", "AB")]


def test_teacher_forcing_is_a_shift_by_one():
    coder = Coder(PAIRS)
    (source, inputs), wanted = coder.encode(PAIRS)
    assert (source.shape, inputs.shape, wanted.shape) == ((4, 3), (4, 3), (4, 3))
    a, b = coder.target.stoi["A"], coder.target.stoi["B"]
    start, end = SPECIALS.index(START), SPECIALS.index(END)
    assert inputs.tolist() == [[start, b, 0], [start, a, a], [start, 0, 0], [start, a, b]]
    assert wanted.tolist() == [[b, end, 0], [a, a, end], [end, 0, 0], [a, b, end]]
    assert coder.write(wanted) == [answer for _, answer in PAIRS]
    with pytest.raises(ValueError, match="4 steps, more than 3"):
        coder.read(["abab"])


def test_an_unknown_character_is_unknown():
    assert Coder(PAIRS).read(["xa"]).tolist() == [[SPECIALS.index("<unk>"), 4, 0]]


@pytest.mark.trains
def test_a_model_learns_to_swap_letters_and_stops():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("ab"), n)) for n in rng.integers(1, 4, 300)]
    pairs = [(text, text.upper()[::-1]) for text in texts]
    coder = Coder(pairs)
    keras.utils.set_random_seed(0)
    model = Seq2Seq(len(coder.source), len(coder.target), 16, 8, dropout=0.0)
    history = train_pairs(model, coder.encode(pairs), epochs=25, learning_rate=0.03, batch=30)
    assert history["loss"][-1] < 0.1
    assert exact_match(model, coder, pairs) > 0.95
    few = answers(model, coder, texts[:7], batch=3)
    assert few == answers(model, coder, texts[:7], width=1)
    assert len(few) == 7
