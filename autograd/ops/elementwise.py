"""Elementary functions of one operand, and selection: the function, then its rule."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels import activation, curves, special
from autograd.kernels import elementwise as kernel
from autograd.kernels import special_calls as calls
from autograd.kernels.blocks import large
from autograd.op import Op, elementwise, multilinear
from autograd.ops._about import FLOAT, ONE, REAL, about, above_one, edged, hidden, inner, nonzero, one, unit, zero
from autograd.ops._about import positive as positives
from autograd.samples import Bad, Draw, away, bools, const, each, ints, real, s

LN2, LN10 = math.log(2), math.log(10)
TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)
NORMAL = 1 / math.sqrt(2 * math.pi)


def _large(*shape: int) -> Draw:
    """Reals for which PyTorch's trigamma, a short asymptotic series, is exact."""
    return real(*shape, low=20.0, high=40.0)


def _over(out: Any, x: Any) -> Any:
    """``i1(x) / x`` and the like, ½ at and next to 0."""
    origin = np.abs(x) < 1e-8
    return where(origin, x * 0 + 0.5, out / (x + origin))


def _inside(x: Any, low: Any, high: Any) -> Any:
    """Whether ``x`` lies between the bounds; not where anything is NaN."""
    if low is None:
        return x <= high
    return x >= low if high is None else (x >= low) & (x <= high)


def _sigmoid_rule(g: Any, out: Any) -> Any:
    return curves.sigmoid_pull(g, out) if large(g, out) else g * (out * (1 - out))


def _logit_rule(g: Any, x: Any, eps: float | None) -> Any:
    """``g / (x (1 − x))``: 0 where ``x`` was clamped, NaN (by the root) outside [0, 1]."""
    variance = x * (1 - x)
    if eps is None:
        return g / np.square(np.sqrt(variance))
    return keep(g / variance, _inside(x, eps, 1 - eps))


def _clamp_rule(g: Any, x: Any, min: Any, max: Any) -> Any:
    return keep(g, _inside(x, min, max))


def _clamp_rule_min(g: Any, x: Any, min: Any, max: Any) -> Any:
    return keep(g, x < min if max is None else (x < min) & (min < max))


def _clamp_rule_max(g: Any, x: Any, min: Any, max: Any) -> Any:
    return keep(g, x > max if min is None else (x > max) | (max < min))


# fmt: off

# -- selection --------------------------------------------------------------------------------------------------------

keep: Op = multilinear(
    "keep", kernel.keep, tensors=("x", "condition"), broadcasts=True, public=False, symbol="mask",
    x=lambda g, condition: keep(g, condition),
    samples=[s(real(2, 3), bools(2, 3)), s(real(), bools()), s(real(0, 2), bools(0, 2))],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4))],
    doc="``x`` where ``condition`` holds, else 0: for rules.",
)
where = elementwise(
    "where", kernel.choose, tensors=("condition", "x", "y"), promotes=None, broadcasts=True, public=False,
    x=lambda g, condition: keep(g, condition),
    y=lambda g, condition: keep(g, np.logical_not(condition)),
    samples=[s(bools(2, 3), real(2, 3), real(3)), s(bools(3), real(), real(2, 1)), s(bools(), real(), real()),
             s(bools(0, 3), real(3), real(0, 1))],
    errors=[Bad(RuntimeError, "must match the size", bools(2, 3), real(4), real())],
    doc=hidden("where", "``x`` where ``condition`` holds, else ``y``, of one dtype; the gradient goes to the chosen one."),
)

# -- exponential and logarithm ----------------------------------------------------------------------------------------

exp = elementwise(
    "exp", np.exp, x=lambda g, out: g * out, promotes="float", inplace=True, samples=edged(),
    doc=one("exp", "The exponential ``eˣ``.", "[0.0, 1.0]", "[1.0000, 2.7183]"))
exp2 = elementwise(
    "exp2", np.exp2, x=lambda g, out: g * (out * LN2), promotes="float", inplace=True, samples=edged(),
    doc=one("exp2", "The power ``2ˣ``.", "[0.0, 3.0]", "[1., 8.]"))
