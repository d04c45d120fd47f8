"""Dtypes, their promotion, and the only place that knows which numbers are real.

A dtype is NumPy's own ``np.dtype`` under PyTorch's names. Promotion follows PyTorch: tensors with dimensions decide
before 0-d tensors, 0-d tensors before Python numbers, and an integer never widens a float.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

bool_ = np.dtype(np.bool_)
uint8 = np.dtype(np.uint8)
uint16 = np.dtype(np.uint16)
uint32 = np.dtype(np.uint32)
uint64 = np.dtype(np.uint64)
int8 = np.dtype(np.int8)
int16 = np.dtype(np.int16)
int32 = np.dtype(np.int32)
int64 = np.dtype(np.int64)
float16 = np.dtype(np.float16)
float32 = np.dtype(np.float32)
float64 = np.dtype(np.float64)

NAMES = {
    "bool": bool_,
    "uint8": uint8,
    "uint16": uint16,
    "uint32": uint32,
    "uint64": uint64,
    "int8": int8,
    "int16": int16,
    "short": int16,
    "int32": int32,
    "int": int32,
    "int64": int64,
    "long": int64,
    "float16": float16,
    "half": float16,
    "float32": float32,
    "float": float32,
    "float64": float64,
    "double": float64,
}
SUPPORTED = {dtype: dtype for dtype in NAMES.values()}  # from any spelling (np.longlong) to the one that `is` knows
narrow: list[np.dtype] = []  # bfloat16, once it was asked for
when_narrow: list[Callable[[], None]] = []  # called then
BFLOAT16 = "E"  # the char of bfloat16, whose kind is "V"
_PYTHON = {bool: bool_, int: int64, float: float64}
_default = [float32]


def get_default_dtype() -> np.dtype:
    """The dtype of tensors made from Python floats (float32 unless changed). As ``torch.get_default_dtype``.

    >>> import autograd
    >>> autograd.get_default_dtype()
    dtype('float32')
    """
    return _default[0]


def set_default_dtype(d: Any) -> None:
    """Set the dtype of tensors made from Python floats. As ``torch.set_default_dtype``.

    Raises TypeError unless ``d`` is a floating dtype.

    >>> import autograd
    >>> autograd.set_default_dtype(autograd.float64)
    >>> autograd.tensor(1.0).dtype
    dtype('float64')
    >>> autograd.set_default_dtype(autograd.float32)
    """
    dtype = as_dtype(d)
    if not is_differentiable(dtype):
        raise TypeError(f"set_default_dtype: only floating-point dtypes can be the default, but got {dtype}")
    _default[0] = dtype


def bfloat16() -> np.dtype:
    """bfloat16 as the package ``ml_dtypes`` brings it to NumPy; TypeError where that is not installed."""
    if not narrow:
        try:
            import ml_dtypes  # noqa: PLC0415 - optional, and few programs want it
        except ImportError as error:
            raise TypeError(
                "bfloat16: NumPy has no such numbers; the package ml_dtypes brings them (pip install "
                "'chainrule[bfloat16]'). Or use float16 or float32"
            ) from error
        dtype = np.dtype(ml_dtypes.bfloat16)
        SUPPORTED[dtype] = dtype
        narrow.append(dtype)
        for function in when_narrow:
            function()
    return narrow[0]


def as_dtype(dtype: Any) -> np.dtype:
    """The supported ``np.dtype`` that ``dtype`` names (a dtype, a NumPy class, a Python type or a name)."""
    if dtype in _PYTHON:
        return float64 if dtype is float else _PYTHON[dtype]
    if isinstance(dtype, str) and dtype in NAMES:
        return NAMES[dtype]
    if isinstance(dtype, str) and dtype == "bfloat16":
        return bfloat16()
    try:
        found = np.dtype(dtype)
    except TypeError as error:
        raise TypeError(f"dtype must be one of {', '.join(sorted(NAMES))}, but got {dtype!r}") from error
    return check_supported(found.newbyteorder("="))


def check_supported(dtype: np.dtype) -> np.dtype:
    """Return ``dtype`` where tensors can have it; raise TypeError where not."""
    if dtype in SUPPORTED:
        return SUPPORTED[dtype]
    if dtype.name == "bfloat16":
        return bfloat16()
    if dtype.kind == "c":
        raise TypeError(f"complex tensors are not supported, but got {dtype}: split real and imaginary parts instead")
    raise TypeError(
        f"tensors cannot hold {dtype}; supported dtypes are {', '.join(sorted({str(d) for d in NAMES.values()}))}"
    )


def is_differentiable(dtype: np.dtype) -> bool:
    """Whether tensors of this dtype can require gradients."""
    return dtype.kind in "fc" or dtype.char == BFLOAT16


def is_real_float(dtype: np.dtype) -> bool:
    """Whether ``dtype`` is a real floating-point type."""
    return dtype.kind == "f" or dtype.char == BFLOAT16


def is_integral(dtype: np.dtype) -> bool:
    """Whether ``dtype`` is an integer type or bool."""
    return dtype.kind in "iub"


def promote_types(type1: Any, type2: Any) -> np.dtype:
    """The smallest dtype that both convert to, an integer never widening a float. As ``torch.promote_types``.

    >>> import autograd
    >>> autograd.promote_types(autograd.int64, autograd.float32)
    dtype('float32')
    """
    a, b = as_dtype(type1), as_dtype(type2)
    if a is b:
        return a
    if is_differentiable(a) != is_differentiable(b):
        return a if is_differentiable(a) else b
    if BFLOAT16 in {a.char, b.char}:  # neither of the two halves holds the other
        return float64 if float64 in {a, b} else float32
    return np.promote_types(a, b)


def _combine(higher: np.dtype | None, lower: np.dtype | None) -> np.dtype | None:
    """The dtype of operands of a higher priority together with those of a lower one."""
    if higher is None or lower is None:
        return higher or lower
    if is_differentiable(higher):
        return higher
    if higher is bool_ or is_differentiable(lower):
        return promote_types(higher, lower)
    return higher


def result_dtype(*operands: Any) -> np.dtype:
    """PyTorch's result dtype of arrays (by dimension first) and Python numbers together."""
    with_dims: np.dtype | None = None
    without: np.dtype | None = None
    numbers: np.dtype | None = None
    for operand in operands:
        dtype = getattr(operand, "dtype", None)
        if dtype is None:
            kind = _default[0] if isinstance(operand, float) else _PYTHON.get(type(operand))
            if kind is None:
                raise TypeError(f"expected a tensor or a number, but got {type(operand).__name__}")
            numbers = kind if numbers is None else promote_types(numbers, kind)
        elif operand.ndim:
            with_dims = dtype if with_dims is None else promote_types(with_dims, dtype)
        else:
            without = dtype if without is None else promote_types(without, dtype)
    result = _combine(_combine(with_dims, without), numbers)
    if result is None:
        raise TypeError("result_type needs at least one tensor or number")
    return result


