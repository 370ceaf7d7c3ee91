"""Speed of the LSTM that recipes train with: one pass forwards and one backwards.

Run: python tests/bench_lstm.py   (make bench)
Every figure is a time over that of `keras.layers.LSTM`, the fastest of rounds in which all take
turns. torch takes part where it is installed (the environment of make test-backends).
"""

import argparse
import functools
import importlib.util
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from rnnbook.cells.weight_drop import WeightDropLSTM

SIZES = {  # name: units, steps, batch, inputs
    "middling": (256, 100, 64, 64),
    "recipe shakespeare_lstm": (512, 64, 128, 64),
    "recipe wikitext2_lstm": (400, 50, 40, 144),
    "words, chapter 12": (96, 35, 20, 64),
    "translator's decoder": (224, 16, 128, 96),
    "dates, chapter 15": (48, 12, 32, 24),
    "letters to reverse, chapter 16": (64, 12, 64, 32),
}


@tf.custom_gradient
def hoisted(z, u):
    """Run an LSTM over z = xW + b (T, B, 4H), given at once; dU is one product over all steps.

    The book does without it: it knows TensorFlow only, and is a second way to say one thing.
    """
    steps, units = tf.shape(z)[0], u.shape[0]
    zero = tf.zeros_like(z[0, :, :units])

    def array(values=None):
        made = tf.TensorArray(z.dtype, size=steps)
        return made if values is None else made.unstack(values)

    def forward(t, h, c, hs, cs, gates):
        i, f, g, o = tf.split(given.read(t) + h @ u, 4, axis=1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
        c = f * c + i * g
        tanh_c = tf.tanh(c)
        h = o * tanh_c
        return (t + 1, h, c, hs.write(t, h), cs.write(t, c),
                gates.write(t, tf.concat([i, f, g, o, tanh_c], 1)))

    given = array(z)
    *_, hs, cs, gates = tf.while_loop(lambda t, *_: t < steps, forward,
                                      (0, zero, zero, array(), array(), array()))
    hs, cs, gates = hs.stack(), cs.stack(), gates.stack()

    def gradient(dhs):
        h_before, c_before = (tf.concat([zero[None], x[:-1]], 0) for x in (hs, cs))
        i, f, g, o, tanh_c = tf.split(gates, 5, axis=2)
        factors = array(tf.concat([o * (1 - tanh_c**2), g * i * (1 - i), c_before * f * (1 - f),
                                   i * (1 - g**2), tanh_c * o * (1 - o), f], 2))
        upstream, u_t = array(dhs), tf.transpose(u)

        def back(t, dh, dc, dzs):
            of_c, of_i, of_f, of_g, of_o, kept = tf.split(factors.read(t), 6, axis=1)
            dh = dh + upstream.read(t)
            dc = dc + dh * of_c
            dz = tf.concat([dc * of_i, dc * of_f, dc * of_g, dh * of_o], 1)
            return t - 1, dz @ u_t, dc * kept, dzs.write(t, dz)

        *_, dzs = tf.while_loop(lambda t, *_: t >= 0, back, (steps - 1, zero, zero, array()))
        dz = dzs.stack()
        return dz, tf.matmul(tf.reshape(h_before, (-1, units)), tf.reshape(dz, (-1, 4 * units)),
                             transpose_a=True)

    return hs, gradient


def keras_steps(units, steps, batch, inputs):
    """Make the variants on TensorFlow: dict of functions that run one step."""
    x = tf.constant(np.random.default_rng(0).normal(size=(batch, steps, inputs)), "float32")
    options = {"return_sequences": True}
    plain = keras.layers.LSTM(units, **options)
    unrolled = keras.layers.LSTM(units, unroll=True, **options)
    dropped = WeightDropLSTM(units, 0.25, **options)
    for layer in (plain, unrolled, dropped):
        layer.build(x.shape)
    kernel, u, b = (w.value for w in plain.trainable_weights)

    def own(x):
        z = tf.reshape(tf.transpose(x, (1, 0, 2)), (-1, inputs)) @ kernel + b
        return hoisted(tf.reshape(z, (steps, batch, 4 * units)), tf.identity(u))

    calls = {"Keras": (plain, plain), "Keras, XLA": (plain, plain),
             "Keras, unrolled": (unrolled, unrolled),
             "weights dropped": (functools.partial(dropped, training=True), dropped),
             "own gradient": (own, plain), "own gradient, XLA": (own, plain)}
    if steps > 50:
        calls.pop("Keras, unrolled")  # tracing takes longer than the benchmark

    def step(call, layer, jit):
        weights = [w.value for w in layer.trainable_weights]

        @tf.function(jit_compile=jit)
        def run(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                loss = tf.reduce_sum(tf.square(call(x)))
            return tape.gradient(loss, [x, *weights])

        return lambda: run(x)[0].numpy()

    return {name: step(call, layer, name.endswith("XLA"))
            for name, (call, layer) in calls.items()}


def torch_step(units, steps, batch, inputs):
    """Make the rival: a function that runs one step of torch.nn.LSTM."""
    import torch

    layer = torch.nn.LSTM(inputs, units, batch_first=True)
    x = torch.randn(batch, steps, inputs, requires_grad=True)

    def run():
        layer.zero_grad()
        layer(x)[0].square().sum().backward()

    return run


def measure(runs, seconds):
    """Time every function: dict of (seconds of the first call, of the fastest later one)."""
    first, best = {}, {}
    for name, run in runs.items():
        start = time.perf_counter()
        run()
        first[name] = time.perf_counter() - start
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or not best:
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            best[name] = min(best.get(name, np.inf), time.perf_counter() - start)
    return {name: (first[name], best[name]) for name in runs}


def main(arguments=None):
    """Print a line for each size and variant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8, help="for each size")
    asked = parser.parse_args(arguments)
    for name, size in SIZES.items():
        runs = keras_steps(*size)
        if importlib.util.find_spec("torch"):
            runs["torch"] = torch_step(*size)
        found = measure(runs, asked.seconds)
        plain = found["Keras"][1]
        print(f"{name}: units {size[0]}, steps {size[1]}, batch {size[2]}, inputs {size[3]}; "
              f"Keras {1000 * plain:.1f} ms", flush=True)
        for variant, (first, best) in found.items():
            print(f"    {variant:17s} {best / plain:5.2f} times the time of Keras, "
                  f"first call {first:5.1f} s", flush=True)


if __name__ == "__main__":
    main()
