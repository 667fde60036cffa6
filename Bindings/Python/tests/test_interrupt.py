"""Ctrl-C: prompt, and without harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from livephoto import _calls

# Prints when it begins, is interrupted in a run of many steps, and makes a clip with the same pipeline.
RUN = """
import sys, time
sys.path[:0] = [sys.argv[1]]
from conftest import smooth_photo
import livephoto
p = livephoto.Pipeline()
p.animate(smooth_photo(), frames=2, steps=1)
print("ready", flush=True)
try:
    p.animate(smooth_photo(), frames=16, steps=1000)
    print("finished")
except KeyboardInterrupt:
    print("interrupted", flush=True)
print(p.state, len(p.animate(smooth_photo(), frames=2, steps=1)), flush=True)
"""


@pytest.mark.parametrize("times", [1, 3])
def test_interrupting_a_run(times: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", RUN, os.path.dirname(__file__)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None and child.stderr is not None
    assert child.stdout.readline() == "ready\n", child.stderr.read()
    time.sleep(0.4)
    start = time.monotonic()
    child.send_signal(signal.SIGINT)
    line = child.stdout.readline()
    delay = time.monotonic() - start
    output, errors = child.communicate(timeout=60)
    assert (line, output, errors, child.returncode) == ("interrupted\n", "configured 2\n", "", 0)
    assert delay < 1.5


def test_uncaught_interrupt_ends_the_process() -> None:
    code = RUN.replace("except KeyboardInterrupt", "except ZeroDivisionError")
    child = subprocess.Popen(
        [sys.executable, "-c", code, os.path.dirname(__file__)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(0.4)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=10)
    assert errors.rstrip().endswith("KeyboardInterrupt") and child.returncode in (-signal.SIGINT, 130)


def test_a_call_that_takes_long() -> None:
    """A call that would take a minute, told to stop: without the library, so that it surely is that long."""
    told = threading.Event()

    def call(_: object) -> tuple[int, str]:
        return (30, "stopped") if told.wait(60) else (0, "")

    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    start = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        _calls.run(call, told.set)
    assert told.is_set() and time.monotonic() - start < 1


def test_a_second_interrupt_does_not_leave_the_call_behind() -> None:
    ended = threading.Event()
    told = threading.Event()

    def call(_: object) -> tuple[int, str]:
        told.wait(60)
        time.sleep(0.5)  # slow to stop
        ended.set()
        return 30, "stopped"

    timers = [threading.Timer(delay, lambda: os.kill(os.getpid(), signal.SIGINT)) for delay in (0.1, 0.2, 0.3)]
    for timer in timers:
        timer.start()
    with pytest.raises(KeyboardInterrupt):
        _calls.run(call, told.set)
    assert ended.is_set()


def test_listener_runs_on_the_callers_thread_and_may_raise() -> None:
    for in_main in (True, False):
        seen: list[object] = []

        def call(callback: object) -> tuple[int, str]:
            for part in (0.25, 0.5, 1.0):
                if callback(part, None) != 0:  # type: ignore[operator]
                    return 30, "stopped"
                time.sleep(0.05)
            return 0, ""

        def listener(part: float, seen: list[object] = seen) -> None:
            seen.append(threading.current_thread())
            if part == 0.5:
                raise ValueError("half is enough")

        def use(call: object = call, listener: object = listener, seen: list[object] = seen) -> None:
            with pytest.raises(ValueError, match="half is enough"):
                _calls.run(call, lambda: None, listener)  # type: ignore[arg-type]
            assert seen == [threading.current_thread()] * 2
            seen.append("checked")

        if in_main:
            use()
        else:
            thread = threading.Thread(target=use)
            thread.start()
            thread.join()
        assert seen[-1] == "checked"


def test_calls_within_calls() -> None:
    """A listener may make a call of its own."""

    def inner(_: object) -> tuple[int, str]:
        return 0, "inner"

    def outer(callback: object) -> tuple[int, str]:
        callback(0.5, None)  # type: ignore[operator]
        return 0, "outer"

    found: list[object] = []
    result = _calls.run(outer, lambda: None, lambda part: found.append(_calls.run(inner, lambda: None)))
    assert result == (0, "outer") and found == [(0, "inner")]


def test_fork_in_the_middle_of_things() -> None:
    """Threads do not live in a forked child: it makes its own."""
    _calls.run(lambda _: (0, ""), lambda: None)
    child = os.fork()
    if child == 0:
        os._exit(_calls.run(lambda _: (7, ""), lambda: None)[0])
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
