"""Recurrent layers that see different amounts of the future: none, k steps, a chunk, all of it."""

from keras import layers, ops


def one_way(x, units):
    """Read from left to right: output t sees x_1 … x_t."""
    return layers.LSTM(units, return_sequences=True)(x)


def two_ways(x, units):
    """Read in both directions: every output sees everything."""
    return layers.Bidirectional(layers.LSTM(units, return_sequences=True))(x)


def delayed(x, units, delay):
    """Read from left to right and answer `delay` steps later: output t sees x_1 … x_{t+delay}.

    Args:
        x: Keras tensor (B, T, D).
        units: of the LSTM.
        delay: steps to wait, 0 or more; so many zeros are read after the end.
    Returns:
        Keras tensor (B, T, units).
    Source: Graves & Schmidhuber 2005, doi:10.1016/j.neunet.2005.06.042, target delay.
    """
    x = layers.ZeroPadding1D((0, delay))(x)
    h = layers.LSTM(units, return_sequences=True)(x)
    return layers.Cropping1D((delay, 0))(h)


def chunked(x, units, chunk):
    """Read left to right throughout, right to left only inside chunks: wait for one chunk.

    Args:
        x: Keras tensor (B, T, D), T a multiple of the chunk.
        units: of each LSTM.
        chunk: steps in a chunk.
    Returns:
        Keras tensor (B, T, 2 units); output t sees x_1 up to the end of its chunk.
    Source: Zhang et al. 2016, arXiv:1510.08983, latency-controlled BLSTM (without its extra
        steps to the right of each chunk).
    """
    steps, features = x.shape[1:]
    forward = layers.LSTM(units, return_sequences=True)(x)
    parts = ops.reshape(x, (-1, chunk, features))
    back = layers.LSTM(units, return_sequences=True, go_backwards=True)(parts)
    back = ops.reshape(ops.flip(back, axis=1), (-1, steps, units))
    return layers.Concatenate()([forward, back])
