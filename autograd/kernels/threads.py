"""Threads for kernels: work shared out over a pool, and the number that BLAS uses.

NumPy lets go of the interpreter's lock inside its loops and inside BLAS, so pieces of a kernel that are a few tens of
microseconds of NumPy each really run side by side. The pool starts with the first call that is worth sharing; its threads
are daemons that wait for work and cost nothing otherwise.
"""

from __future__ import annotations

import functools
import itertools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

_affinity = getattr(os, "sched_getaffinity", None)  # not on every system
_count = [len(_affinity(0)) if _affinity is not None else os.cpu_count() or 1]
_PIECES = 4  # for each thread: more of them even out what other programs take away
_local = threading.local()  # .inside: this thread is at work on a piece


def get_count() -> int:
    """The number of threads that a kernel may use; at first that of the processors this process may run on.

    >>> get_count() >= 1
    True
    """
    return _count[0]


def set_count(count: int) -> None:
    """Let kernels, and BLAS, use up to ``count`` threads.

    >>> set_count(get_count())
    """
    _count[0] = count
    _set_blas(count)


def split(task: Callable[[int, int], Any], total: int, grain: int = 1) -> None:
    """Call ``task(start, stop)`` for pieces that make up ``range(total)``, several at a time.

    A piece has at least ``grain`` items: choose it so that one is worth 50 µs or more of NumPy. The pieces must not
    write the same memory. What can be no more than one piece, and what is called from inside a piece, runs here and now;
    BLAS runs with one thread in each piece. The first exception of a piece is raised, after all have ended.

    >>> out = np.zeros(10)
    >>> def fill(start, stop):
    ...     out[start:stop] = 1
    >>> split(fill, 10, grain=4)
    >>> out.sum()
    np.float64(10.0)
    """
    threads = _count[0]
    if threads > 1 and total >= 2 * grain and not getattr(_local, "inside", False):
        step = max(grain, -(-total // (threads * _PIECES)))
        pieces = -(-total // step)
        if pieces > 1:
            with blas_threads(1):
                _Job(task, total, step, pieces).run(min(threads, pieces))
            return
    if total > 0:
        task(0, total)


class _Job:
    """One call of ``split``: a counter from which whoever is free takes the next piece."""

    __slots__ = ("_done", "_error", "_left", "_next", "_step", "_task", "_total")

    def __init__(self, task: Callable[[int, int], Any], total: int, step: int, pieces: int) -> None:
        self._task, self._total, self._step = task, total, step
        self._next = itertools.count()  # taking a number is one step of the interpreter: no lock
        self._left = list(range(pieces))  # popping one is, too; whoever pops the last one is the last to end
        self._done = threading.Lock()
        self._done.acquire()
        self._error: BaseException | None = None

    def run(self, threads: int) -> None:
        """Work on it here and in ``threads - 1`` threads of the pool, until all is done."""
        _pool.ensure(threads - 1)
        for _ in range(threads - 1):
            _pool.put(self)
        self.work()
        self._done.acquire()
        if self._error is not None:
            raise self._error

    def work(self) -> None:
        """Take pieces until there are none."""
        _local.inside = True
        try:
            while (start := next(self._next) * self._step) < self._total:
                try:
                    if self._error is None:
                        self._task(start, min(start + self._step, self._total))
                except BaseException as error:  # noqa: BLE001 - raised again in the thread that called ``split``
                    self._error = error
                self._left.pop()
                if not self._left:
                    self._finish()
        finally:
            _local.inside = False

    def _finish(self) -> None:
        """Wake the caller, once."""
        try:
            self._done.release()
        except RuntimeError:  # two threads saw the empty list: the other one has released it
            return


class _Pool:
    """Threads that wait for jobs."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()
        self._jobs: list[_Job] = []
        self._wake = threading.Semaphore(0)

    def ensure(self, count: int) -> None:
        """Have at least ``count`` threads."""
        if self._count < count:
            with self._lock:
                while self._count < count:
                    threading.Thread(target=self._serve, name=f"autograd-kernel-{self._count}", daemon=True).start()
                    self._count += 1

    def put(self, job: _Job) -> None:
        """Give one free thread a job."""
        self._jobs.append(job)
        self._wake.release()

    def _serve(self) -> None:
        with np.errstate(all="ignore"):
            while True:
                self._wake.acquire()
                self._jobs.pop(0).work()


def _fresh() -> None:
    """Start anew in a forked process, which has none of its parent's threads."""
    global _pool  # noqa: PLW0603 - one pool for the process
    _pool = _Pool()


_pool = _Pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh)


# -- BLAS ---------------------------------------------------------------------------------------------------------------

_users = [0, 0]  # calls now inside ``blas_threads``, and the number of threads before the first of them
_users_lock = threading.Lock()


@contextmanager
def blas_threads(count: int) -> Iterator[None]:
    """Have matrix products use ``count`` threads inside this block; no effect where the BLAS cannot be told.

    The number belongs to the process: blocks in several threads at a time all count, and the number from before comes
    back when the last one ends.

    >>> with blas_threads(1):
    ...     np.ones((2, 2)) @ np.ones((2, 2))
    array([[2., 2.],
           [2., 2.]])
    """
    calls = _blas()
    if calls is None:
        yield
        return
    get, set_ = calls
    with _users_lock:
        if not _users[0]:
            _users[1] = get()
        _users[0] += 1
        set_(count)
    try:
        yield
    finally:
        with _users_lock:
            _users[0] -= 1
            if not _users[0]:
                set_(_users[1])


def _set_blas(count: int) -> None:
    calls = _blas()
    if calls is not None:
        with _users_lock:
            if _users[0]:
                _users[1] = count
            else:
                calls[1](count)


@functools.cache
def _blas() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """OpenBLAS's functions for the number of its threads, from the library that NumPy has loaded; None for others."""
    import ctypes  # noqa: PLC0415 - takes time, and most programs are small

    for path in _libraries():
        library = ctypes.CDLL(path)
        for prefix, suffix in itertools.product(("scipy_openblas", "openblas"), ("64_", "", "_64")):
            get = getattr(library, f"{prefix}_get_num_threads{suffix}", None)
            set_ = getattr(library, f"{prefix}_set_num_threads{suffix}", None)
            if get is not None and set_ is not None:
                return get, set_
    return None


def _libraries() -> list[str]:
    """The OpenBLAS that NumPy's wheel brings, by platform: beside the package, or inside it on macOS."""
    package = os.path.dirname(np.__file__)  # noqa: PTH120 - pathlib costs import time
    folders = [os.path.join(os.path.dirname(package), "numpy.libs"), os.path.join(package, ".dylibs")]  # noqa: PTH118, PTH120
    ending = ".dll" if sys.platform == "win32" else ".dylib" if sys.platform == "darwin" else ".so"
    found = []
    for folder in folders:
        if os.path.isdir(folder):  # noqa: PTH112
            names = sorted(os.listdir(folder))
            found += [os.path.join(folder, n) for n in names if "openblas" in n and ending in n]  # noqa: PTH118
    return found
