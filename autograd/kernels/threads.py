"""Threads for kernels: work shared out over a pool, and the number that BLAS uses.

NumPy lets go of the interpreter's lock inside its loops and inside BLAS, so pieces of a kernel that are a few tens of
microseconds of NumPy each really run side by side. Between two calls a thread needs the lock again, and where another
one holds it, has to be woken: so calls should be long, over 64 thousand numbers rather than 8. The pool starts with the
first call that is worth sharing; its threads are daemons that wait for work and cost nothing otherwise.
"""

from __future__ import annotations

import functools
import itertools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

import numpy as np

_affinity = getattr(os, "sched_getaffinity", None)  # not on every system
_count = [len(_affinity(0)) if _affinity is not None else os.cpu_count() or 1]
_PIECES = 4  # for each thread: more of them even out what other programs take away
_TIMEOUT = "OPENBLAS_THREAD_TIMEOUT"
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


def split(task: Callable[[int, int], Any], total: int, grain: int = 1, *, blas: bool = True) -> None:
    """Call ``task(start, stop)`` for pieces that make up ``range(total)``, several at a time.

    A piece has at least ``grain`` items (but for the last one): choose it so that one is worth 50 µs or more of NumPy.
    The pieces must not write the same memory. What can be no more than one piece, and what is called from inside a piece,
    runs here and now. BLAS runs with one thread in each piece; ``blas=False`` says that none is called, and saves a
    microsecond. The first exception of a piece is raised, after all have ended; pieces not begun by then are left out.

    NumPy does not let go of the lock in ``matmul`` of two matrices: give it ``a[None]`` and ``out[None]``, or call ``dot``.

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
            job = _Job(task, total, step)
            if not blas:
                job.run(min(threads, pieces))
                return
            with blas_threads(1):
                job.run(min(threads, pieces))
            return
    if total > 0:
        task(0, total)


class _Job:
    """One call of ``split``: whoever is free takes the next piece."""

    __slots__ = ("_active", "_closed", "_done", "_errors", "_lock", "_next", "_step", "_task", "_total")

    def __init__(self, task: Callable[[int, int], Any], total: int, step: int) -> None:
        self._task: Callable[[int, int], Any] | None = task
        self._total, self._step, self._next = total, step, 0
        self._lock, self._done = threading.Lock(), threading.Lock()
        self._active = 0  # threads of the pool that are at work on it
        self._closed = False  # no thread may start on it any more
        self._errors: list[BaseException] = []

    def run(self, threads: int) -> None:
        """Work on it here and in ``threads - 1`` threads of the pool, until all is done."""
        self._done.acquire()
        _pool.share(self, threads - 1)
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - an interrupt between two pieces: raised below
            self._errors.append(error)
        self._wait()
        if self._errors:
            raise self._errors[0]

    def join(self) -> None:
        """Work on it in a thread of the pool, unless it is done by now."""
        with self._lock:
            if self._closed:
                return
            self._active += 1
        self._work()
        self._leave()

    def _leave(self) -> None:
        """Wake the caller, if it waits for this thread as the last one."""
        with self._lock:
            self._active -= 1
            if self._closed and not self._active:
                self._done.release()

    def _work(self) -> None:
        """Take pieces until there are none."""
        task, total, step = self._task, self._total, self._step
        _local.inside = True
        try:
            while not self._errors:
                with self._lock:
                    start = self._next
                    self._next = start + step
                if start >= total:
                    return
                try:
                    task(start, min(start + step, total))  # type: ignore[misc]
                except BaseException as error:  # noqa: BLE001 - raised again in the thread that called ``split``
                    self._errors.append(error)
        finally:
            _local.inside = False

    def _wait(self) -> None:
        """Wait for the threads that are still at work; an interrupt meanwhile is raised once they have ended."""
        with self._lock:
            self._closed = True
            waiting = self._active > 0
        while waiting:
            try:
                self._done.acquire()
                waiting = False
            except KeyboardInterrupt as error:
                self._errors.append(error)
        self._task = None  # the job may wait in the queue for long; what the task holds must not


class _Pool:
    """Threads that wait for jobs."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()
        self._jobs: SimpleQueue[_Job] = SimpleQueue()

    def share(self, job: _Job, threads: int) -> None:
        """Offer the job to so many threads."""
        if self._count < threads:
            with self._lock:
                while self._count < threads:
                    threading.Thread(target=self._serve, name=f"autograd-kernel-{self._count}", daemon=True).start()
                    self._count += 1
        for _ in range(threads):
            self._jobs.put(job)

    def _serve(self) -> None:
        with np.errstate(all="ignore"):
            while True:
                self._jobs.get().join()


def _fresh() -> None:
    """Start anew in a forked process, which has none of its parent's threads."""
    global _pool, _users_lock  # noqa: PLW0603 - one pool for the process
    _pool = _Pool()
    _users_lock = threading.Lock()
    _local.inside = False
    if _users[0]:
        _users[0] = 0
        _set_blas(_users[1])


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


def calm_blas() -> bool:
    """Let OpenBLAS's threads sleep 0.1 ms after a product instead of 25; says whether that was done.

    Until they sleep they spin, on the cores that the pool's threads want next: an LSTM's training step took 28 ms on two
    cores, and takes 19. OpenBLAS reads its settings when it starts its threads, so it is told to start them anew; nothing
    is done where the user has chosen (``OPENBLAS_THREAD_TIMEOUT``), and where other threads run, which may be inside BLAS.

    >>> calm_blas() in (True, False)
    True
    """
    found = openblas()
    if found is None or _TIMEOUT in os.environ or threading.active_count() > 1:
        return False
    read, stop = (getattr(found[0], name, None) for name in ("openblas_read_env", "blas_thread_shutdown_"))
    if read is None or stop is None:
        return False
    os.environ[_TIMEOUT] = "18"  # the logarithm of a number of cycles
    try:
        read()
        stop()
    finally:
        del os.environ[_TIMEOUT]
    return True


@functools.cache
def openblas() -> tuple[Any, str, str] | None:
    """The OpenBLAS that NumPy has loaded, and what its functions' names begin and end with; None for another BLAS."""
    import ctypes  # noqa: PLC0415 - takes time, and most programs are small

    for path in _libraries():
        library = ctypes.CDLL(path)
        for prefix, suffix in itertools.product(("scipy_openblas", "openblas"), ("64_", "", "_64")):
            names = [f"{prefix}_{verb}_num_threads{suffix}" for verb in ("get", "set")]
            if all(hasattr(library, name) for name in names):
                return library, prefix, suffix
    return None


@functools.cache
def _blas() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """OpenBLAS's functions for the number of its threads."""
    found = openblas()
    if found is None:
        return None
    library, prefix, suffix = found
    return getattr(library, f"{prefix}_get_num_threads{suffix}"), getattr(library, f"{prefix}_set_num_threads{suffix}")


def _libraries() -> list[str]:
    """The OpenBLAS that NumPy's wheel brings, by platform: beside the package, or inside it on macOS."""
    package = os.path.dirname(np.__file__)  # noqa: PTH120 - pathlib costs import time
    folders = [os.path.join(os.path.dirname(package), "numpy.libs"), os.path.join(package, ".dylibs")]  # noqa: PTH118, PTH120
    ending = ".dll" if sys.platform == "win32" else ".dylib" if sys.platform == "darwin" else ".so"
    found = []
    for folder in folders:
        if os.path.isdir(folder):  # noqa: PTH112
            names = sorted(os.listdir(folder))  # noqa: PTH208
            found += [os.path.join(folder, n) for n in names if "openblas" in n and ending in n]  # noqa: PTH118
    return found
