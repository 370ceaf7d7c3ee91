"""A classifier whose attention can be read, replaced and compared with what decides."""

import keras
import numpy as np
from keras import layers, ops

from rnnbook.cells.attention import masked_softmax
from rnnbook.training.fitting import fit, seed_everything, without_xla

ENCODERS = ("two ways", "each alone")


def marked_sign(count, steps, seed):
    """Draw numbers, one of them marked: its sign is the class, and nothing else matters.

    Args:
        count: number of sequences N.
        steps: length T.
        seed: of the numbers.
    Returns:
        x float32 (N, T, 2), number and mark; y float32 (N,), 1 for a positive marked number;
        the marked position int (N,).
    """
    rng = np.random.default_rng(seed)
    x = np.zeros((count, steps, 2), "float32")
    x[..., 0] = rng.uniform(-1, 1, (count, steps))
    marked, rows = rng.integers(0, steps, count), np.arange(count)
    x[rows, marked, 1] = 1
    return x, (x[rows, marked, 0] > 0).astype("float32"), marked


class Classifier:
    """Encode each position, score it, mix the encodings by the softmax of the scores, decide.

    Attributes: `encode` (x -> h (B, T, 2 units)), `scores` (h -> (B, T)), `decide`
    (context -> probability (B,)) and `model`, all three in a row.
    """

    def __init__(self, encoder, steps, units=16):
        """Make the layers.

        Args:
            encoder: "two ways" (a bidirectional LSTM: every state has read every input) or
                "each alone" (two dense layers on one position: a state knows its input only).
            steps: length T.
            units: of each direction.
        """
        if encoder not in ENCODERS:
            raise ValueError(f"encoder must be one of {ENCODERS}, got {encoder!r}")
        x, h = keras.Input((steps, 2)), keras.Input((steps, 2 * units))
        if encoder == "two ways":
            states = layers.Concatenate()([
                layers.LSTM(units, return_sequences=True)(x),
                layers.Lambda(_flip)(layers.LSTM(units, return_sequences=True)(
                    layers.Lambda(_flip)(x)))])
        else:
            states = layers.Dense(2 * units, activation="tanh")(
                layers.Dense(2 * units, activation="tanh")(x))
        self.encode = keras.Model(x, states)
        hidden = layers.Dense(units, activation="tanh")(h)
        self.scores = keras.Model(h, layers.Reshape((steps,))(
            layers.Dense(1, use_bias=False)(hidden)))
        context = keras.Input((2 * units,))
        self.decide = keras.Model(context, layers.Reshape(())(
            layers.Dense(1, activation="sigmoid")(context)))
        states = self.encode(x)
        weights = layers.Softmax()(self.scores(states))
        self.model = keras.Model(x, self.decide(layers.Dot(1)([weights, states])))

    def train(self, x, y, epochs, learning_rate=0.01, batch=64):
        """Train with Adam on the cross-entropy; return the last epoch's loss."""
        self.model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy",
                           jit_compile=without_xla())
        return fit(self.model, x, y, batch_size=batch, epochs=epochs, verbose=False)["loss"][-1]

    def weights(self, x):
        """Read the attention weights (N, T)."""
        scores = self.scores(self.encode(x))
        return ops.convert_to_numpy(masked_softmax(scores[:, None], None))[:, 0]

    def answers(self, x, weights):
        """Decide with given weights (N, T) in place of the model's: probabilities (N,)."""
        states = ops.convert_to_numpy(self.encode(x))
        context = np.einsum("nt,ntd->nd", weights, states).astype("float32")
        return ops.convert_to_numpy(self.decide(context))

    def influence(self, x):
        """Replace one input at a time by zeros; return how far the answer moves (N, T)."""
        before, moved = ops.convert_to_numpy(self.model(x)), []
        for t in range(x.shape[1]):
            edited = x.copy()
            edited[:, t] = 0
            moved.append(np.abs(ops.convert_to_numpy(self.model(edited)) - before))
        return np.stack(moved, axis=1)


def _flip(x):
    return ops.flip(x, axis=1)


def other_weights(weights, seed):
    """Make weights to put in place of a model's: dict name -> (N, T), rows sum to 1.

    "shuffled": the same weights in random order; "uniform": all equal; "least": everything
    on the position that had least.
    """
    rng = np.random.default_rng(seed)
    least = np.eye(weights.shape[1], dtype="float32")[weights.argmin(axis=1)]
    return {"shuffled": rng.permuted(weights, axis=1),
            "uniform": np.full_like(weights, 1 / weights.shape[1]), "least": least}


def experiment(encoder, steps, count, epochs, seed):
    """Train a classifier on `marked_sign` and ask whether its weights say what decided.

    Returns:
        the Classifier, and a dict: accuracy (also with the weights replaced), and the share
        of new sequences in which the marked position has the largest weight, and the largest
        influence.
    """
    seed_everything(seed)
    reader = Classifier(encoder, steps)
    x, y, _ = marked_sign(count, steps, seed)
    reader.train(x, y, epochs)
    x, y, marked = marked_sign(1000, steps, 10**6)
    weights = reader.weights(x)
    row = {"own": np.mean((reader.answers(x, weights) > 0.5) == y)}
    for name, other in other_weights(weights, seed).items():
        row[name] = np.mean((reader.answers(x, other) > 0.5) == y)
    row["weight_on_marked"] = weights[np.arange(len(marked)), marked].mean()
    row["most_weight"] = np.mean(weights.argmax(axis=1) == marked)
    row["most_influence"] = np.mean(reader.influence(x).argmax(axis=1) == marked)
    return reader, {name: float(value) for name, value in row.items()}
