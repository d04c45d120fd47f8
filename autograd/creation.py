"""Tensors from Python numbers, nested sequences and other libraries' arrays.

Only here and in ``kernels`` is an array assumed to be NumPy's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from autograd import dtypes
from autograd.dispatch import wrap
from autograd.factory import (
    calm,
    canonical,
    channels_last,
    channels_last_3d,
    check_options,
    contiguous_format,
    hold,
    layout,
    memory_format,
    pick_dtype,
    preserve_format,
    sizes_from,
    sparse_coo,
    sparse_csr,
    strided,
    warn,
)
from autograd.inplace import hand_out, share_constant
from autograd.tensor import Tensor, materialise
from autograd.types import CPU

__all__ = [
    "as_tensor",
    "asarray",
    "channels_last",
    "channels_last_3d",
    "contiguous_format",
    "e",
    "from_dlpack",
    "from_numpy",
    "inf",
    "layout",
    "memory_format",
    "nan",
    "newaxis",
    "pi",
    "preserve_format",
    "sparse_coo",
    "sparse_csr",
    "strided",
    "tensor",
    "to_dlpack",
]

inf, nan, pi, e = math.inf, math.nan, math.pi, math.e
newaxis = None

_PLAIN = frozenset({bool, int, float})
_SCALARS: dict[np.dtype, Callable] = {dtype: dtype.type for dtype in dtypes.SUPPORTED}


def shape_from(data: tuple) -> tuple[int, ...]:
    """The shape that the arguments of ``Tensor(2, 3)`` mean; of none at all, an empty vector's."""
    return sizes_from(data, "Tensor") if data else (0,)


# -- from Python's numbers and sequences --------------------------------------------------------------------------------


def array_from(data: Any, dtype: Any = None, float_only: bool = False) -> Any:
    """A new array with the values of ``data``; a NumPy scalar where it is 0-d.

    Without ``dtype`` arrays keep theirs, Python floats become the default dtype, ints int64, bools bool; with
    ``float_only`` everything becomes the default dtype. Raises ValueError where nested sequences differ in length,
    TypeError where the data is not numeric, RuntimeError where a number does not fit the dtype.
    """
    wanted = pick_dtype(dtype) if dtype is not None else dtypes.get_default_dtype() if float_only else None
    kind = type(data)
    if kind in _PLAIN:
        chosen = wanted if wanted is not None else _dtype_of({kind})
        if chosen.kind == "f" or kind is bool:
            try:
                return calm(_SCALARS[chosen], data)
            except OverflowError as error:
                raise ValueError(f"tensor: integer too large to convert to {chosen}") from error
        return hold(_numbers(data, {kind}, chosen))
    if kind is list or kind is tuple:
        kinds: set[type] = set()
        _gather(data, kinds)
        if kinds <= _PLAIN:
            return _numbers(data, kinds, wanted if wanted is not None else _dtype_of(kinds))
        return _mixed(data, wanted)
    return _other(data, wanted)


def _dtype_of(kinds: set) -> np.dtype:
    """The dtype of Python numbers of these types together."""
    if float in kinds or not kinds:
        return dtypes.get_default_dtype()
    return dtypes.int64 if int in kinds else dtypes.bool_


def _gather(data: Sequence, kinds: set) -> None:
    """Collect the types of the numbers in nested lists and tuples; other types stand for themselves."""
    found = set(map(type, data))
    if found <= _PLAIN:
        kinds |= found
        return
    for value in data:
        kind = type(value)
        if kind is list or kind is tuple:
            _gather(value, kinds)
        else:
            kinds.add(kind)


def _numbers(data: Any, kinds: set, dtype: np.dtype) -> np.ndarray:
    """An array of ``dtype`` from nested Python numbers whose types are ``kinds``."""
    integral = dtypes.is_integral(dtype) and dtype is not dtypes.bool_
    try:
        if integral and float in kinds:
            return _truncated(np.array(data, np.float64), dtype)
        return calm(np.array, data, dtype)
    except OverflowError:
        return _wrapped(data, dtype)
    except (ValueError, TypeError) as error:
        _explain_ragged(data, error)


