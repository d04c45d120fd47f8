"""Indexing: what may stand between the brackets, the operations behind it, and those that read single places."""

from __future__ import annotations

import math
import warnings
from operator import index as as_int
from typing import Any

import numpy as np

from autograd import dtypes, lanes, modes
from autograd.dispatch import attach, record, wrap
from autograd.errors import explain
from autograd.kernels import index as kernel
from autograd.kernels.index import FULL, Places
from autograd.kernels.shape import wrap_dim
from autograd.lanes import Lanes, refuse
from autograd.op import Op, linear
from autograd.samples import Bad, real, s
from autograd.tensor import Tensor

# -- views ------------------------------------------------------------------------------------------------------------


def _at(dim: int, item: Any) -> tuple:
    """``item`` as the index of dimension ``dim``."""
    return (*(FULL,) * dim, item, ...) if type(item) is int else (*(FULL,) * dim, item)


def _select(x: np.ndarray, dim: int, index: int) -> np.ndarray:
    if x.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    axis = wrap_dim(dim, x.ndim)
    try:
        return x[_at(axis, index)]
    except IndexError:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(x.shape)} at dimension {axis}"
        ) from None


select: Op = linear(
    "select", _select, tensors=("x",), view=True, public=False,
    samples=[s(real(2, 3), 0, 1), s(real(2, 3), -1, -2), s(real(3), 0, 2), s(real(2, 0), 0, 0)],
    errors=[Bad(IndexError, "index 3 out of range", real(2, 3), 1, 3)],
    doc="The slice of ``x`` at ``index`` along ``dim``, without that dimension.",
    x=lambda g, x_shape, dim, index: place(g, x_shape, _at(dim % len(x_shape), index)),
)  # fmt: skip


def _narrow(x: np.ndarray, dim: int, start: int, length: int) -> np.ndarray:
    if x.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    axis = wrap_dim(dim, x.ndim)
    size = x.shape[axis]
    if length < 0:
        raise RuntimeError(f"narrow(): length must be non-negative, but got {length}.")
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    first = start + size if start < 0 else start
    if first + length > size:
        raise RuntimeError(f"start ({first}) + length ({length}) exceeds dimension size ({size}).")
    return x[_at(axis, slice(first, first + length))]


def _placed(g: Any, x_shape: tuple[int, ...], dim: int, start: int, length: int) -> Any:
    axis = dim % len(x_shape)
    first = start + x_shape[axis] if start < 0 else start
    return place(g, x_shape, _at(axis, slice(first, first + length)))


narrow: Op = linear(
    "narrow", _narrow, tensors=("x",), view=True, public=False,
    samples=[
        s(real(4, 2), 0, 1, 2), s(real(2, 3), -1, -2, 1), s(real(3), 0, 3, 0),
        s(real(0, 3), 1, 0, 2), s(real(3, 0), 0, 1, 2),
    ],
    errors=[
        Bad(RuntimeError, "exceeds dimension size", real(3), 0, 2, 2),
        Bad(RuntimeError, "cannot be applied to a 0-dim", real(), 0, 0, 1),
    ],
    doc="The ``length`` slices of ``x`` from ``start`` on along ``dim``.",
    x=lambda g, x_shape, dim, start, length: _placed(g, x_shape, dim, start, length),
)  # fmt: skip
slice_: Op = linear(
    "slice", kernel.read, tensors=("x",), view=True, public=False, symbol="[ ]",
    samples=[
        s(real(4, 3), (slice(1, 3),)), s(real(4, 3), (0, slice(None, None, 2))), s(real(4, 3), (slice(None), None, 1)),
        s(real(4), (slice(None, None, -1),)), s(real(3), (1, ...)), s(real(), (None,)), s(real(2, 3), (..., 0)),
        s(real(0, 3), (slice(None), 0)),
    ],
    errors=[Bad(IndexError, "too many indices", real(3), (0, 0))],
    doc="The part of ``x`` at an index of ints, slices, None and Ellipsis.",
    x=lambda g, x_shape, index: place(g, x_shape, index),
)  # fmt: skip
place: Op = linear(
    "place", kernel.place, tensors=("g",), public=False, symbol="write [ ]",
    samples=[s(real(2, 3), (4, 3), (slice(1, 3),)), s(real(), (3,), (1, ...)), s(real(0, 3), (4, 3), (slice(0, 0),))],
    doc="Zeros of ``shape`` with ``g`` at a basic index: the gradient of reading there.",
    g=lambda g, index: slice_(g, index),
)  # fmt: skip

