"""Kernels that start warm: forks of one process that has loaded TensorFlow once.

Loading TensorFlow takes seconds, and the tests start a kernel for every notebook. `kernels` runs a
server that loads what every chapter loads and nothing of the book; Jupyter finds a kernel named
`warm` whose program asks the server for a fork. The fork is a fresh process: no name is defined
in it, no seed set, no cell run. Only Linux forks such a process safely: elsewhere the ordinary
kernel serves.
"""

import contextlib
import importlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading

NAME = "warm"
LOADED = ("ipykernel.kernelapp", "keras", "matplotlib.pyplot", "pandas")
FOLDER = "RNNBOOK_WARM"  # environment variable: the folder of the server's socket


@contextlib.contextmanager
def kernels(python, variables, modules=LOADED):
    """Serve warm kernels, and give pytest's options and environment variables that use them.

    Args:
        python: the interpreter that runs the notebooks.
        variables: its environment variables, beside those of this process.
        modules: names of what the server loads.
    Returns:
        context manager of (list of options for nbval, dict of environment variables).
    """
    if sys.platform != "linux":
        yield ["--nbval-current-env"], {}
        return
    with tempfile.TemporaryDirectory(prefix="warm") as folder:
        program = [python, "-m", "bookbuild.warm"]
        spec = pathlib.Path(folder, "kernels", NAME, "kernel.json")
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps({
            "argv": [*program, "{connection_file}"], "display_name": NAME, "language": "python",
            "interrupt_mode": "message"}))
        own = {FOLDER: folder, "JUPYTER_PATH": os.pathsep.join(
            filter(None, [folder, os.environ.get("JUPYTER_PATH")]))}
        said = pathlib.Path(folder, "said")
        with socket.socket(socket.AF_UNIX) as listener, said.open("wb") as log:
            listener.bind(os.path.join(folder, "socket"))
            listener.listen()
            server = subprocess.Popen(
                [*program, "--serve", str(listener.fileno()), *modules],
                env={**os.environ, **variables, **own}, pass_fds=[listener.fileno()], stderr=log)
        try:
            yield ["--nbval-kernel-name", NAME], own
        finally:
            server.terminate()
            told = server.wait(), said.read_text(encoding="utf-8", errors="replace")
            if told[0] != -signal.SIGTERM or "Traceback" in told[1]:
                print(f"the server of warm kernels ended ({told[0]}):\n{told[1]}", file=sys.stderr)


def serve(descriptor, modules):
    """Load modules, then fork a kernel for everyone who connects; ends when terminated."""
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # a kernel ends when that process is gone
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as a kernel does
    listener = socket.socket(fileno=descriptor)
    for module in modules:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # leaves no dead process behind
    while True:
        line, _ = listener.accept()
        message, descriptors, *_ = socket.recv_fds(line, 1 << 20, 3)
        if os.fork() == 0:
            listener.close()
            become_kernel(line, json.loads(message), descriptors)
        line.close()
        for descriptor in descriptors:
            os.close(descriptor)


def become_kernel(line, asked, descriptors):
    """Turn this process into the kernel that the client at the other end of `line` asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for own, given in enumerate(descriptors):
        os.dup2(given, own)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["variables"])

    def end_with_client():
        line.recv(1)
        os._exit(1)

    threading.Thread(target=end_with_client, daemon=True).start()
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["warm"]
    IPKernelApp.launch_instance(argv=["-f", asked["connection"]])
    os._exit(0)


def ask(folder, connection):
    """Ask the server for a kernel and wait until it has ended: the program of kernel.json."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(os.path.join(folder, "socket"))
        message = json.dumps({"connection": connection, "folder": os.getcwd(),
                              "variables": dict(os.environ)})
        socket.send_fds(line, [message.encode()], [0, 1, 2])
        line.recv(1)


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve(int(sys.argv[2]), sys.argv[3:])
    else:
        ask(os.environ[FOLDER], sys.argv[1])
