"""NumPy's selecting, ordering, comparing and filling functions on Tensors, and its questions about arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes
from autograd.factory import pick_dtype
from autograd.numpy_functions import _flat, axes_of, real, tensor_of
from autograd.numpy_protocol import ag, as_operand, implements, operation
from autograd.tensor import Tensor

_MISSING: Any = object()


# -- choosing -----------------------------------------------------------------------------------------------------------


@implements(np.where)
def _where(condition: Any, x: Any = _MISSING, y: Any = _MISSING, /) -> Any:
    if x is _MISSING:
        return _nonzero(condition)
    if y is _MISSING:
        raise ValueError("numpy.where(): either both or neither of x and y should be given")
    condition = tensor_of(condition)
    return ag.where(condition if condition.dtype is dtypes.bool_ else condition != 0, as_operand(x), as_operand(y))


@implements(np.nonzero)
def _nonzero(a: Any) -> tuple:
    return tuple(ag.nonzero(tensor_of(a), as_tuple=True))


@implements(np.argwhere)
def _argwhere(a: Any) -> Any:
    return ag.nonzero(tensor_of(a))


@implements(np.flatnonzero)
def _flatnonzero(a: Any) -> Any:
    return ag.nonzero(tensor_of(a).reshape(-1), as_tuple=True)[0]


@implements(np.take)
def _take(a: Any, indices: Any, axis: Any = None) -> Any:
    a, axis = _flat(a, axis)
    return a[(slice(None),) * (axis % a.ndim) + (as_operand(indices),)]


@implements(np.take_along_axis)
def _take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    arr, axis = _flat(arr, axis)
    indices = tensor_of(indices)
    return ag.take_along_dim(arr, ag.where(indices < 0, indices + arr.shape[axis], indices), axis)


@implements(np.clip)
def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    a = tensor_of(a)
    return a.clone() if low is None and high is None else ag.clamp(a, as_operand(low), as_operand(high))


@implements(np.nan_to_num)
def _nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    return ag.nan_to_num(tensor_of(x), nan, posinf, neginf)


@implements(np.round, np.around)
def _round(a: Any, decimals: int = 0) -> Any:
    return ag.round(tensor_of(a), decimals=decimals) if decimals else ag.round(tensor_of(a))


@implements(np.fix)
def _fix(x: Any) -> Any:
    return ag.trunc(tensor_of(x))


@implements(np.sinc)
def _sinc(x: Any) -> Any:
    return operation("sinc")(real(x))


@implements(np.diff)
def _diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    a = tensor_of(a)
    for _ in range(n):
        count = a.shape[axis]
        a = ag.narrow(a, axis, 1, count - 1) - ag.narrow(a, axis, 0, count - 1)
    return a


@implements(np.trapezoid)
def _trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    y = ag.moveaxis(tensor_of(y), axis, -1)
    steps = dx if x is None else _diff(tensor_of(x) if tensor_of(x).ndim == 1 else ag.moveaxis(tensor_of(x), axis, -1))
    return ag.sum(steps * (y[..., 1:] + y[..., :-1]) * 0.5, -1)


@implements(np.divmod)
def _divmod(x1: Any, x2: Any) -> tuple:
    return operation("floor_divide")(x1, x2), operation("remainder")(x1, x2)


@implements(np.modf)
def _modf(x: Any) -> tuple:
    whole = ag.trunc(tensor_of(x))
    return tensor_of(x) - whole, whole


@implements(np.conjugate, np.real)
def _same(x: Any) -> Any:
    return tensor_of(x)


@implements(np.imag)
def _imag(val: Any) -> Any:
    return ag.zeros_like(tensor_of(val))


# -- order --------------------------------------------------------------------------------------------------------------


@implements(np.sort)
def _sort(a: Any, axis: Any = -1, kind: Any = None, *, stable: Any = None) -> Any:
    a, axis = _flat(a, axis)
    return ag.sort(a, dim=axis, stable=True)[0]


@implements(np.argsort)
def _argsort(a: Any, axis: Any = -1, kind: Any = None, *, stable: Any = None) -> Any:
    a, axis = _flat(a, axis)
    return ag.argsort(a, dim=axis, stable=True)


@implements(np.searchsorted)
def _searchsorted(a: Any, v: Any, side: str = "left") -> Any:
    return ag.searchsorted(tensor_of(a), tensor_of(v), right=side == "right")


@implements(np.unique)
def _unique(ar: Any, return_inverse: bool = False, return_counts: bool = False, axis: Any = None) -> Any:
    return ag.unique(tensor_of(ar), sorted=True, return_inverse=return_inverse, return_counts=return_counts, dim=axis)


@implements(np.bincount)
def _bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    return ag.bincount(tensor_of(x), weights if weights is None else tensor_of(weights), minlength)


# -- comparing ----------------------------------------------------------------------------------------------------------


@implements(np.isclose)
def _isclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    a, b = as_operand(a), as_operand(b)
    distance, limit = ag.abs(tensor_of(a - b)), ag.abs(tensor_of(b)) * rtol + atol
    near = (distance <= limit) | (tensor_of(a) == b)
    if not equal_nan:
        return near
    return near | (ag.isnan(tensor_of(a)) & ag.isnan(tensor_of(b)))


@implements(np.allclose)
def _allclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    return bool(_isclose(a, b, rtol, atol, equal_nan)._array.all())


def _plain(value: Any) -> Any:
    """The array of a Tensor; for functions whose result has no gradient."""
    return np.asarray(value._array) if isinstance(value, Tensor) else value


@implements(np.array_equal)
def _array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> bool:
    return np.array_equal(_plain(a1), _plain(a2), equal_nan)


@implements(np.array_equiv)
def _array_equiv(a1: Any, a2: Any) -> bool:
    return np.array_equiv(_plain(a1), _plain(a2))


# -- new tensors --------------------------------------------------------------------------------------------------------


@implements(np.zeros_like)
def _zeros_like(a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None) -> Any:
    return ag.zeros_like(a, dtype=dtype) if shape is None else ag.zeros(shape, dtype=pick_dtype(dtype) or a.dtype)


@implements(np.ones_like)
def _ones_like(a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None) -> Any:
    return ag.ones_like(a, dtype=dtype) if shape is None else ag.ones(shape, dtype=pick_dtype(dtype) or a.dtype)


@implements(np.empty_like)
def _empty_like(prototype: Any, /, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None) -> Any:
    found = pick_dtype(dtype) or prototype.dtype
    return ag.empty(tuple(prototype.shape) if shape is None else shape, dtype=found)


@implements(np.full_like)
def _full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
) -> Any:
    a = tensor_of(a)
    value = tensor_of(fill_value).to(pick_dtype(dtype) or a.dtype)
    return value.expand(tuple(a.shape) if shape is None else shape).clone()


@implements(np.copy)
def _copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    return tensor_of(a).clone()


@implements(np.meshgrid)
def _meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple:
    tensors = [tensor_of(x).reshape(-1) for x in xi]
    count = len(tensors)
    places = list(range(count))
    if indexing == "xy" and count > 1:
        places[0], places[1] = 1, 0
    shaped = [t.reshape([-1 if d == p else 1 for d in range(count)]) for t, p in zip(tensors, places, strict=True)]
    if sparse:
        return tuple(shaped)
    shape = np.broadcast_shapes(*[tuple(s.shape) for s in shaped])
    return tuple(s.expand(shape).clone() if copy else s.expand(shape) for s in shaped)


# -- questions ----------------------------------------------------------------------------------------------------------


@implements(np.shape)
def _shape(a: Any) -> tuple:
    return tuple(a.shape)


@implements(np.ndim)
def _ndim(a: Any) -> int:
    return a.ndim


@implements(np.size)
def _size(a: Any, axis: Any = None) -> int:
    count = 1
    for dim in axes_of(axis, a.ndim):
        count *= a.shape[dim]
    return count


@implements(np.result_type)
def _result_type(*arrays_and_dtypes: Any) -> np.dtype:
    return np.result_type(*[a.dtype if isinstance(a, Tensor) else a for a in arrays_and_dtypes])


@implements(np.iscomplexobj)
def _iscomplexobj(x: Any) -> bool:
    return bool(tensor_of(x).is_complex())


@implements(np.isrealobj)
def _isrealobj(x: Any) -> bool:
    return not _iscomplexobj(x)


@implements(np.may_share_memory)
def _may_share_memory(a: Any, b: Any, /, max_work: Any = None) -> bool:
    return np.may_share_memory(_plain(a), _plain(b), max_work=max_work)


@implements(np.shares_memory)
def _shares_memory(a: Any, b: Any, /, max_work: Any = None) -> bool:
    return np.shares_memory(_plain(a), _plain(b), max_work=max_work)


# -- out of the record: these need arrays, and numpy() says so of a Tensor that requires grad ---------------------------


def _array(value: Any) -> Any:
    return value.numpy() if isinstance(value, Tensor) else value


@implements(np.copyto)
def _copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    if isinstance(dst, Tensor):
        raise TypeError("numpy.copyto(): a Tensor is written by its own methods: use tensor.copy_(source)")
    np.copyto(dst, _array(src), casting=casting, where=_array(where))  # type: ignore[arg-type]


@implements(np.save)
def _save(file: Any, arr: Any, allow_pickle: bool = True, **options: Any) -> None:
    np.save(file, _array(arr), allow_pickle=allow_pickle)


@implements(np.savez)
def _savez(file: Any, *args: Any, **kwds: Any) -> None:
    np.savez(file, *[_array(a) for a in args], **{k: _array(v) for k, v in kwds.items()})


@implements(np.savez_compressed)
def _savez_compressed(file: Any, *args: Any, **kwds: Any) -> None:
    np.savez_compressed(file, *[_array(a) for a in args], **{k: _array(v) for k, v in kwds.items()})


@implements(np.savetxt)
def _savetxt(fname: Any, X: Any, *args: Any, **kwds: Any) -> None:
    np.savetxt(fname, _array(X), *args, **kwds)


@implements(np.array_repr)
def _array_repr(arr: Any, *args: Any, **kwds: Any) -> str:
    return repr(arr)


@implements(np.array_str, np.array2string)
def _array_str(a: Any, *args: Any, **kwds: Any) -> str:
    return np.array2string(_plain(a), *args, **kwds)
