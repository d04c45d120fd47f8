"""Special functions of float32 arrays, computed in float32: several times faster than in float64 and rounded.

A kernel takes a block of numbers, the block for its results, and rows of scratch of the same length; it works in place,
without branches where that is cheaper than gathering, and leaves arguments that are rare and awkward (negative ones of
ln Γ) to a list of places that are computed in float64. Results are within a few units in the last place.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.kernels import special_tables_float32 as tables
from autograd.kernels.special_parts import Array, horner
from autograd.kernels.special_tables import BERNOULLI

BLOCK = 16384
ROOT_HALF = np.array(math.sqrt(0.5), np.float32)
_DIGAMMA = (0.0, *(b / (2 * k) for k, b in enumerate(BERNOULLI[:8], 1)))  # ψ for large x, as a series in 1/x²
_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)
Kernel = Callable[[Array, Array, Array], Any]


def _constants(values: tuple[float, ...]) -> tuple[Array, ...]:
    """Ready-made operands are the cheapest."""
    return tuple(np.array(value, np.float32) for value in values)


_ERFCX = _constants(tables.ERFCX)
_CENTRAL, _TAIL = _constants(tables.ERFINV_CENTRAL), _constants(tables.ERFINV_TAIL)
_FAR = _constants(tables.ERFINV_FAR)
_LGAMMA_UPPER, _LGAMMA_LOWER = _constants(tables.LGAMMA[0]), _constants(tables.LGAMMA[1])
_STIRLING, _TRIGAMMA = _constants(tables.STIRLING), _constants(tables.TRIGAMMA)
_I0_SMALL, _I0_LARGE = _constants(tables.I0_SMALL), _constants(tables.I0_LARGE)
_I1_SMALL, _I1_LARGE = _constants(tables.I1_SMALL), _constants(tables.I1_LARGE)


def over_blocks(kernel: Kernel, x: Any, rows: int) -> Any:
    """Run ``kernel`` over the float32 array (or scalar) ``x`` block by block.

    >>> over_blocks(lambda x, out, rows: np.add(x, x, out=out), np.ones(2, np.float32), 0).tolist()
    [2.0, 2.0]
    """
    array = np.asarray(x)
    out = np.empty(array.shape, np.float32)
    flat, results = array.reshape(-1), out.reshape(-1)
    scratch = np.empty((rows, min(flat.size, BLOCK)), np.float32)
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, BLOCK):
            block = flat[start : start + BLOCK]
            kernel(block, results[start : start + BLOCK], scratch[:, : block.size])
    return out[()] if isinstance(x, np.generic) else out


def float32_by(kernel: Callable[..., Any], rows: int, exact: bool = False) -> Callable:
    """Decorate a function of arrays: on float32 it is computed by ``kernel``, which with ``exact`` lists the places to
    be computed by the function itself.

    >>> double = float32_by(lambda x, out, rows: np.add(x, x, out=out), 0)(lambda x: x)
    >>> double(np.float32(3)), double(np.float64(3))
    (np.float32(6.0), np.float64(3.0))
    """

    def decorate(function: Callable) -> Callable:
        def corrected(x: Array, out: Array, rows: Array) -> None:
            places = kernel(x, out, rows)
            if places.size:
                out[places] = function(x[places].astype(np.float64))

        run = corrected if exact else kernel

        @functools.wraps(function)
        def choose(x: Any, **options: Any) -> Any:
            if getattr(x, "dtype", None) == np.float32:
                return over_blocks(run, x, rows)
            return function(x, **options)

        return choose

    return decorate


# -- error function and normal distribution ---------------------------------------------------------------------------


def _scaled_tail(x: Array, out: Array, t: Array) -> None:
    """exp(x²)·erfc(x) for 0 ≤ x ≤ 10.1; overwrites ``x``."""
    np.add(x, 2.5, out=t)
    np.divide(5, t, out=t)
    np.subtract(1, t, out=t)
    horner(t, _ERFCX, out=out)
    np.add(x, 1, out=x)
    np.divide(out, x, out=out)


def _times_exp_minus_square(out: Array, x: Array, factor: float, t: Array, u: Array) -> None:
    """Multiply ``out`` by exp(−factor·x²), ``x`` ≥ 0 split into 12 leading bits, whose square is exact, and the rest."""
    np.bitwise_and(x.view(np.int32), -4096, out=t.view(np.int32))
    np.subtract(x, t, out=u)
    np.add(x, t, out=x)
    np.multiply(u, x, out=u)
    for part, other in ((u, None), (t, t)):
        if other is not None:
            np.multiply(t, t, out=t)
        if factor != 1:
            np.multiply(part, factor, out=part)
        np.negative(part, out=part)
        np.exp(part, out=part)
        np.multiply(out, part, out=out)


def erfc(x: Array, out: Array, rows: Array) -> None:
    """erfc(|x|), or 2 less it for negative x."""
    a, z, t, u = rows
    z[...] = 10.1
    np.minimum(np.abs(x, out=a), z, out=a)
    np.copyto(z, a)
    _scaled_tail(z, out, t)
    _times_exp_minus_square(out, a, 1.0, t, u)
    np.copysign(1, x, out=t)
    np.subtract(1, t, out=t)
    np.subtract(t, out, out=out)
    np.abs(out, out=out)


def ndtr(x: Array, out: Array, rows: Array) -> None:
    """½ erfc(|x|/√2), or 1 less it for positive x."""
    a, z, t, u = rows
    z[...] = 14.28
    np.minimum(np.abs(x, out=a), z, out=a)
    np.multiply(a, ROOT_HALF, out=z)
    _scaled_tail(z, out, t)
    _times_exp_minus_square(out, a, 0.5, t, u)
    np.multiply(out, 0.5, out=out)
    np.copysign(0.5, x, out=t)
    np.add(t, 0.5, out=t)
    np.subtract(t, out, out=out)
    np.abs(out, out=out)


def erfinv(x: Array, out: Array, rows: Array) -> None:
    """x·P(w), w = −ln(1 − x²); beyond w = 5 (|x| = 0.9966) a polynomial in √w.

    The variable is that of Giles, "Approximating the erfinv function", 2011.
    """
    w, t = rows
    np.subtract(1, x, out=w)
    np.add(1, x, out=t)
    np.multiply(w, t, out=w)
    _erfinv_over_x(w, out, t)
    np.multiply(out, x, out=out)


def _erfinv_over_x(w: Array, out: Array, t: Array) -> None:
    """erfinv(x)/x where ``w`` is 1 − x²; overwrites ``w``."""
    np.log(w, out=w)
    np.negative(w, out=w)
    np.subtract(w, 2.5, out=t)
    horner(t, _CENTRAL, out=out)
    places = np.flatnonzero(w > 5)
    if places.size:
        root = np.sqrt(w[places])
        near = horner(root - np.float32(3), _TAIL)
        if root.max() > 4:
            near = np.where(root > 4, horner(root - np.float32(7), _FAR), near)
            near[root == np.inf] = np.inf
        out[places] = near


def ndtri(x: Array, out: Array, rows: Array) -> None:
    """√2 erfinv(2x − 1), 1 − (2x − 1)² being 4x(1 − x)."""
    w, t = rows
    np.subtract(1, x, out=w)
    np.multiply(w, x, out=w)
    np.multiply(w, 4, out=w)
    _erfinv_over_x(w, out, t)
    np.subtract(x, 0.5, out=t)
    np.multiply(t, 2 * math.sqrt(2), out=t)
    np.multiply(out, t, out=out)


# -- gamma function ---------------------------------------------------------------------------------------------------


def lgamma(x: Array, out: Array, rows: Array) -> Array:
    """For x < 3 v(v − 1)·R(v) with v = x − 1, or below ½ v = x and less ln x; then Stirling's series. Not for x < 0."""
    log, low, v, t, u = rows
    np.log(x, out=log)
    np.copyto(low, np.less(x, 0.5))
    np.subtract(x, 1, out=v)
    np.add(v, low, out=v)
    np.add(v, 0.5, out=t)
    horner(t, _LGAMMA_UPPER, out=out)
    np.divide(out, horner(t, _LGAMMA_LOWER, out=u), out=out)
    np.multiply(out, v, out=out)
    np.subtract(v, 1, out=v)
    np.multiply(out, v, out=out)
    np.multiply(log, low, out=low)
    np.subtract(out, low, out=out)
    np.add(out, 0, out=out)  # ln Γ(1) = +0
    # (x − ½)(ln x − 1) + ½ ln 2π − ½ + S(1/x²)/x
    np.divide(1, x, out=v)
    np.multiply(v, v, out=t)
    horner(t, _STIRLING, out=u)
    np.multiply(u, v, out=u)
    np.add(u, _HALF_LOG_TWO_PI - 0.5, out=u)
    np.subtract(log, 1, out=log)
    np.subtract(x, 0.5, out=v)
    np.multiply(log, v, out=log)
    np.add(log, u, out=log)
    out[...] = np.where(x < 3, out, log)
    return np.flatnonzero(x < 0)


