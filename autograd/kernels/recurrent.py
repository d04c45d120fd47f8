"""What recurrent layers share: the walk over the steps of packed sequences, and threads that work ahead of it and behind.

Packed data has a row for each step of each sequence, step after step; no step has more sequences than the one before.
Only the recurrence itself has to go step by step. What it needs of the inputs is computed a chunk of steps at a time ahead
of it, what follows from it behind it, by another thread where there is one.

Inside, a step's values are matrices with a column for each sequence: so each gate is one piece of memory, on which NumPy
is several times faster than on the columns of rows.
"""

from __future__ import annotations

import functools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.kernels import threads

BLOCK = 1 << 17  # elements of a chunk's largest array: half a megabyte of float32 stays in a core's own cache
SMALL = 1 << 17  # elements on which a few NumPy calls are made at a time
NARROW = 4  # sequences: fewer are multiplied as rows of one product
SHARED = 3e7  # multiplications that are worth a second thread
WINDOW = 8  # chunks prepared ahead


class Steps:
    """How a layer walks packed sequences of ``sizes[t]`` rows: in chunks of steps that have one number of rows.

    ``width`` is that of the widest array of a step. A reverse layer begins with the last step. All views are in the
    order of the walk.

    >>> steps = Steps((2, 2, 1), 3, reverse=True)
    >>> steps.chunks
    [(4, 1, 1, 0), (0, 2, 2, 1)]
    >>> steps.rows(np.arange(5).reshape(5, 1), 1).tolist()
    [[[2], [3]], [[0], [1]]]
    """

    def __init__(self, sizes: tuple[int, ...], width: int, reverse: bool) -> None:
        if not sizes:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
        self.reverse, self.total = reverse, sum(sizes)
        found: list[list[int]] = []  # first row, steps, rows of a step
        row = 0
        for n in sizes:
            most = BLOCK if len(found) > 1 else BLOCK // 4  # the first is waited for
            if found and found[-1][2] == n and (found[-1][1] + 1) * n * width <= most:
                found[-1][1] += 1
            else:
                found.append([row, 1, n])
            row += n
        if reverse:
            found.reverse()
        self.chunks: list[tuple[int, int, int, int]] = []  # and the columns of earlier chunks' additional states
        self.extra = 0
        for row, count, n in found:
            self.chunks.append((row, count, n, self.extra))
            self.extra += n

    def rows(self, x: np.ndarray, k: int) -> np.ndarray:
        """The rows of chunk ``k``: (steps, rows, features)."""
        row, count, n, _ = self.chunks[k]
        part = x[row : row + count * n].reshape(count, n, x.shape[1])
        return part[::-1] if self.reverse else part

    def block(self, flat: np.ndarray, k: int, width: int) -> np.ndarray:
        """Chunk ``k`` of a vector of ``width`` elements for each row: (steps, width, columns)."""
        row, count, n, _ = self.chunks[k]
        part = flat[width * row : width * (row + count * n)].reshape(count, width, n)
        return part[::-1] if self.reverse else part

    def states(self, flat: np.ndarray, k: int, width: int) -> np.ndarray:
        """Chunk ``k`` of a vector of states, with the one before its first step: (steps + 1, width, columns)."""
        row, count, n, slot = self.chunks[k]
        start = width * ((self.total - row - count * n if self.reverse else row) + slot)
        return flat[start : start + width * (count + 1) * n].reshape(count + 1, width, n)

    def before(self, out: np.ndarray, first: np.ndarray, into: np.ndarray, k: int) -> None:
        """Write into the rows of chunk ``k`` what the walk had put out one step earlier; ``first`` before all steps."""
        width = first.shape[1]
        target, n = self.rows(into, k)[:, :, :width], self.chunks[k][2]
        held = 0
        if k:
            last = self.rows(out, k - 1)[-1]
            held = min(n, len(last))
            target[0, :held] = last[:held]
        target[0, held:] = first[held:n]
        target[1:] = self.rows(out, k)[:-1]


