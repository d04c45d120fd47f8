"""NumPy's functions on Tensors: reductions, shapes, joining. NumPy's arguments and semantics, autograd's operations.

Each function takes the arguments of the NumPy function it stands for; ``out=`` is seen to by the caller.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes
from autograd.numpy_protocol import ag, as_operand, implements
from autograd.tensor import Tensor

# -- conversion of arguments --------------------------------------------------------------------------------------------


def tensor_of(value: Any) -> Any:
    """``value`` as a Tensor; arrays share their memory."""
    if isinstance(value, Tensor):
        return value
    value = as_operand(value)
    return value if isinstance(value, Tensor) else ag.tensor(value)


def tensors_of(values: Any) -> list:
    """A sequence (or the rows of one array) as Tensors."""
    return [tensor_of(v) for v in values]


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """``axis=`` as a tuple; all of them where it is None."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)


def real(a: Any, dtype: Any = None) -> Any:
    """``a`` in ``dtype``, else as floats."""
    a = tensor_of(a)
    if dtype is not None:
        return a.to(dtype)
    return a if dtypes.is_differentiable(a.dtype) else a.to(ag.get_default_dtype())


# -- reductions ---------------------------------------------------------------------------------------------------------


@implements(np.sum)
def _sum(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    a = tensor_of(a)
    a = a if dtype is None else a.to(dtype)
    if axis is None and not keepdims:
        return ag.sum(a)
    return ag.sum(a, axes_of(axis, a.ndim), keepdims) if a.ndim and axis != () else a


@implements(np.mean)
def _mean(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    a = real(a, dtype)
    if axis is None and not keepdims:
        return ag.mean(a)
    return ag.mean(a, axes_of(axis, a.ndim), keepdims) if a.ndim else a


@implements(np.max, np.amax)
def _max(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    a = tensor_of(a)
    return ag.amax(a, axes_of(axis, a.ndim), keepdims) if a.ndim else a


@implements(np.min, np.amin)
def _min(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    a = tensor_of(a)
    return ag.amin(a, axes_of(axis, a.ndim), keepdims) if a.ndim else a


@implements(np.ptp)
def _ptp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _max(a, axis, keepdims) - _min(a, axis, keepdims)


def _one_by_one(function: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Reduce several axes in turn, the last first."""
    for dim in sorted((d % a.ndim for d in axes_of(axis, a.ndim)), reverse=True):
        a = function(a, dim, keepdims)
    return a


@implements(np.prod)
def _prod(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    a = tensor_of(a)
    return _one_by_one(ag.prod, a if dtype is None else a.to(dtype), axis, keepdims)


@implements(np.all)
def _all(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _one_by_one(ag.all, tensor_of(a).bool(), axis, keepdims)


@implements(np.any)
def _any(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _one_by_one(ag.any, tensor_of(a).bool(), axis, keepdims)


@implements(np.var)
def _var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0, keepdims: bool = False,
    *, correction: Any = None,
) -> Any:  # fmt: skip
    a = real(a, dtype)
    return ag.var(a, axes_of(axis, a.ndim), correction=ddof if correction is None else correction, keepdim=keepdims)


@implements(np.std)
def _std(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0, keepdims: bool = False,
    *, correction: Any = None,
) -> Any:  # fmt: skip
    a = real(a, dtype)
    return ag.std(a, axes_of(axis, a.ndim), correction=ddof if correction is None else correction, keepdim=keepdims)


@implements(np.argmax)
def _argmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> Any:
    return ag.argmax(tensor_of(a), axis, keepdims)


@implements(np.argmin)
def _argmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> Any:
    return ag.argmin(tensor_of(a), axis, keepdims)


def _flat(a: Any, axis: Any) -> tuple[Any, int]:
    """``a`` and its axis; flattened where that is None."""
    a = tensor_of(a)
    return (a.reshape(-1), 0) if axis is None else (a, axis)


@implements(np.cumsum)
def _cumsum(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    a, axis = _flat(a, axis)
    return ag.cumsum(a if dtype is None else a.to(dtype), axis)


@implements(np.cumprod)
def _cumprod(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    a, axis = _flat(a, axis)
    return ag.cumprod(a if dtype is None else a.to(dtype), axis)


@implements(np.quantile)
def _quantile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False,
) -> Any:  # fmt: skip
    a = real(a)
    level = q.to(a.dtype) if isinstance(q, Tensor) else ag.tensor(q, dtype=a.dtype)
    if isinstance(axis, (tuple, list)):
        raise TypeError("numpy.quantile(): several axes are not supported on Tensors; reshape them into one")
    return ag.quantile(a, level, axis, keepdims, interpolation=method)


@implements(np.percentile)
def _percentile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False,
) -> Any:  # fmt: skip
    return _quantile(a, np.asarray(q) / 100, axis, None, False, method, keepdims)


@implements(np.median)
def _median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    return _quantile(a, 0.5, axis, keepdims=keepdims)


@implements(np.average)
def _average(a: Any, axis: Any = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    a = real(a)
    if weights is None:
        return _mean(a, axis, keepdims=keepdims)
    w = real(weights)
    if w.ndim == 1 and a.ndim > 1 and isinstance(axis, int):
        w = w.reshape([-1 if i == axis % a.ndim else 1 for i in range(a.ndim)])
    return _sum(a * w, axis, keepdims=keepdims) / _sum(w.expand(a.shape), axis, keepdims=keepdims)


@implements(np.nansum)
def _nansum(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    a = tensor_of(a)
    return _sum(ag.where(ag.isnan(a), ag.zeros_like(a), a), axis, dtype, keepdims)


@implements(np.nanmean)
def _nanmean(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    a = real(a, dtype)
    return _nansum(a, axis, None, keepdims) / _sum((~ag.isnan(a)).to(a.dtype), axis, None, keepdims)


@implements(np.count_nonzero)
def _count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return _sum(tensor_of(a) != 0, axis, keepdims=keepdims)


# -- shape --------------------------------------------------------------------------------------------------------------


def _check_order(name: str, order: str) -> None:
    if order not in {"C", "K", "A"}:
        raise TypeError(f"numpy.{name}(): order={order!r} is not supported on Tensors; they are laid out in rows (C)")


@implements(np.reshape)
def _reshape(a: Any, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None) -> Any:
    _check_order("reshape", order)
    shape = newshape if shape is None else shape
    return tensor_of(a).reshape((shape,) if isinstance(shape, (int, np.integer)) else tuple(shape))


@implements(np.ravel)
def _ravel(a: Any, order: str = "C") -> Any:
    _check_order("ravel", order)
    return tensor_of(a).reshape(-1)


@implements(np.transpose)
def _transpose(a: Any, axes: Any = None) -> Any:
    a = tensor_of(a)
    return ag.permute(a, tuple(reversed(range(a.ndim))) if axes is None else tuple(axes))


@implements(np.swapaxes)
def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    return ag.transpose(tensor_of(a), axis1, axis2)


@implements(np.matrix_transpose, np.linalg.matrix_transpose)
def _matrix_transpose(x: Any) -> Any:
    return ag.transpose(tensor_of(x), -2, -1)


@implements(np.moveaxis)
def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    a = tensor_of(a)
    sources, targets = axes_of(source, 0), axes_of(destination, 0)
    order = [d for d in range(a.ndim) if d not in {s % a.ndim for s in sources}]
    for target, origin in sorted((t % a.ndim, s % a.ndim) for s, t in zip(sources, targets, strict=True)):
        order.insert(target, origin)
    return ag.permute(a, tuple(order))


@implements(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    a = tensor_of(a)
    axes = axes_of(axis, 0)
    for dim in sorted(d % (a.ndim + len(axes)) for d in axes):
        a = ag.unsqueeze(a, dim)
    return a


@implements(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    a = tensor_of(a)
    if axis is None:
        return ag.squeeze(a)
    axes = axes_of(axis, a.ndim)
    if any(a.shape[d] != 1 for d in axes):
        raise ValueError(
            f"numpy.squeeze(): cannot select an axis to squeeze out which has size not equal to one: {axis}"
        )
    return a.reshape([n for d, n in enumerate(a.shape) if d not in {x % a.ndim for x in axes}])


@implements(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    return tensor_of(array).expand((shape,) if isinstance(shape, int) else tuple(shape))


@implements(np.broadcast_arrays)
def _broadcast_arrays(*args: Any, subok: bool = False) -> tuple:
    values = [a if isinstance(a, Tensor) else np.asarray(a) for a in args]  # None and text may stand among them
    shape = np.broadcast_shapes(*[tuple(v.shape) for v in values])
    return tuple(v.expand(shape) if isinstance(v, Tensor) else np.broadcast_to(v, shape) for v in values)


def _at_least(ndim: int, arrays: tuple, after: bool = False) -> Any:
    found = []
    for array in tensors_of(arrays):
        missing = max(ndim - array.ndim, 0)
        if after and array.ndim in {1, 2}:  # NumPy puts a matrix in front of the third dimension
            shape: tuple = (*[1] * (missing - 1), *array.shape, 1)
        else:
            shape = (*[1] * missing, *array.shape)
        found.append(array.reshape(shape) if missing else array)
    return found[0] if len(found) == 1 else tuple(found)


@implements(np.atleast_1d)
def _atleast_1d(*arys: Any) -> Any:
    return _at_least(1, arys)


@implements(np.atleast_2d)
def _atleast_2d(*arys: Any) -> Any:
    return _at_least(2, arys)


@implements(np.atleast_3d)
def _atleast_3d(*arys: Any) -> Any:
    return _at_least(3, arys, after=True)


# -- joining and splitting ----------------------------------------------------------------------------------------------


@implements(np.concatenate)
def _concatenate(arrays: Any, axis: Any = 0, out: Any = None, dtype: Any = None) -> Any:
    tensors = tensors_of(arrays)
    if axis is None:
        tensors, axis = [t.reshape(-1) for t in tensors], 0
    return ag.cat(tensors if dtype is None else [t.to(dtype) for t in tensors], axis)


@implements(np.stack)
def _stack(arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None) -> Any:
    tensors = tensors_of(arrays)
    return ag.stack(tensors if dtype is None else [t.to(dtype) for t in tensors], axis)


@implements(np.vstack)
def _vstack(tup: Any, *, dtype: Any = None) -> Any:
    return _concatenate([_at_least(2, (a,)) for a in tup], 0, None, dtype)


@implements(np.hstack)
def _hstack(tup: Any, *, dtype: Any = None) -> Any:
    tensors = [_at_least(1, (a,)) for a in tup]
    return _concatenate(tensors, 0 if tensors[0].ndim == 1 else 1, None, dtype)


@implements(np.dstack)
def _dstack(tup: Any) -> Any:
    return _concatenate([_at_least(3, (a,), after=True) for a in tup], 2)


@implements(np.column_stack)
def _column_stack(tup: Any) -> Any:
    return _concatenate([a.reshape(-1, 1) if a.ndim < 2 else a for a in tensors_of(tup)], 1)


@implements(np.append)
def _append(arr: Any, values: Any, axis: Any = None) -> Any:
    return _concatenate([arr, values], axis)


@implements(np.array_split)
def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list:
    parts = indices_or_sections if isinstance(indices_or_sections, int) else tuple(int(i) for i in indices_or_sections)
    return list(ag.tensor_split(tensor_of(ary), parts, axis))


@implements(np.split)
def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list:
    ary = tensor_of(ary)
    if isinstance(indices_or_sections, int) and ary.shape[axis] % indices_or_sections:
        raise ValueError(
            f"numpy.split(): array split does not result in an equal division ({ary.shape[axis]} elements in "
            f"{indices_or_sections} parts)"
        )
    return _array_split(ary, indices_or_sections, axis)


@implements(np.hsplit)
def _hsplit(ary: Any, indices_or_sections: Any) -> list:
    return _split(ary, indices_or_sections, 0 if tensor_of(ary).ndim == 1 else 1)


@implements(np.vsplit)
def _vsplit(ary: Any, indices_or_sections: Any) -> list:
    return _split(ary, indices_or_sections, 0)


@implements(np.tile)
def _tile(A: Any, reps: Any) -> Any:
    return ag.tile(tensor_of(A), axes_of(reps, 0))


@implements(np.repeat)
def _repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    a, axis = _flat(a, axis)
    counts = repeats if isinstance(repeats, (int, Tensor)) else ag.tensor(np.asarray(repeats))
    return ag.repeat_interleave(a, counts, axis)


@implements(np.flip)
def _flip(m: Any, axis: Any = None) -> Any:
    m = tensor_of(m)
    return ag.flip(m, axes_of(axis, m.ndim))


@implements(np.flipud)
def _flipud(m: Any) -> Any:
    return ag.flip(tensor_of(m), (0,))


@implements(np.fliplr)
def _fliplr(m: Any) -> Any:
    return ag.flip(tensor_of(m), (1,))


@implements(np.rot90)
def _rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    return ag.rot90(tensor_of(m), k, tuple(axes))


@implements(np.roll)
def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    a = tensor_of(a)
    if isinstance(axis, (tuple, list)) and isinstance(shift, int):
        shift = (shift,) * len(axis)
    return ag.roll(a, shift, axis)


# -- padding ------------------------------------------------------------------------------------------------------------


@implements(np.pad)
def _pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Any:
    array = tensor_of(array)
    if mode not in {"constant", "edge", "reflect", "symmetric", "wrap"}:
        raise TypeError(f"numpy.pad(): mode={mode!r} is not supported on Tensors")
    widths = np.broadcast_to(np.asarray(pad_width), (array.ndim, 2)).tolist()
    values = np.broadcast_to(np.asarray(constant_values, dtype=np.float64), (array.ndim, 2)).tolist()
    for dim, ((before, after), ends) in enumerate(zip(widths, values, strict=True)):
        if mode == "constant":
            sizes = [(*array.shape[:dim], n, *array.shape[dim + 1 :]) for n in (before, after)]
            blocks = [ag.full(s, v, dtype=array.dtype) for s, v in zip(sizes, ends, strict=True)]
            array = ag.cat([blocks[0], array, blocks[1]], dim) if before or after else array
        elif before or after:
            index = np.pad(np.arange(array.shape[dim]), (before, after), mode=mode)  # type: ignore[call-overload]
            array = ag.index_select(array, dim, ag.tensor(index))
    return array
