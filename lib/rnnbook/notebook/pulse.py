"""A sign of life: under a cell that shows nothing for five seconds, the seconds it has run."""

import contextvars
import os
import sys
import threading
import time

PATIENCE = 5.0  # seconds without a sign
TICK = 1.0  # seconds between two looks at the clock


def in_notebook():
    """Tell whether this process is a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")


def is_watched():
    """Tell whether a person looks at the output: a terminal or a live notebook."""
    if os.environ.get("CI"):
        return False
    live = ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG")
    if in_notebook():
        return any(name in os.environ for name in live)
    return sys.stdout.isatty()


class Pulse:
    """Counts the seconds of a running cell aloud, in one line, once it has been silent."""

    def __init__(self, clock=time.monotonic):
        """Take a clock in seconds."""
        self.clock = clock
        self.done, self.show = threading.Event(), None
        self.touch()

    def begin(self, *_):
        """Start to count: a cell begins."""
        self.done, self.show = threading.Event(), None
        self.start = self.clock()
        self.touch()
        # In the context of the cell, so that the line appears under it.
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=[self._beat, self.done], daemon=True).start()

    def end(self, *_):
        """Stop to count: the cell is done."""
        self.done.set()
        if self.show:
            self.show(f"{self.clock() - self.start:.0f} s")

    def touch(self):
        """Note that the cell has just shown something itself."""
        self.touched = self.clock()

    def _beat(self, done):
        while not done.wait(TICK):
            if self.clock() - self.touched >= PATIENCE:
                self.show = self.show or moving_line()
                self.show(f"… {self.clock() - self.start:.0f} s")


pulse = Pulse()


def start():
    """Count for the running cell and every later one, where a person watches a notebook."""
    if in_notebook() and is_watched():
        events = sys.modules["IPython"].get_ipython().events
        events.register("pre_run_cell", pulse.begin)
        events.register("post_run_cell", pulse.end)
        pulse.begin()


def moving_line():
    """Give a function that shows one line in place of the last one."""
    if in_notebook():
        from IPython.display import display

        handle = None

        def show(text):
            nonlocal handle
            content = {"text/plain": text}
            if handle is None:
                handle = display(content, raw=True, display_id=True)
            else:
                handle.update(content, raw=True)

        return show
    return lambda text: print(f"\r{text:<78}", end="\n" if "  done" in text else "", flush=True)