expm1 = elementwise(
    "expm1", np.expm1, x=lambda g, out: g * (out + 1), promotes="float", inplace=True, samples=edged(),
    doc=one("expm1", "``eˣ − 1``, exact near 0.", "[0.0, 1.0]", "[0.0000, 1.7183]"))
log = elementwise(
    "log", np.log, x=lambda g, x: g / x, promotes="float", inplace=True, samples=edged(positives),
    doc=one("log", "The natural logarithm; −∞ at 0, NaN below.", "[1.0, 2.0]", "[0.0000, 0.6931]"))
log1p = elementwise(
    "log1p", np.log1p, x=lambda g, x: g / (x + 1), promotes="float", inplace=True, samples=edged(positives),
    doc=one("log1p", "``log(1 + x)``, exact near 0.", "[0.0, 1.0]", "[0.0000, 0.6931]"))
log2 = elementwise(
    "log2", np.log2, x=lambda g, x: g / (x * LN2), promotes="float", inplace=True, samples=edged(positives),
    doc=one("log2", "The logarithm to base 2.", "[1.0, 8.0]", "[0., 3.]"))
log10 = elementwise(
    "log10", np.log10, x=lambda g, x: g / (x * LN10), promotes="float", inplace=True, samples=edged(positives),
    doc=one("log10", "The logarithm to base 10.", "[1.0, 10.0]", "[0., 1.]"))
sqrt = elementwise(
    "sqrt", np.sqrt, x=lambda g, out: g / (out * 2), symbol="√", promotes="float", inplace=True, samples=edged(positives),
    doc=one("sqrt", "The square root; NaN below 0. The gradient at 0 is infinite.", "[4.0, 9.0]", "[2., 3.]"))
rsqrt = elementwise(
    "rsqrt", lambda x: 1 / np.sqrt(x), x=lambda g, out: g * (out * out * out * -0.5),
    symbol="1/√", promotes="float", inplace=True, samples=edged(positives),
    doc=one("rsqrt", "``1 / √x``.", "[4.0, 1.0]", "[0.5000, 1.0000]"))
reciprocal = elementwise(
    "reciprocal", lambda x: 1 / x, x=lambda g, out: -g * (out * out),
    symbol="1/x", promotes="float", inplace=True, samples=edged(nonzero),
    doc=one("reciprocal", "``1 / x``.", "[4.0, 1.0]", "[0.2500, 1.0000]"))
square = elementwise(
    "square", kernel.square, x=lambda g, x: g * (x * 2), symbol="²", inplace=True, samples=edged(),
    doc=one("square", "``x²``.", "[2.0, -3.0]", "[4., 9.]", ONE))

# -- trigonometry ------------------------------------------------------------------------------------------------------

sin = elementwise(
    "sin", np.sin, x=lambda g, x: g * np.cos(x), promotes="float", inplace=True, samples=edged(),
    doc=one("sin", "The sine of an angle in radians.", "[0.0, 1.0]", "[0.0000, 0.8415]"))
cos = elementwise(
    "cos", np.cos, x=lambda g, x: -(g * np.sin(x)), promotes="float", inplace=True, samples=edged(),
    doc=one("cos", "The cosine of an angle in radians.", "[0.0, 1.0]", "[1.0000, 0.5403]"))
tan = elementwise(
    "tan", np.tan, x=lambda g, out: g * (out * out + 1), promotes="float", inplace=True, samples=edged(inner),
    doc=one("tan", "The tangent of an angle in radians.", "[0.0, 1.0]", "[0.0000, 1.5574]"))
asin = elementwise(
    "asin", np.arcsin, x=lambda g, x: g / np.sqrt(1 - x * x), promotes="float", inplace=True, samples=edged(inner),
    doc=one("asin", "The angle in [−π/2, π/2] with the sine ``x``; NaN outside [−1, 1].", "[0.0, 1.0]", "[0.0000, 1.5708]"))
