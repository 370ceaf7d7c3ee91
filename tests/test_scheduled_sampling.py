"""Scheduled sampling: share 0 is teacher forcing; a planted token is always another one."""

import keras
import numpy as np
import pytest

from rnnbook.translation.scheduled_sampling import (
    Ramp,
    ScheduledSeq2Seq,
    accuracy_after_mistake,
    accuracy_by_position,
    plant,
    run_on,
)

pytestmark = pytest.mark.backends
SOURCE = np.array([[4, 5, 6, 7], [9, 4, 5, 0]], "int32")
TARGET = np.array([[1, 4, 5, 6], [1, 6, 5, 4]], "int32")


@pytest.fixture
def model():
    keras.utils.set_random_seed(3)
    made = ScheduledSeq2Seq(10, 8, units=6, embedding=5, dropout=0.0)
    made((SOURCE, TARGET))
    return made


def numpy(x):
    return keras.ops.convert_to_numpy(x)


def test_share_zero_is_teacher_forcing(model):
    np.testing.assert_allclose(numpy(model((SOURCE, TARGET), training=True)),
                               numpy(model((SOURCE, TARGET))), atol=1e-5)


def test_share_one_does_not_see_the_target(model):
    model.share.assign(1.0)
    other = np.array([[1, 7, 7, 7], [1, 4, 4, 7]], "int32")
    results = []
    for target in (TARGET, other):
        model.seeds.state.assign(np.array([5, 0], "uint32"))
        results.append(numpy(model((SOURCE, target), training=True)))
    np.testing.assert_array_equal(*results)
    assert np.abs(numpy(model((SOURCE, TARGET))) - numpy(model((SOURCE, other)))).max() > 1e-4


def test_run_on_is_teacher_forcing_or_greedy(model):
    forced = numpy(model((SOURCE, TARGET))).argmax(-1)
    np.testing.assert_array_equal(numpy(run_on(model, SOURCE, TARGET, 4)), forced)
    alone = numpy(run_on(model, SOURCE, TARGET, 1))
    fed = np.hstack([TARGET[:, :1], alone[:, :-1]])
    np.testing.assert_array_equal(numpy(model((SOURCE, fed))).argmax(-1), alone)
    half = numpy(run_on(model, SOURCE, TARGET, 2))
    np.testing.assert_array_equal(half[:, :2], forced[:, :2])


def test_ramp(model):
    ramp, shares = Ramp(0.6, 4), []
    ramp.set_model(model)
    for epoch in range(4):
        ramp.on_epoch_begin(epoch)
        shares.append(float(numpy(model.share)))
    np.testing.assert_allclose(shares, [0, 0.2, 0.4, 0.6], atol=1e-6)


def test_accuracy_by_position():
    wanted = np.array([[5, 6, 2, 0], [5, 2, 0, 0]])
    tokens = np.array([[5, 7, 2, 2], [4, 2, 2, 2]])
    np.testing.assert_array_equal(accuracy_by_position(tokens, wanted), [0.5, 0.5, 1, np.nan])


def test_accuracy_after_the_first_own_mistake():
    wanted = np.array([[5, 6, 7, 8], [5, 6, 7, 8], [5, 6, 7, 8]])
    own = np.array([[5, 6, 7, 8], [4, 6, 4, 8], [5, 6, 4, 4]])
    fed = np.array([[5, 6, 7, 4], [5, 6, 7, 8], [5, 6, 7, 8]])
    np.testing.assert_array_equal(accuracy_after_mistake(own, own, wanted), [0.5, 0, 1])
    np.testing.assert_array_equal(accuracy_after_mistake(own, fed, wanted), [1, 1, 1])
    never = accuracy_after_mistake(wanted, wanted, wanted)
    np.testing.assert_array_equal(never, [np.nan] * 3)


def test_a_planted_token_is_another_one():
    inputs = np.repeat(np.array([[1, 4, 5, 6]]), 200, axis=0)
    planted = plant(inputs, 2, [4, 5, 6], seed=0)
    assert set(planted[:, 2]) == {4, 6}
    np.testing.assert_array_equal(np.delete(planted, 2, 1), np.delete(inputs, 2, 1))
    with pytest.raises(ValueError, match="position must lie in 1 … 3, got 0"):
        plant(inputs, 0, [4, 5], seed=0)