def digamma(x: Array, out: Array, rows: Array) -> Array:
    """ln z − 1/(2z) − … at z = x + 8, less 1/x + … + 1/(x + 7): in float64, which bears the cancellation. Not for x < 0."""
    wide = x.astype(np.float64)
    term = wide + 8
    total = np.log(term)
    np.divide(1, term, out=term)
    square = term * term
    np.multiply(term, 0.5, out=term)
    np.subtract(total, term, out=total)
    np.subtract(total, horner(square, _DIGAMMA, out=term), out=total)
    for k in range(7, 0, -1):
        np.add(wide, k, out=term)
        np.divide(1, term, out=term)
        np.subtract(total, term, out=total)
    np.divide(1, wide, out=term)  # wide + 0 would lose the sign of −0
    np.subtract(total, term, out=out, casting="same_kind")
    return np.flatnonzero(x < 0)


def trigamma(x: Array, out: Array, rows: Array) -> Array:
    """1/x² + … + 1/(x + 3)² and the asymptotic series at x + 4. Not for x < 0."""
    t, u = rows
    np.add(x, 4, out=t)
    np.divide(1, t, out=t)
    np.multiply(t, t, out=u)
    horner(u, _TRIGAMMA, out=out)
    for constant in (0.5, 1.0):
        np.multiply(out, t, out=out)
        np.add(out, constant, out=out)
    np.multiply(out, t, out=out)
    for k in (3, 2, 1, 0):
        np.add(x, k, out=t)
        np.multiply(t, t, out=t)
        np.divide(1, t, out=t)
        np.add(out, t, out=out)
    return np.flatnonzero(x < 0)


