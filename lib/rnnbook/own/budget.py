"""How long to train on a file of any size."""

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
