"""Start the Keras backend without the lines that it writes to standard error."""

import contextlib
import os
import sys
import tempfile


@contextlib.contextmanager
def muted_stderr():
    """Send file descriptor 2 to a scratch file; on an error, show what it holds.

    C++ libraries write past ``sys.stderr``, so the descriptor itself is redirected.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as scratch:
        os.dup2(scratch.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(saved, 2)
            scratch.seek(0)
            os.write(2, scratch.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def start_backend():
    """Import Keras and run two operations, so that the start-up messages come and go here."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with muted_stderr():
        import keras

        keras.ops.convert_to_numpy(keras.ops.ones((1,)))
        keras.ops.transpose(keras.ops.ones((1, 2), dtype="bool"))  # oneDNN complains once