# -- copies -----------------------------------------------------------------------------------------------------------

_ROWS = np.array([2, 0, 2, -1])
_MASK = np.array([[True, False, True], [False, False, True]])

pick: Op = linear(
    "index", kernel.pick, tensors=("x",), public=False, symbol="[ ]",
    samples=[
        s(real(3, 2), Places(_ROWS)), s(real(2, 3), Places(FULL, _ROWS)), s(real(3, 4), Places(_ROWS, _ROWS)),
        s(real(3, 2, 4), Places(_ROWS, FULL, _ROWS)), s(real(2, 3, 3), Places(FULL, _ROWS, _ROWS)),
        s(real(3), Places(_ROWS[:0])), s(real(2, 3), Places(_MASK)),
        s(real(0, 3), Places(_ROWS[:0])), s(real(3, 0), Places(_ROWS)),
    ],
    errors=[Bad(IndexError, "out of bounds for dimension 0 with size 2", real(2), Places(_ROWS))],
    doc="The elements of ``x`` at arrays of indices, or where a mask is true, copied.",
    x=lambda g, x_shape, index: _run(put_back, [g], x_shape, index),
)  # fmt: skip


def _run(op: Op, values: list, *static: Any) -> Any:
    """``op`` of arrays or Tensors; recorded where only the index differs from example to example of ``vmap``."""
    if lanes.depth[0] and lanes.inside(static):
        return record(op, [v if isinstance(v, Tensor) else wrap(v) for v in values], static)
    return op(*values, *static)


def picked(x: Tensor, index: Places) -> Tensor:
    """``pick`` of a Tensor: what ``record`` does, without the questions that one argument answers."""
    array, node = x._array, x._node
    if lanes.depth[0]:
        return record(pick, [x], (index,))
    try:
        out = wrap(kernel.pick(array, index))
    except IndexError as error:
        explain(error, "index", (array,))
    if node is not None and (not modes.off or modes.state.enabled):
        attach(out, pick, (node,), (None, None, array.shape), (index,), (x,))
    return out


put_back: Op = linear(
    "put_back", kernel.put_back, tensors=("g",), public=False, symbol="add at [ ]",
    samples=[
        s(real(4, 2), (3, 2), Places(_ROWS)), s(real(2, 4), (2, 3), Places(FULL, _ROWS)),
        s(real(3), (2, 3), Places(_MASK)), s(real(4, 2), (3, 2, 4), Places(_ROWS, FULL, _ROWS)),
        s(real(4, 130), (3, 130), Places(_ROWS)),
        s(real(0, 2), (3, 2), Places(_ROWS[:0])), s(real(4, 0), (3, 0), Places(_ROWS)),
    ],
    doc="Zeros of ``shape`` with ``g`` added at arrays of indices: the gradient of reading there.",
    g=lambda g, index: _run(pick, [g], index),
)  # fmt: skip


def read(x: Any, index: tuple | Places) -> Any:
    """``x`` at a parsed index, basic or advanced."""
    return _run(pick, [x], index) if type(index) is Places else slice_(x, index)


def _zero(g: Any) -> Any:
    """Zero of the dtype of ``g``, as a number that arrays and Tensors both take."""
    return g.dtype.type(0)


