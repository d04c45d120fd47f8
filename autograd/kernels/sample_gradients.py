"""How gamma and beta numbers move with their parameters, at a fixed quantile: implicit reparameterisation.

For a number x with distribution function F(x; a) and density f, ``∂x/∂a = −(∂F/∂a)/f``. The integral for ``∂F/∂a`` is
written over the side of x on which its integrand keeps its sign, so nothing cancels, and is a power series where that is
short, else Gauss and Legendre's quadrature. Computed in float64; relative errors stay below about 1e-12 for parameters
up to 10⁵ (then the rounding of digamma shows). Source: Figurnov, Mohamed and Mnih, "Implicit reparameterization
gradients", 2018.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.kernels.special_gamma import digamma, trigamma

Array = npt.NDArray[Any]

_DEPTH = 38.0  # integrands are followed down to e^−38 of their start
_BLOCK = 4096  # elements handled at a time: the cost of a call is spread, and temporaries stay in cache
_SERIES_UP_TO = 40.0  # gamma: the largest shape whose series is no longer than quadrature


@functools.cache
def _rule(count: int) -> tuple[Array, Array]:
    """Nodes and weights of Gauss and Legendre on [0, 1], as columns."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes[:, None] + 1) / 2, weights[:, None] / 2


_NODES = {1: 32, 2: 48}  # by order of the derivative


def gamma_derivatives(a: Any, x: Any, order: int = 2) -> tuple[Array, ...]:
    """``−∂F/∂a``, and at order 2 ``−∂²F/∂a²``, over f: the standard gamma distribution of shape ``a`` at ``x``, in float64.

    The first is the derivative of the sample. NaN where ``a`` or ``x`` is not positive.

    >>> first, _ = gamma_derivatives(np.array([1.0]), np.array([1.0]))
    >>> bool(abs(first[0] - 1.1735630272247269) < 1e-12)
    True
    """
    return _by_part(_gamma_block, order, a, x)


def beta_derivatives(a: Any, b: Any, x: Any, order: int = 2) -> tuple[Array, ...]:
    """``−∂F/∂a``, and at order 2 ``−∂²F/∂a²`` and ``−∂²F/∂a∂b``, over f: the beta distribution at ``x``, in float64.

    The first is the derivative of the sample by ``a``. NaN where a parameter is not positive or ``x`` not in (0, 1).

    >>> first, *_ = beta_derivatives(np.array([1.0]), np.array([1.0]), np.array([0.5]))
    >>> bool(abs(first[0] - 0.5 * np.log(2)) < 1e-12)
    True
    """
    return _by_part(_beta_block, order, a, b, x)


def _by_part(block: Callable[..., tuple], order: int, *arguments: Any) -> tuple[Array, ...]:
    """``block`` on flat pieces of the broadcast arguments, its results put together again."""
    arrays = np.broadcast_arrays(*[np.asarray(v, np.float64) for v in arguments])
    flat = [v.reshape(-1) for v in arrays]
    with np.errstate(all="ignore"):
        parts = [block(order, *[v[i : i + _BLOCK] for v in flat]) for i in range(0, max(flat[0].size, 1), _BLOCK)]
    return tuple(np.concatenate(part).reshape(arrays[0].shape) for part in zip(*parts, strict=True))


def _piecewise(
    order: int, count: int, arguments: tuple[Array, ...], *pieces: tuple[Array, Callable[..., tuple]]
) -> tuple:
    """Each function on the elements its mask selects; NaN where none does. At order 1 only the first result."""
    out = tuple(np.full(arguments[0].shape, np.nan) for _ in range(count if order > 1 else 1))
    for mask, function in pieces:
        if mask.any():
            for target, values in zip(out, function(order, *[v[mask] for v in arguments]), strict=False):
                target[mask] = values
    return out


def _curve_of(order: int) -> Callable[[Array], Array]:
    """The trigamma function where second derivatives are wanted; else 0, which costs nothing."""
    return trigamma if order > 1 else np.zeros_like


