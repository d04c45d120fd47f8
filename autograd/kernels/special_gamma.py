"""The logarithm of the gamma function and its derivatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels import special_float32 as single
from autograd.kernels import special_tables as tables
from autograd.kernels.special_float32 import float32_by
from autograd.kernels.special_parts import Array, by_piece, check_floating, horner, in_blocks, quotient

_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)
# ln Γ and ψ for large x, as series in 1/x²: B₂ₖ/(2k(2k−1)) and B₂ₖ/(2k).
_STIRLING = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(tables.BERNOULLI, 1))
_DIGAMMA_SERIES = (0.0, *(b / (2 * k) for k, b in enumerate(tables.BERNOULLI, 1)))


@float32_by(single.lgamma, 5, exact=True)
@in_blocks
def lgamma(x: Any) -> Any:
    """ln |Γ(x)|: +∞ at 0, −1, −2, … and at ±∞.

    From 8 on Stirling's series, below it quotients of polynomials times (x − 1)(x − 2), for negative x the reflection
    ln |Γ(x)| = ln(π / |x sin πx|) − ln Γ(−x).  Source: PyTorch, ``torch.lgamma``.

    >>> lgamma(np.array([0.5, 1.0, 6.0, -2.0])).round(6).tolist()
    [0.572365, 0.0, 4.787492, inf]
    """
    return by_piece(x, (x >= 0, _lgamma_positive), (x < 0, _lgamma_negative))


def _lgamma_positive(x: Array) -> Array:
    return by_piece(
        x,
        (x < 0.5, lambda x: _lgamma_low(x + 1) - np.log(x)),
        ((x >= 0.5) & (x < 1.5), _lgamma_low),
        ((x >= 1.5) & (x < 3), lambda x: (x - 1) * (x - 2) * quotient(x - 1.5, tables.LGAMMA_MIDDLE)),
        ((x >= 3) & (x < 8), lambda x: (x - 2) * quotient(x - 3, tables.LGAMMA_HIGH)),
        (x >= 8, _stirling),
    )


def _lgamma_low(x: Array) -> Array:
    """lgamma for ½ ≤ x ≤ 1.5."""
    return (1 - x) * (2 - x) * quotient(x - 0.5, tables.LGAMMA_LOW)


def _stirling(x: Array) -> Array:
    """lgamma for x ≥ 8."""
    inverse = 1 / x
    return (x - 0.5) * (np.log(x) - 1) + (inverse * horner(inverse * inverse, _STIRLING) + (_HALF_LOG_TWO_PI - 0.5))


def _lgamma_negative(x: Array) -> Array:
    fraction = np.abs(x - np.rint(x))
    logs = math.log(math.pi) - np.log(np.sin(math.pi * fraction)) - np.log(-x)
    return np.where(fraction == 0, np.inf, np.where(x == -np.inf, np.inf, logs - _lgamma_positive(-x)))


@float32_by(single.digamma, 0, exact=True)
@in_blocks
def digamma(x: Any) -> Any:
    """ψ(x), the derivative of ln Γ: −∞ at 0, +∞ at −0, NaN at −1, −2, … and at −∞.

    From 10 on the asymptotic series, on [1, 2] a quotient of polynomials times (x − root), between them the recurrence
    ψ(x + 1) = ψ(x) + 1/x, for negative x the reflection ψ(x) = ψ(1 − x) − π cot πx.
    Source: PyTorch, ``torch.digamma``.

    >>> digamma(np.array([1.0, 0.0, -1.0, 100.0])).round(6).tolist()
    [-0.577216, -inf, nan, 4.600162]
    """
    return by_piece(
        x,
        (x > 0, _digamma_positive),
        (x == 0, lambda x: -np.copysign(np.inf, x)),
        (x < 0, lambda x: _digamma_positive(1 - x) - math.pi * _cotangent(x)),
    )


def _cotangent(x: Array) -> Array:
    """cot(πx), NaN at whole numbers."""
    fraction = x - np.rint(x)
    return np.where(fraction == 0, np.nan, 1 / np.tan(math.pi * fraction))


def _digamma_positive(x: Array) -> Array:
    return by_piece(
        x,
        (x < 1, lambda x: _digamma_base(x + 1) - 1 / x),
        ((x >= 1) & (x < 10), _digamma_from_base),
        (x >= 10, _digamma_large),
    )


def _digamma_base(x: Array) -> Array:
    """ψ on [1, 2]."""
    high, low = tables.DIGAMMA_ROOT
    return ((x - high) - low) * quotient(x - 1, tables.DIGAMMA)


def _digamma_from_base(x: Array) -> Array:
    """ψ on [1, 10) by stepping down to [1, 2): ψ(x) = ψ(x − n) + 1/(x − n) + … + 1/(x − 1)."""
    base = x - (np.floor(x) - 1)
    steps = x - base
    total = np.zeros_like(x)
    for step in range(8, 0, -1):  # small terms first
        total += np.where(steps >= step, 1 / (base + (step - 1)), 0)
    return total + _digamma_base(base)


def _digamma_large(x: Array) -> Array:
    """ψ for x ≥ 10."""
    inverse = 1 / x
    return np.log(x) - (0.5 * inverse + horner(inverse * inverse, _DIGAMMA_SERIES))


@float32_by(single.trigamma, 2, exact=True)
def trigamma(x: Any) -> Any:
    """ψ′(x), the second derivative of ln Γ; ``polygamma(1, x)``.

    Source: PyTorch, ``torch.special.polygamma``.

    >>> trigamma(np.array([1.0, 0.0])).round(6).tolist()
    [1.644934, inf]
    """
    return polygamma(1, x)


def polygamma(n: int, x: Any) -> Any:
    """The n-th derivative of ψ: (−1)ⁿ⁺¹ n! ζ(n + 1, x), with Hurwitz' zeta function; n = 0 is digamma.

    Poles: +∞ for odd n, −∞ for even n (PyTorch's trigamma gives a huge number at −1, −2, …).  For negative x by the
    reflection (−1)ⁿψₙ(1 − x) − ψₙ(x) = π dⁿ/dxⁿ cot πx.  Raises ValueError for negative n.
    Source: PyTorch, ``torch.special.polygamma``.

    >>> polygamma(2, np.array([1.0, 0.5])).round(6).tolist()
    [-2.404114, -16.828797]
    """
    if n < 0:
        raise ValueError(f"polygamma: expected n >= 0, got {n}")
    if n == 1 and getattr(x, "dtype", None) == np.float32:
        return trigamma(x)
    return digamma(x) if n == 0 else _polygamma(x, n=int(n))


def _polygamma_block(x: Array, *, n: int) -> Array:
    sign = 1.0 if n % 2 else -1.0
    factor = sign * (float(math.factorial(n)) if n <= 170 else math.inf)

    def positive(x: Array) -> Array:
        return _trigamma_positive(x) if n == 1 else factor * _hurwitz(n + 1, x)

    def reflected(x: Array) -> Array:
        other = -positive(1 - x) * sign  # (−1)ⁿ ψₙ(1 − x)
        return np.where(x == np.rint(x), sign * np.inf, other - _cotangent_derivative(n, x))

    return by_piece(
        x,
        (x > 0, positive),
        (x == 0, lambda x: np.full_like(x, sign * np.inf)),
        ((x < 0) & (x > -np.inf), reflected),
    )


_polygamma_block.__name__ = "polygamma"
_polygamma = in_blocks(_polygamma_block)


def _trigamma_positive(x: Array) -> Array:
    """ψ′ for x > 0: 1/x² + … + 1/(x + 8)² and the asymptotic series at x + 9."""
    inverse = 1 / (x + 9)
    square = inverse * inverse
    total = horner(square, tables.BERNOULLI)
    total *= inverse
    total += 0.5
    total *= square
    total += inverse
    term = np.empty_like(x)
    for k in range(8, -1, -1):  # small terms first
        np.add(x, k, out=term)
        term *= term
        np.divide(1, term, out=term)
        total += term
    return total


def _hurwitz(s: int, x: Array) -> Array:
    """ζ(s, x) = Σ (x + k)⁻ˢ for x > 0 and whole s ≥ 2: terms one by one up to 8 + 2s, Euler–Maclaurin's series after."""
    limit = 8 + 2 * s
    steps = np.maximum(np.ceil(limit - x), 0)
    start = x + steps
    inverse = 1 / start
    # start^(1−s)/(s−1) + start^(−s)/2 + Σ B₂ⱼ/(2j)! · s(s+1)…(s+2j−2) · start^(−s−2j+1)
    rising, series = float(s), []
    for j, bernoulli in enumerate(tables.BERNOULLI, 1):
        series.append(bernoulli * rising / math.factorial(2 * j))
        rising *= (s + 2 * j - 1) * (s + 2 * j)
    tail = 1 / (s - 1) + inverse * (0.5 + inverse * horner(inverse * inverse, series))
    total = np.power(start, 1 - s) * tail
    for k in range(int(steps.max(initial=0)) - 1, -1, -1):  # small terms first
        term = 1 / np.square(x + k) if s == 2 else np.power(x + k, -s)  # a square is far cheaper than a power
        total += np.where(steps > k, term, 0)
    return total


def _cotangent_derivative(n: int, x: Array) -> Array:
    """π dⁿ/dxⁿ cot(πx): a polynomial in cot(πx), since cot′ = −(1 + cot²)."""
    coefficients = [0, 1]
    for _ in range(n):
        slope = [k * c for k, c in enumerate(coefficients)][1:]
        coefficients = [-a - b for a, b in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
    return math.pi ** (n + 1) * horner(_cotangent(x), [float(c) for c in coefficients])


def zeta(x: Any, y: Any) -> Any:
    """Hurwitz' zeta function ζ(x, y) = Σ (y + k)⁻ˣ over k ≥ 0; the arguments broadcast.

    +∞ for x = 1 and at the poles y = 0, −1, −2, …; NaN for x < 1 and for negative y with a fractional x. Terms one by
    one until y + k > 9, Euler–Maclaurin's series for the rest.  Source: PyTorch, ``torch.special.zeta``.

    >>> zeta(np.array([2.0, 1.0]), np.array(1.0)).round(6).tolist()
    [1.644934, inf]
    """
    one, two = np.asarray(x), np.asarray(y)
    check_floating("zeta", one, two)
    dtype = np.result_type(one, two)
    with np.errstate(all="ignore"):
        s, a = np.broadcast_arrays(one.astype(np.float64), two.astype(np.float64))
        plain = (s > 1) & np.isfinite(s) & np.isfinite(a) & ((a > 0) | (a != np.floor(a)) & (s == np.floor(s)))
        out = np.full(s.shape, np.nan)
        out[plain] = _zeta_sum(s[plain], a[plain])
        out[(s > 1) & (a == np.inf)] = 0
        out[(s == 1) | (s > 1) & (a <= 0) & (a == np.floor(a))] = np.inf
        large = (s == np.inf) & (a > 0)
        out[large] = np.where(a[large] > 1, 0.0, np.where(a[large] < 1, np.inf, 1.0))
        out[np.isnan(s) | np.isnan(a)] = np.nan
    out = out.astype(dtype, copy=False)
    return out[()] if isinstance(x, np.generic) and isinstance(y, np.generic) else out


def _zeta_sum(s: Array, q: Array) -> Array:
    steps = np.maximum(np.ceil(9 - q), 9)
    start = q + steps
    inverse = 1 / start
    power = start**-s
    total = power * (start / (s - 1) + 0.5)
    factor = power * s * inverse
    for j, bernoulli in enumerate(tables.BERNOULLI, 1):
        total += factor * (bernoulli / math.factorial(2 * j))
        factor *= (s + (2 * j - 1)) * (s + 2 * j) * inverse * inverse
    for k in range(int(steps.max(initial=0)) - 1, -1, -1):  # small terms first
        total += np.where(steps > k, (q + k) ** -s, 0)
    return total
