"""Speed of text generation: model.predict per character against the compiled loop.

Run: python tests/bench_generation.py   (make bench)
Uses the recorded Shakespeare model where it is there, else one of the same size.
"""

import argparse
import os
import statistics
import time

import numpy as np

from rnnbook import recipes
from rnnbook.language import char_lm, decoding
from rnnbook.training.weights import get_weights

BAR = 20_000  # characters per second in a batch of 16 at a temperature


def stored_weights():
    """The recorded weights, or random ones of the same shapes."""
    try:
        return recipes.load("shakespeare_lstm").weights, "recorded weights"
    except recipes.RecipeError:
        model = char_lm.build_lm(65, units=512, embedding=64)
        return get_weights(model), "random weights"


def seconds_of(run, rounds):
    """Median seconds of several runs after one that compiles."""
    run(0)
    times = []
    for i in range(rounds):
        start = time.perf_counter()
        run(i + 1)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def predict_per_character(weights, prompt, temperature, characters, rounds):
    """Seconds per character of the usual loop: predict, sample, feed back."""
    model = char_lm.from_weights(weights, batch=1, steps=1, stateful=True)
    rng = np.random.default_rng(0)

    def run(_):
        token = prompt[:1]
        for _ in range(characters):
            logits = model.predict(token[None], verbose=0)[0, 0].astype("float64")
            p = np.exp((logits - logits.max()) / temperature)
            token = rng.choice(len(p), p=p / p.sum(), size=1).astype("int32")

    return seconds_of(run, rounds) / characters


def main():
    """Measure, print a table, and fail when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--length", type=int, default=2000, help="characters per text")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--temperature", type=float, default=1.0)
    options = parser.parse_args()

    weights, whose = stored_weights()
    units = weights["lstm.recurrent_kernel"].shape[0]
    print(f"LSTM-{units}, {whose}, {os.cpu_count()} cores, temperature {options.temperature:g}")
    prompt = np.arange(20, dtype="int32") + 10
    model = char_lm.from_weights(weights)
    rates = {"model.predict per character": 1 / predict_per_character(
        weights, prompt, options.temperature, 30, options.rounds)}

    for name, batch, knobs in [
        ("compiled loop, batch 1", 1, {}),
        ("compiled loop, batch 16", 16, {}),
        ("compiled loop, batch 16, top-p .9", 16, {"top_p": 0.9}),
    ]:
        def run(seed, batch=batch, knobs=knobs):
            decoding.generate(model, np.tile(prompt, (batch, 1)), options.length, seed=seed,
                              temperature=options.temperature, **knobs)

        rates[name] = batch * options.length / seconds_of(run, options.rounds)

    slow = rates["model.predict per character"]
    for name, rate in rates.items():
        print(f"{name:36s}{rate:12,.0f} characters/s {rate / slow:10,.1f} x")
    reached = rates["compiled loop, batch 16"]
    print(f"bar: {BAR:,} characters/s in a batch of 16: {'ok' if reached >= BAR else 'MISSED'}")
    return 0 if reached >= BAR else 1


if __name__ == "__main__":
    raise SystemExit(main())