# -- gamma ----------------------------------------------------------------------------------------------------------------


def _gamma_block(order: int, a: Array, x: Array) -> tuple:
    fits = (a > 0) & (x > 0) & (a < np.inf) & (x < np.inf)
    low = x <= a + 0.5
    return _piecewise(
        order,
        2,
        (a, x),
        (fits & low & (a <= _SERIES_UP_TO), _gamma_series),
        (fits & low & (a > _SERIES_UP_TO), _gamma_below),
        (fits & ~low, _gamma_above),
    )


def _gamma_series(order: int, a: Array, x: Array) -> tuple:
    """``F/f = Σ x^(n+1) / (a (a+1) … (a+n))``, differentiated term by term."""
    term, by_shape, curve = x / a, digamma(a + 1) - np.log(x), _curve_of(order)(a + 1)
    first, second = term * by_shape, term * (curve - by_shape**2)
    for n in range(1, 2000):
        inverse = 1 / (a + n)
        term = term * (x * inverse)
        by_shape = by_shape + inverse
        first += term * by_shape
        if order > 1:
            curve = curve - inverse * inverse
            second += term * (curve - by_shape**2)
        if n % 8 == 0 and bool(np.all(term * (1 + by_shape * by_shape) <= 1e-18 * first)):
            break
    return first, second


def _gamma_below(order: int, a: Array, x: Array) -> tuple:
    """The integral over t = x e^−w of the density by that at x, times the score of t."""
    slope = 2 * (a - x) - _DEPTH
    end = (np.sqrt(slope * slope + 8 * a * _DEPTH) - slope) / (2 * a)
    nodes, weights = _rule(_NODES[order])
    w = nodes * end
    density = np.exp(-a * w - x * np.expm1(-w)) * (weights * (x * end))
    score = w + (digamma(a) - np.log(x))
    first = (density * score).sum(axis=0)
    return (first, (density * (trigamma(a) - score * score)).sum(axis=0)) if order > 1 else (first,)


def _gamma_above(order: int, a: Array, x: Array) -> tuple:
    """The same over t = x e^w, with the signs turned."""
    end = 2 * _DEPTH / ((x - a) + np.sqrt((x - a) ** 2 + 2 * x * _DEPTH))
    end = np.minimum(end, np.maximum(1.0, np.log1p(2.4 * _DEPTH / x)))
    nodes, weights = _rule(_NODES[order])
    w = nodes * end
    density = np.exp(a * w - x * np.expm1(w)) * (weights * (x * end))
    score = w + (np.log(x) - digamma(a))
    first = (density * score).sum(axis=0)
    return (first, (density * (score * score - trigamma(a))).sum(axis=0)) if order > 1 else (first,)


def gamma_gradient(concentration: Any, sample: Any) -> Any:
    """The derivative of a standard gamma number by its shape, in the arguments' dtype.

    >>> gamma_gradient(np.float32(1), np.float32(1)).dtype
    dtype('float32')
    """
    return _cast(gamma_derivatives(concentration, sample, 1)[0], concentration, sample)


def gamma_curve(concentration: Any, sample: Any) -> Any:
    """The partial derivative by the shape of :func:`gamma_gradient`, in the arguments' dtype.

    >>> gamma_curve(np.float64(2), np.float64(1)).shape
    ()
    """
    first, second = gamma_derivatives(concentration, sample)
    shape, number = np.asarray(concentration, np.float64), np.asarray(sample, np.float64)
    with np.errstate(all="ignore"):
        return _cast(second - first * (np.log(number) - digamma(shape)), concentration, sample)


def _cast(values: Array, *arguments: Any) -> Any:
    """``values`` in the common dtype of the arguments; a scalar for 0-d."""
    return values.astype(np.result_type(*arguments))[()]


# -- beta -----------------------------------------------------------------------------------------------------------------


