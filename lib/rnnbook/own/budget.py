"""How long to train on a file of any size."""

import contextlib
import time

UPDATES = 1500       # that a network of this book needs at least
EPOCHS = 3, 40       # fewest and most passes


def epochs_for(examples, batch):
    """Choose the passes over a training part: enough updates for few examples, few for many.

    Args:
        examples: in the training part.
        batch: examples per update.
    Returns:
        int.
    """
    fewest, most = EPOCHS
    return min(most, max(fewest, round(UPDATES * batch / max(examples, 1))))


class Stopwatch:
    """Measure seconds from its making: `stopwatch()` gives them."""

    def __init__(self):
        self.start = time.perf_counter()

    def __call__(self):
        """Seconds so far."""
        return time.perf_counter() - self.start


@contextlib.contextmanager
def say_what_is_lost(watch):
    """Add to an interruption (Ctrl-C, the stop key) what becomes of the training."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"stopped after {watch():.0f} s of training: nothing of it is "
                                "kept; with epochs=... it is shorter") from None
