"""Train on a CPU: seeds, fast compile defaults, and progress that leaves no trace."""

import time

import keras

from rnnbook.notebook.pulse import is_watched, moving_line, pulse


def seed_everything(seed):
    """Set the random seeds of Python, NumPy and the Keras backend.

    Args:
        seed: integer in [0, 2**32). Layers made later draw from it, so build after seeding.
    Raises:
        ValueError: no such integer.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be an integer in [0, 2**32), got {seed!r}")
    keras.utils.set_random_seed(seed)


def compile_fast(model, optimizer="adam", loss=None, metrics=None, *, jit_compile=True,
                 steps_per_execution=10):
    """Compile a model so that small recurrent networks train fast on a CPU.

    XLA and ten steps per call bring a small RNN from about 4 ms per step to about 1. The
    flags change the random stream of dropout, so they are part of a result. PyTorch knows
    neither: there both are left off.

    Args:
        model: Keras model.
        optimizer, loss, metrics: as `model.compile`; the loss is needed.
        jit_compile: compile with XLA; leave it off where a layer unrolls many steps. On JAX,
            which has no other compiler, it stays on.
        steps_per_execution: training steps per call of the compiled function.
    Returns:
        the model, compiled.
    Raises:
        ValueError: no loss, or a flag of the wrong kind.
    """
    if loss is None:
        raise ValueError("compile_fast needs a loss")
    if not isinstance(jit_compile, bool):
        raise ValueError(f"jit_compile must be True or False, got {jit_compile!r}")
    if isinstance(steps_per_execution, bool) or not isinstance(steps_per_execution, int) \
            or steps_per_execution < 1:
        raise ValueError(f"steps_per_execution must be an integer >= 1, got "
                         f"{steps_per_execution!r}")
    if keras.backend.backend() == "torch":
        jit_compile, steps_per_execution = False, 1
    model.compile(optimizer=optimizer, loss=loss, metrics=metrics,
                  jit_compile=jit_compile or without_xla(),
                  steps_per_execution=steps_per_execution)
    return model


def without_xla():
    """Give `jit_compile` of `model.compile` for a model on which XLA's compiling is wasted.

    Returns:
        False; but True on JAX, where False would run the model one operation at a time.
    """
    return keras.backend.backend() == "jax"


def adam_cosine(updates, rate, warmup=0, decay=0.0, clip=1.0, **options):
    """Make an Adam whose learning rate rises along a line, then falls to 0 along a cosine.

    Args:
        updates: of the whole training.
        rate: the highest learning rate.
        warmup: updates until it is reached (0: it is the first).
        decay: weight decay; above 0 the optimizer is AdamW.
        clip: global norm to which gradients are cut (None: never).
        options: more arguments of the optimizer, such as epsilon.
    Returns:
        keras optimizer.
    Raises:
        ValueError: fewer than one update, or a warm-up below 0.
    """
    if updates < 1 or warmup < 0:
        raise ValueError(f"need updates >= 1 and warmup >= 0, got {updates} and {warmup}")
    warmup = min(warmup, updates)
    start, steps = (0.0 if warmup else rate), max(1, updates - warmup)
    falling = keras.optimizers.schedules.CosineDecay(
        start, steps, warmup_target=rate if warmup else None, warmup_steps=warmup)
    options["global_clipnorm"] = clip
    if decay:
        return keras.optimizers.AdamW(falling, weight_decay=decay, **options)
    return keras.optimizers.Adam(falling, **options)


def fit(model, x, y=None, *, epochs=1, verbose="auto", callbacks=(), **options):
    """Train a model; a reader at a screen sees one line that moves.

    Args:
        model: compiled Keras model.
        x, y: as `model.fit`.
        epochs: passes over the data.
        verbose: True, False, or "auto": only where someone watches (a terminal, JupyterLab,
            VS Code, Colab), so that a notebook run by a test or a build stores nothing.
        callbacks: more Keras callbacks.
        options: more arguments for `model.fit`, such as batch_size and validation_data.
    Returns:
        dict: for each measure ("loss", …) the list of its values, one per epoch.
    Raises:
        ValueError: verbose is none of the three.
    """
    if verbose not in (True, False, "auto"):
        raise ValueError(f'verbose must be True, False or "auto", got {verbose!r}')
    watched = is_watched() if verbose == "auto" else verbose
    callbacks = [*callbacks, Progress()] if watched else list(callbacks)
    if model.compiled and model.built and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)  # else TensorFlow traces the step twice
    history = model.fit(x, y, epochs=epochs, verbose=0, callbacks=callbacks, **options)
    return history.history


def fit_cosine(model, batches, epochs, rate, loss=None, **options):
    """Train a model on batches; the learning rate of its Adam falls to zero along a cosine.

    Args:
        model: Keras model, not compiled.
        batches: keras PyDataset, such as `bucketing.Buckets`.
        epochs: passes over the batches.
        rate: the highest learning rate.
        loss: as `model.compile`; None where the model computes its own.
        options: more arguments for `adam_cosine`.
    Returns:
        dict of lists, one value per epoch, as `fit`.
    """
    model.compile(adam_cosine(epochs * len(batches), rate, **options), loss,
                  jit_compile=without_xla())
    return fit(model, batches, epochs=epochs)


class Progress(keras.callbacks.Callback):
    """Show epoch, loss and seconds in one line, at most once a second."""

    def __init__(self, show=None, clock=time.monotonic):
        """Take a function that shows a line, and a clock in seconds (for tests)."""
        super().__init__()
        self.show, self.clock = show or moving_line(), clock
        self.epoch = 0

    def on_train_begin(self, logs=None):
        """Start the clock."""
        self.start = self.shown = self.clock()

    def on_epoch_begin(self, epoch, logs=None):
        """Remember the epoch's number."""
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        """Move the line when a second has passed."""
        if self.clock() - self.shown >= 1.0:
            self._line(f"batch {batch + 1}", logs)

    def on_train_end(self, logs=None):
        """Leave the last values in the line."""
        self._line("done", logs)

    def _line(self, where, logs):
        self.shown = self.clock()
        values = "  ".join(f"{name} {float(value):.4f}" for name, value in (logs or {}).items())
        epochs = (self.params or {}).get("epochs", "?")
        pulse.touch()
        self.show(f"epoch {self.epoch + 1}/{epochs}  {where}  {values}  "
                  f"{self.shown - self.start:.0f} s")
