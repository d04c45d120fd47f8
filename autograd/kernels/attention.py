"""Scaled dot-product attention and its gradient, in tiles of scores that stay in cache.

Of the scores only one tile exists at a time, as in FlashAttention (Dao et al., 2022): the forward pass keeps the logarithm
of each row's sum of exponentials, from which the backward pass makes the probabilities again. A tile is a number of
whole matrices of scores, or some rows of one; keys that a causal mask hides from all of its rows are left out.

The exponentials are first taken of the scores as they are. Where a row's sum then shows that they left the safe range,
or that the row sees no key, the tile is computed again with each row's largest score taken off.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.kernels import threads

TILE = 1 << 19  # bytes of scores in one tile
ROWS = 32  # at least, where the rows of a matrix are parted
CAUSAL_ROWS = 64  # at most, where half of the scores need not be computed
SHARE = 1 << 14  # scores that are worth a thread
FEW = 1 << 11  # scores up to which tiles cost more than they save, in the forward pass
FEW_BACK = 1 << 13  # and in the backward pass
SMALL = 1 << 10  # scores of a matrix up to which turning its factors costs more than it saves, in the backward pass
SAFE = 1e15  # a sum of exponentials between 1 / SAFE and SAFE has lost nothing
_LOG_SAFE = math.log(SAFE)


def attention(
    query: Any, key: Any, value: Any, mask: Any = None, keep: Any = None,
    is_causal: bool = False, scale: float = 1.0, dropout_p: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """``softmax(scale · q kᵀ + mask) v``, and the logarithm of each row's sum of exponentials.

    ``mask`` is added, or tells with bools which scores count; ``keep`` tells which probabilities dropout keeps. A row
    that sees no key gives zeros. The three have the same leading dimensions, to which the masks are broadcast.

    >>> attention(np.zeros((1, 2)), np.ones((3, 2)), np.array([[1.0], [2.0], [6.0]]))[0]
    array([[3.]])
    """
    job = _Job(query, key, value, mask, keep, is_causal, scale, dropout_p)
    out = _empty_like(job.query, job.value.shape[-1])
    sums = np.empty(job.query.shape[:-1], job.query.dtype)
    if not out.size or not job.source:
        out[...] = 0
        sums[...] = np.inf
    elif job.count > FEW or keep is not None or not _forward_few(job, out, sums):
        job.share(lambda place, buffers: _forward(job, place, out, sums, buffers[0]))
    return out.astype(job.dtype, copy=False), sums


def attention_grad(
    grad: Any, query: Any, key: Any, value: Any, mask: Any, keep: Any, out: Any, sums: Any,
    is_causal: bool, scale: float, dropout_p: float, needs: tuple[bool, ...] = (True, True, True, False),
) -> tuple:  # fmt: skip
    """The gradients of ``attention`` with respect to query, key, value and mask; None where not needed.

    With P the probabilities and ∘ the product by elements: dV = Pᵀ g, dS = P ∘ (g Vᵀ − rows' sums of g ∘ out),
    dQ = scale · dS K, dK = scale · dSᵀ Q.

    >>> q, k, v = np.zeros((1, 1)), np.zeros((2, 1)), np.array([[1.0], [3.0]])
    >>> out, sums = attention(q, k, v)
    >>> attention_grad(np.ones((1, 1)), q, k, v, None, None, out, sums, False, 1.0, 0.0)[2]
    array([[0.5],
           [0.5]])
    """
    job = _Job(query, key, value, mask, keep, is_causal, scale, dropout_p)
    dtype = job.query.dtype
    grad, out, sums = (np.asarray(a).astype(dtype, copy=False) for a in (grad, out, sums))
    grad = _direct(grad)
    found: list[Any] = [
        _empty_like(a, a.shape[-1]) if n else None for a, n in zip((job.query, job.key, job.value), needs, strict=False)
    ]
    scores = np.zeros((*job.lead, job.length, job.source), dtype) if needs[3] else None
    arrays = (grad, out, sums), (*found, scores)
    if job.count <= FEW_BACK and keep is None and out.size and job.source:
        _backward_small(job, (), *arrays)
    elif job.length * job.source <= SMALL and keep is None and out.size and job.source:
        job.share(lambda place, _: _backward_small(job, place, *arrays), 0)
    elif out.size and job.source:
        job.share(lambda place, buffers: _backward(job, place, *arrays, buffers), 2)
    else:
        for array in found:
            if array is not None:
                array[...] = 0
    given = [a if a is None else a.astype(job.dtype, copy=False) for a in found]
    return (
        *given,
        None if scores is None else _fold(scores, np.shape(mask)).astype(np.asarray(mask).dtype, copy=False),
    )


class _Job:
    """The arguments of a call, float16 as float32, and how its scores are cut into tiles."""

    def __init__(
        self, query: Any, key: Any, value: Any, mask: Any, keep: Any, is_causal: bool, scale: float, rate: float
    ) -> None:
        query, key, value = (np.asarray(a) for a in (query, key, value))
        _check(query, key, value)
        self.dtype = query.dtype
        if self.dtype.char == "e":
            query, key, value = (a.astype(np.float32) for a in (query, key, value))
        self.query, self.key, self.value = _direct(query), _direct(key), _direct(value)
        self.lead, self.length, self.source = query.shape[:-2], query.shape[-2], key.shape[-2]
        self.is_causal, self.scale, self.left = is_causal, scale, 1 - rate
        wide = (*self.lead, self.length, self.source)
        self.keep = None if keep is None else np.broadcast_to(keep, wide)
        self.bias = None if mask is None else np.broadcast_to(_added(mask, query.dtype), wide)
        self.count = math.prod(wide)
        self._cut: tuple | None = None

    @property
    def cut(self) -> tuple:
        """How the scores are cut: rows in a tile, places in the leading dimensions, scores in the largest tile, a mask."""
        if self._cut is None:
            most = TILE // self.query.itemsize
            rows = min(self.length, max(ROWS, most // max(self.source, 1)))
            if self.is_causal and self.length >= 2 * CAUSAL_ROWS:
                rows = min(rows, CAUSAL_ROWS)
            hidden = _hidden(rows, min(rows, self.source), self.query.dtype.char) if self.is_causal else None
            self._cut = (rows, *_places(self.lead, rows * self.source, most), hidden)
        return self._cut

    def share(self, task: Any, buffers: int = 1) -> None:
        """Call ``task(place, buffers)`` for all places, each thread with buffers of its own for one tile of scores."""
        _, places, size, _ = self.cut

        def work(start: int, stop: int) -> None:
            made = [np.empty(size, self.query.dtype) for _ in range(buffers)]
            for place in places[start:stop]:
                task(place, made)

        threads.split(work, len(places))

    def tiles(self) -> Iterator[tuple[slice, int]]:
        """The rows of each tile, and how many keys they see at most."""
        rows = self.cut[0]
        for start in range(0, self.length, rows):
            stop = min(start + rows, self.length)
            yield slice(start, stop), min(stop, self.source) if self.is_causal else self.source

    def scores(self, query: np.ndarray, keys: np.ndarray, place: tuple, rows: slice, buffer: np.ndarray) -> np.ndarray:
        """The scores of a tile, masked, in ``buffer``."""
        seen = keys.shape[-1]
        out = _into(buffer, (*query.shape[:-1], seen))
        np.matmul(query, keys, out=out)
        if self.bias is not None:
            out += self.bias[(*place, ..., rows, slice(seen))]
        hidden = self.cut[3]
        if hidden is not None and rows.start < seen:
            edge = out[..., rows.start :]
            edge += hidden[: rows.stop - rows.start, : seen - rows.start]
        return out

    def all_scores(self, place: tuple) -> np.ndarray:
        """All scores of a place, masked."""
        out = np.matmul(self.query[place], self.key[place].swapaxes(-1, -2))
        out *= self.scale
        if self.bias is not None:
            out += self.bias[place]
        if self.is_causal:
            out += _hidden(self.length, self.source, out.dtype.char)
        return out

    def kept(self, place: tuple, rows: slice, seen: int) -> Any:
        """Which probabilities of a tile dropout keeps."""
        return self.keep[(*place, ..., rows, slice(seen))]  # type: ignore[index]


def _forward_few(job: _Job, out: np.ndarray, sums: np.ndarray) -> bool:
    """The formula as it stands; False where a row sees nothing, or has no finite sum."""
    scores = job.all_scores(())
    top = np.maximum.reduce(scores, -1, keepdims=True)
    scores -= top
    np.exp(scores, out=scores)
    total = np.add.reduce(scores, -1, keepdims=True)
    if not np.add.reduce(total, None) < np.inf:  # also false for NaN
        return False
    np.matmul(scores, job.value, out=out)
    out /= total
    np.log(total, out=total)
    np.add(total[..., 0], top[..., 0], out=sums)
    return True


def _backward_small(job: _Job, place: tuple, given: tuple, wanted: tuple) -> None:
    """The formula as it stands, for a place."""
    grad, out, sums = (a[place] for a in given)
    to_query, to_key, to_value, to_scores = (None if a is None else a[place] for a in wanted)
    probs = job.all_scores(place)
    probs -= sums[..., None]
    np.exp(probs, out=probs)
    if to_value is not None:
        np.matmul(probs.swapaxes(-1, -2), grad, out=to_value)
    slopes = np.matmul(grad, job.value[place].swapaxes(-1, -2))
    slopes -= np.einsum("...ij,...ij->...i", grad, out)[..., None]
    slopes *= probs
    if to_scores is not None:
        to_scores[...] = slopes
    slopes *= job.scale
    if to_query is not None:
        np.matmul(slopes, job.key[place], out=to_query)
    if to_key is not None:
        np.matmul(slopes.swapaxes(-1, -2), job.query[place], out=to_key)


def _forward(job: _Job, place: tuple, out: np.ndarray, sums: np.ndarray, buffer: np.ndarray) -> None:
    """All rows of a place."""
    query, value = job.query[place], job.value[place]
    keys = _turned(job.key[place], job.scale)
    results, logs = out[place], sums[place]
    for rows, seen in job.tiles():
        part = query[..., rows, :]
        scores = job.scores(part, keys[..., :seen], place, rows, buffer)
        np.exp(scores, out=scores)
        total = _row_sums(scores)
        if total.min() > 1 / SAFE and total.max() < SAFE:  # also false for NaN
            np.log(total, out=logs[..., rows])
        else:
            scores = job.scores(part, keys[..., :seen], place, rows, buffer)
            total = _shifted(scores, logs[..., rows])
        if job.keep is not None:
            scores *= job.kept(place, rows, seen)
            total *= job.left
        np.divide(np.matmul(scores, value[..., :seen, :]), total[..., None], out=results[..., rows, :])


def _shifted(scores: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """The exponentials in place, each row's largest taken off first; returns their sums, 1 for a row of -inf."""
    top = scores.max(-1)
    nothing = np.isneginf(top)
    top[nothing] = 0
    scores -= top[..., None]
    np.exp(scores, out=scores)
    total = _row_sums(scores)
    total[nothing] = 1
    np.add(np.log(total), top, out=logs)
    logs[nothing] = np.inf  # exp(score − inf) = 0
    return total


def _backward(job: _Job, place: tuple, given: tuple, wanted: tuple, buffers: list) -> None:
    """The gradients of a place: those of keys and values add up over its tiles."""
    grad, out, sums = (a[place] for a in given)
    to_query, to_key, to_value, to_scores = (None if a is None else a[place] for a in wanted)
    query, key = job.query[place], job.key[place]
    early = job.scale if to_scores is None else 1.0  # the scale is had for nothing, unless the mask's gradient is asked
    keys, values = _turned(key, job.scale), _turned(job.value[place], early, ones=True)
    for rows, seen in job.tiles():
        part = query[..., rows, :]
        probs = job.scores(part, keys[..., :seen], place, rows, buffers[0])
        pulled = _exponentials(probs, grad[..., rows, :], out[..., rows, :], sums[..., rows])
        slopes = _into(buffers[1], probs.shape)
        if job.keep is None:
            _add_product(to_value, probs, pulled[..., :-1], rows)
            np.matmul(pulled, values[..., :seen], out=slopes)
        else:
            factor = job.kept(place, rows, seen) * probs.dtype.type(1 / job.left)
            _add_product(to_value, np.multiply(probs, factor, out=slopes), pulled[..., :-1], rows)
            np.matmul(pulled[..., :-1], values[..., :-1, :seen], out=slopes)
            slopes *= factor
            slopes += pulled[..., -1:] * probs.dtype.type(early)
        slopes *= probs
        if to_scores is not None:
            to_scores[..., rows, :seen] = slopes
            slopes *= job.scale
        if to_query is not None:
            np.matmul(slopes, key[..., :seen, :], out=to_query[..., rows, :])
        _add_product(to_key, slopes, part, rows)


def _add_product(target: np.ndarray | None, x: np.ndarray, y: np.ndarray, rows: slice) -> None:
    """``xᵀ y`` added to the first rows of ``target``, of which the first tile sets all."""
    if target is None:
        return
    seen = x.shape[-1]
    if rows.start:
        target[..., :seen, :] += np.matmul(x.swapaxes(-1, -2), y)
    else:
        np.matmul(x.swapaxes(-1, -2), y, out=target[..., :seen, :])
        target[..., seen:, :] = 0


def _exponentials(scores: np.ndarray, grad: np.ndarray, out: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Probabilities in place of ``scores``, up to a factor for each row that goes into what is returned: [g, −Σ g ∘ out]."""
    wide = np.empty((*grad.shape[:-1], grad.shape[-1] + 1), grad.dtype)
    shift = np.negative(np.einsum("...ij,...ij->...i", grad, out))
    if logs.min() > -_LOG_SAFE and logs.max() < _LOG_SAFE:
        factor = np.exp(-logs)
        np.multiply(grad, factor[..., None], out=wide[..., :-1])
        np.multiply(shift, factor, out=wide[..., -1])
    else:
        scores -= logs[..., None]
        wide[..., :-1] = grad
        wide[..., -1] = shift
    np.exp(scores, out=scores)
    return wide


def _places(lead: tuple[int, ...], each: int, size: int) -> tuple[list[tuple], int]:
    """Indices that part the leading dimensions, and the scores of the largest part: up to ``size``, ``each`` a matrix."""
    count, each = math.prod(lead), max(each, 1)
    most = max(1, min(size // each, max(-(-count // threads.get_count()), SHARE // each)))
    whole, dim = 1, len(lead)
    while dim and whole * lead[dim - 1] <= most:
        dim -= 1
        whole *= lead[dim]
    if not dim:
        return [()], count * each
    step, last = most // whole, lead[dim - 1]
    parts = [slice(i, i + step) for i in range(0, last, step)]
    return [(*before, part) for before in np.ndindex(lead[: dim - 1]) for part in parts], step * whole * each


def _check(query: np.ndarray, key: np.ndarray, value: np.ndarray) -> None:
    """RuntimeError where dimensions, dtypes or sizes do not fit."""
    q, k, v = query.shape, key.shape, value.shape
    same = query.dtype is key.dtype is value.dtype and query.dtype.kind == "f" and len(q) > 1
    if same and q[:-2] == k[:-2] == v[:-2] and q[-1] == k[-1] and k[-2] == v[-2]:
        return
    named = {"query": query, "key": key, "value": value}
    if min(a.ndim for a in named.values()) < 2:
        found = " ".join(f"{name}.dim: {a.ndim}" for name, a in named.items())
        raise RuntimeError(f"Expected query, key, and value to all be at least 2 dimensional, but got {found}")
    if len({a.dtype for a in named.values()}) > 1:
        found = ", ".join(f"{name}.dtype: {a.dtype}" for name, a in named.items())
        raise RuntimeError(f"Expected query, key, and value to have the same dtype, but got {found}")
    if query.dtype.kind != "f":
        raise RuntimeError(f"expected query, key and value to be floating, but got {query.dtype}")
    for one, two, what, place in (
        ("query", "key", "features", -1), ("key", "value", "positions", -2), ("query", "key", "leading", None),
        ("query", "value", "leading", None),
    ):  # fmt: skip
        a, b = named[one].shape, named[two].shape
        if (a[:-2] != b[:-2]) if place is None else a[place] != b[place]:
            raise RuntimeError(
                f"Expected {one} and {two} to have the same {what} dimensions, but got {list(a)} and {list(b)}"
            )


def _direct(x: np.ndarray) -> np.ndarray:
    """``x`` with its last two dimensions as BLAS can read them."""
    item, (row, column) = x.itemsize, x.strides[-2:]
    if (column == item and row >= item * x.shape[-1]) or (row == item and column >= item * x.shape[-2]):
        return x
    return np.ascontiguousarray(x)


def _empty_like(x: np.ndarray, width: int) -> np.ndarray:
    """Memory for a result with the dimensions of ``x`` in the same order, but ``width`` last: heads stay where they are."""
    shape = (*x.shape[:-1], width)
    if x.strides[-1] != x.itemsize or 0 in x.strides:
        return np.empty(shape, x.dtype)
    return np.empty_like(x, shape=shape)


def _added(mask: Any, dtype: np.dtype) -> np.ndarray:
    """A mask as what is added to the scores: 0 or -inf for bools."""
    mask = np.asarray(mask)
    return (
        np.where(mask, dtype.type(0), dtype.type(-np.inf)) if mask.dtype.char == "?" else mask.astype(dtype, copy=False)
    )


@functools.lru_cache(maxsize=16)
def _hidden(rows: int, columns: int, dtype: str) -> np.ndarray:
    """-inf above the diagonal, 0 elsewhere."""
    return np.triu(np.full((rows, columns), -np.inf, dtype), 1)


def _into(buffer: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """An array of ``shape`` in the memory of ``buffer``."""
    return buffer[: math.prod(shape)].reshape(shape)


def _turned(x: np.ndarray, factor: float, ones: bool = False) -> np.ndarray:
    """``factor · xᵀ`` in memory of its own: BLAS is faster on small matrices that it need not transpose.

    With ``ones`` there is one row more, of ``factor`` only, by which a product adds the last column of its other factor.
    """
    width = x.shape[-1]
    out = np.empty((*x.shape[:-2], width + ones, x.shape[-2]), x.dtype)
    np.multiply(x.swapaxes(-1, -2), factor, out=out[..., :width, :])
    if ones:
        out[..., width, :] = factor
    return out


def _row_sums(x: np.ndarray) -> np.ndarray:
    """Sums along the last dimension of a contiguous array, by BLAS."""
    width = x.shape[-1]
    return (x.reshape(-1, width) @ np.ones(width, x.dtype)).reshape(x.shape[:-1])


def _fold(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """``x`` summed to ``shape``, from which it was broadcast."""
    x = x.sum(tuple(range(x.ndim - len(shape))))
    dims = tuple(d for d, n in enumerate(shape) if n == 1 and x.shape[d] != 1)
    return x.sum(dims, keepdims=True) if dims else x