set_item_op: Op = linear(
    "set_item", kernel.write, tensors=("x", "value"), public=False, symbol="[ ] =",
    samples=[
        s(real(3, 2), real(2), (0,)), s(real(3, 2), real(2, 2), Places(np.array([2, 0]))),
        s(real(2, 3), real(3), Places(_MASK)),
        s(real(3), real(), (1, ...)),
        s(real(), real(), (...,)), s(real(0, 3), real(0), (slice(None), 1)), s(real(3, 2), real(0, 2), Places(np.array([], np.int64))),
    ],
    errors=[Bad(IndexError, "out of bounds", real(3), real(), (5, ...))],
    doc="``x`` with ``value`` (of the shape of the part) at ``index``.",
    x=lambda g, index: _run(set_item_op, [g, _zero(g)], index),
    value=lambda g, index: read(g, index),
    jvp=lambda t, x_shape, index: _set_tangent(t, x_shape, index),
)  # fmt: skip


def _set_tangent(t: tuple, shape: tuple[int, ...], index: tuple) -> Any:
    tangent, value = t
    if tangent is None:
        zero = np.zeros(shape, value.dtype)
        tangent = wrap(zero) if isinstance(value, Tensor) else zero
    return _run(set_item_op, [tangent, _zero(tangent) if value is None else value], index)


# -- what may stand between the brackets ----------------------------------------------------------------------------------


def simple(index: Any) -> tuple | None:
    """``index`` as a basic index where it is made of ints, slices, None and Ellipsis only; else None."""
    items = index if type(index) is tuple else (index,)
    ints = 0
    for item in items:
        kind = type(item)
        if kind is int:
            ints += 1
        elif kind is slice:
            if not (_plain(item.start) and _plain(item.stop) and _plain(item.step)):
                return None
        elif item is not None and item is not Ellipsis:
            return None
    if items.count(Ellipsis) > 1:
        return None
    return items if Ellipsis in items or ints < len(items) else (*items, ...)


def _plain(bound: Any) -> bool:
    return bound is None or type(bound) is int


def parse(index: Any, shape: tuple[int, ...], copy: bool = True) -> tuple[tuple | None, Places | None]:
    """``index`` as a basic part and an advanced part of what the basic one leaves; None for a part that does nothing.

    ``copy`` makes arrays of indices our own, so that nobody can write them while the graph holds them.
    """
    items = [_item(i) for i in _items(index)]
    used = sum([_width(i) for i in items])
    if used > len(shape):
        raise kernel.reword(IndexError("too many"), np.empty((0,) * len(shape)))
    basic: list = []
    advanced: list = []
    dim, filled = 0, False
    for item in items:
        if item is Ellipsis:
            count = 0 if filled else len(shape) - used
            filled = True
            basic += [FULL] * count
            advanced += [FULL] * count
            dim += count
        elif item is None:
            basic.append(None)
            advanced.append(FULL)
        elif type(item) is int:
            basic.append(item)
            dim += 1
        elif type(item) is slice:
            basic.append(item)
            advanced.append(FULL)
            dim += 1
        elif type(item) is bool:
            basic.append(None)
            advanced.append(np.zeros(int(item), np.int64))
        else:
            basic += [FULL] * _width(item)
            _check_mask(item, shape, dim)
            dim += _width(item)
            advanced.append(item.copy() if copy else item)
    return _parts(basic, advanced)


_ARRAYS = (np.ndarray, Lanes)


def _parts(basic: list, advanced: list) -> tuple[tuple | None, Places | None]:
    arrays = [i for i, item in enumerate(advanced) if type(item) in _ARRAYS]
    if len({advanced[i].ndim > 0 for i in arrays}) > 1 and arrays[-1] - arrays[0] + 1 > len(arrays):
        refuse("a 0-d index apart from other arrays of indices, which PyTorch takes before them,")
    whole = basic if any([i is None or type(i) is slice for i in basic]) else [*basic, ...]
    if not arrays:
        return tuple(whole), None
    advanced = advanced[: arrays[-1] + 1]
    if len(arrays) > 1 or advanced[0] is FULL:  # a mask beside others counts as the indices where it is true
        spread: list = []
        for item in advanced:
            spread += item.nonzero() if type(item) is np.ndarray and item.dtype == np.bool_ else [item]
        advanced = spread
    idle = all([type(i) is slice and i == FULL for i in basic])
    return None if idle else tuple(whole), Places(*advanced)


