"""What all factories of tensors share: layouts and formats, checks of arguments, and the finished tensor."""

from __future__ import annotations

import operator
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.dispatch import quiet, wrap
from autograd.out import copy_back
from autograd.tensor import Tensor
from autograd.types import CPU, device

_Device = device  # the functions below have an argument of that name
_CANON = {dtype: dtype for dtype in dtypes.SUPPORTED}  # equal dtypes become identical ones: tests of dtypes use `is`


class Constant:
    """A named choice, such as a layout, that prints its name.

    >>> import autograd
    >>> autograd.strided
    autograd.strided
    """

    __slots__ = ("kind", "name")

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name

    def __repr__(self) -> str:
        return f"autograd.{self.name}"

    def __reduce__(self) -> Any:
        return _constant, (self.name,)


class layout(Constant):
    """How elements are stored: ``strided``, or one of the sparse layouts, which there are not. As ``torch.layout``.

    >>> import autograd
    >>> isinstance(autograd.ones(1).layout, autograd.layout)
    True
    """

    __slots__ = ()

    def __init__(self, name: str) -> None:
        super().__init__("layout", name)


class memory_format(Constant):
    """An order of elements in memory, such as ``channels_last``. As ``torch.memory_format``.

    >>> import autograd
    >>> isinstance(autograd.channels_last, autograd.memory_format)
    True
    """

    __slots__ = ()

    def __init__(self, name: str) -> None:
        super().__init__("memory format", name)


strided = layout("strided")
sparse_coo = layout("sparse_coo")
sparse_csr = layout("sparse_csr")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
CONSTANTS = {
    c.name: c
    for c in (
        strided, sparse_coo, sparse_csr, contiguous_format, preserve_format, channels_last, channels_last_3d,
    )
}  # fmt: skip


def _constant(name: str) -> Constant:
    """The constant of a pickled name."""
    return CONSTANTS[name]


def canonical(dtype: np.dtype) -> np.dtype:
    """The one object that stands for ``dtype`` (NumPy has several equal ones); TypeError where tensors cannot have it."""
    found = _CANON.get(dtype)
    return found if found is not None else dtypes.check_supported(dtype.newbyteorder("="))


def pick_dtype(dtype: Any) -> np.dtype | None:
    """The dtype that an argument ``dtype`` names, or None."""
    if dtype is None:
        return None
    return canonical(dtype if isinstance(dtype, np.dtype) else dtypes.as_dtype(dtype))


def check_options(name: str, device: Any = None, layout: Any = None, memory_format: Any = None) -> None:
    """Raise where a factory's device, layout or memory format is none that there is; pinned memory needs no check."""
    if device is not None and device is not CPU:
        _Device(device)
    if layout is not None and layout is not strided:
        raise RuntimeError(f"{name}(): layout must be autograd.strided (tensors are dense), but got {layout!r}")
    if memory_format is not None and getattr(memory_format, "kind", None) != "memory format":
        raise TypeError(
            f"{name}(): memory_format must be contiguous_format, preserve_format or channels_last, "
            f"but got {memory_format!r}"
        )


def order_of(memory_format: Any, ndim: int, name: str) -> tuple[int, ...] | None:
    """The order of dimensions in memory that a format asks for; None where what there is may stay."""
    if memory_format is None or memory_format is preserve_format:
        return None
    if memory_format is contiguous_format:
        return tuple(range(ndim))
    check_options(name, None, None, memory_format)
    needed = 4 if memory_format is channels_last else 5
    if ndim != needed:
        raise RuntimeError(f"{name}: required rank {needed} tensor to use {memory_format.name} format, but got {ndim}")
    return (0, *range(2, ndim), 1)


def in_order(array: Any, order: tuple[int, ...]) -> bool:
    """Whether the dimensions of an array lie in memory in this order, without gaps."""
    return bool(array.transpose(order).flags.c_contiguous)


def ordered(array: np.ndarray, memory_format: Any, name: str) -> np.ndarray:
    """A new array that no one else holds, in the memory order that a format asks for."""
    order = order_of(memory_format, array.ndim, name)
    if order is None or in_order(array, order):
        return array
    return array.transpose(order).copy("C").transpose(np.argsort(order))


def sizes_from(args: tuple, name: str, size: Any = None) -> tuple[int, ...]:
    """The shape given as ``(2, 3)``, ``2, 3`` or ``size=``; PyTorch's errors where it is none."""
    if size is not None:
        if args:
            raise TypeError(f"{name}(): size was given twice, by position and by keyword")
        args = (size,)
    elif not args:
        raise TypeError(
            f"{name}(): missing argument 'size': give a tuple of ints, as in {name}((2, 3)), or {name}(2, 3)"
        )
    given: Any = args[0] if len(args) == 1 and isinstance(args[0], (tuple, list)) else args
    sizes = []
    for place, value in enumerate(given):
        if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__"):
            raise TypeError(
                f"{name}(): argument 'size' must be a tuple of ints, but found {type(value).__name__} at position {place}"
            )
        sizes.append(operator.index(value))
    shape = tuple(sizes)
    if any(n < 0 for n in shape):
        raise RuntimeError(f"{name}(): trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    return shape


def hold(array: Any) -> Any:
    """``array`` as tensors hold it: a 0-d one as a NumPy scalar."""
    return array if array.ndim else array[()]


def calm(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """``function(*args)`` without NumPy's floating-point warnings."""
    try:
        return quiet(function, *args, **kwargs)
    except RuntimeError as error:
        if "cannot enter context" not in str(error):
            raise
        with np.errstate(all="ignore"):  # another thread computes in the shared context
            return function(*args, **kwargs)


def made(array: Any, requires_grad: bool = False) -> Tensor:
    """A leaf around a new array."""
    tensor = wrap(array if array.ndim else array[()])
    if requires_grad:
        tensor.requires_grad_()
    return tensor


def out_dtype(name: str, out: Any, dtype: Any, otherwise: Any) -> np.dtype:
    """The dtype in which a factory computes: ``dtype``, else that of ``out``, else ``otherwise``."""
    wanted = pick_dtype(dtype)
    if out is None:
        return otherwise if wanted is None else wanted
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): argument 'out' must be a Tensor, but got {type(out).__name__}")
    if wanted is not None and wanted is not out.dtype:
        raise RuntimeError(f"{name}(): dtype {wanted} does not match dtype of out parameter ({out.dtype})")
    return out.dtype


def finished(name: str, array: Any, out: Tensor | None, requires_grad: bool) -> Tensor:
    """A factory's result: a new leaf, or ``out`` with the values written into it."""
    if out is None:
        return made(array, requires_grad)
    copy_back(wrap(array), out, name, ())
    return out.requires_grad_() if requires_grad else out


def warn(text: str) -> None:
    """Warn at the innermost line outside this package."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("autograd."):
        frame = frame.f_back
        level += 1
    warnings.warn(text, UserWarning, stacklevel=level)