def _beta_block(order: int, a: Array, b: Array, x: Array) -> tuple:
    fits = (a > 0) & (b > 0) & (x > 0) & (x < 1) & (a < np.inf) & (b < np.inf)
    log_x, c = np.log(x), digamma(a) - digamma(a + b)
    total = a + b
    series_low = fits & (x <= 0.3) & (x * total <= 30) & (log_x <= c + 1 / a)
    series_high = fits & (x >= 0.7) & ((1 - x) * total <= 30) & (log_x >= c) & ~series_low
    rest = fits & ~series_low & ~series_high
    low = log_x <= c
    return _piecewise(
        order,
        3,
        (a, b, x),
        (series_low, _beta_series_low),
        (series_high, _beta_series_high),
        (rest & low, _beta_below),
        (rest & ~low, _beta_above),
    )


def _beta_series_low(order: int, a: Array, b: Array, x: Array) -> tuple:
    """``F/f = Σ x^(n+1) (1−x) (a+b)_n / (a)_(n+1)``, differentiated term by term."""
    total = a + b
    term = x * (1 - x) / a
    by_a = digamma(a + 1) - digamma(total) - np.log(x)
    by_b = -np.log1p(-x) - digamma(total) + digamma(b)
    curve_ab = -_curve_of(order)(total)
    curve_a = _curve_of(order)(a + 1) + curve_ab
    first, second, mixed = term * by_a, term * (curve_a - by_a**2), term * (curve_ab - by_a * by_b)
    for n in range(400):
        up, down = 1 / (a + n + 1), 1 / (total + n)
        term = term * (x * (total + n) * up)
        by_a = by_a + up - down
        first += term * by_a
        if order > 1:
            by_b = by_b - down
            curve_a = curve_a - up * up + down * down
            curve_ab = curve_ab + down * down
            second += term * (curve_a - by_a**2)
            mixed += term * (curve_ab - by_a * by_b)
        if n % 8 == 7 and bool(np.all(term * (1 + by_a * by_a + by_b * by_b) <= 1e-19 * first)):
            break
    return first, second, mixed


def _beta_series_high(order: int, a: Array, b: Array, x: Array) -> tuple:
    """The same for ``(1 − F)/f``, a series in 1 − x."""
    total, y = a + b, 1 - x
    term = y * x / b
    by_a = np.log(x) + digamma(total) - digamma(a)
    by_b = np.log(y) + digamma(total) - digamma(b + 1)
    curve_ab = _curve_of(order)(total)
    curve_a = curve_ab - _curve_of(order)(a)
    first, second, mixed = term * by_a, term * (curve_a + by_a**2), term * (curve_ab + by_a * by_b)
    for n in range(400):
        up, down = 1 / (b + n + 1), 1 / (total + n)
        term = term * (y * (total + n) * up)
        by_a = by_a + down
        first += term * by_a
        if order > 1:
            by_b = by_b + down - up
            curve_a = curve_a - down * down
            curve_ab = curve_ab - down * down
            second += term * (curve_a + by_a**2)
            mixed += term * (curve_ab + by_a * by_b)
        if n % 8 == 7 and bool(np.all(term * (1 + by_a * by_a + by_b * by_b) <= 1e-19 * first)):
            break
    return first, second, mixed


def _mapped(order: int, a: Array, b: Array, x: Array) -> tuple[Array, Array, Array]:
    """Nodes w ≥ 0, their weights, and ``log((1 − x e^−w)/(1 − x))``, for e^(−a w) times its (b−1)-th power.

    The power has a pole at w = log x, just outside; ``w = d (e^v − 1)`` with d = −log x moves it away to v = −∞.
    """
    odds, full = x / (1 - x), -np.log1p(-x)
    end = (_DEPTH + np.maximum(b - 1, 0) * full) / a
    for _ in range(6):  # Newton from above on a convex function stays above its root
        small = np.exp(-end)
        value = a * end - (b - 1) * np.log1p(-odds * np.expm1(-end)) - _DEPTH
        slope = a - (b - 1) * x * small / (1 - x * small)
        end = np.where((b > 1) & (slope > 0) & (value > 0), end - value / slope, end)
    distance = -np.log(x)
    length = np.log1p(end / distance)
    nodes, weights = _rule(_NODES[order])
    w = distance * np.expm1(nodes * length)
    return w, weights * (length * (distance + w)), np.log1p(-odds * np.expm1(-w))