_NESTED = (list, tuple, slice, Tensor, np.ndarray, type(None), type(Ellipsis))


def _items(index: Any) -> tuple:
    """The entries of ``index``; PyTorch reads a list that holds lists, slices or tensors as a tuple."""
    if type(index) is tuple:
        return index
    if isinstance(index, list) and len(index) < 32 and any([isinstance(i, _NESTED) for i in index]):
        warnings.warn(
            "Using a non-tuple sequence for multidimensional indexing is deprecated; use x[tuple(seq)] instead of x[seq]",
            UserWarning,
            stacklevel=5,
        )
        return tuple(index)
    return (index,)


def _item(item: Any) -> Any:
    """One entry as int, bool, slice, None, Ellipsis or an array; IndexError for anything else."""
    kind = type(item)
    if item is None or item is Ellipsis or kind is int or kind is bool:
        return item
    if kind is slice:
        return slice(*[b if b is None else as_int(b) for b in (item.start, item.stop, item.step)])
    if isinstance(item, np.bool_):
        return bool(item)
    if isinstance(item, Tensor):
        if item._array.dtype in _NARROW and item._array.ndim:
            raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors, but got {item.dtype}")
        return _array_item(item._array)
    if isinstance(item, np.ndarray):
        return _array_item(item)
    if isinstance(item, (list, tuple, range)):
        return _array_item(_array_of(item))
    if hasattr(item, "__index__"):
        return as_int(item)
    if isinstance(item, (str, bytes)):
        raise TypeError(f"an index cannot be {kind.__name__}: {item!r}")
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
        f"(got {kind.__name__})"
    )


_NARROW = (dtypes.int8, dtypes.int16, dtypes.uint16, dtypes.uint32, dtypes.uint64)


def _array_of(items: Any) -> np.ndarray:
    if len(items) == 0:
        return np.zeros(0, np.int64)
    try:
        return np.array([i.tolist() if isinstance(i, (Tensor, np.ndarray)) else i for i in items])
    except ValueError:
        raise IndexError(f"a sequence used as an index must be rectangular, but got {items!r}") from None


def _array_item(array: Any) -> Any:
    kind = array.dtype.kind
    if type(array) is Lanes:  # each example has its own; a 0-d one stays an array, as it has no value to be an int
        if array.dtype is not dtypes.int64:
            refuse(f"an index of dtype {array.dtype} (use where for masks)")
        return array
    if array.dtype == np.uint8:
        warnings.warn(
            "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead",
            UserWarning,
            stacklevel=6,
        )
        array, kind = array.astype(np.bool_), "b"
    if kind not in "iub":
        raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors, but got {array.dtype}")
    if array.ndim == 0:
        return bool(array) if kind == "b" else int(array)
    return array


def _width(item: Any) -> int:
    """How many dimensions an entry reads."""
    if item is None or item is Ellipsis or type(item) is bool:
        return 0
    return item.ndim if type(item) is np.ndarray and item.dtype == np.bool_ else 1


def _check_mask(item: np.ndarray, shape: tuple[int, ...], dim: int) -> None:
    if item.dtype == np.bool_ and item.shape != tuple(shape[dim : dim + item.ndim]):
        raise IndexError(
            f"The shape of the mask {list(item.shape)} at index {dim} does not match the shape of the indexed tensor "
            f"{list(shape)} at index {dim}"
        )