acos = elementwise(
    "acos", np.arccos, x=lambda g, x: -g / np.sqrt(1 - x * x), promotes="float", inplace=True, samples=edged(inner),
    doc=one("acos", "The angle in [0, π] with the cosine ``x``; NaN outside [−1, 1].", "[1.0, 0.0]", "[0.0000, 1.5708]"))
atan = elementwise(
    "atan", np.arctan, x=lambda g, x: g / (x * x + 1), promotes="float", inplace=True, samples=edged(),
    doc=one("atan", "The angle in (−π/2, π/2) with the tangent ``x``.", "[0.0, 1.0]", "[0.0000, 0.7854]"))
sinh = elementwise(
    "sinh", np.sinh, x=lambda g, x: g * np.cosh(x), promotes="float", inplace=True, samples=edged(),
    doc=one("sinh", "The hyperbolic sine ``(eˣ − e⁻ˣ) / 2``.", "[0.0, 1.0]", "[0.0000, 1.1752]"))
cosh = elementwise(
    "cosh", np.cosh, x=lambda g, x: g * np.sinh(x), promotes="float", inplace=True, samples=edged(),
    doc=one("cosh", "The hyperbolic cosine ``(eˣ + e⁻ˣ) / 2``.", "[0.0, 1.0]", "[1.0000, 1.5431]"))
tanh = elementwise(
    "tanh", np.tanh, x=lambda g, out: g - g * out * out, promotes="float", inplace=True, samples=edged(),
    doc=one("tanh", "The hyperbolic tangent ``sinh x / cosh x``.", "[0.0, 1.0]", "[0.0000, 0.7616]"))
asinh = elementwise(
    "asinh", np.arcsinh, x=lambda g, x: g / np.sqrt(x * x + 1), promotes="float", inplace=True, samples=edged(),
    doc=one("asinh", "The inverse of ``sinh``.", "[0.0, 1.0]", "[0.0000, 0.8814]"))
acosh = elementwise(
    "acosh", np.arccosh, x=lambda g, x: g / np.sqrt(x * x - 1), promotes="float", inplace=True, samples=edged(above_one),
    doc=one("acosh", "The inverse of ``cosh``; NaN below 1.", "[1.0, 2.0]", "[0.0000, 1.3170]"))
atanh = elementwise(
    "atanh", np.arctanh, x=lambda g, x: g / (1 - x * x), promotes="float", inplace=True, samples=edged(inner),
    doc=one("atanh", "The inverse of ``tanh``; NaN outside [−1, 1].", "[0.0, 0.5]", "[0.0000, 0.5493]"))
sinc: Op = elementwise(
    "sinc", calls.widened(special.sinc),
    x=lambda g, x: keep(g * ((np.cos(x * math.pi) - sinc(x)) / x), x != 0),
    promotes="float", inplace=True, samples=edged(nonzero),
    doc=one("sinc", "``sin(πx) / (πx)``, and 1 at 0.", "[0.0, 0.5]", "[1.0000, 0.6366]"))
deg2rad = elementwise(
    "deg2rad", lambda x: x * (math.pi / 180), x=lambda g: g * (math.pi / 180),
    promotes="float", inplace=True, samples=edged(),
    doc=one("deg2rad", "Degrees to radians.", "[180.0, 0.0]", "[3.1416, 0.0000]"))
rad2deg = elementwise(
    "rad2deg", lambda x: x * (180 / math.pi), x=lambda g: g * (180 / math.pi),
    promotes="float", inplace=True, samples=edged(),
    doc=one("rad2deg", "Radians to degrees.", "[1.0, 0.0]", "[57.2958,  0.0000]"))

# -- special functions -------------------------------------------------------------------------------------------------

erf = elementwise(
    "erf", calls.widened(special.erf, math.erf), x=lambda g, x: g * (np.exp(-(x * x)) * TWO_OVER_ROOT_PI),
    promotes="float", inplace=True, samples=edged(),
    doc=one("erf", "The error function ``2/√π ∫₀ˣ exp(−t²) dt``.", "[0.0, 1.0]", "[0.0000, 0.8427]"))