def _beta_below(order: int, a: Array, b: Array, x: Array) -> tuple:
    """The integral over t = x e^−w of the density by that at x, times the scores of t."""
    w, weights, power = _mapped(order, a, b, x)
    density = np.exp((b - 1) * power - a * w) * (weights * x)
    both = digamma(a + b)
    by_a = w + (digamma(a) - both - np.log(x))
    first = (density * by_a).sum(axis=0)
    if order == 1:
        return (first,)
    by_b = digamma(b) - both - np.log1p(-x) - power
    curve_ab = -trigamma(a + b)
    curve_a = trigamma(a) + curve_ab
    return (
        first,
        (density * (curve_a - by_a * by_a)).sum(axis=0),
        (density * (curve_ab - by_a * by_b)).sum(axis=0),
    )


def _beta_above(order: int, a: Array, b: Array, x: Array) -> tuple:
    """The same over 1 − t = (1 − x) e^−w, with the signs turned."""
    w, weights, power = _mapped(order, b, a, 1 - x)
    density = np.exp((a - 1) * power - b * w) * (weights * (1 - x))
    both = digamma(a + b)
    by_a = power + (np.log(x) - digamma(a) + both)
    first = (density * by_a).sum(axis=0)
    if order == 1:
        return (first,)
    by_b = np.log1p(-x) - digamma(b) + both - w
    curve_ab = trigamma(a + b)
    curve_a = curve_ab - trigamma(a)
    return (
        first,
        (density * (curve_a + by_a * by_a)).sum(axis=0),
        (density * (curve_ab + by_a * by_b)).sum(axis=0),
    )


def dirichlet_gradient(x: Any, concentration: Any, total: Any) -> Any:
    """How coordinate ``x`` of a Dirichlet point moves with its own parameter, over ``1 − x``.

    ``total`` is the sum of all parameters. 0 where there is one coordinate only (``total`` is its parameter).

    >>> bool(abs(dirichlet_gradient(0.5, 1.0, 2.0) - np.log(2)) < 1e-12)
    True
    """
    wide, shape, whole = (np.asarray(v, np.float64) for v in (x, concentration, total))
    with np.errstate(all="ignore"):
        first = beta_derivatives(shape, whole - shape, wide, 1)[0] / (1 - wide)
    return _cast(np.where(whole == shape, 0.0, first), x, concentration, total)


def dirichlet_curves(x: Any, concentration: Any, total: Any) -> tuple[Any, Any]:
    """The partial derivatives of :func:`dirichlet_gradient` by the parameter and by ``total``, the other held.

    >>> [v.shape for v in dirichlet_curves(np.full(3, 0.5), 1.0, 2.0)]
    [(3,), (3,)]
    """
    wide, shape, whole = (np.asarray(v, np.float64) for v in (x, concentration, total))
    with np.errstate(all="ignore"):
        b = whole - shape
        first, second, mixed = beta_derivatives(shape, b, wide)
        both = digamma(whole)
        by_a = (second - first * (np.log(wide) - digamma(shape) + both)) / (1 - wide)
        by_b = (mixed - first * (np.log1p(-wide) - digamma(b) + both)) / (1 - wide)
        only = whole == shape
        by_a, by_b = np.where(only, 0.0, by_a - by_b), np.where(only, 0.0, by_b)
    return _cast(by_a, x, concentration, total), _cast(by_b, x, concentration, total)