# -- Bessel functions -------------------------------------------------------------------------------------------------


def _bessel(order: int, scaled: bool) -> Kernel:
    """Iₙ(x), or exp(−|x|)·Iₙ(x), for n = 0 or 1."""
    small, large = ((_I0_SMALL, _I0_LARGE), (_I1_SMALL, _I1_LARGE))[order]

    def kernel(x: Array, out: Array, rows: Array) -> None:
        a, t, u = rows
        np.abs(x, out=a)
        np.multiply(a, a, out=t)
        np.multiply(t, 0.25, out=t)
        horner(t, small, out=out)
        if order:
            np.multiply(out, a, out=out)
        if scaled:
            np.multiply(out, np.exp(np.negative(a, out=t), out=t), out=out)
        beyond = a > 8
        if beyond.any():
            np.divide(16, a, out=t)
            np.subtract(t, 1, out=t)
            horner(t, large, out=u)
            if scaled:
                np.divide(u, np.sqrt(a, out=t), out=u)
            else:  # exp(a) in two factors, since it overflows before Iₙ does
                np.minimum(a, 400, out=a)
                np.divide(u, np.sqrt(a, out=t), out=u)
                np.multiply(a, 0.5, out=a)
                np.exp(a, out=a)
                np.multiply(u, a, out=u)
                np.multiply(u, a, out=u)
            out[...] = np.where(beyond, u, out)
        if order:
            np.copysign(out, x, out=out)

    kernel.__doc__ = f"{'exp(−|x|)·' if scaled else ''}I{'₀₁'[order]}(x): a polynomial in x² up to 8, then one in 1/x."
    return kernel


i0, i0e, i1, i1e = _bessel(0, False), _bessel(0, True), _bessel(1, False), _bessel(1, True)

# -- small functions --------------------------------------------------------------------------------------------------


def sinc(x: Array, out: Array, rows: Array) -> None:
    """sin(π(x − n))/(πx) with the sign of (−1)ⁿ, n the whole number next to x."""
    whole, t = rows
    np.rint(x, out=whole)
    np.subtract(x, whole, out=out)
    np.multiply(out, math.pi, out=out)
    np.sin(out, out=out)
    np.multiply(whole, 0.5, out=whole)
    np.rint(whole, out=t)
    np.subtract(whole, t, out=t)  # 0 for even n, ±½ for odd ones
    np.abs(t, out=t)
    np.multiply(t, -4, out=t)
    np.add(t, 1, out=t)
    np.multiply(out, t, out=out)
    np.multiply(x, math.pi, out=t)
    np.divide(out, t, out=out)
    out[np.flatnonzero(x == 0)] = 1


def entr(x: Array, out: Array, rows: Array) -> Array:
    """−x·ln x. Not for x ≤ 0."""
    np.log(x, out=out)
    np.multiply(out, x, out=out)
    np.negative(out, out=out)
    return np.flatnonzero(x <= 0)