erfc = elementwise(
    "erfc", calls.widened(special.erfc, math.erfc), x=lambda g, x: g * (np.exp(-(x * x)) * -TWO_OVER_ROOT_PI),
    promotes="float", inplace=True, samples=edged(),
    doc=one("erfc", "``1 − erf(x)``, exact for large ``x``.", "[0.0, 1.0]", "[1.0000, 0.1573]"))
erfinv = elementwise(
    "erfinv", calls.widened(special.erfinv), x=lambda g, out: g * (np.exp(out * out) / TWO_OVER_ROOT_PI),
    promotes="float", inplace=True, samples=edged(inner),
    doc=one("erfinv", "The inverse of ``erf``; ±∞ at ±1, NaN beyond.", "[0.0, 0.5]", "[0.0000, 0.4769]"))
lgamma = elementwise(
    "lgamma", calls.widened(special.lgamma), x=lambda g, x: g * digamma(x),
    promotes="float", inplace=True, samples=edged(positives),
    doc=one("lgamma", "``log |Γ(x)|``.", "[1.0, 4.0]", "[0.0000, 1.7918]"))
digamma: Op = elementwise(
    "digamma", calls.widened(special.digamma), x=lambda g, x: g * polygamma(x, 1),
    promotes="float", inplace=True, samples=edged(_large),
    doc=one("digamma", "The derivative of ``log Γ``.", "[1.0, 2.0]", "[-0.5772,  0.4228]"))
polygamma: Op = elementwise(
    "polygamma", calls.polygamma, tensors=("x",), x=lambda g, x, n: g * polygamma(x, n + 1),
    promotes="float", public=False, samples=[s(positives(3), 2), s(positives(), 3), s(positives(0, 2), 0), s(_large(2), 1)],
    doc=hidden("polygamma", "The ``n``-th derivative of the digamma function."))
mvlgamma = elementwise(
    "mvlgamma", calls.mvlgamma, tensors=("x",),
    x=lambda g, x, p: g * sum((digamma(x - j / 2) for j in range(1, p)), start=digamma(x)),
    promotes="float", inplace=True, samples=[s(above_one(3), 3), s(above_one(), 1), s(above_one(0, 2), 2)],
    errors=[Bad(RuntimeError, "p has to be greater than or equal to 1", real(2), 0)],
    doc=about("mvlgamma", "The logarithm of the gamma function of ``p`` dimensions, "
              "``p(p − 1)/4 · log π + Σⱼ log Γ(x − j/2)`` for j = 0 … p − 1.", FLOAT + " RuntimeError for ``p < 1``.",
              "autograd.mvlgamma(autograd.tensor([3.0, 4.0]), 2)", "tensor([1.5502, 3.5651])"))
i0 = elementwise(
    "i0", calls.widened(special.i0), x=lambda g, x: g * i1(x), promotes="float", inplace=True, samples=each(edges=[0.0, -0.0, 1e-30, 0.5, -3.0, 20.0]),
    doc=one("i0", "The modified Bessel function of the first kind, order 0.", "[0.0, 1.0]", "[1.0000, 1.2661]"))
i0e = elementwise(
    "i0e", calls.widened(special.i0e), x=lambda g, x, out: g * (i1e(x) - sign(x) * out),
    promotes="float", public=False, samples=edged(),
    doc=one("special.i0e", "``exp(−|x|) i0(x)``, which does not overflow.", "[0.0, 1.0]", "[1.0000, 0.4658]"))
i1: Op = elementwise(
    "i1", calls.widened(special.i1), x=lambda g, x, out: g * (i0(x) - _over(out, x)),
    promotes="float", public=False, samples=each(edges=[0.0, -0.0, 1e-30, 0.5, -3.0, 20.0]),
    doc=one("special.i1", "The modified Bessel function of the first kind, order 1.", "[0.0, 1.0]", "[0.0000, 0.5652]"))
