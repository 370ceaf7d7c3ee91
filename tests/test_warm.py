"""Kernels that start warm: a fork of a process that has loaded the libraries."""

import contextlib
import os
import socket
import sys
import time

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from bookbuild import warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks safely")
MODULES = ("ipykernel.kernelapp", "colorsys")  # nothing of IPython loads colorsys


@pytest.fixture
def started(tmp_path, monkeypatch):
    """Start warm kernels in a folder; yields a function () -> (manager, client)."""
    running = []
    with warm.kernels(sys.executable, {}, MODULES) as (options, variables):
        assert options == ["--nbval-kernel-name", warm.NAME]
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        specs = KernelSpecManager(kernel_dirs=[os.path.join(variables[warm.FOLDER], "kernels")])

        def start():
            manager = KernelManager(kernel_name=warm.NAME, kernel_spec_manager=specs)
            manager.start_kernel(cwd=tmp_path)
            client = manager.blocking_client()
            running.append((manager, client))
            client.start_channels()
            client.wait_for_ready(timeout=30)
            return manager, client

        yield start
        for manager, client in running:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def value(client, expression):
    """Return the value of an expression in a kernel."""
    reply = client.execute_interactive("", user_expressions={"it": expression}, timeout=30)
    return eval(reply["content"]["user_expressions"]["it"]["data"]["text/plain"])


def test_a_kernel_has_the_modules_loaded_and_no_name_defined(started, tmp_path, monkeypatch):
    monkeypatch.setenv("SAID_BY", "client")
    _, client = started()
    assert value(client, "'colorsys' in __import__('sys').modules")
    assert not value(client, "'colorsys' in globals()")
    assert value(client, "__import__('os').getcwd()") == str(tmp_path)
    assert value(client, "__import__('os').environ['SAID_BY']") == "client"


def test_kernels_know_nothing_of_each_other(started):
    (_, one), (_, two) = started(), started()
    one.execute_interactive("mine = 1", timeout=30)
    assert value(one, "mine") == 1
    assert not value(two, "'mine' in globals()")
    assert value(one, "__import__('os').getpid()") != value(two, "__import__('os').getpid()")


def test_a_kernel_ends_with_its_client(started):
    manager, client = started()
    pid = value(client, "__import__('os').getpid()")
    os.kill(manager.provisioner.process.pid, 9)
    deadline = time.monotonic() + 10
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{pid}")


def test_an_endless_cell_can_be_interrupted(started):
    manager, client = started()
    asked = client.execute("import time\nwhile True: time.sleep(.01)")
    time.sleep(0.3)
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != asked:
        pass  # the answer to an earlier question
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert value(client, "40 + 2") == 42


def test_a_server_that_cannot_load_says_why(capfd):
    with warm.kernels(sys.executable, {}, ["no_such_module"]) as (_, own), \
            socket.socket(socket.AF_UNIX) as line:
        line.settimeout(30)
        line.connect(os.path.join(own[warm.FOLDER], "socket"))
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(1) == b""  # the end of the server
    assert "No module named 'no_such_module'" in capfd.readouterr().err
