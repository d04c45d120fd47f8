"""Errors in PyTorch's types and with the shapes, dtypes and names that explain them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

_CALLED = {  # operations that programs know by another name
    "col2im": "fold",
    "grid_sample": "grid_sampler",
    "im2col": "unfold",
    "native_group_norm": "group_norm",
    "native_layer_norm": "layer_norm",
    "resample": "interpolate",
}


class LinAlgError(RuntimeError):
    """A matrix does not allow what was asked (singular, not positive-definite). As ``torch.linalg.LinAlgError``.

    >>> import autograd
    >>> try:
    ...     autograd.linalg.inv(autograd.zeros(2, 2))
    ... except autograd.linalg.LinAlgError as error:
    ...     print("singular" in str(error))
    True
    """


def describe(value: Any) -> str:
    """An operand in an error message: shape and dtype of an array, the value of anything small."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value)
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{tuple(value.shape)} {value.dtype}"
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(describe(v) for v in value[:6]) + (", …" if len(value) > 6 else "") + ")"
    return type(value).__name__


def _holds_arrays(value: Any) -> bool:
    """Whether an operand has a shape to show; other arguments are named by the message where they matter."""
    return hasattr(value, "shape") or (isinstance(value, (tuple, list)) and any(hasattr(v, "shape") for v in value))


def explain(error: Exception, name: str, operands: Sequence[Any]) -> NoReturn:
    """Raise NumPy's ``error`` from operation ``name`` again, in PyTorch's type and words where it is NumPy's own."""
    text = str(error)
    name = _CALLED.get(name) or name.replace("linalg_", "linalg.", 1)
    shown = "; ".join(describe(o) for o in operands if _holds_arrays(o))
    given = f" (operands: {shown})" if shown else ""
    if isinstance(error, ValueError) and ("could not be broadcast" in text or "cannot be broadcast" in text):
        raise RuntimeError(f"{name}: {_mismatch(operands)}{given}") from error
    if isinstance(error, np.exceptions.AxisError):
        raise IndexError(f"{name}: {axis_message(error)}{given}") from error
    if isinstance(error, TypeError) and "numpy boolean" in text:
        raise RuntimeError(
            f"{name}: the `-` operator is not supported for bool tensors; use `~` or `^`{given}"
        ) from error
    if isinstance(error, TypeError) and "ufunc" in text:
        raise RuntimeError(f"{name}: not implemented for these dtypes{given}") from error
    if isinstance(error, np.linalg.LinAlgError):
        raise LinAlgError(f"{name}: {text}{given}") from error
    if isinstance(error, MemoryError):
        raise RuntimeError(f"{name}: not enough memory: {text}") from error
    if text.startswith((f"{name}:", f"{name}(")) or isinstance(error, ArithmeticError):
        raise error
    prefix = "" if text.startswith(f"{name} ") else f"{name}: "
    raise type(error)(f"{prefix}{text}{given}") from error


def axis_message(error: Any) -> str:
    """PyTorch's words for a dimension out of range."""
    axis, ndim = getattr(error, "axis", None), getattr(error, "ndim", None)
    return str(error) if axis is None or ndim is None else dim_message(axis, ndim)


def dim_message(dim: int, ndim: int) -> str:
    """What is said of a dimension out of range."""
    low, high = -max(ndim, 1), max(ndim, 1) - 1
    return f"Dimension out of range (expected to be in range of [{low}, {high}], but got {dim})"


def _mismatch(operands: Sequence[Any]) -> str:
    """Which sizes do not broadcast, and where."""
    shapes = [o.shape for o in operands if hasattr(o, "shape")]
    for a, b in itertools.combinations(shapes, 2):
        for i in range(1, min(len(a), len(b)) + 1):
            if a[-i] != b[-i] and 1 not in (a[-i], b[-i]):
                dim = max(len(a), len(b)) - i
                return (
                    f"The size of tensor a ({a[-i]}) must match the size of tensor b ({b[-i]}) "
                    f"at non-singleton dimension {dim}"
                )
    return f"shapes {', '.join(str(s) for s in shapes)} do not broadcast"
