"""Array code of the activations. Those that take floats only refuse integers with NotImplementedError, as PyTorch does.

Large arrays go to ``curves``, which computes the same over blocks and in several threads.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels import curves, special, special_tables_float32
from autograd.kernels.blocks import large, over
from autograd.kernels.dims import one_axis
from autograd.kernels.elementwise import LARGE, bounded, choose, keep, only_float, only_real
from autograd.kernels.special_parts import horner

ROOT_HALF = math.sqrt(0.5)
ROOT_2_OVER_PI = math.sqrt(2 / math.pi)
NORMAL = 1 / math.sqrt(2 * math.pi)
_NORMAL_ODDS = [  # log((1 − Φ) / Φ) / x in x²: the function that turns it into odds, and the coefficients for that
    (function, tuple(np.array(-2 * unit * value, np.float32) for value in special_tables_float32.NORMAL_TANH))
    for function, unit in ((np.exp, 1.0), (np.exp2, math.log2(math.e)))
]
SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def relu(x: Any) -> Any:
    """The positive part.

    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    if isinstance(x, np.floating):
        return x if x > 0 or x != x else type(x)(0)  # noqa: PLR0124 - NaN
    if x.dtype.kind == "b":
        raise RuntimeError("relu: Boolean inputs not supported for relu")
    return curves.relu(x) if large(x) else bounded(x, 0, None)


def sigmoid(x: Any) -> Any:
    """``1 / (1 + exp(−x))``.

    >>> sigmoid(np.array([0.0, -500.0])).round(4)
    array([0.5, 0. ])
    """
    if isinstance(x, np.floating):
        return 1.0 / (1.0 + np.exp(-x))
    if large(x):
        return curves.sigmoid(x)
    out = np.asarray(np.multiply(x, -1.0))
    if out.dtype.kind != "f":
        return out * 1.0
    np.exp(out, out=out)
    np.add(out, 1.0, out=out)
    return np.divide(1.0, out, out=out)


