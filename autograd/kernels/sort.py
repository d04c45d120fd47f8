"""Sorting and selection along one dimension, with indices as int64; NaN counts as larger than any number."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes
from autograd.kernels.dims import one_axis
from autograd.kernels.reduce import check_not_empty

# Up to this length a stable sort finds the elements wanted (and always the same of equal ones); above it a partition.
SHORT = 64


def _flip(x: np.ndarray, axis: int) -> np.ndarray:
    return x[(slice(None),) * axis + (slice(None, None, -1),)]


def _order(x: np.ndarray, axis: int, descending: bool = False, stable: bool = True) -> np.ndarray:
    """The indices that sort ``x``; equal elements in their order where ``stable`` or short."""
    kind: Any = "stable" if stable or x.shape[axis] <= SHORT else "quicksort"
    if not descending:
        return x.argsort(axis, kind)
    # Sorted backwards and read backwards: descending, and equal elements still in their order.
    return x.shape[axis] - 1 - _flip(_flip(x, axis).argsort(axis, kind), axis)


def sort(x: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> tuple[Any, Any]:
    """``x`` sorted along ``dim``, and where each element stood. Equal elements keep their order where ``stable``.

    >>> sort(np.array([3, 1, 2]), 0)
    (array([1, 2, 3]), array([1, 2, 0]))
    """
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    if x.ndim == 0:
        return x[()], np.int64(0)
    order = _order(x, axis, descending, stable)
    return pick(x, order, axis), order


def argsort(x: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The indices that sort ``x`` along ``dim``.

    >>> argsort(np.array([3, 1, 2]))
    array([1, 2, 0])
    """
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    return _order(x, axis, descending, stable) if x.ndim else np.int64(0)


