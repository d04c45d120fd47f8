"""What the special functions share: Horner's rule in place, evaluation by pieces, and blocks of float64."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Quotient = tuple[Sequence[float], Sequence[float]]

BLOCK = 8192  # float64 numbers at a time: the handful of temporaries of a kernel stays in the second-level cache


def horner(x: Array, coefficients: Sequence[float | Array], out: Array | None = None) -> Array:
    """The polynomial c₀ + c₁x + c₂x² + … by Horner's rule, in place in ``out`` (not ``x`` itself).

    >>> horner(np.array([2.0, 10.0]), (1, 0, 3)).tolist()
    [13.0, 301.0]
    """
    out = np.multiply(x, coefficients[-1], out=out)
    for coefficient in coefficients[-2:0:-1]:
        np.add(out, coefficient, out=out)
        np.multiply(out, x, out=out)
    return np.add(out, coefficients[0], out=out)


def quotient(x: Array, table: Quotient) -> Array:
    """One polynomial divided by another.

    >>> quotient(np.array([1.0, 2.0]), ((0, 2), (1, 1))).round(3).tolist()
    [1.0, 1.333]
    """
    numerator = horner(x, table[0])
    numerator /= horner(x, table[1])
    return numerator


def by_piece(x: Array, *pieces: tuple[npt.NDArray[np.bool_], Callable[[Array], Array]]) -> Array:
    """Each piece's function where its condition holds, evaluated there only; NaN where none does.

    >>> x = np.array([-1.0, 4.0, np.nan])
    >>> by_piece(x, (x < 0, np.negative), (x >= 0, np.sqrt)).tolist()
    [1.0, 2.0, nan]
    """
    out = np.full_like(x, np.nan)
    for where, function in pieces:
        chosen = np.flatnonzero(where)
        if chosen.size == x.size:
            return function(x)
        if chosen.size:
            out[chosen] = function(x[chosen])
    return out


def in_blocks(kernel: Callable[..., Array]) -> Callable[..., Any]:
    """Turn a function of a flat float64 block, which it may overwrite, into one of any floating array.

    Arrays of any shape and strides are taken block by block, widened to float64, and the results rounded once to the
    dtype of the argument; a NumPy scalar gives a scalar.  Keyword arguments pass through.  No warnings escape.

    >>> double = in_blocks(lambda block: block * 2)
    >>> double(np.float32(1.5)), double(np.ones((2, 1), np.float16)).dtype
    (np.float32(3.0), dtype('float16'))
    """

    @functools.wraps(kernel)
    def apply(x: Any, **options: Any) -> Any:
        array = np.asarray(x)
        check_floating(kernel.__name__, array)
        out = np.empty(array.shape, array.dtype)
        flat, results = array.reshape(-1), out.reshape(-1)
        with np.errstate(all="ignore"):
            for start in range(0, flat.size, BLOCK):
                block = flat[start : start + BLOCK].astype(np.float64)
                results[start : start + BLOCK] = kernel(block, **options)
        return out[()] if isinstance(x, np.generic) else out

    return apply


def check_floating(name: str, *arrays: Array) -> None:
    """Raise TypeError unless every array has a real floating dtype.

    >>> check_floating("erf", np.zeros(2))
    """
    for array in arrays:
        if array.dtype.kind != "f":
            raise TypeError(f"{name}: expected an array of a floating dtype, got {array.dtype}")
