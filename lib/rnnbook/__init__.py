"""Small shared library of the book. Import it first: it keeps the kernel quiet."""

import importlib
import os

from rnnbook.notebook import pulse, quiet

__all__ = ["ClaimError", "check", "claim", "hint"]
_HOMES = {"ClaimError": "claims", "claim": "claims", "check": "exercises", "hint": "exercises"}

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
if pulse.in_notebook():  # outside a kernel nobody waits for TensorFlow who does not use it
    pulse.start()
    quiet.start_backend()


def __getattr__(name):
    """Import the four names when they are asked for: the self-test must run without NumPy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'rnnbook' has no attribute {name!r}")
    return getattr(importlib.import_module(f"rnnbook.notebook.{_HOMES[name]}"), name)