i1e: Op = elementwise(
    "i1e", calls.widened(special.i1e), x=lambda g, x, out: g * (i0e(x) - _over(out, x) - sign(x) * out),
    promotes="float", public=False, samples=edged(),
    doc=one("special.i1e", "``exp(−|x|) i1(x)``, which does not overflow.", "[0.0, 1.0]", "[0.0000, 0.2079]"))
ndtr = elementwise(
    "ndtr", calls.widened(special.ndtr), x=lambda g, x: g * (np.exp(x * x * -0.5) * NORMAL),
    promotes="float", public=False, samples=edged(),
    doc=one("special.ndtr", "The distribution function of the normal distribution.", "[0.0, 1.0]", "[0.5000, 0.8413]"))
log_ndtr = elementwise(
    "log_ndtr", calls.widened(special.log_ndtr), x=lambda g, x, out: g * (np.exp(x * x * -0.5 - out) * NORMAL),
    promotes="float", public=False, samples=edged(),
    doc=one("special.log_ndtr", "The logarithm of ``ndtr``, also where that is 0.", "[0.0, -40.0]", "[-6.9315e-01, -8.0461e+02]"))
ndtri = elementwise(
    "ndtri", calls.widened(special.ndtri), x=lambda g, out: g * (np.exp(out * out * 0.5) / NORMAL),
    promotes="float", public=False, samples=edged(unit),
    doc=one("special.ndtri", "The quantile of the normal distribution, the inverse of ``ndtr``.", "[0.5, 0.975]", "[0.0000, 1.9600]"))
entr = elementwise(
    "entr", calls.widened(special.entr), x=lambda g, x: g * (-1 - np.log(x)),
    promotes="float", public=False, samples=edged(unit),
    doc=one("special.entr", "The entropy ``−x log x``; −∞ below 0.", "[0.0, 0.5]", "[0.0000, 0.3466]"))

# -- logistic ----------------------------------------------------------------------------------------------------------

sigmoid = elementwise(
    "sigmoid", activation.sigmoid, x=_sigmoid_rule,
    symbol="σ", promotes="float", inplace=True, samples=edged(),
    doc=one("sigmoid", "The logistic function ``1 / (1 + e⁻ˣ)``.", "[0.0, 2.0]", "[0.5000, 0.8808]"))
logit = elementwise(
    "logit", kernel.logit, x=_logit_rule, promotes="float", inplace=True,
    samples=[*edged(unit), s(const([0.1, 0.3, 0.9, -1.0]), eps=0.2), s(unit(3), 0.3)],
    doc=one("logit", "``log(x / (1 − x))``, the inverse of ``sigmoid``; ``x`` is first clamped to ``[eps, 1 − eps]``.",
            "[0.5, 0.8]", "[0.0000, 1.3863]", FLOAT + " NaN outside [0, 1] without ``eps``."))

# -- sign and rounding -------------------------------------------------------------------------------------------------

abs = elementwise(
    "abs", kernel.absolute, x=lambda g, x: g * sign(x), symbol="|x|", inplace=True, samples=edged(nonzero),
    errors=[Bad(NotImplementedError, "bool", bools(2))],
    doc=one("abs", "The absolute value; the gradient at 0 is 0.", "[-1.5, 2.0]", "[1.5000, 2.0000]",
            ONE + " NotImplementedError for bool."))
neg = elementwise(
    "neg", kernel.negative, x=lambda g: -g, symbol="−", inplace=True, samples=edged(),
    errors=[Bad(RuntimeError, "bool", bools(2))],
    doc=one("neg", "``−x``.", "[1.0, -2.0]", "[-1.,  2.]", ONE + " RuntimeError for bool."))
sign: Op = elementwise(
    "sign", kernel.sign, x=zero, inplace=True, samples=edged(away),
    doc=one("sign", "−1, 0 or 1, and 0 for NaN. The gradient is 0 everywhere.", "[-3.0, 0.0, 2.0]", "[-1.,  0.,  1.]", ONE))
sgn = elementwise(
    "sgn", kernel.sign, x=zero, inplace=True, samples=edged(away),
    doc=one("sgn", "The sign, as ``sign``.", "[-3.0, 0.0, 2.0]", "[-1.,  0.,  1.]", ONE))
