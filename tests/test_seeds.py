"""The shift of seeds reaches every generator, and a missed claim is written down."""

import keras
import numpy as np
import pytest

from bookbuild import seeds
from rnnbook.notebook import claims


@pytest.fixture
def published(monkeypatch):
    """Shift by 1000 in this process, and collect what the claims publish."""
    lines = []
    monkeypatch.setattr("rnnbook.notebook.publish.publish", lambda text, **v: lines.append(v))
    for owner, name in ((np.random, "default_rng"), (keras.utils, "set_random_seed"),
                        (claims, "claim")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    seeds.shift_all(1000)
    return lines


@pytest.mark.parametrize(("given", "same_as"), [
    (3, 1003), (np.int64(3), 1003), ((3, 0), (3, 0, 1000)), ([3], (3, 1000))])
def test_numpy_seeds_are_shifted(published, given, same_as):
    """Whole numbers and sequences of them are shifted."""
    expected = np.random.Generator(np.random.PCG64(np.random.SeedSequence(same_as)))
    assert np.random.default_rng(given).random() == expected.random()


def test_keras_seeds_are_shifted(published):
    """The weights that Keras draws after seed 3 are those of seed 1003."""
    def draw():
        return np.asarray(keras.random.normal((3,)))

    keras.utils.set_random_seed(3)
    shifted = draw()
    keras.utils.set_random_seed.__wrapped__(1003)
    np.testing.assert_array_equal(shifted, draw())


def test_a_missed_claim_is_written_down(published):
    """Values in and out of the band are told; a claim of the full data keeps still on samples."""
    claims.claim("small", 1, at_most=2)
    claims.claim("large", 3.0, at_most=2)
    claims.claim("full_only", 3.0, at_most=2, scope="full", full=False)
    assert [v["shifted"] for v in published] == [
        {"small": {"value": 1.0, "holds": True}},
        {"large": {"value": 3.0, "holds": False}}]
