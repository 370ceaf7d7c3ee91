"""How long to train on a file of any size."""

from rnnbook.recipes.store import stopwatch

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


def timed(train):
    """Run a training and return its seconds; an interruption says what is lost.

    Args:
        train: function without arguments.
    Raises:
        KeyboardInterrupt: the training was interrupted; with a message.
    """
    watch = stopwatch()
    try:
        train()
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"stopped after {watch()[0]:.0f} s of training: nothing of it is "
                                "kept; with epochs=... it is shorter") from None
    return watch()[0]
