"""Average pooling and its transpose: sums over windows, one dimension after another."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from autograd.kernels.pool import by_planes, stacked
from autograd.kernels.pool_windows import Axis, Windows

FEW = 6  # elements of a window up to which adding slices is quicker than a reduction


def avg_pool(x: Any, windows: Windows, with_padding: bool, divisor: int | None) -> np.ndarray:
    """The sum of each window divided by ``divisor``, else by the number of its elements, the padding's counted or not.

    >>> w = Windows((4,), (2,), (2,), (0,), (1,), (2,))
    >>> avg_pool(np.array([[1.0, 3.0, 2.0, 2.0]]), w, True, None).tolist()
    [[2.0, 2.0]]
    """
    lead = x.shape[: x.ndim - len(windows.sizes)]
    planes = stacked(x, windows.sizes)
    out = np.empty((len(planes), *windows.out), planes.dtype)
    kind = np.float32 if planes.dtype == np.float16 else planes.dtype
    by = _divisor(windows, with_padding, divisor)

    def task(start: int, stop: int) -> None:
        part = planes[start:stop].astype(kind, copy=False)
        if windows.kernel == windows.sizes and not any(windows.padding):
            _divide(_row_sums(part.reshape(stop - start, -1)).reshape(out[start:stop].shape), by, out[start:stop])
            return
        for i in reversed(range(len(windows.sizes))):
            part = _sums(part, windows.axis(i), math.prod(windows.out[i + 1 :]))
        _divide(part.reshape(out[start:stop].shape), by, out[start:stop])

    by_planes(task, len(planes), math.prod(windows.sizes))
    return out.reshape(*lead, *windows.out)


def _divide(sums: np.ndarray, by: Any, out: np.ndarray) -> None:
    """``sums / by`` written to ``out``; integers are rounded towards zero."""
    if sums.dtype.kind == "f":
        number = sums.dtype.type(by) if isinstance(by, int) else by.astype(sums.dtype)
        np.divide(sums, number, out=out, casting="same_kind")
    else:
        out[...] = np.trunc(sums / by).astype(out.dtype)


@functools.lru_cache(maxsize=64)
def _divisor(windows: Windows, with_padding: bool, divisor: int | None) -> Any:
    """What the sums are divided by: one number, or an array of those of all windows."""
    if divisor is not None:
        return divisor
    counts: Any = np.ones((), np.int64)
    for i in range(len(windows.sizes)):
        axis = windows.axis(i)
        starts = np.arange(axis.out) * axis.stride - axis.padding
        stops = np.minimum(starts + axis.kernel, axis.size + axis.padding)
        if not with_padding:
            starts, stops = np.maximum(starts, 0), np.minimum(stops, axis.size)
        counts = counts[..., None] * (stops - starts)
    return int(counts.flat[0]) if counts.size and (counts == counts.flat[0]).all() else counts


def _sums(x: np.ndarray, axis: Axis, after: int) -> np.ndarray:
    """The sums of all windows along one dimension, which stands before ``after`` elements."""
    if axis.tiles and axis.kernel == axis.stride and axis.kernel > FEW:
        return (
            _row_sums(x.reshape(-1, axis.kernel)) if after == 1 else x.reshape(-1, axis.kernel, after).sum(1, x.dtype)
        )
    if axis.inside:
        flat = x.reshape(-1, axis.stride, after) if axis.tiles else x.reshape(-1, axis.size, after)
        flat = flat[..., 0] if after == 1 else flat
        views = [flat[:, j if axis.tiles else where] for j, _, _, where in axis.parts()]
        if len(views) == 1:
            return np.ascontiguousarray(views[0])
        total = views[0] + views[1]
        for view in views[2:]:
            total += view
        return total
    wide = x.reshape(-1, axis.size, after)
    total = np.zeros((len(wide), axis.out, after), x.dtype)
    for _, low, high, where in axis.parts():
        total[:, low:high] += wide[:, where]
    return total


def _row_sums(x: np.ndarray) -> np.ndarray:
    """The sum of each row; by a matrix product, which has no start for each row, where there is one for the dtype."""
    return x @ np.ones(x.shape[1], x.dtype) if x.dtype.kind == "f" else x.sum(1, x.dtype)


def avg_spread(g: Any, windows: Windows, with_padding: bool, divisor: int | None) -> np.ndarray:
    """The transpose of ``avg_pool``: each element of ``g``, divided likewise, added to all of its window.

    >>> w = Windows((4,), (2,), (2,), (0,), (1,), (2,))
    >>> avg_spread(np.array([[1.0, 3.0]]), w, True, None).tolist()
    [[0.5, 0.5, 1.5, 1.5]]
    """
    lead = g.shape[: g.ndim - len(windows.out)]
    planes = stacked(g, windows.out)
    out = np.empty((len(planes), *windows.sizes), planes.dtype)
    kind = np.float32 if planes.dtype == np.float16 else planes.dtype
    by = _divisor(windows, with_padding, divisor)

    def task(start: int, stop: int) -> None:
        part = np.empty((stop - start, *windows.out), kind)
        _divide(planes[start:stop].astype(kind, copy=False), by, part)
        if windows.kernel == windows.sizes and not any(windows.padding):
            out[start:stop].reshape(stop - start, -1)[...] = part.reshape(stop - start, 1)
            return
        for i in range(len(windows.sizes)):
            part = _spread_along(part, windows.axis(i), math.prod(windows.out[i + 1 :]))
        out[start:stop] = part.reshape(out[start:stop].shape)

    by_planes(task, len(planes), math.prod(windows.sizes))
    return out.reshape(*lead, *windows.sizes)


def _spread_along(g: np.ndarray, axis: Axis, after: int) -> np.ndarray:
    """Each element added to the whole of its window along one dimension, which stands before ``after`` elements."""
    given = g.reshape(-1, axis.out, after)
    if axis.tiles and axis.kernel == axis.stride:
        if after == 1:
            return np.repeat(given.reshape(-1), axis.kernel)
        out = np.empty((len(given), axis.out, axis.stride, after), g.dtype)
        out[...] = given[:, :, None]
        return out
    out = np.zeros((len(given), axis.size, after), g.dtype)
    for _, low, high, where in axis.parts():
        out[:, where] += given[:, low:high]
    return out
