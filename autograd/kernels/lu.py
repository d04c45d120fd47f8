"""LU factorization with partial pivoting and LDLᵀ factorization with Bunch-Kaufman pivoting, which NumPy does not have.

A single matrix, or a few large ones, are factored by halves, so that nearly all work is matrix products (S. Toledo,
"Locality of reference in LU decomposition with partial pivoting", 1997); many small ones column by column, all at once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels.triangular import back_substitution

LEAF = 32  # columns that are eliminated one by one
ALPHA = (1 + math.sqrt(17)) / 8  # Bunch and Kaufman's bound on the growth of elements, 1977


@np.errstate(all="ignore")
def lu(A: Any) -> tuple[Any, Any]:
    """``L`` (below the diagonal) and ``U`` in one matrix, and the row (from 1) swapped with each; partial pivoting."""
    m, n = A.shape[-2:]
    count, size = math.prod(A.shape[:-2]), min(m, n)
    swaps = np.zeros((count, size), np.int32)
    if count * 4 > size and size <= 64:
        work = np.array(A, order="C").reshape(count, m, n)
        _many(work, swaps)
        return work.reshape(A.shape), swaps.reshape((*A.shape[:-2], size))
    columns = np.array(np.swapaxes(A, -1, -2), order="C").reshape(count, n, m)
    for one, row in zip(columns, swaps, strict=True):
        _halves(one, row, 0, size)
        if n > m:
            _rows_right(one, row, 0, m, m, n)
    packed = np.ascontiguousarray(np.swapaxes(columns, -1, -2))
    return packed.reshape(A.shape), swaps.reshape((*A.shape[:-2], size))


def _halves(x: Any, swaps: Any, start: int, stop: int) -> None:
    """Factor the columns ``start`` to ``stop`` of a matrix, stored by columns, from row ``start`` down."""
    if stop - start <= LEAF:
        _leaf(x, swaps, start, stop)
        return
    middle = (start + stop) // 2
    _halves(x, swaps, start, middle)
    _rows_right(x, swaps, start, middle, middle, stop)
    x[middle:stop, middle:] -= x[middle:stop, start:middle].dot(x[start:middle, middle:])
    _halves(x, swaps, middle, stop)
    _swap_columns_of(x[start:middle], swaps, middle, stop)


def _leaf(x: Any, swaps: Any, start: int, stop: int) -> None:
    """A few columns one after the other: bring the largest element up, divide, subtract."""
    block = x[start:stop]
    for i, j in enumerate(range(start, stop)):
        own = block[i]
        row = j + int(np.abs(own[j:]).argmax())
        swaps[j] = row + 1
        if row != j:
            kept = block[:, j].copy()
            block[:, j] = block[:, row]
            block[:, row] = kept
        head = own[j]
        if head != 0:
            own[j + 1 :] /= head
        if j + 1 < stop:
            block[i + 1 :, j + 1 :] -= block[i + 1 :, j, None] * own[j + 1 :]


def _swap_columns_of(part: Any, swaps: Any, start: int, stop: int) -> None:
    """Exchange rows of a matrix stored by columns as the pivots ``start`` to ``stop`` were exchanged."""
    order = np.array(_ordered(swaps[start:stop].tolist(), start, part.shape[1]))
    moved = np.flatnonzero(order != np.arange(len(order)))
    if len(moved):
        part[:, moved] = part[:, order[moved]]


def _ordered(swaps: list[int], start: int, count: int) -> list[int]:
    """The numbers up to ``count`` after each from ``start`` on was exchanged with one of ``swaps``, counted from 1."""
    order = list(range(count))
    for j, other in enumerate(swaps, start):
        order[j], order[other - 1] = order[other - 1], order[j]
    return order


def _rows_right(x: Any, swaps: Any, start: int, stop: int, left: int, right: int) -> None:
    """Rows of ``U`` right of a factored block: exchange, then solve with the block's unit lower triangle."""
    _swap_columns_of(x[left:right], swaps, start, stop)
    lower = x[start:stop, start:stop].T
    rows = x[left:right, start:stop].T
    x[left:right, start:stop] = back_substitution(lower[::-1, ::-1], rows[::-1], True)[::-1].T


def _many(work: Any, swaps: Any) -> None:
    """Many small matrices at once, column by column."""
    every = np.arange(len(work))
    for j in range(swaps.shape[1]):
        row = j + np.argmax(np.abs(work[:, j:, j]), axis=1)
        swaps[:, j] = row + 1
        taken = work[every, row]
        work[every, row] = work[:, j]
        work[:, j] = taken
        head = taken[:, j, None]
        work[:, j + 1 :, j] /= np.where(head == 0, 1, head)
        work[:, j + 1 :, j + 1 :] -= work[:, j + 1 :, j, None] * work[:, j, None, j + 1 :]


def permutation(swaps: Any, count: int) -> Any:
    """The order of rows that swapping them one after the other leads to: ``A[order] = L U``."""
    flat = swaps.reshape(math.prod(swaps.shape[:-1]), swaps.shape[-1])
    if len(flat) < 100:
        each = [_ordered(one, 0, count) for one in flat.tolist()]
        return np.array(each, np.int64).reshape((*swaps.shape[:-1], count))
    order = np.tile(np.arange(count), (len(flat), 1))
    every = np.arange(len(flat))
    for j in range(flat.shape[1]):
        other = flat[:, j] - 1
        order[every, j], order[every, other] = order[every, other], order[every, j]
    return order.reshape((*swaps.shape[:-1], count))


def order(pivots: Any, count: int, inverse: bool) -> Any:
    """``permutation``, or the permutation that undoes it, as int64."""
    found = permutation(pivots, count)
    return (np.argsort(found, axis=-1) if inverse else found).astype(np.int64, copy=False)