def columns(steps: Steps, k: int, wide: np.ndarray) -> np.ndarray:
    """The columns of chunk ``k`` in a matrix with one for each row of the data: (width, steps, columns), a view."""
    row, count, n, _ = steps.chunks[k]
    part = wide[:, row : row + count * n].reshape(len(wide), count, n)
    return part[:, ::-1] if steps.reverse else part


def spread(steps: Steps, k: int, d: np.ndarray, wide: np.ndarray) -> None:
    """Write the gradients of chunk ``k`` (steps, width, columns) into their columns of ``wide``."""
    columns(steps, k, wide)[...] = d.transpose(1, 0, 2)


def to_inputs(steps: Steps, k: int, wide: np.ndarray, weight: Any, d_x: Any) -> None:
    """The gradient of the inputs of chunk ``k``, if there is to be one, from its columns of ``wide``."""
    if d_x is not None:
        row, count, n, _ = steps.chunks[k]
        part = slice(row, row + count * n)
        np.matmul(wide[:, part].T, weight, out=d_x[part])


def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """``a @ b``, the rows of ``a`` shared out: BLAS's own threads would then spin, and be in the way of these."""
    out = np.empty((len(a), b.shape[1]), a.dtype)

    def task(start: int, stop: int) -> None:
        np.matmul(a[start:stop], b, out=out[start:stop])

    several = a.size * b.shape[1] > SHARED / 4
    threads.split(task, len(a), -(-len(a) // threads.get_count()) if several else len(a))
    return out


def to_weights(wide: np.ndarray, earlier: np.ndarray, wanted: bool) -> tuple[Any, Any]:
    """The gradients of W' and b' from ``earlier``: the ``h`` that W' was multiplied with, and a column of ones."""
    if not wanted:
        return None, None
    found = product(wide, earlier)
    return found[:, :-1], found[:, -1].copy()


def resize(state: np.ndarray, n: int, source: Any, sink: Any) -> np.ndarray:
    """A state for ``n`` columns: further ones come from the rows of ``source`` (zero for None), others go to ``sink``."""
    m = state.shape[1]
    if n < m:
        if sink is not None:
            sink[n:m] = state[:, n:].T
        return state[:, :n].copy()
    if n > m:
        wider = np.zeros((state.shape[0], n), state.dtype)
        wider[:, :m] = state
        if source is not None:
            wider[:, m:] = source[m:n].T
        return wider
    return state


def project(x: np.ndarray, weight: np.ndarray, bias: Any, out: np.ndarray) -> None:
    """``out[i] = W x[i]ᵀ + b`` for the steps of a chunk: (steps, rows, features) to (steps, width, columns)."""
    count, n, features = x.shape
    if n < NARROW:
        flat = x.reshape(count * n, features) @ weight.T
        if n == 1:  # in this order, a copy of rows
            out[:, :, 0] = flat
        else:
            out[...] = flat.reshape(count, n, len(weight)).transpose(0, 2, 1)
    else:
        np.matmul(weight, x.transpose(0, 2, 1), out=out)
    if bias is not None:
        np.add(out, bias, out=out)


def added(b_ih: Any, b_hh: Any) -> Any:
    """The sum of both biases as a column, if there are any."""
    found = [b for b in (b_ih, b_hh) if b is not None]
    return sum(found[1:], found[0])[:, None] if found else None


def small(count: int, size: int) -> Iterator[slice]:
    """Runs of ``count`` steps of ``size`` elements each that together are ``SMALL``, or one step."""
    step = max(1, SMALL // max(size, 1))
    return (slice(i, min(i + step, count)) for i in range(0, count, step))


def in_float32(kernel: Callable, *args: Any) -> tuple:
    """What ``kernel`` gives for float16: computed in float32; all but ``work`` is float16 again."""
    found = kernel(*[_wide(a) for a in args])
    keep = len(found) if kernel.__name__.endswith("grad") else len(found) - 1
    return tuple([a.astype(np.float16) if i < keep and a is not None else a for i, a in enumerate(found)])


def _wide(value: Any) -> Any:
    if isinstance(value, (list, tuple)) and any(isinstance(v, np.ndarray) for v in value):
        return [_wide(v) for v in value]
    return value.astype(np.float32) if isinstance(value, np.ndarray) and value.dtype == np.float16 else value


# -- threads --------------------------------------------------------------------------------------------------------------


def walk(sweep: Callable[[Any], None], prepare: Callable[[int], None], count: int, cost: float) -> None:
    """Call ``sweep(line)``, which walks ``count`` chunks in order.

    ``line.need(k)`` comes back when ``prepare(k)`` is done, ``line.put(job)`` has a job done some time; all is done in the
    end. With a ``cost`` (in multiplications) that is worth it, other threads do both while the sweep goes on.
    """
    helpers = min(threads.get_count(), 3) - 1
    if cost < SHARED or count < 3 or helpers < 1:
        sweep(_Alone(prepare))
        return
    line = _Shared(prepare, count, helpers)

    def task(start: int, stop: int) -> None:
        for piece in range(start, stop):
            if piece:
                line.help()
            else:
                line.lead(sweep)

    threads.split(task, helpers + 1)


class _Alone:
    """Everything is done when it is asked for."""

    def __init__(self, prepare: Callable[[int], None]) -> None:
        self.need = prepare

    @staticmethod
    def put(job: Callable[[], None]) -> None:
        """Do it."""
        job()


class _Shared:
    """Chunks to prepare, in order, and jobs to do: the sweep does what nobody has begun, helpers what there is."""

    def __init__(self, prepare: Callable[[int], None], count: int, helpers: int) -> None:
        self._prepare, self._count, self._helpers = prepare, count, helpers
        self._lock = threading.Lock()
        self._begun = self._needed = 0
        self._ready = [threading.Lock() for _ in range(count)]  # held until the chunk is ready
        for lock in self._ready:
            lock.acquire()
        self._jobs: deque[Callable[[], None]] = deque()
        self._news = threading.Semaphore(0)
        self._over = False
        self._idle = 0  # helpers that wait: waking one takes tens of microseconds, so nobody is woken for nothing

    def lead(self, sweep: Callable[[Any], None]) -> None:
        """The thread of the sweep."""
        try:
            sweep(self)
            while self._jobs:
                job = self._take(wait=False)
                if job is not None:
                    job()
        finally:
            self._over = True
            self._news.release(self._helpers)

    def need(self, k: int) -> None:
        """Come back when chunk ``k`` is ready; prepare it unless somebody is at it."""
        with self._lock:
            self._needed = k
            mine = self._begun == k
            self._begun += mine
            self._tell()
        if mine:
            self._prepare(k)
        else:
            self._ready[k].acquire()

    def put(self, job: Callable[[], None]) -> None:
        """Leave a job to whoever is free."""
        with self._lock:
            self._jobs.append(job)
            self._tell()

    def help(self) -> None:
        """A helper's thread, until the sweep is over."""
        while not self._over:
            job = self._take()
            if job is None:
                self._news.acquire()
            else:
                job()

    def _tell(self) -> None:
        """Wake who waits."""
        if self._idle:
            self._news.release(self._idle)
            self._idle = 0

    def _take(self, wait: bool = True) -> Callable[[], None] | None:
        with self._lock:
            if self._jobs:
                return self._jobs.popleft()
            k = self._begun
            if k >= min(self._count, self._needed + WINDOW) or self._over:
                self._idle += wait
                return None
            self._begun += 1
        return functools.partial(self._prepare_for, k)

    def _prepare_for(self, k: int) -> None:
        try:
            self._prepare(k)
        finally:
            self._ready[k].release()
