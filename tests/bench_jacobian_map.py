"""Speed of the Jacobian map's slider: one frame, from the moved slider to the finished picture.

Run: python tests/bench_jacobian_map.py   (make bench)
"""

import argparse
import itertools
import os
import statistics
import time

import numpy as np

from rnnbook.gradients import jacobian_map, jacobian_slider
from rnnbook.notebook.figures import use_style

BAR = 0.050  # seconds a frame, for whichever slider moves


def seconds_of(view, moves):
    """Median wall and processor seconds of one frame, over a slider's positions."""
    wall, cpu = [], []
    for move in moves:
        start = time.perf_counter(), time.process_time()
        view.frame(**move)
        wall.append(time.perf_counter() - start[0])
        cpu.append(time.process_time() - start[1])
    return statistics.median(wall), statistics.median(cpu)


def main():
    """Measure, print a table, and fail when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40, help="frames per slider")
    rounds = parser.parse_known_args()[0].rounds  # other scripts of make bench have more options

    use_style()
    view = jacobian_slider.View()
    view.frame()
    print(f"Jacobian map, {len(jacobian_slider.GAINS)} gains x {view.steps} steps, "
          f"{view.units} units, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    moves = {
        "gain": [{"gain": g} for g in np.linspace(0.2, 3, rounds)],
        "T": [{"T": 1 + i * view.steps // rounds} for i in range(rounds)],
        "input scale": [{"input_scale": s} for s in itertools.islice(
            itertools.cycle(jacobian_slider.SCALES), rounds)],
        "activation": [{"activation": a} for a in itertools.islice(
            itertools.cycle(jacobian_map.ACTIVATIONS), rounds)],
    }
    slowest = 0
    for name, steps in moves.items():
        wall, cpu = seconds_of(view, steps)
        slowest = max(slowest, wall)
        print(f"{name:12s}{1000 * wall:8.1f} ms a frame{1000 * cpu:8.1f} ms of processor time")
    print(f"bar: {1000 * BAR:.0f} ms a frame: {'ok' if slowest <= BAR else 'MISSED'}")
    return 0 if slowest <= BAR else 1


if __name__ == "__main__":
    raise SystemExit(main())