def softplus(x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """``log(1 + exp(beta · x)) / beta``, and ``x`` itself where ``beta · x`` exceeds ``threshold``.

    >>> softplus(np.array([0.0, 100.0])).round(4).tolist()
    [0.6931, 100.0]
    """
    only_float("softplus", x)
    if large(x):
        return curves.softplus(x, beta, threshold)
    scaled = x * beta
    soft = _softplus(scaled)
    if beta != 1:
        soft /= beta
    return choose(scaled > threshold, x, soft)


def _softplus(x: Any) -> Any:
    """``log(1 + exp(x))`` without overflow: ``max(x, 0) + log1p(exp(−|x|))``."""
    return _log1p_exp(x) + bounded(x, 0, None)


def _log1p_exp(x: Any) -> Any:
    """``log1p(exp(−|x|))``; on large arrays by ``log(u) + (e − (u − 1)) / u`` with u = 1 + e, twice as fast."""
    e = np.exp(-np.abs(x))
    if x.size < LARGE:
        return np.log1p(e)
    u = e + 1
    e -= u - 1
    e /= u
    e += np.log(u, out=u)
    return e


def logsigmoid(x: Any) -> Any:
    """``log(sigmoid(x)) = min(x, 0) − log1p(exp(−|x|))``.

    >>> logsigmoid(np.array([0.0, -500.0])).round(4).round(4).tolist()
    [-0.6931, -500.0]
    """
    only_float("logsigmoid", x)
    if large(x):
        return curves.logsigmoid(x)
    return bounded(x, None, 0) - _log1p_exp(x)


def exponential_unit(x: Any, outer: float, inner: float, scale: float) -> Any:
    """``scale · x`` above 0, else ``outer · (exp(inner · x) − 1)``: ELU, SELU and CELU in one.

    >>> exponential_unit(np.array([2.0, -1.0]), 1.0, 1.0, 1.0).round(4)
    array([ 2.    , -0.6321])
    """
    if isinstance(x, np.generic):
        return np.expm1(np.minimum(x, 0) * inner) * outer + np.maximum(x, 0) * scale

    def kernel(block: Any, out: Any, rows: Any) -> None:
        below, zeros = rows
        zeros[...] = 0
        np.minimum(block, zeros, out=below)
        if inner != 1:
            np.multiply(below, inner, out=below)
        np.expm1(below, out=below)
        if outer != 1:
            np.multiply(below, outer, out=below)
        np.maximum(block, zeros, out=out)  # each part is 0 where the other is not
        if scale != 1:
            np.multiply(out, scale, out=out)
        np.add(out, below, out=out)

    return over(kernel, 2, x)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """``x`` above 0, else ``alpha · (eˣ − 1)``.

    >>> elu(np.array([2.0, -1.0])).round(4)
    array([ 2.    , -0.6321])
    """
    only_float("elu", x)
    return exponential_unit(x, alpha, 1.0, 1.0)


def selu(x: Any) -> Any:
    """ELU with the scale and alpha that keep mean 0 and variance 1 (Klambauer et al., 2017).

    >>> selu(np.array([2.0, -1.0])).round(4)
    array([ 2.1014, -1.1113])
    """
    only_float("selu", x)
    return exponential_unit(x, SELU_SCALE * SELU_ALPHA, 1.0, SELU_SCALE)


def celu(x: Any, alpha: float = 1.0) -> Any:
    """``x`` above 0, else ``alpha · (exp(x / alpha) − 1)``; RuntimeError for ``alpha = 0``.

    >>> celu(np.array([2.0, -1.0]), 2.0).round(4)
    array([ 2.    , -0.7869])
    """
    only_float("celu", x)
    only_real("celu", alpha=alpha)
    if alpha == 0:
        raise RuntimeError("celu: ZeroDivisionError: alpha cannot be 0 for CELU")
    return exponential_unit(x, alpha, 1 / alpha, 1.0)


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """``x`` above 0, else ``negative_slope · x``.

    >>> leaky_relu(np.array([2.0, -1.0]))
    array([ 2.  , -0.01])
    """
    only_float("leaky_relu", x)
    if 0 < negative_slope <= 1 and x.ndim:
        if large(x):
            return curves.leaky_relu(x, negative_slope)
        low = x * negative_slope
        return np.maximum(x, low, out=low)
    return choose(x > 0, x, x * negative_slope)


def prelu(x: Any, weight: Any) -> Any:
    """``x`` above 0, else ``weight · x``.

    >>> prelu(np.array([2.0, -1.0]), np.array([0.5, 0.5]))
    array([ 2. , -0.5])
    """
    return choose(x > 0, x, x * weight)


def relu6(x: Any) -> Any:
    """``min(max(x, 0), 6)``; RuntimeError for Booleans.

    >>> relu6(np.array([-1.0, 9.0]))
    array([0., 6.])
    """
    return hardtanh(x, 0, 6)


def hardtanh(x: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """``min(max(x, min_val), max_val)``; integers stay integers. RuntimeError for Booleans, ValueError for crossed bounds.

    >>> hardtanh(np.array([-5.0, 0.5]))
    array([-1. ,  0.5])
    """
    kind = x.dtype.kind
    if kind == "b":
        raise RuntimeError("hardtanh: Bool inputs not supported for hardtanh")
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val cannot be greater than max_val, but got {min_val} and {max_val}")
    if kind == "u" and min_val < 0:
        raise RuntimeError("hardtanh: cannot do hardtanh on an unsigned type with negative limits")
    return bounded(x, x.dtype.type(min_val), x.dtype.type(max_val))


def step(x: Any) -> Any:
    """1 above 0, else 0.

    >>> step(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 1.])
    """
    return (x > 0).astype(x.dtype)


def gelu(x: Any, approximate: str = "none") -> Any:
    """``x · Φ(x)``; with ``approximate="tanh"``, ``x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))``.

    >>> gelu(np.array([1.0])).round(4), gelu(np.array([1.0]), "tanh").round(4)
    (array([0.8413]), array([0.8412]))
    """
    only_float("gelu", x)
    if approximate not in _GELU:
        raise RuntimeError(f"gelu: approximate argument must be either none or tanh, but got {approximate!r}")
    return over(_GELU[approximate], 1, x)


def gelu_slope(x: Any, approximate: str = "none") -> Any:
    """The derivative of ``gelu``: ``Φ(x) + x · φ(x)``, or that of the form with ``tanh``.

    >>> gelu_slope(np.array([0.0, 1.0])).round(4)
    array([0.5   , 1.0833])
    """
    return over(_SLOPES[approximate], 3, x)


def gelu_pull(g: Any, x: Any, approximate: str) -> Any:
    """``g`` times the derivative of ``gelu``.

    >>> gelu_pull(np.array([2.0]), np.array([0.0]), "none")
    array([1.])
    """
    slope = _SLOPES[approximate]

    def kernel(g: Any, x: Any, out: Any, rows: Any) -> None:
        slope(x, out, rows)
        np.multiply(out, g, out=out)

    return over(kernel, 3, g, x)


def _one_over_cdf(x: Any, out: Any, t: Any) -> None:
    """``1 / Φ(x)`` in float32, as ``1 + exp(x · P(x²))`` with the absolute error Φ needs; and x² in ``t``."""
    np.multiply(x, x, out=t)
    function, table = _NORMAL_ODDS[curves.has_quick_exp2()]
    horner(t, table, out=out)
    np.multiply(out, x, out=out)
    function(out, out=out)
    np.add(out, 1, out=out)


def _cdf(x: Any, out: Any, t: Any) -> None:
    """``Φ(x)``, and x² in ``t``."""
    if x.dtype == np.float32:
        _one_over_cdf(x, out, t)
        np.divide(1, out, out=out)
    else:
        np.multiply(x, ROOT_HALF, out=t)
        out[...] = special.erf(t)
        np.add(out, 1, out=out)
        np.multiply(out, 0.5, out=out)
        np.multiply(x, x, out=t)


def _tanh_of_cubic(x: Any, out: Any, t: Any) -> None:
    """``tanh(√(2/π) (x + 0.044715 x³))``, and in ``t`` the factor of ``x`` in its argument."""
    np.multiply(x, x, out=t)
    np.multiply(t, ROOT_2_OVER_PI * 0.044715, out=t)
    np.add(t, ROOT_2_OVER_PI, out=t)
    np.multiply(t, x, out=out)
    np.tanh(out, out=out)


def _gelu(x: Any, out: Any, rows: Any) -> None:
    """``x · Φ(x)``."""
    (t,) = rows
    if x.dtype == np.float32:
        _one_over_cdf(x, out, t)
        np.divide(x, out, out=out)
    else:
        _cdf(x, out, t)
        np.multiply(out, x, out=out)


def _gelu_by_tanh(x: Any, out: Any, rows: Any) -> None:
    """``½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))``."""
    (t,) = rows
    _tanh_of_cubic(x, out, t)
    np.add(out, 1, out=out)
    np.multiply(x, 0.5, out=t)
    np.multiply(out, t, out=out)


def _slope(x: Any, out: Any, rows: Any) -> None:
    """``Φ(x) + x · φ(x)``."""
    t, _, u = rows
    _cdf(x, out, t)
    curves.exp_of_product(t, -0.5, u, math.log(NORMAL))
    np.multiply(u, x, out=u)
    np.add(out, u, out=out)


def _slope_by_tanh(x: Any, out: Any, rows: Any) -> None:
    """``½ (1 + τ) + ½ x (1 − τ²) τ′`` with τ = tanh(√(2/π) (x + 0.044715 x³))."""
    t, u, v = rows
    _tanh_of_cubic(x, out, t)
    np.multiply(t, 3, out=t)
    np.subtract(t, 2 * ROOT_2_OVER_PI, out=t)  # the slope of the cubic
    np.multiply(t, x, out=t)
    np.multiply(out, out, out=u)
    np.subtract(1, u, out=u)
    np.multiply(u, t, out=u)
    np.add(out, 1, out=v)
    np.add(u, v, out=out)
    np.multiply(out, 0.5, out=out)


_GELU = {"none": _gelu, "tanh": _gelu_by_tanh}
_SLOPES = {"none": _slope, "tanh": _slope_by_tanh}


def silu(x: Any) -> Any:
    """``x · sigmoid(x)``.

    >>> silu(np.array([1.0])).round(4)
    array([0.7311])
    """
    only_float("silu", x)
    if large(x):
        return curves.silu(x)
    curve = sigmoid(x)
    curve *= x
    return curve


def mish(x: Any) -> Any:
    """``x · tanh(softplus(x))``.

    >>> mish(np.array([1.0])).round(4)
    array([0.8651])
    """
    only_float("mish", x)
    if large(x):
        return curves.mish(x)
    return x * np.tanh(_softplus(x))


def hardsigmoid(x: Any) -> Any:
    """``min(max(x + 3, 0), 6) / 6``.

    >>> hardsigmoid(np.array([-4.0, 0.0, 4.0]))
    array([0. , 0.5, 1. ])
    """
    only_float("hardsigmoid", x)
    return bounded(x + 3, 0, 6) / 6


def hardswish(x: Any) -> Any:
    """``x · hardsigmoid(x)``.

    >>> hardswish(np.array([-4.0, 1.5, 4.0])).tolist()
    [-0.0, 1.125, 4.0]
    """
    only_float("hardswish", x)
    if large(x):
        return curves.hardswish(x)
    return x * bounded(x + 3, 0, 6) / 6


def softshrink(x: Any, lambd: float = 0.5) -> Any:
    """``x`` moved by ``lambd`` towards 0, and 0 where it would cross 0. RuntimeError for a negative ``lambd``.

    >>> softshrink(np.array([0.25, 2.0]))
    array([0. , 1.5])
    """
    only_float("softshrink", x)
    if not lambd >= 0:
        raise RuntimeError(f"softshrink: lambda must be greater than or equal to 0, but found {lambd}")
    return x - bounded(x, -lambd, lambd)


def hardshrink(x: Any, lambd: float = 0.5) -> Any:
    """``x`` where it lies outside ``[−lambd, lambd]``, else 0.

    >>> hardshrink(np.array([0.25, 2.0]))
    array([0., 2.])
    """
    only_float("hardshrink", x)
    only_real("hardshrink", lambd=lambd)
    return keep(x, np.logical_not((x >= -lambd) & (x <= lambd)))


def glu(x: Any, dim: int = -1) -> Any:
    """``a · sigmoid(b)`` for the halves a and b of ``x`` along ``dim``.

    >>> glu(np.array([1.0, 0.0]))
    array([0.5])
    """
    if x.ndim == 0:
        raise RuntimeError("glu: glu does not support scalars because halving size must be even")
    only_float("glu", x)
    a, b = glu_halves(x, one_axis(dim, x.ndim))
    return a * sigmoid(b)


def glu_halves(x: Any, dim: int) -> tuple[Any, Any]:
    """The two halves of ``x`` along ``dim``; RuntimeError where they are not equal.

    >>> [half.tolist() for half in glu_halves(np.arange(4.0), -1)]
    [[0.0, 1.0], [2.0, 3.0]]
    """
    size = x.shape[dim]
    if size % 2:
        raise RuntimeError(f"glu: Halving dimension must be even, but dimension {dim % x.ndim} is size {size}")
    before = (slice(None),) * (dim % x.ndim)
    return x[(*before, slice(None, size // 2))], x[(*before, slice(size // 2, None))]
