"""Run another program to its end. Works before anything is installed, in any Python 3."""

import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def call(command, **variables):
    """Run a command in the book's folder and return its exit status.

    Ctrl-C is left to the command, which gets it as well: it is waited for until it has stopped.

    Args:
        command: list of the program and its arguments.
        variables: more environment variables.
    """
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ, **variables))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