def _truncated(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Floats as integers, as far as they fit; a negative one wraps around in an unsigned dtype, as in PyTorch."""
    limit = np.iinfo(dtype)
    low = -int(limit.max) if limit.min == 0 else int(limit.min)
    whole = np.trunc(values)
    if not bool(np.all((whole >= low) & (whole <= int(limit.max)) & np.isfinite(values))):
        raise RuntimeError(f"tensor: value cannot be converted to type {dtype} without overflow")
    return whole.astype(np.int64).astype(dtype) if limit.min == 0 and dtype.itemsize < 8 else whole.astype(dtype)


def _wrapped(data: Any, dtype: np.dtype) -> np.ndarray:
    """Integers of which some are outside ``dtype``: negative ones wrap around in an unsigned dtype, as in PyTorch."""
    try:
        values = np.array(data, np.int64)
    except OverflowError as error:
        raise ValueError("tensor: an integer is too large for 64 bits (overflow when unpacking long long)") from error
    if dtype.kind == "u" and bool(np.all(np.abs(values) <= int(min(np.iinfo(dtype).max, 2**63 - 1)))):
        return values.astype(dtype)
    raise RuntimeError(f"tensor: value cannot be converted to type {dtype} without overflow")


def _explain_ragged(data: Any, error: Exception) -> NoReturn:
    """Raise ``error`` from NumPy again, saying where nested sequences differ."""
    sizes = []
    first = data
    while isinstance(first, (list, tuple)):
        sizes.append(len(first))
        first = first[0] if first else None

    def walk(value: Any, dim: int) -> None:
        nested = isinstance(value, (list, tuple))
        if nested != (dim < len(sizes)):
            what = "a sequence" if dim < len(sizes) else "a number"
            raise TypeError(f"tensor: expected {what} at dim {dim}, but got {type(value).__name__}") from error
        if nested:
            if len(value) != sizes[dim]:
                raise ValueError(
                    f"tensor: expected sequence of length {sizes[dim]} at dim {dim} (got {len(value)}): "
                    "nested sequences must all have the same length"
                ) from error
            for element in value:
                walk(element, dim + 1)

    walk(data, 0)
    raise RuntimeError(f"tensor: {error}") from error


# -- from sequences that hold arrays, and from arrays -------------------------------------------------------------------


def _mixed(data: Sequence, wanted: np.dtype | None) -> np.ndarray:
    """An array from nested sequences in which NumPy's numbers, arrays or Tensors stand."""
    found: set[np.dtype] = set()
    plain = _plain(data, found)
    dtype = wanted
    if dtype is None:
        for other in found or {dtypes.get_default_dtype()}:
            dtype = other if dtype is None else dtypes.promote_types(dtype, other)
    assert dtype is not None
    kinds = {float if dtypes.is_differentiable(d) else int for d in found}
    return _numbers(plain, kinds, dtype)


def _plain(value: Any, found: set) -> Any:
    """``value`` as nested lists of Python numbers, the dtypes of what it held collected in ``found``."""
    if isinstance(value, Tensor):
        if value._array.size != 1:
            raise ValueError(
                "tensor: only one element tensors can be converted to Python scalars, but the sequence holds one of "
                f"shape {list(value.shape)}; join tensors with autograd.stack or autograd.cat"
            )
        if value.requires_grad:
            warn(
                "tensor: converting a tensor with requires_grad=True to a number cuts it off from its history. Use "
                "autograd.stack to keep it, or detach() to say that it is meant."
            )
        found.add(value.dtype)
        return value._array.item()
    if isinstance(value, (np.ndarray, np.generic)):
        found.add(canonical(value.dtype))
        return value.tolist()
    kind = type(value)
    if isinstance(value, (bool, int, float)):
        found.add(_dtype_of({bool if kind is bool else float if isinstance(value, float) else int}))
        return value
    if _is_sequence(value):
        return [_plain(element, found) for element in value]
    if hasattr(value, "__array__"):
        return _plain(np.asarray(value), found)
    _raise_unknown(value)
    return None


def _other(data: Any, wanted: np.dtype | None) -> Any:
    """A new array from a Tensor, an array, or any object that offers its values."""
    if isinstance(data, Tensor):
        source: Any = data._array
    elif isinstance(data, (np.ndarray, np.generic)):
        source = data
    elif isinstance(data, (bool, int, float)):  # subclasses, such as IntEnum
        return array_from(int(data) if isinstance(data, int) else float(data), wanted)
    elif hasattr(data, "__array__") or hasattr(data, "__array_interface__"):
        source = np.asarray(data)
    elif _is_sequence(data):
        return array_from(list(data), wanted)
    else:
        _raise_unknown(data)
    dtype = canonical(source.dtype) if wanted is None else wanted
    dtypes.check_supported(source.dtype.newbyteorder("="))
    array = calm(np.array, source, dtype, order="C")
    return hold(array if array.dtype is dtype else array.view(dtype))


def _is_sequence(value: Any) -> bool:
    return hasattr(value, "__len__") and hasattr(value, "__getitem__") and not isinstance(value, (str, bytes, dict))


def _raise_unknown(value: Any) -> None:
    if isinstance(value, (str, bytes)):
        raise TypeError(f"tensor: invalid data type {type(value).__name__!r}; expected numbers, sequences or arrays")
    if isinstance(value, complex):
        raise TypeError("tensor: complex tensors are not supported: split real and imaginary parts instead")
    raise RuntimeError(f"tensor: could not infer dtype of {type(value).__name__}")


# -- the public functions -----------------------------------------------------------------------------------------------


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A new leaf with a copy of ``data``: a number, nested sequences of numbers, or an array. As ``torch.tensor``.

    Python floats become the default dtype (float32), ints int64, bools bool; arrays and NumPy numbers keep their dtype;
    ``dtype`` overrides. Raises ValueError for nested sequences of different lengths and for integers past 64 bits,
    TypeError for data that is not numeric, RuntimeError for numbers outside ``dtype``, for a device other than the CPU,
    and for an integer tensor that should require grad.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).shape, autograd.tensor(0.5, requires_grad=True)
    (autograd.Size([2, 2]), tensor(0.5000, requires_grad=True))
    """
    if device is not None and device is not CPU:
        check_options("tensor", device)
    if isinstance(data, Tensor):
        warn(
            "To copy construct from a tensor, it is recommended to use source.detach().clone() or "
            "source.detach().clone().requires_grad_(True), rather than autograd.tensor(source)."
        )
    result = wrap(array_from(data, dtype))
    return result.requires_grad_() if requires_grad else result


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """``data`` as a tensor, without a copy where that is possible. As ``torch.as_tensor``.

    A Tensor of the right dtype is returned itself (another dtype is a recorded conversion), an array shares its memory
    with the result, anything else is copied as by ``tensor``. Raises as ``tensor`` and ``from_numpy`` do.

    >>> import autograd
    >>> x = autograd.ones(2)
    >>> autograd.as_tensor(x) is x, autograd.as_tensor([1, 2], dtype=autograd.float32)
    (True, tensor([1., 2.]))
    """
    check_options("as_tensor", device)
    wanted = pick_dtype(dtype)
    if isinstance(data, Tensor):
        return data if wanted is None or wanted is data.dtype else data.to(wanted)
    if isinstance(data, np.ndarray) and (wanted is None or wanted == data.dtype) and data.dtype.isnative:
        return from_numpy(data)
    return wrap(array_from(data, wanted))


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool | None = None
) -> Tensor:
    """``obj`` as a tensor: shared where possible (``copy=None``), always (``False``) or never. As ``torch.asarray``.

    Of Tensors, arrays, and objects with DLPack or Python's buffer protocol (read as ``dtype``) the memory is shared;
    sequences are copied. A Tensor keeps its history unless ``requires_grad`` is given. Raises ValueError where
    ``copy=False`` cannot be done.

    >>> import autograd
    >>> autograd.asarray([1.0, 2.0], requires_grad=True)
    tensor([1., 2.], requires_grad=True)
    """
    wanted = pick_dtype(dtype)
    if not isinstance(obj, (Tensor, np.ndarray, np.generic)):
        obj = _offered(obj, wanted)
    shares = isinstance(obj, (Tensor, np.ndarray)) and (wanted is None or wanted == obj.dtype)
    if copy is False and not shares:
        raise ValueError(f"asarray: can't alias {type(obj).__name__} into a tensor of dtype {wanted}; leave copy=None")
    if isinstance(obj, Tensor):
        check_options("asarray", device)
        result = obj.to(wanted or obj.dtype, copy=bool(copy))
        if requires_grad is None or requires_grad == result.requires_grad:
            return result
        return result.detach().requires_grad_(requires_grad)
    if isinstance(obj, np.ndarray) and copy:
        obj = np.array(obj)
    return as_tensor(obj, wanted, device).requires_grad_(bool(requires_grad))


def _offered(obj: Any, wanted: np.dtype | None) -> Any:
    """An array on the memory of an object that offers it by DLPack or as a buffer; else the object itself."""
    if hasattr(obj, "__dlpack__") and hasattr(obj, "__dlpack_device__"):
        return np.from_dlpack(obj)
    if isinstance(obj, (bytes, bytearray, memoryview)):
        from autograd.api.buffers import frombuffer  # noqa: PLC0415 - it stands on this module

        return materialise(frombuffer(obj, dtype=wanted or dtypes.get_default_dtype()))
    return obj


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor on the memory of a NumPy array: writes into either are seen by the other. As ``torch.from_numpy``.

    A write through NumPy is not recorded, and never falsifies a gradient: what the graph saves of such memory is a
    copy. Raises TypeError for anything but an array of a supported dtype, ValueError for byte-swapped numbers; warns
    where the array is read-only (writing into the tensor is then a RuntimeError).

    >>> import autograd
    >>> import numpy as np
    >>> a = np.zeros(2)
    >>> t = autograd.from_numpy(a)
    >>> a[0] = 5
    >>> t
    tensor([5., 0.], dtype=float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected np.ndarray (got {type(ndarray).__name__})")
    if not ndarray.dtype.isnative:
        raise ValueError(
            f"from_numpy: byte order of {ndarray.dtype!r} is not the native one; use array.astype(...) first"
        )
    dtype = canonical(ndarray.dtype)
    if not ndarray.flags.writeable:
        warn(
            "from_numpy: the given NumPy array is not writable; writing into the tensor will be an error. Copy the "
            "array (autograd.tensor(array)) to have a tensor that can be written."
        )
    return share_constant(ndarray if ndarray.dtype is dtype else ndarray.view(dtype))


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor on the memory of another library's array, by the DLPack protocol. As ``torch.from_dlpack``.

    Raises TypeError for an object without ``__dlpack__``, BufferError where its memory is not the CPU's or must be
    copied against ``copy=False``.

    >>> import autograd
    >>> import numpy as np
    >>> autograd.from_dlpack(np.arange(3.0))
    tensor([0., 1., 2.], dtype=float64)
    """
    check_options("from_dlpack", device)
    if type(ext_tensor).__name__ == "PyCapsule":
        return share_constant(_Capsule(ext_tensor).array())
    if not hasattr(ext_tensor, "__dlpack__") or not hasattr(ext_tensor, "__dlpack_device__"):
        raise TypeError(
            f"from_dlpack: expected an object with __dlpack__ and __dlpack_device__, but got {type(ext_tensor).__name__}"
        )
    options: dict[str, Any] = {} if copy is None else {"copy": copy}
    array = np.from_dlpack(ext_tensor, **options)
    canonical(array.dtype)
    return share_constant(array)


