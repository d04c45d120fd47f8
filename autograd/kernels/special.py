"""Special functions in NumPy alone: the error function and the normal distribution, and small logarithmic products.

All take arrays of a floating dtype, of any shape and strides, or NumPy scalars, and keep dtype and shape.  float64
results are within about 4 units in the last place, float32 results within one, ``erf`` within about two (it is computed
in float32 for speed).  The gamma and Bessel families stand in special_gamma.py and special_bessel.py; this module has
their names too.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from autograd.kernels import special_float32 as single
from autograd.kernels import special_tables as tables
from autograd.kernels.special_bessel import i0, i0e, i1, i1e
from autograd.kernels.special_float32 import float32_by
from autograd.kernels.special_gamma import digamma, lgamma, polygamma, trigamma, zeta
from autograd.kernels.special_parts import Array, by_piece, check_floating, horner, in_blocks, quotient

__all__ = [
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "lgamma",
    "log_ndtr",
    "ndtr",
    "ndtri",
    "polygamma",
    "sinc",
    "spherical_bessel_j0",
    "trigamma",
    "xlog1py",
    "xlogy",
    "zeta",
]

_ROOT_HALF = math.sqrt(0.5)
_FLOAT32_BLOCK = 32768
_FLOAT32_ERF = tuple(np.array(value, np.float32) for value in tables.ERF_FLOAT32)  # ready-made operands are cheapest

# ------------------------------------------------------------------------------------------------- the error function


def erf(x: Any) -> Any:
    """The error function 2/√π ∫₀ˣ exp(−t²) dt.

    float64: Taylor's series at the nearest of 6,145 points.  float32: tanh(x·P(x²)), because NumPy's tanh costs about as
    much as two multiplications and settles sign, saturation and NaN.  Source: PyTorch, ``torch.erf``; tables made here.

    >>> erf(np.array([0.0, 0.5, -np.inf])).round(6).tolist()
    [0.0, 0.5205, -1.0]
    """
    if getattr(x, "dtype", None) == np.float32:
        return _erf_float32(np.asarray(x))[()] if isinstance(x, np.generic) else _erf_float32(x)
    return _erf(x)


def _erf_float32(x: Array) -> Array:
    out = np.empty(x.shape, np.float32)
    flat, results = x.reshape(-1), out.reshape(-1)
    squares = np.empty(min(flat.size, _FLOAT32_BLOCK), np.float32)
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, _FLOAT32_BLOCK):
            block, result = flat[start : start + _FLOAT32_BLOCK], results[start : start + _FLOAT32_BLOCK]
            square = np.multiply(block, block, out=squares[: block.size])
            horner(square, _FLOAT32_ERF, out=result)
            np.multiply(result, block, out=result)
            np.add(result, block, out=result)  # the table lacks the leading 1: adding x last rounds better
            np.tanh(result, out=result)
    return out


def _erf_small(x: Array) -> Array:
    """erf for |x| < 1."""
    return x + x * horner(x * x, tables.ERF)


def _erf_block(x: Array) -> Array:
    size = np.abs(x)
    return by_piece(
        x,
        (size < 1, _erf_small),
        (size >= 1, lambda x: np.copysign(1 - _erfc_tail(np.abs(x)), x)),
    )


_STEPS, _LAST = 1024, 6  # points in a unit, and where erf is 1


@functools.cache
def _erf_table() -> tuple[Array, Array]:
    """erf and its slope at k/1024 up to 6."""
    points = np.arange(_LAST * _STEPS + 1) / _STEPS
    return _erf_block(points), 2 / math.sqrt(math.pi) * np.exp(-points * points)


def _erf_by_table(x: Array) -> Array:
    """erf(c) + erf′(c)·d·(1 − y + (2y² − q)/3 − y(2y² − 3q)/6 + q²/10) with d = |x| − c, y = c·d, q = d²."""
    values, slopes = _erf_table()
    size = np.minimum(np.abs(x), np.full(x.shape, float(_LAST)))
    steps = np.rint(size * _STEPS)
    places = steps.astype(np.intp)
    steps *= 1 / _STEPS
    size -= steps  # exact, as the points are
    steps *= size
    square = size * size
    double = steps * steps
    double *= 2
    series = double - 3 * square
    series *= steps
    series *= -1 / 6
    double -= square
    double *= 1 / 3
    series += double
    series -= steps
    square *= square
    square *= 0.1
    series += square
    series += 1
    series *= size
    series *= slopes.take(places, mode="clip")
    series += values.take(places, mode="clip")
    return np.copysign(series, x, out=series)


_erf_by_table.__name__ = "erf"
_erf = in_blocks(_erf_by_table)


def _scaled_erfc(x: Array) -> Array:
    """exp(x²)·erfc(x) for x ≥ ½."""
    return horner(1 - 6 / (x + 3), tables.ERFCX) / (x + 0.5)


def _exp_minus_square(x: Array, factor: float = 1.0) -> Array:
    """exp(−factor·x²) for x ≥ 0, with the rounding error of x² made good; ``factor`` is a power of two."""
    x = np.minimum(x, 64.0)  # far below the smallest float64 already
    high = x.astype(np.float32).astype(np.float64)  # 24 bits, so that its square is exact
    rest = -factor * (x - high) * (x + high)  # below 3e-4, so three terms of its exponential do
    return np.exp(-factor * high * high) * (1 + rest * (1 + rest * (0.5 + rest / 6)))


def _erfc_tail(x: Array) -> Array:
    """erfc for x ≥ ½."""
    return _scaled_erfc(x) * _exp_minus_square(x)


@float32_by(single.erfc, 4)
@in_blocks
def erfc(x: Any) -> Any:
    """The complementary error function 1 − erf(x), with full relative precision in the far tail.

    From ½ on exp(−x²)·R(x), with x² carried beyond float64.  Source: PyTorch, ``torch.erfc``; the split of exp(−x²)
    is that of Cody, "Rational Chebyshev approximations for the error function", 1969.

    >>> erfc(np.array([0.0, -np.inf])).tolist(), f"{erfc(np.array(10.0)):.12e}"
    ([1.0, 2.0], '2.088487583763e-45')
    """
    return by_piece(x, (x < 0.5, lambda x: 1 - _erf_block(x)), (x >= 0.5, _erfc_tail))


@in_blocks
def erfcx(x: Any) -> Any:
    """exp(x²)·erfc(x), which neither underflows nor cancels: about 1/(x√π) for large x, +∞ far below 0.

    Source: PyTorch, ``torch.special.erfcx``.

    >>> erfcx(np.array([0.0, 1e6, -1.0])).round(12).tolist()
    [1.0, 5.6419e-07, 5.008980080762]
    """
    return by_piece(
        x,
        (x >= 0.5, _scaled_erfc),
        (np.abs(x) < 0.5, lambda x: (1 - _erf_small(x)) * np.exp(x * x)),
        (x <= -0.5, lambda x: 2 * _exp_minus_square(-x, -1.0) - _scaled_erfc(-x)),
    )


@float32_by(single.erfinv, 2)
@in_blocks
def erfinv(x: Any) -> Any:
    """The inverse of erf on [−1, 1]: ±∞ at the ends, NaN outside.

    A quotient of polynomials up to 0.75, beyond it the normal quantile of (1 − |x|)/2.
    Source: PyTorch, ``torch.erfinv``; form after Wichura, "Algorithm AS 241", 1988, tables fitted here.

    >>> erfinv(np.array([0.0, 0.5, 1.0, 2.0])).round(6).tolist()
    [0.0, 0.476936, inf, nan]
    """
    size = np.abs(x)
    return by_piece(
        x,
        (size <= 0.75, _erfinv_central),
        (size > 0.75, lambda x: np.copysign(_ROOT_HALF * _upper_quantile((1 - np.abs(x)) / 2), x)),
    )


def _erfinv_central(x: Array) -> Array:
    """erfinv for |x| ≤ 0.75."""
    return x * quotient(0.5625 - x * x, tables.ERFINV)


def _upper_quantile(p: Array) -> Array:
    """The x ≥ 0 that a normal number exceeds with probability p, for p ≤ ⅛; NaN for negative p."""
    radius = np.sqrt(-np.log(p))
    return by_piece(
        radius,
        (radius < 4, lambda r: quotient(r - 1.44, tables.QUANTILE_NEAR)),
        ((radius >= 4) & (radius < 10), lambda r: quotient(r - 4, tables.QUANTILE_MIDDLE)),
        ((radius >= 10) & (radius < np.inf), lambda r: quotient(r - 10, tables.QUANTILE_FAR)),
        (radius == np.inf, lambda r: r),
    )


# -------------------------------------------------------------------------------------------- the normal distribution


@float32_by(single.ndtr, 4)
@in_blocks
def ndtr(x: Any) -> Any:
    """The normal distribution function Φ(x) = ½ erfc(−x/√2), with full relative precision in the lower tail.

    Source: PyTorch, ``torch.special.ndtr``.

    >>> ndtr(np.array([0.0, 1.96, -np.inf])).round(6).tolist()
    [0.5, 0.975002, 0.0]
    """
    return by_piece(
        x,
        (np.abs(x) <= 0.75, lambda x: 0.5 + 0.5 * _erf_small(x * _ROOT_HALF)),
        (x > 0.75, lambda x: 1 - _normal_tail(x)),
        (x < -0.75, lambda x: _normal_tail(-x)),
    )


def _normal_tail(x: Array) -> Array:
    """1 − Φ(x) for x > 0.71."""
    return 0.5 * _scaled_erfc(x * _ROOT_HALF) * _exp_minus_square(x, 0.5)


@in_blocks
def log_ndtr(x: Any) -> Any:
    """ln Φ(x), finite and precise where Φ itself underflows.

    Below −1 ln(½ exp(x²/2) erfc(−x/√2)) − x²/2, else log1p of minus the upper tail.
    Source: PyTorch, ``torch.special.log_ndtr``.

    >>> log_ndtr(np.array([0.0, -100.0])).round(6).tolist()
    [-0.693147, -5005.524209]
    """
    return by_piece(
        x,
        (x < -1, lambda x: np.log(0.5 * _scaled_erfc(x * -_ROOT_HALF)) - 0.5 * x * x),
        (np.abs(x) <= 1, lambda x: np.log1p(0.5 * _erf_block(x * _ROOT_HALF) - 0.5)),
        (x > 1, lambda x: np.log1p(-_normal_tail(x))),
    )


@float32_by(single.ndtri, 2)
@in_blocks
def ndtri(x: Any) -> Any:
    """The normal quantile Φ⁻¹(x) on [0, 1]: ∓∞ at the ends, NaN outside.

    Source: PyTorch, ``torch.special.ndtri``; form after Wichura, "Algorithm AS 241", 1988, tables fitted here.

    >>> ndtri(np.array([0.0, 0.5, 0.975, 1.0])).round(6).tolist()
    [-inf, 0.0, 1.959964, inf]
    """
    return by_piece(
        x,
        (x < 0.125, lambda p: -_upper_quantile(p)),
        ((x >= 0.125) & (x <= 0.875), lambda p: math.sqrt(2) * _erfinv_central(2 * (p - 0.5))),
        (x > 0.875, lambda p: _upper_quantile(1 - p)),
    )


# ------------------------------------------------------------------------------------------------------ small functions


@float32_by(single.sinc, 2)
@in_blocks
def sinc(x: Any) -> Any:
    """sin(πx)/(πx), 1 at 0, and exactly 0 at the other whole numbers (PyTorch leaves rounding errors there).

    Source: PyTorch, ``torch.sinc``.

    >>> sinc(np.array([0.0, 0.5, 4.0])).round(6).tolist()
    [1.0, 0.63662, 0.0]
    """
    whole = np.rint(x)
    sine = np.sin(np.pi * (x - whole))
    whole *= 0.5
    np.negative(sine, out=sine, where=whole != np.rint(whole))
    return np.where(x == 0, 1.0, sine / (np.pi * x))


@in_blocks
def spherical_bessel_j0(x: Any) -> Any:
    """sin(x)/x, 1 at 0 and 0 at ±∞.

    Source: PyTorch, ``torch.special.spherical_bessel_j0``.

    >>> spherical_bessel_j0(np.array([0.0, 1.0, np.inf])).round(6).tolist()
    [1.0, 0.841471, 0.0]
    """
    return np.where(x == 0, 1.0, np.where(np.isinf(x), 0.0, np.sin(x) / x))


@float32_by(single.entr, 0, exact=True)
@in_blocks
def entr(x: Any) -> Any:
    """The entropy −x ln x: 0 at 0, −∞ below.

    Source: PyTorch, ``torch.special.entr``.

    >>> entr(np.array([0.5, 0.0, -1.0])).round(6).tolist()
    [0.346574, 0.0, -inf]
    """
    return np.where(x > 0, -x * np.log(x), np.where(x == 0, 0.0, np.where(x < 0, -np.inf, x)))


def xlogy(x: Any, y: Any) -> Any:
    """x·ln y, which is 0 where x is 0 and y is not NaN; the arguments broadcast.

    Source: PyTorch, ``torch.xlogy``.

    >>> xlogy(np.array([0.0, 2.0]), np.array(0.0)).tolist()
    [0.0, -inf]
    """
    return _times_log("xlogy", np.log, x, y)


def xlog1py(x: Any, y: Any) -> Any:
    """x·ln(1 + y), which is 0 where x is 0 and y is not NaN; the arguments broadcast.

    Source: PyTorch, ``torch.special.xlog1py``.

    >>> xlog1py(np.array([0.0, 2.0]), np.array(-1.0)).tolist()
    [0.0, -inf]
    """
    return _times_log("xlog1py", np.log1p, x, y)


def _times_log(name: str, log: np.ufunc, x: Any, y: Any) -> Any:
    check_floating(name, np.asarray(x), np.asarray(y))
    with np.errstate(all="ignore"):
        product = np.asarray(x * log(y))
    zero = (x == 0) & ~np.isnan(y)
    product[np.broadcast_to(zero, product.shape)] = 0
    return product[()] if isinstance(x, np.generic) and isinstance(y, np.generic) else product
