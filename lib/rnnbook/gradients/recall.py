"""Teach a small recurrent network to recall, with truncated BPTT and nothing but NumPy."""

import numpy as np

from rnnbook.cells.steps import rnn_scan, sigmoid
from rnnbook.data.tasks import delayed_recall
from rnnbook.gradients.backprop import bptt


class Adam:
    """The Adam optimizer for NumPy arrays, which it changes in place.

    Keras' own, to which a test holds it equal, takes many times as long on five small arrays.
    """

    def __init__(self, parameters, rate, decay=(0.9, 0.999), epsilon=1e-7):
        """Take the arrays to train and the learning rate.

        Source: Kingma & Ba 2015, arXiv:1412.6980, algorithm 1, with the epsilon of Keras.
        """
        self.parameters, self.rate, self.decay, self.epsilon = parameters, rate, decay, epsilon
        self.means = [np.zeros_like(p) for p in parameters]
        self.squares = [np.zeros_like(p) for p in parameters]
        self.updates = 0

    def update(self, gradients):
        """Move every array one step against its gradient."""
        self.updates += 1
        first, second = self.decay
        scale = self.rate * np.sqrt(1 - second**self.updates) / (1 - first**self.updates)
        arrays = zip(self.parameters, gradients, self.means, self.squares, strict=True)
        for parameter, gradient, mean, square in arrays:
            mean += (1 - first) * (gradient - mean)
            square += (1 - second) * (gradient**2 - square)
            parameter -= scale * mean / (np.sqrt(square) + self.epsilon)


def new_network(units, seed, gain=1.0):
    """Make the weights W, U, b, V, c of a network with one input and one yes-or-no output.

    W and V are Glorot uniform and U is orthogonal, as Keras starts them.

    Args:
        units: number of hidden units H.
        seed: integer, of the random numbers.
        gain: U is an orthogonal matrix times this.
    Returns:
        float64 arrays (1, H), (H, H), (H,), (H, 1), (1,).
    """
    rng = np.random.default_rng((seed, 0))
    limit = np.sqrt(6 / (1 + units))
    W, V = rng.uniform(-limit, limit, (2, units))
    U, R = np.linalg.qr(rng.standard_normal((units, units)))
    return [W[None], gain * U * np.sign(np.diag(R)), np.zeros(units), V[:, None], np.zeros(1)]


def recall_gradients(ids, targets, h, W, U, b, V, c):
    """Differentiate the mean cross-entropy of one segment; no gradient leaves the segment.

    Args:
        ids: symbols 0 or 1, int (B, k).
        targets: the symbol wanted at each step, int (B, k), -1 where none is.
        h: state carried in from before the segment, float (B, H).
        W, U, b, V, c: weights as in `new_network`.
    Returns:
        the share of right answers, the five gradients, and the state to carry on, (B, H).
    """
    xs = 2.0 * ids[:, :, None] - 1
    hs, last = rnn_scan(xs, h, W, U, b)
    p = sigmoid(hs @ V + c)
    wanted = targets[:, :, None]
    # dL_t / d logit_t = (p_t - target_t) / number of answers
    d_logits = np.where(wanted >= 0, p - wanted, 0) / targets.size
    d_hs = d_logits @ V.T
    d_weights = bptt("rnn", xs, (h,), (W, U, b), d_hs).weights
    dV = np.tensordot(hs, d_logits, axes=([0, 1], [0, 1]))
    right = ((p > 0.5) == wanted)[wanted >= 0].mean() if (targets >= 0).any() else 0.5
    return right, (*d_weights, dV, d_logits.sum((0, 1))), last


def train_recall(window, delay, seed, *, updates, units=24, streams=32,
                 rate=5e-3, gain=1.0, frozen=False):
    """Train a network to name the symbol of `delay` steps ago, by truncated BPTT.

    The stream is read in segments of `window` steps: the state goes on from segment to
    segment, the gradient does not.

    Args:
        window: steps per segment and update.
        delay: how far back the wanted symbol lies.
        seed: integer, of weights and data.
        updates: number of segments.
        units, streams, rate: hidden units H, streams side by side B, learning rate of Adam.
        gain: of the recurrent weights at the start, as in `new_network`.
        frozen: train the output only; the recurrent weights stay random.
    Returns:
        the weights W, U, b, V, c, and for each update the share of right answers.
    """
    network = new_network(units, seed, gain)
    taught = network[3:] if frozen else network
    adam = Adam(taught, rate)
    ids, targets = delayed_recall(streams, window * updates, delay, (seed, 1))
    h, shares = np.zeros((streams, units)), []
    for start in range(0, window * updates, window):
        now = slice(start, start + window)
        share, gradients, h = recall_gradients(
            ids[:, now], targets[:, now], h, *network)
        adam.update(gradients[-len(taught):])
        shares.append(share)
    return network, shares


def recall_accuracy(network, delay, seed, *, steps=500, reset=None):
    """Measure how often a network names the right symbol on new streams.

    Args:
        network: weights W, U, b, V, c.
        delay: how far back the wanted symbol lies.
        seed: integer; the streams are others than those of `train_recall`.
        steps: how many to read of each of 32 streams; every step from `delay` on is asked.
        reset: forget the state after every so many steps; None carries it through.
    Returns:
        float: the share of right answers; guessing gets 0.5.
    """
    *weights, V, c = network
    ids, targets = delayed_recall(32, steps, delay, (seed, 2))
    h, answers = np.zeros((len(ids), len(V))), []
    for start in range(0, steps, reset or steps):
        xs = 2.0 * ids[:, start:start + (reset or steps), None] - 1
        hs, _ = rnn_scan(xs, h, *weights)
        answers.append((hs @ V + c)[:, :, 0] > 0)
    return float((np.concatenate(answers, axis=1) == targets)[targets >= 0].mean())
