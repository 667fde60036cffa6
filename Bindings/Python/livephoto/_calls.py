"""Long calls that Ctrl-C can stop.

Python handles a signal between two of its own instructions, in the main thread; a call into C has none. So a long
call of the main thread runs on a helper thread while the main thread waits, which signals do interrupt: the call is
told to stop, waited for, and the interrupt goes on its way. A call of any other thread gets no signals and is made
where it is.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from . import _native

Result = tuple[int, str]
# The argument is a _native.FractionCallback, a class that ctypes makes at run time.
Call = Callable[[Any], Result]
FractionListener = Callable[[float], object]


class _Task:
    """One call under way. Its events: a fraction, or None at the end."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.events: SimpleQueue[float | None] = SimpleQueue()
        self.stopped = False
        self.result: Result = (70, "the call did not end")
        self.error: BaseException | None = None
        # Kept here: C holds its address as long as the call runs.
        self.callback = _native.FractionCallback(self._fraction)

    def _fraction(self, fraction: float, _: int | None) -> int:
        self.events.put(fraction)
        return 1 if self.stopped else 0

    def run(self) -> None:
        if self.stopped:  # before it began
            self.events.put(None)
            return
        try:
            self.result = self.call(self.callback)
        except BaseException as error:  # handed to the thread that waits
            self.error = error
        finally:
            # What the call holds goes before its caller is told: a clip that is dropped next is freed at once.
            self.call = _ended
            self.events.put(None)


def _ended(_: Any) -> Result:
    return 70, "the call has ended"


class _Worker(threading.Thread):
    """A thread that makes one call after the other. Few are ever made: as many as calls are nested in callbacks."""

    def __init__(self) -> None:
        super().__init__(name="livephoto", daemon=True)
        self.tasks: SimpleQueue[_Task] = SimpleQueue()

    def run(self) -> None:
        while True:
            task = self.tasks.get()
            task.run()
            del task
            if self not in _idle:
                _idle.append(self)


_idle: list[_Worker] = []
# The threads of a parent do not live in its child.
os.register_at_fork(after_in_child=_idle.clear)


def run(call: Call, cancel: Callable[[], object], listener: FractionListener | None = None) -> Result:
    """Makes a call so that Ctrl-C, or an exception of the listener, stops it.

    Args:
        call: makes the C call with the fraction callback it is given, and reads its message on the same thread.
        cancel: asks the call to stop; the fraction callback asks too.
        listener: told the part done, on the thread of this function.
    """
    if threading.current_thread() is not threading.main_thread():
        return _run_here(call, listener)
    task = _Task(call)
    worker = _idle.pop() if _idle else _Worker()
    if not worker.is_alive():
        try:
            worker.start()
        except RuntimeError:  # no more threads, or the interpreter is ending: then without Ctrl-C
            return _run_here(call, listener)
    try:
        worker.tasks.put(task)
        _listen(task, listener)
    except BaseException:
        _stop(task, worker, cancel)
        raise
    if task.error is not None:
        raise task.error
    return task.result


def _listen(task: _Task, listener: FractionListener | None) -> None:
    while True:
        fraction = task.events.get()
        if fraction is None:
            return
        if listener is not None:
            listener(fraction)


def _stop(task: _Task, worker: _Worker, cancel: Callable[[], object]) -> None:
    """Stops a task and waits for it, whatever else is typed meanwhile: its memory must not go before it ends."""
    while True:
        try:
            task.stopped = True
            cancel()
            # The interrupt may have come before the task was handed over. A stopped task does nothing a second time.
            worker.tasks.put(task)
            _listen(task, None)
            return
        except KeyboardInterrupt:
            continue


def _run_here(call: Call, listener: FractionListener | None) -> Result:
    error: BaseException | None = None

    def fraction(value: float, _: int | None) -> int:
        nonlocal error
        try:
            if listener is not None and error is None:
                listener(value)
        except BaseException as raised:  # C has no exceptions: stop, and raise when it has returned
            error = raised
        return 0 if error is None else 1

    result = call(_native.FractionCallback(fraction))
    if error is not None:
        raise error
    return result