def can_cast(from_: Any, to: Any) -> bool:
    """Whether PyTorch's rules allow a result of one dtype to be written into the other. As ``torch.can_cast``.

    A float is not written into integers, nor integers into bool; widths never matter.

    >>> import autograd
    >>> autograd.can_cast(autograd.float64, autograd.float32), autograd.can_cast(autograd.float32, autograd.int64)
    (True, False)
    """
    source, target = as_dtype(from_), as_dtype(to)
    if is_differentiable(source) and not is_differentiable(target):
        return False
    return source is bool_ or target is not bool_


class finfo:
    """Limits of a floating dtype: ``bits, eps, max, min, tiny, smallest_normal, resolution``. As ``torch.finfo``.

    Raises TypeError for a dtype that is not floating.

    >>> import autograd
    >>> autograd.finfo(autograd.float32).eps
    1.1920928955078125e-07
    """

    def __init__(self, dtype: Any = None) -> None:
        self.dtype = _default[0] if dtype is None else as_dtype(dtype)
        if not is_real_float(self.dtype):
            raise TypeError(f"finfo: expected a floating-point dtype, but got {self.dtype}; use iinfo for integers")
        if self.dtype.char == BFLOAT16:
            import ml_dtypes  # noqa: PLC0415 - there, since the dtype is

            info: Any = ml_dtypes.finfo(self.dtype)
        else:
            info = np.finfo(self.dtype)
        self.bits = int(info.bits)
        self.eps = float(info.eps)
        self.max = float(info.max)
        self.min = float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = float(info.resolution)

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:
    """Limits of an integer dtype: ``bits, max, min``. As ``torch.iinfo``.

    Raises TypeError for a dtype that is not an integer.

    >>> import autograd
    >>> autograd.iinfo(autograd.int8).max
    127
    """

    def __init__(self, dtype: Any) -> None:
        self.dtype = as_dtype(dtype)
        if not is_integral(self.dtype) or self.dtype is bool_:
            raise TypeError(f"iinfo: expected an integer dtype, but got {self.dtype}; use finfo for floats")
        info = np.iinfo(self.dtype)
        self.bits, self.max, self.min = int(info.bits), int(info.max), int(info.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"