def first_zero(packed: Any) -> Any:
    """For each factored matrix, 0 or the number (from 1) of its first pivot that is 0, as int32."""
    zero = np.diagonal(packed, axis1=-2, axis2=-1) == 0
    if zero.shape[-1] == 0:
        return np.zeros(zero.shape[:-1], np.int32)[()]
    return np.where(zero.any(axis=-1), zero.argmax(axis=-1) + 1, 0).astype(np.int32)[()]


# -- symmetric matrices -----------------------------------------------------------------------------------------------


def ldl(A: Any) -> tuple[Any, Any, Any]:
    """``L`` and ``D`` in one lower triangle, LAPACK's pivots, and the first pivot (from 1) that is 0, for each matrix.

    A pivot that is positive is the row swapped with its own; two equal negative ones mark a 2 by 2 block of ``D``.
    """
    n = A.shape[-1]
    work = np.tril(A).reshape(math.prod(A.shape[:-2]), n, n)
    pivots = np.zeros((len(work), n), np.int32)
    info = np.zeros(len(work), np.int32)
    with np.errstate(all="ignore"):
        for i, one in enumerate(work):
            info[i] = _bunch_kaufman(one, pivots[i])
    return work.reshape(A.shape), pivots.reshape(A.shape[:-1]), info.reshape(A.shape[:-2])[()]


def _bunch_kaufman(x: Any, pivots: Any) -> int:
    """Factor the lower triangle ``x`` in place; the number of the first zero pivot, or 0."""
    n, k, info = len(x), 0, 0
    while k < n:
        step, swap = _pivot(x, k)
        if step == 0:  # the whole column is 0
            info = info or k + 1
            step, swap = 1, k
        else:
            _exchange(x, k, k + step - 1, swap, step)
            below = x[k + step :, k : k + step]
            block = x[k : k + step, k : k + step]
            block = np.tril(block) + np.tril(block, -1).T
            left = below / block if step == 1 else below @ _inverse_of_two(block)
            x[k + step :, k + step :] -= np.tril(left @ below.T)
            below[...] = left
        pivots[k : k + step] = swap + 1 if step == 1 else -(swap + 1)
        k += step
    return info


def _pivot(x: Any, k: int) -> tuple[int, int]:
    """The size of the next diagonal block (0 where its column is 0) and the row to exchange with its last."""
    head, column = abs(x[k, k]), np.abs(x[k + 1 :, k])
    largest = column.max(initial=0)
    if not max(head, largest) > 0:
        return (0, k) if max(head, largest) == 0 else (1, k)
    if head >= ALPHA * largest:
        return 1, k
    row = k + 1 + int(column.argmax())
    beside = max(np.abs(x[row, k:row]).max(), np.abs(x[row + 1 :, row]).max(initial=0))
    if head >= ALPHA * largest * (largest / beside):
        return 1, k
    return (1, row) if abs(x[row, row]) >= ALPHA * beside else (2, row)


def _exchange(x: Any, k: int, one: int, two: int, step: int) -> None:
    """Exchange rows and columns ``one < two`` in the lower triangle of what is left to factor."""
    if one == two:
        return
    x[two + 1 :, [one, two]] = x[two + 1 :, [two, one]]
    between = x[one + 1 : two, one].copy()
    x[one + 1 : two, one] = x[two, one + 1 : two]
    x[two, one + 1 : two] = between
    x[one, one], x[two, two] = x[two, two], x[one, one]
    if step == 2:
        x[k + 1, k], x[two, k] = x[two, k], x[k + 1, k]


def _inverse_of_two(block: Any) -> Any:
    """The inverse of a symmetric 2 by 2 matrix, scaled by its corner, which is its largest element."""
    corner = block[1, 0]
    a, b = block[0, 0] / corner, block[1, 1] / corner
    return np.array([[b, -1], [-1, a]], block.dtype) / ((a * b - 1) * corner)


def ldl_solve(LD: Any, pivots: Any, B: Any) -> Any:
    """The solution of ``A X = B`` from what ``ldl`` returns."""
    batch = np.broadcast_shapes(LD.shape[:-2], B.shape[:-2])
    n, k = B.shape[-2:]
    factors = np.broadcast_to(LD, (*batch, n, n)).reshape(math.prod(batch), n, n)
    places = np.broadcast_to(pivots, (*batch, n)).reshape(math.prod(batch), n)
    out = np.array(np.broadcast_to(B, (*batch, n, k))).reshape(math.prod(batch), n, k)
    with np.errstate(all="ignore"):
        for one, own, x in zip(factors, places, out, strict=True):
            _ldl_solve(one, own, x)
    return out.reshape((*batch, n, k))


def _ldl_solve(x: Any, pivots: Any, b: Any) -> None:
    """Solve with one factored matrix, in place: down with ``L`` and ``D``, then up with ``Lᵀ``."""
    n, k, steps = len(x), 0, []
    while k < n:
        size = 1 if pivots[k] > 0 else 2
        last, other = k + size - 1, abs(int(pivots[k])) - 1
        b[[last, other]] = b[[other, last]]
        b[k + size :] -= x[k + size :, k : k + size] @ b[k : k + size]
        block = x[k : k + size, k : k + size]
        b[k : k + size] = b[k] / block if size == 1 else _inverse_of_two(block) @ b[k : k + size]
        steps.append((k, size, last, other))
        k += size
    for k, size, last, other in reversed(steps):
        b[k : k + size] -= x[k + size :, k : k + size].T @ b[k + size :]
        b[[last, other]] = b[[other, last]]
