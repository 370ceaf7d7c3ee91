"""Seeds, compile defaults, quiet progress, and the LSTM layer for training."""

import keras
import numpy as np
import pytest

from rnnbook.cells.fast_lstm import FastLSTM
from rnnbook.training import fitting

pytestmark = pytest.mark.backends


def small_model(loss="mse", **options):
    fitting.seed_everything(3)
    model = keras.Sequential([keras.Input((4, 2)), keras.layers.SimpleRNN(3),
                              keras.layers.Dense(1)])
    return fitting.compile_fast(model, "adam", loss, **options)


def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 4, 2)).astype("float32")
    return x, x.sum((1, 2))[:, None]


def test_same_seed_same_loss():
    x, y = data()
    first = fitting.fit(small_model(), x, y, epochs=2)["loss"]
    second = fitting.fit(small_model(), x, y, epochs=2)["loss"]
    assert first == second
    assert first[1] < first[0]


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "1", None, True])
def test_seed_is_checked(seed):
    with pytest.raises(ValueError, match="seed must be an integer"):
        fitting.seed_everything(seed)


def test_compile_defaults():
    model = small_model()
    if keras.backend.backend() == "torch":
        assert not model.jit_compile
    else:
        assert model.jit_compile
        assert model.steps_per_execution == 10


@pytest.mark.parametrize("options", [{"jit_compile": "auto"}, {"steps_per_execution": 0},
                                     {"steps_per_execution": 2.0}, {"loss": None}])
def test_compile_arguments_are_checked(options):
    with pytest.raises(ValueError, match=r"must be|needs a loss"):
        small_model(**options)


def test_jax_always_compiles():
    backend = keras.backend.backend()
    assert fitting.without_xla() == (backend == "jax")
    assert small_model(jit_compile=False).jit_compile == (backend == "jax")


def rates(optimizer, updates):
    schedule = optimizer._learning_rate
    return [float(schedule(k)) for k in range(updates + 1)]


def test_the_rate_falls_along_a_cosine():
    own = rates(fitting.adam_cosine(10, 0.2), 10)
    wanted = 0.1 * (1 + np.cos(np.pi * np.arange(11) / 10))
    assert np.allclose(own, wanted, atol=1e-6)


def test_the_rate_rises_first():
    own = rates(fitting.adam_cosine(12, 0.2, warmup=4), 12)
    assert np.allclose(own[:5], [0, 0.05, 0.1, 0.15, 0.2], atol=1e-6)
    assert np.allclose(own[4:], 0.1 * (1 + np.cos(np.pi * np.arange(9) / 8)), atol=1e-6)
    assert max(rates(fitting.adam_cosine(3, 0.2, warmup=100), 3)) < 0.2 + 1e-6


def test_decay_makes_it_adamw():
    plain = fitting.adam_cosine(5, 0.1)
    decayed = fitting.adam_cosine(5, 0.1, decay=0.01, clip=None, epsilon=1e-9)
    assert isinstance(plain, keras.optimizers.Adam)
    assert not isinstance(plain, keras.optimizers.AdamW)
    assert isinstance(decayed, keras.optimizers.AdamW)
    assert (plain.global_clipnorm, decayed.global_clipnorm) == (1.0, None)
    assert (decayed.weight_decay, decayed.epsilon) == (0.01, 1e-9)


@pytest.mark.parametrize("wrong", [{"updates": 0}, {"updates": 5, "warmup": -1}])
def test_updates_are_checked(wrong):
    with pytest.raises(ValueError, match="need updates"):
        fitting.adam_cosine(rate=0.1, **wrong)


def test_fit_prints_nothing_unless_watched(capsys, monkeypatch):
    monkeypatch.setattr(fitting, "is_watched", lambda: False)
    x, y = data()
    history = fitting.fit(small_model(), x, y, epochs=3)
    assert len(history["loss"]) == 3
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_fit_shows_one_line_to_a_watcher(capsys, monkeypatch):
    monkeypatch.setattr("rnnbook.notebook.pulse.in_notebook", lambda: False)
    x, y = data()
    fitting.fit(small_model(), x, y, epochs=3, verbose=True)
    out = capsys.readouterr().out
    assert "epoch 3/3  done  loss " in out
    assert out.count("\n") == 1


def test_fit_refuses_other_verbosity():
    with pytest.raises(ValueError, match="verbose must be"):
        fitting.fit(small_model(), *data(), verbose="loud")


def test_progress_moves_at_most_once_a_second():
    now, lines = [0.0], []
    progress = fitting.Progress(show=lines.append, clock=lambda: now[0])
    progress.set_params({"epochs": 1})
    progress.on_train_begin()
    progress.on_epoch_begin(0)
    for batch in range(35):
        now[0] += 0.1
        progress.on_train_batch_end(batch, {"loss": 1.0})
    assert 2 <= len(lines) <= 3
    progress.on_train_end({"loss": 0.5})
    assert "done  loss 0.5000" in lines[-1]


def pair(weight_dropout=0.0):
    """A Keras LSTM and a FastLSTM with equal weights, and their input."""
    x = np.random.default_rng(1).normal(size=(3, 6, 4)).astype("float32")
    plain = keras.layers.LSTM(5, return_sequences=True, return_state=True)
    fast = FastLSTM(5, weight_dropout, return_sequences=True, return_state=True, seed=1)
    plain(x), fast(x)
    for target, source in zip(fast.trainable_weights, plain.trainable_weights):
        target.assign(source)
    return plain, fast, x


def test_fast_lstm_equals_keras():
    plain, fast, x = pair()
    for a, b in zip(plain(x), fast(x)):
        np.testing.assert_allclose(keras.ops.convert_to_numpy(a),
                                   keras.ops.convert_to_numpy(b), atol=1e-6)


@pytest.mark.trains
def test_fast_lstm_learns_what_keras_learns():
    """Three steps of SGD move the weights alike, so that the hand-written gradient is right."""
    plain, fast, x = pair()
    after = []
    for layer in (plain, fast):
        given = keras.Input(x.shape[1:])
        outputs, h, c = layer(given)
        model = keras.Model(given, [outputs, h, c])
        model.compile(keras.optimizers.SGD(0.5), ["mse"] * 3, jit_compile=False)
        targets = [np.ones(t.shape, "float32") for t in map(np.asarray, model.predict_on_batch(x))]
        for _ in range(3):
            model.train_on_batch(x, targets)
        after.append([keras.ops.convert_to_numpy(w) for w in layer.trainable_weights])
    for a, b in zip(*after):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_weight_dropout_acts_in_training_only():
    plain, fast, x = pair(weight_dropout=0.5)
    still, same = fast(x, training=False)[0], plain(x)[0]
    moved = fast(x, training=True)[0]
    difference = keras.ops.convert_to_numpy(keras.ops.abs(moved - same))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(still),
                               keras.ops.convert_to_numpy(same), atol=1e-6)
    assert difference[:, 0].max() < 1e-6  # the first step starts from zero: U plays no part
    assert difference[:, 1:].max() > 1e-3


def test_fast_lstm_takes_no_mask():
    layer = FastLSTM(2)
    with pytest.raises(ValueError, match="no mask"):
        layer(np.ones((1, 3, 2), "float32"), mask=np.ones((1, 3), bool))


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow traces")
def test_the_step_is_traced_once():
    traced = []

    class Counted(keras.Sequential):
        def train_step(self, *data):
            traced.append(1)
            return super().train_step(*data)

    model = Counted([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    fitting.fit(model, np.ones((64, 2), "float32"), np.ones((64, 1), "float32"))
    assert len(traced) == 1