class _Capsule:
    """A DLPack capsule of the CPU, as what gives it."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def array(self) -> np.ndarray:
        """The array of its memory, which may be written; NumPy does not know that of capsules without a version."""
        return np.asarray(_Writable(np.from_dlpack(self)))

    def __dlpack__(self, **options: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


class _Writable:
    """The memory of an array, as one that may be written."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        interface = dict(array.__array_interface__)
        interface["data"] = (interface["data"][0], False)
        self.__array_interface__ = interface


def to_dlpack(tensor: Tensor) -> Any:
    """A DLPack capsule of the tensor's memory, to be used once. As ``torch.to_dlpack``; BufferError as ``__dlpack__``.

    Objects with ``__dlpack__`` need none: other libraries' ``from_dlpack`` takes the tensor itself.

    >>> import autograd
    >>> autograd.from_dlpack(autograd.to_dlpack(autograd.ones(2)))
    tensor([1., 1.])
    """
    return _dlpack(tensor)


def _dlpack(self: Tensor, **options: Any) -> Any:
    """The tensor's memory as a DLPack capsule; BufferError where it requires grad."""
    if self.requires_grad:
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    return hand_out(self).__dlpack__(**options)


def _dlpack_device(self: Tensor) -> tuple[int, int]:
    """DLPack's name of the CPU."""
    return materialise(self).__dlpack_device__()


Tensor.__dlpack__ = _dlpack  # type: ignore[attr-defined]
Tensor.__dlpack_device__ = _dlpack_device  # type: ignore[attr-defined]