floor = elementwise(
    "floor", kernel.numbers("floor", np.floor), x=zero, inplace=True, samples=edged(away),
    doc=one("floor", "The largest whole number that is not above ``x``. The gradient is 0.", "[1.5, -1.5]", "[ 1., -2.]", ONE))
ceil = elementwise(
    "ceil", kernel.numbers("ceil", np.ceil), x=zero, inplace=True, samples=edged(away),
    doc=one("ceil", "The smallest whole number that is not below ``x``. The gradient is 0.", "[1.5, -1.5]", "[ 2., -1.]", ONE))
trunc = elementwise(
    "trunc", kernel.numbers("trunc", np.trunc), x=zero, inplace=True, samples=edged(away),
    doc=one("trunc", "``x`` without its fraction. The gradient is 0.", "[1.5, -1.5]", "[ 1., -1.]", ONE))
round = elementwise(
    "round", kernel.rounded, x=zero, inplace=True, samples=[*edged(away), s(const([1.26, -0.34]), decimals=1)],
    doc=one("round", "Rounded to ``decimals`` places (0), halves to even. The gradient is 0.", "[0.5, 1.5, -1.2]", "[ 0.,  2., -1.]",
            ONE))
frac = elementwise(
    "frac", kernel.floats("frac", lambda x: x - np.trunc(x)), x=lambda g: g, inplace=True, samples=edged(away),
    errors=[Bad(NotImplementedError, "frac", ints(2))],
    doc=one("frac", "``x − trunc(x)``.", "[1.5, -1.25]", "[ 0.5000, -0.2500]", REAL))

# -- bounds ------------------------------------------------------------------------------------------------------------

clamp = elementwise(
    "clamp", kernel.clamp, tensors=("x",), x=_clamp_rule,
    public=False, samples=[s(away(2, 3), -1.0, 1.0), s(away(), None, 1.0), s(away(0, 3), 0.0, None),
                           s(const([0.0, 1.0, float("nan"), 5.0]), 0.0, 1.0)],
    doc=hidden("clamp", "``min(max(x, min), max)`` with numbers as bounds."))
clamp_tensors = elementwise(
    "clamp_tensors", kernel.clamp, tensors=("x", "min", "max"), public=False,
    x=_clamp_rule,
    min=_clamp_rule_min,
    max=_clamp_rule_max,
    samples=[s(away(2, 3), real(3, low=-1.9, high=-1.1), real(2, 3, low=1.1, high=1.9)), s(away(), None, const(1.0)),
             s(away(0, 3), real(), None), s(const([1.0, float("nan")]), const([2.0, 0.0]), const([1.0, 1.0]))],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4), real())],
    doc=hidden("clamp", "``min(max(x, min), max)`` with tensors as bounds."))
nan_to_num = elementwise(
    "nan_to_num", kernel.nan_to_num, tensors=("x",), x=lambda g, x: keep(g, np.isfinite(x)),
    inplace=True, samples=[*edged(), s(const([float("nan"), 1.0]), nan=2.0), s(real(3), 0.0, 1.0, -1.0)],
    doc=one("nan_to_num", "NaN replaced by ``nan`` (0), infinities by ``posinf`` and ``neginf`` (the dtype's extremes).",
            "[float('nan'), 1.0]", "[0., 1.]", ONE))
threshold = elementwise(
    "threshold", kernel.threshold, tensors=("x",), x=lambda g, x, threshold: keep(g, np.logical_not(x <= threshold)),
    method=False, samples=[s(away(2, 3), 0.0, 5.0), s(away(), 1.0, 0.0), s(away(0, 2), 0.0, 0.0),
                           s(const([1.0, float("nan")]), 1.0, 2.0)],
    doc=about("threshold", "``x`` where it exceeds ``threshold``, else ``value``.", ONE,
              "autograd.threshold(autograd.tensor([1.0, 3.0]), 2.0, 0.0)", "tensor([0., 3.])"))
# fmt: on
