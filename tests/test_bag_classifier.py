"""The linear opponent: it counts pieces, so one character at a time it cannot see order."""

from itertools import permutations

import numpy as np

from rnnbook.labelling.classifier import bag_classifier

ROUTES = [(f"从{a}到{b}", "up" if a < b else "down") for a, b in permutations("甲乙丙丁", 2)]
TEXTS, LABELS = zip(*ROUTES)


def test_single_characters_cannot_see_order():
    probabilities = bag_classifier(ROUTES, longest=1, rare=1).predict_proba(TEXTS)
    turned = probabilities[[TEXTS.index(t[0] + t[3] + t[2] + t[1]) for t in TEXTS]]
    np.testing.assert_allclose(probabilities, turned, atol=1e-12)


def test_pairs_of_characters_can():
    model = bag_classifier(ROUTES, longest=2, rare=1, strength=1000)
    assert list(model.classes_) == ["down", "up"]
    assert (model.predict(TEXTS) == np.array(LABELS)).all()


def test_rare_pieces_are_left_out():
    model = bag_classifier([*ROUTES, ("独", "down")], longest=1, rare=2)
    assert "独" not in model[0].vocabulary_
    assert "从" in model[0].vocabulary_


def test_words_instead_of_pieces():
    rows = [("play some jazz", "play"), ("stop the jazz", "stop"), ("stop it", "stop")]
    model = bag_classifier(rows, rare=1, split=str.split)
    assert sorted(model[0].vocabulary_) == ["it", "jazz", "play", "some", "stop", "the"]
    assert model.predict(["jazz stop"]) == ["stop"]
