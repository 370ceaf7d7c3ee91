"""Which inputs does each output see? Edit the input and look, with any model as a black box."""

import numpy as np


class CausalityError(AssertionError):
    """A model that should not look ahead does; or the test cannot be made."""


def future_edit(model, x, step, edit=None):
    """Edit the input from one step on, and report how much each output step changes.

    Args:
        model: callable x -> (B, T, ...), such as a Keras model with return_sequences.
        x: array (B, T) or (B, T, D): floats, or integers such as token ids.
        step: the first edited step, counted from 0.
        edit: callable that returns an edited copy of x[:, step:]; by default random numbers
            are added to floats, and every id is replaced by another one that stands in x.
    Returns:
        float array (T,): the largest absolute change of the output at each step. In a causal
        model the first `step` of them are exactly 0.
    Raises:
        CausalityError: the output has not the T steps of the input, is not finite, or differs
            between two equal calls; or the edit changes nothing, or another shape.
        ValueError: no such step, or x has no time axis.
    """
    x = _checked(x)
    if not 0 <= step < x.shape[1]:
        raise ValueError(f"step must be from 0 to {x.shape[1] - 1}, got {step}")
    return _change(model, x, slice(step, None), edit, _twice(model, x))


def dependence(model, x, edit=None):
    """Edit one input step after another, and report how much every output step changes.

    Args:
        model, x, edit: as `future_edit`.
    Returns:
        float array (T, T): row t, column s: the change of output t when only input s is edited.
        A causal model leaves zeros above the diagonal.
    Raises:
        CausalityError, ValueError: as `future_edit`.
    """
    x = _checked(x)
    before = _twice(model, x)
    return np.stack([_change(model, x, slice(s, s + 1), edit, before)
                     for s in range(x.shape[1])], axis=1)


def look_ahead(model, x, edit=None):
    """Measure how many steps ahead a model looks.

    Args:
        model, x, edit: as `future_edit`.
    Returns:
        int: the largest s - t for which input s changes output t: 0 for a causal model,
        negative for one whose output is delayed, T - 1 for one that reads everything first.
    Raises:
        CausalityError: no input changes any output; or as `future_edit`.
    """
    rows, columns = np.nonzero(dependence(model, x, edit))
    if not len(rows):
        raise CausalityError("no input step changes any output step: the model ignores x")
    return int((columns - rows).max())


def assert_causal(model, x, allowed=0):
    """Raise unless no output depends on an input more than `allowed` steps ahead.

    Args:
        model, x: as `future_edit`.
        allowed: steps that the model may look ahead, 0 or more.
    Raises:
        CausalityError: names the farthest look into the future; or as `future_edit`.
    """
    change = dependence(model, x)
    rows, columns = np.nonzero(change > 0)
    if len(rows) and (columns - rows).max() > allowed:
        k = int((columns - rows).argmax())
        t, s = int(rows[k]), int(columns[k])
        raise CausalityError(f"the model looks {s - t} steps ahead, {allowed} allowed: editing "
                             f"input {s} changes output {t} by {change[t, s]:.3g}")


def _checked(x):
    x = np.asarray(x)
    if x.ndim < 2:
        raise ValueError(f"x must be (batch, time) or (batch, time, feature), got {x.shape}")
    return x


def _output(model, x):
    """The model's output as a float array (B, T, ...)."""
    from keras import ops

    output = np.asarray(ops.convert_to_numpy(model(x)), float)
    if output.ndim < 2 or output.shape[:2] != x.shape[:2]:
        raise CausalityError(f"the output has the shape {output.shape}, but x has {x.shape[1]} "
                             "steps: the model must give one output per step "
                             "(return_sequences=True)")
    if not np.isfinite(output).all():
        raise CausalityError("the output holds NaN or infinity")
    return output


def _twice(model, x):
    """The output, after a second call has given the same one."""
    output = _output(model, x)
    if not np.array_equal(output, _output(model, x)):
        raise CausalityError("the model gives another output for the same input: it carries a "
                             "state (stateful=True), or is random (dropout, training=True)")
    return output


def _change(model, x, steps, edit, before):
    edited = x.copy()
    new = np.asarray(edit(x[:, steps].copy()) if edit else _other(x, steps))
    if new.shape != x[:, steps].shape:
        raise CausalityError(f"the edit turned {x[:, steps].shape} into {new.shape}")
    edited[:, steps] = new
    if (edited == x).all():
        raise CausalityError("the edit changed nothing")
    change = np.abs(_output(model, edited) - before)
    return change.max(axis=(0, *range(2, change.ndim)))


def _other(x, steps):
    """Other values of the kind that stands in x."""
    part = x[:, steps]
    if np.issubdtype(x.dtype, np.floating):
        return part + np.random.default_rng(0).uniform(0.5, 1.5, part.shape).astype(x.dtype)
    kinds = np.unique(x)
    if len(kinds) < 2:
        raise CausalityError(f"x holds only {kinds[0]}: no other value to put in; give an edit")
    return kinds[(np.searchsorted(kinds, part) + 1) % len(kinds)]