def region_shape(array: np.ndarray, index: tuple | Places) -> tuple[int, ...]:
    """The shape of ``array[index]``; nothing large is copied to know it."""
    if not isinstance(index, Places):
        return kernel.read(array, index).shape
    items = index.items
    if type(items[0]) is np.ndarray and items[0].dtype == np.bool_:
        return (int(np.count_nonzero(items[0])), *array.shape[items[0].ndim :])
    dims = [d for d, i in enumerate(items) if type(i) in _ARRAYS]
    try:
        wide = np.broadcast_shapes(*[items[d].shape for d in dims])
    except ValueError:
        shapes = ", ".join(str(list(items[d].shape)) for d in dims)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None
    rest = [array.shape[d] for d in range(array.ndim) if d not in dims]
    start = dims[0] if dims[-1] - dims[0] + 1 == len(dims) else 0
    return (*rest[:start], *wide, *rest[start:])


def as_region(value: Any, target: Tensor, index: tuple | Places) -> Tensor:
    """``value`` as a Tensor of the dtype and the shape of ``target[index]``; the conversions are recorded."""
    array = target._array
    if isinstance(value, (bool, int, float)):
        return wrap(number(value, array.dtype, "__setitem__"))
    if isinstance(value, (np.ndarray, np.generic)):
        value = wrap(dtypes_checked(value))
    if not isinstance(value, Tensor):
        raise TypeError(f"can't assign a {type(value).__name__} to a tensor of dtype {array.dtype}")
    if value._array.dtype is not array.dtype:
        value = _cast(value, array.dtype, type(index) is Places)
    shape = region_shape(array, index)
    have = value._array.shape
    if have == shape:
        return value
    if len(have) > len(shape) and all(n == 1 for n in have[: len(have) - len(shape)]):
        from autograd.ops.shape import reshape  # noqa: PLC0415 - shapes stand on joins, which stand on this module

        value = reshape.function(value, have[len(have) - len(shape) :])
    return spread(value, shape)


def spread(value: Tensor, shape: tuple[int, ...]) -> Tensor:
    """``value`` expanded to the ``shape`` of an indexing result; PyTorch's error where it does not fit."""
    from autograd.ops.shape import expand  # noqa: PLC0415 - see above

    if value._array.shape == shape:
        return value
    try:
        return expand.function(value, shape)
    except RuntimeError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(value._array.shape)} cannot be broadcast to indexing result "
            f"of shape {list(shape)}"
        ) from None


def _cast(value: Tensor, dtype: np.dtype, advanced: bool) -> Tensor:
    if advanced and value._array.ndim:
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, "
            f"got {dtype} for the destination and {value._array.dtype} for the source."
        )
    from autograd.ops.convert import cast  # noqa: PLC0415 - see above

    return cast.function(value, dtype)


def dtypes_checked(value: Any) -> Any:
    """A NumPy value that a tensor can hold; TypeError where its dtype is none of ours."""
    dtypes.check_supported(value.dtype)
    return value


def number(value: Any, dtype: np.dtype, name: str) -> np.generic:
    """A Python number as ``dtype``, cut off where that is an integer type; RuntimeError where it overflows."""
    kind = "f" if dtype.char == dtypes.BFLOAT16 else dtype.kind
    if kind == "b" or (kind == "f" and -6e4 < value < 6e4):
        return dtype.type(value)
    try:
        if kind == "f":
            with np.errstate(over="ignore"):
                made = dtype.type(value)
            fits = math.isinf(value) or not np.isinf(made)
        else:
            whole = int(value)
            fits = True
            if kind == "u" and value < 0:  # PyTorch lets a negative whole number wrap around
                most = int(np.iinfo(dtype).max)
                whole, fits = whole + most + 1, isinstance(value, int) and whole >= -most
            made = dtype.type(whole)
    except (OverflowError, ValueError):
        fits = False
    if not fits:
        raise RuntimeError(f"{name}: value {value} cannot be converted to type {dtype} without overflow")
    return made