def topk(x: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> tuple[Any, Any]:
    """The ``k`` largest (or smallest) along ``dim`` in order, and where they stand.

    >>> topk(np.array([3, 1, 2]), 2)
    (array([3, 2]), array([0, 2]))
    """
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    k = whole(k, "topk")
    if x.dtype == dtypes.bool_:
        raise RuntimeError("topk does not support bool dtypes on CPU")
    n = x.shape[axis] if x.ndim else 1
    if not 0 <= k <= n:
        raise RuntimeError(f"selected index k out of range: k is {k}, dimension {dim} has size {n}")
    if x.ndim == 0:
        return x[()], np.int64(0)  # for k = 0 too, as in PyTorch
    before = (slice(None),) * axis
    if n <= SHORT or 4 * k > n:
        found = np.ascontiguousarray(_order(x, axis, largest)[(*before, slice(None, k))])
        return pick(x, found, axis), found
    if k == 0:
        shape = x.shape[:axis] + (0,) + x.shape[axis + 1 :]
        return np.empty(shape, x.dtype), np.empty(shape, np.int64)
    if largest and k <= 10 and axis == x.ndim - 1 and dtypes.is_differentiable(x.dtype):
        places = _repeated_argmax(x, k)
        if places is not None:
            return pick(x, places, axis), places
    ends = np.argpartition(x, n - k if largest else k - 1, axis=axis)
    found = np.sort(ends[(*before, slice(n - k, None) if largest else slice(None, k))], axis=axis)
    found = pick(found, _order(pick(x, found, axis), axis, largest), axis)
    return pick(x, found, axis), found


def _repeated_argmax(x: np.ndarray, k: int) -> np.ndarray | None:
    """The places of the ``k`` largest of each last line, one after the other; None where that meets -inf."""
    rest = x.reshape(-1, x.shape[-1]).copy()
    lines = np.arange(len(rest))
    found = np.empty((len(rest), k), np.int64)
    for i in range(k):
        place = rest.argmax(axis=1)
        if (rest[lines, place] == -np.inf).any():
            return None
        found[:, i] = place
        rest[lines, place] = -np.inf
    return found.reshape(*x.shape[:-1], k)


def _kth(x: np.ndarray, axis: int, place: Any, keepdim: bool) -> tuple[Any, Any]:
    """The element at ``place`` (a number, or an array of one for each line) of the sorted lines, and its index."""
    shape = x.shape[:axis] + (1,) + x.shape[axis + 1 :]
    if x.shape[axis] <= SHORT or not isinstance(place, int):
        order = _order(x, axis)
        before = (slice(None),) * axis
        if isinstance(place, int):
            found = order[(*before, slice(place, place + 1))]
        else:
            found = pick(order, np.broadcast_to(place, shape), axis)
    else:
        before = (slice(None),) * axis
        value = np.partition(x, place, axis=axis)[(*before, slice(place, place + 1))]
        equal = (x == value) | ((x != x) & (value != value))  # noqa: PLR0124 - NaN is what differs from itself
        found = np.argmax(equal, axis=axis, keepdims=True)
    return _finished(pick(x, found, axis), found, axis, keepdim)


def pick(x: np.ndarray, index: np.ndarray, axis: int) -> np.ndarray:
    """``np.take_along_axis``, with fewer calls along the last axis.

    >>> pick(np.array([[5, 6], [7, 8]]), np.array([[1], [0]]), 1)
    array([[6],
           [7]])
    """
    if axis != x.ndim - 1 or not index.size:
        return np.take_along_axis(x, index, axis)
    n, wanted = x.shape[axis], index.shape[axis]
    if x.size == n:
        return x.reshape(-1)[index]
    lines = np.arange(x.size // n)[:, None]
    return x.reshape(-1, n)[lines, index.reshape(-1, wanted)].reshape(index.shape)


def _finished(values: np.ndarray, indices: np.ndarray, axis: int, keepdim: bool) -> tuple[Any, Any]:
    """Values and indices with a kept dimension, as asked for."""
    if keepdim:
        return values, indices
    shape = values.shape[:axis] + values.shape[axis + 1 :]
    return values.reshape(shape)[()], indices.reshape(shape)[()]


def _line(x: Any, dim: int, name: str) -> tuple[np.ndarray, int]:
    """The array and the axis of a selection; NotImplementedError for bool, IndexError where nothing is to select."""
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    if x.ndim:
        check_not_empty(x, (axis,), name)
    if x.dtype == dtypes.bool_:
        raise NotImplementedError(f"{name}: not implemented for bool")
    return x, axis


def whole(k: Any, name: str) -> int:
    """The number of elements asked for; TypeError where it is no int.

    >>> whole(np.int64(2), "topk")
    2
    """
    if isinstance(k, (bool, np.bool_)) or not hasattr(k, "__index__"):
        raise TypeError(f"{name}(): argument 'k' must be int, not {type(k).__name__}")
    return int(k.__index__())


def kthvalue(x: Any, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Any, Any]:
    """The ``k``-th smallest along ``dim`` (1 is the smallest), and where it stands.

    >>> kthvalue(np.array([3, 1, 2]), 2)
    (np.int64(2), np.int64(2))
    """
    x, axis = _line(x, dim, "kthvalue")
    k = whole(k, "kthvalue")
    if not 1 <= k <= (x.shape[axis] if x.ndim else 1):
        raise RuntimeError(
            f"kthvalue(): selected number k out of range for dimension {axis}: k is {k}, shape {x.shape}"
        )
    return _kth(x, axis, k - 1, keepdim) if x.ndim else (x[()], np.int64(0))


def median(x: Any, dim: int, keepdim: bool = False) -> tuple[Any, Any]:
    """The median along ``dim``, the lower of two, and where it stands; NaN where there is one.

    >>> median(np.array([3.0, 1.0, 2.0, 4.0]), 0)
    (np.float64(2.0), np.int64(2))
    """
    x, axis = _line(x, dim, "median")
    if x.ndim == 0:
        return x[()], np.int64(0)
    values, indices = _kth(x, axis, (x.shape[axis] - 1) // 2, True)
    if dtypes.is_differentiable(x.dtype):
        missing = x != x  # noqa: PLR0124 - NaN is what differs from itself
        if missing.any():
            first = np.argmax(missing, axis=axis, keepdims=True)
            indices = np.where(pick(missing, first, axis), first, indices)
            values = pick(x, indices, axis)
    return _finished(values, indices, axis, keepdim)


def nanmedian(x: Any, dim: int, keepdim: bool = False) -> tuple[Any, Any]:
    """The median of what is not NaN along ``dim``, the lower of two, and where it stands.

    >>> nanmedian(np.array([3.0, np.nan, 2.0]), 0)
    (np.float64(2.0), np.int64(2))
    """
    x, axis = _line(x, dim, "median")
    if x.ndim == 0:
        return x[()], np.int64(0)
    present = np.add.reduce(x == x, axis=axis, keepdims=True, dtype=np.int64)  # noqa: PLR0124 - NaN differs from itself
    return _kth(x, axis, np.maximum(present - 1, 0) // 2, keepdim)


def median_all(x: Any) -> Any:
    """The median of all elements, the lower of two; NaN where there is one, or where there are none.

    >>> median_all(np.array([3, 1, 2, 4]))
    np.int64(2)
    """
    return _middle(x, False)


def nanmedian_all(x: Any) -> Any:
    """The median of all elements that are not NaN, the lower of two; NaN where there are none.

    >>> nanmedian_all(np.array([3.0, np.nan, 2.0]))
    np.float64(2.0)
    """
    return _middle(x, True)


def _middle(x: Any, skip: bool) -> Any:
    flat = np.asarray(x).reshape(-1)
    if flat.dtype == dtypes.bool_ and flat.size:
        raise NotImplementedError("median: not implemented for bool")
    if dtypes.is_differentiable(flat.dtype):
        missing = flat != flat  # noqa: PLR0124 - NaN is what differs from itself
        if missing.any():
            flat = flat[~missing] if skip else flat[missing]
    if flat.size == 0:
        return _nothing(flat.dtype)
    place = (flat.size - 1) // 2
    return np.partition(flat, place)[place]


def _nothing(dtype: np.dtype) -> Any:
    """The median of no element: NaN, which the machine turns into the lowest of int32 and int64, and into 0 of others."""
    if dtypes.is_differentiable(dtype):
        return dtype.type(np.nan)
    if dtype == dtypes.bool_:
        return np.True_
    return dtype.type(np.iinfo(dtype).min if dtype in (dtypes.int32, dtypes.int64) else 0)


def mode(x: Any, dim: int = -1, keepdim: bool = False) -> tuple[Any, Any]:
    """The most frequent along ``dim`` (the smallest of those), and where it stands last.

    >>> mode(np.array([3, 1, 2, 1, 3]))
    (np.int64(1), np.int64(3))
    """
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    if x.ndim == 0:
        return x[()], np.int64(0)
    check_not_empty(x, (axis,), "mode")
    order = np.moveaxis(_order(x, axis), axis, -1)
    values = pick(np.moveaxis(x, axis, -1), order, x.ndim - 1)
    n = x.shape[axis]
    starts = np.ones(values.shape, np.bool_)
    starts[..., 1:] = values[..., 1:] != values[..., :-1]
    first = np.maximum.accumulate(np.where(starts, np.arange(n), 0), axis=-1)
    lengths = np.arange(n) - first  # how many equal ones stand before: largest at the last of the longest run
    last = np.argmax(lengths, axis=-1, keepdims=True)
    found = np.moveaxis(np.take_along_axis(order, last, -1), -1, axis)
    return _finished(np.take_along_axis(x, found, axis), found, axis, keepdim)


# -- taking and putting along a dimension ---------------------------------------------------------------------------


def take_along(x: Any, index: Any, dim: int) -> Any:
    """``out[i] = x[index[i]]`` along ``dim``, the other dimensions the same.

    >>> take_along(np.array([5, 6, 7]), np.array([2, 0]), 0)
    array([7, 5])
    """
    x, index = np.asarray(x), np.asarray(index)
    axis = one_axis(dim, x.ndim)
    if x.ndim == 0:
        return x[()] if index.ndim == 0 else np.broadcast_to(x, index.shape).copy()
    return x.reshape(-1)[_places(index, x.shape, axis)]


def put_along(values: Any, index: Any, shape: tuple[int, ...], dim: int, unique: bool = False) -> Any:
    """Zeros of ``shape`` with ``values`` added at ``index`` along ``dim``; ``unique`` where no place comes twice.

    >>> put_along(np.array([1.0, 2.0, 4.0]), np.array([2, 0, 2]), (3,), 0)
    array([2., 0., 5.])
    """
    values, index = np.asarray(values), np.asarray(index)
    out = np.zeros(shape, values.dtype)
    if not shape:
        return values.sum(dtype=values.dtype) if values.size else out[()]
    axis = one_axis(dim, len(shape))
    flat = out.reshape(-1)
    places = _places(index, shape, axis)
    if unique or index.shape[axis] == 1:
        flat[places] = values
    else:
        np.add.at(flat, places.reshape(-1), values.reshape(-1))
    return out


def _places(index: np.ndarray, shape: tuple[int, ...], axis: int) -> np.ndarray:
    """The flat positions in an array of ``shape`` that ``index`` along ``axis`` points to."""
    step = 1
    places: Any = 0
    for i in range(len(shape) - 1, -1, -1):
        if i == axis:
            places = places + (index * step if step != 1 else index)
        else:
            line = np.arange(0, index.shape[i] * step, step) if step else np.zeros(index.shape[i], np.int64)
            places = places + line.reshape((-1,) + (1,) * (len(shape) - 1 - i))
        step *= shape[i]
    return places
