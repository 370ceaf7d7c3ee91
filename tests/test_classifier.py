"""The classifier of short texts: pooling, reading backwards, padding that changes nothing."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from rnnbook.cells.masks import pool
from rnnbook.labelling import classifier
from rnnbook.training.bucketing import pad_right

pytestmark = pytest.mark.backends
H = np.array([[[1.0, -2.0], [3.0, -4.0], [9.0, 9.0]], [[5.0, 6.0], [0.0, 0.0], [-7.0, 7.0]]])
MASK = np.array([[1, 1, 0], [1, 0, 0]])


@pytest.mark.parametrize(("kind", "expected"), [
    ("last", [[3, -4], [5, 6]]), ("mean", [[2, -3], [5, 6]]), ("max", [[3, -2], [5, 6]])])
@pytest.mark.parametrize("dtype", ["int32", "bool", "float32"])
def test_pooling_sees_the_real_steps_only(kind, expected, dtype):
    got = pool(ops.convert_to_tensor(H.astype("float32")),
               ops.convert_to_tensor(MASK.astype(dtype)), kind)
    np.testing.assert_allclose(ops.convert_to_numpy(got), expected)


def test_another_kind_of_pooling():
    with pytest.raises(ValueError, match="sum"):
        pool(H, MASK, "sum")


def test_features_know_characters_and_pairs():
    found = classifier.Features(["不好", "好不好", "好"], pairs=True, rare=2)
    assert found.vocabs[1].itos == ["<pad>", "<unk>", "^ 好", "不 好"]
    assert found.encode("不好").tolist() == [[2, 1], [3, 3]]
    assert found.encode("新不").tolist() == [[1, 1], [2, 1]]
    assert found.sizes == (4, 4)


@pytest.mark.parametrize(("cell", "pooling", "depth"), [
    ("SimpleRNN", "last", 1), ("LSTM", "mean", 1), ("GRU", "max", 1), ("GRU", "last", 1),
    ("LSTM", "last+mean+max", 1), ("LSTM", "last+max", 2), ("SimpleRNN", "mean", 3)])
def test_padding_and_neighbours_do_not_matter(cell, pooling, depth):
    keras.utils.set_random_seed(0)
    model = classifier.build_classifier((9, 5), 3, cell, 8, 2, pooling, (4, 3), depth=depth)
    rng = np.random.default_rng(0)
    x = [rng.integers(1, 5, (n, 2)) for n in (2, 6, 1)]
    alone = np.concatenate([ops.convert_to_numpy(model(pad_right([row]))) for row in x])
    together = ops.convert_to_numpy(model(pad_right(x, 11)))
    np.testing.assert_allclose(alone, together, atol=1e-6)
    np.testing.assert_allclose(classifier.logits_of(model, x, batch=2), alone, atol=1e-6)


@pytest.mark.parametrize("depth", [1, 2])
def test_the_same_as_masked_bidirectional_layers(depth):
    keras.utils.set_random_seed(1)
    model = classifier.build_classifier((9,), 3, "LSTM", 8, 2, "last", (4,), depth=depth)
    ids = pad_right([np.array([[3], [4], [5]]), np.array([[7], [8]])], 6)
    both = [layers.Bidirectional(layers.LSTM(4, return_sequences=level + 1 < depth))
            for level in range(depth)]
    masked = keras.Sequential([keras.Input((None,)), layers.Embedding(9, 4, mask_zero=True),
                               *both, layers.Dense(3)])
    ours = sorted((layer for layer in model.layers if isinstance(layer, layers.LSTM)),
                  key=lambda layer: (len(layer.name), layer.name))  # in the order of making
    masked.set_weights([model.get_weights()[0], *(w for layer in ours for w in layer.get_weights()),
                        *model.get_weights()[-2:]])
    np.testing.assert_allclose(ops.convert_to_numpy(masked(ids[:, :, 0])),
                               ops.convert_to_numpy(model(ids)), atol=1e-6)


@pytest.mark.trains
def test_it_learns_an_order_and_repeats_itself():
    rng = np.random.default_rng(2)
    x = [rng.permutation(np.arange(1, 9))[: rng.choice([4, 7]), None] for _ in range(200)]
    x = [np.concatenate([row[row[:, 0] > 2], [[1], [2]] if i % 2 else [[2], [1]]])
         for i, row in enumerate(x)]
    y = np.arange(200) % 2

    def run():
        keras.utils.set_random_seed(3)
        model = classifier.build_classifier((9,), 2, "GRU", 16, 2, "max", (8,), 0.0, 0.0)
        loss = classifier.train_classifier(model, x, y, 10, batch=16, rate=2e-2, unknown=0.0,
                                           smoothing=0.0)["loss"]
        return loss, (classifier.logits_of(model, x).argmax(1) == y).mean()

    (loss, right), (again, _) = run(), run()
    assert right > 0.95
    np.testing.assert_allclose(loss, again, rtol=1e-3)


def test_hidden_tokens_change_every_epoch():
    batches = classifier.Batches([np.full((50, 1), 3)] * 4, np.zeros(4), 0.5, batch=4)
    x, _ = batches[0]
    share = (x == 1).mean()
    assert 0.3 < share < 0.7
    assert set(np.unique(x)) == {1, 3}
    np.testing.assert_array_equal(x, batches[0][0])
    batches.on_epoch_end()
    assert (x != batches[0][0]).any()
