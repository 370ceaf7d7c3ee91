"""Seeds, compile defaults and quiet progress."""

import keras
import numpy as np
import pytest

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
