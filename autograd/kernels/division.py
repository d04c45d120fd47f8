"""Division with a whole quotient, and what it leaves.

NumPy finds both by long division, a number at a time. In float32 a quotient below 2²⁴ can be had exactly from float64:
x/y misses a whole number n by at least 2⁻⁴⁸ of itself or not at all, and n·y has no more than 48 bits. Large arrays go
that way, six times faster; the places where the quotient is larger, or something is infinite or NaN, are left to NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

LARGE = 4096  # elements from which that pays
BLOCK = 8192
_EXACT = 2.0**24


def _divisor(name: str, x: Any, y: Any) -> bool:
    """Whether the operands are floats; else Booleans and integer division by zero are refused."""
    kind = (y if hasattr(y, "dtype") else x).dtype.kind
    if kind == "f" or type(y) is float or type(x) is float:
        return True
    if kind == "b":
        raise NotImplementedError(f"{name}: not implemented for bool; convert first, as in x.long()")
    if not np.all(y):
        raise RuntimeError(f"{name}: ZeroDivisionError: an integer is divided by zero")
    return False


def floor_divide(x: Any, y: Any) -> Any:
    """The quotient rounded down. RuntimeError for integers divided by zero.

    >>> floor_divide(np.array([7.0, -7.0]), 2)
    array([ 3., -4.])
    """
    if _divisor("floor_divide", x, y) and _single(x, y):
        return _by_blocks(_floor_block, np.floor_divide, x, y)
    return np.floor_divide(x, y)


def trunc_divide(x: Any, y: Any) -> Any:
    """The quotient rounded towards zero. RuntimeError for integers divided by zero.

    >>> trunc_divide(np.array([7, -7]), np.array(2))
    array([ 3, -3])
    """
    if _divisor("div", x, y):
        return np.trunc(np.true_divide(x, y))
    quotient, rest = np.divmod(x, y)
    return quotient + ((rest != 0) & ((np.less(x, 0)) != (np.less(y, 0))))


def remainder(x: Any, y: Any) -> Any:
    """``x − y · floor(x / y)``, with the sign of ``y``. RuntimeError for integers divided by zero.

    >>> remainder(np.array([7.0, -7.0]), 3)
    array([1., 2.])
    """
    if _divisor("remainder", x, y) and _single(x, y):
        return _by_blocks(_remainder_block, np.remainder, x, y)
    return np.remainder(x, y)


def fmod(x: Any, y: Any) -> Any:
    """``x − y · trunc(x / y)``, with the sign of ``x``. RuntimeError for integers divided by zero.

    >>> fmod(np.array([7.0, -7.0]), 3)
    array([ 1., -1.])
    """
    if _divisor("fmod", x, y) and _single(x, y):
        return _by_blocks(_fmod_block, np.fmod, x, y)
    return np.fmod(x, y)


def _single(x: Any, y: Any) -> bool:
    """Whether the operands are a large float32 array and such an array, or a number, to divide it."""
    if not (isinstance(x, np.ndarray) and x.dtype == np.float32 and x.size >= LARGE):
        return False
    return np.ndim(y) == 0 or (y.shape == x.shape and y.dtype == np.float32)


def _by_blocks(kernel: Callable, exact: np.ufunc, x: Any, y: Any) -> Any:
    """``kernel(x, y, quotient, out)`` over blocks of float64; ``exact`` where it does not hold."""
    out = np.empty(x.shape, np.float32)
    flat, results = x.reshape(-1), out.reshape(-1)
    number = np.ndim(y) == 0
    divisor: Any = np.float32(y) if number else y.reshape(-1)
    for start in range(0, flat.size, BLOCK):
        block, result = flat[start : start + BLOCK], results[start : start + BLOCK]
        by = divisor if number else divisor[start : start + BLOCK]
        wide = by.astype(np.float64)
        quotient = block / wide
        kernel(block, by, wide, quotient, result)
        doubt = np.abs(quotient) >= _EXACT
        doubt |= quotient != quotient  # noqa: PLR0124 - NaN
        doubt |= np.isinf(by)
        if doubt.any():
            places = np.flatnonzero(doubt)
            result[places] = exact(block[places], by if number else by[places])
    return out


def _floor_block(x: Any, y: Any, wide: Any, quotient: Any, out: Any) -> None:
    np.floor(quotient, out=out, casting="same_kind")


def _fmod_block(x: Any, y: Any, wide: Any, quotient: Any, out: Any) -> None:
    whole = np.trunc(quotient)
    whole *= wide
    np.subtract(x, whole, out=out, casting="same_kind")
    np.copysign(out, x, out=out)


def _remainder_block(x: Any, y: Any, wide: Any, quotient: Any, out: Any) -> None:
    _fmod_block(x, y, wide, quotient, out)
    other = (out < 0) != (y < 0)
    other &= out != 0
    np.add(out, y * other, out=out)
    np.copysign(out, y, out=out)
