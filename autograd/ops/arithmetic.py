"""Arithmetic of two and three operands: the function, then its rules, a line each."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.kernels import division, special
from autograd.kernels import elementwise as kernel
from autograd.kernels.special_calls import widened_pair
from autograd.op import elementwise, general
from autograd.ops._about import EDGES, NAN, QUOTIENT, REALS, TWO, about, hidden, nonzero, positive, two, zero
from autograd.ops.convert import cast
from autograd.ops.elementwise import keep, where
from autograd.samples import Bad, away, bools, const, distinct, ints, pairs, real, s

LN2 = math.log(2)

_CLASH = [Bad(RuntimeError, "must match the size", real(2, 3), real(4))]
_CLASH_OF_THREE = [
    Bad(RuntimeError, "must match the size", real(2, 3), real(4), real()),
    Bad(RuntimeError, "must match the size", real(2, 3), real(), real(4)),
]
_NO_BOOL = [*_CLASH, Bad(NotImplementedError, "bool", bools(2), bools(2))]
_NO_INT = [*_CLASH, Bad(NotImplementedError, "int64", ints(2), ints(2))]
_GRID = s(const(np.repeat(EDGES, len(EDGES))), const(np.tile(EDGES, len(EDGES))))  # every edge with every other
_POINTS = [s(const(1.5), const([0.5, -2.0])), s(const(np.zeros((0, 3))), const([1.0, 2.0, 3.0]))]  # 0-d, empty
_TIES = s(const([1.0, 1.0, NAN, 1.0, NAN]), const([1.0, 2.0, 1.0, NAN, NAN]))


def _log(x: Any) -> Any:
    """The logarithm of an array or of a number, which must not widen the arrays that it meets."""
    if isinstance(x, (int, float)):
        return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan
    return np.log(x)


def _pow_base(g: Any, x: Any, y: Any) -> Any:
    if isinstance(y, (int, float)):
        return zero(g) if y == 0 else g * (x * 2) if y == 2 else g * (y * x ** (y - 1))
    return keep(g * (y * x ** (y - 1)), y != 0)


def _pow_exponent(g: Any, x: Any, y: Any, out: Any) -> Any:
    if isinstance(x, (int, float)):
        return g * (out * _log(x)) if x != 0 else keep(g * (out * -math.inf), np.logical_not(y >= 0))
    return keep(g * (out * np.log(x)), np.logical_not((x == 0) & (y >= 0)))


def _no_derivative(name: str, instead: str) -> Callable:
    """A rule that says that there is no derivative, as PyTorch does."""

    def rule(g: Any) -> Any:
        raise RuntimeError(f"{name}: derivative for {name} is not implemented; {instead}")

    return rule


# fmt: off

# -- the four operations ----------------------------------------------------------------------------------------------

add = elementwise(
    "add", np.add, fast=operator.add, symbol="+", public=False, samples=[*pairs(), _GRID], errors=_CLASH,
    x=lambda g: g,
    y=lambda g: g,
    doc=hidden("add", "The sum ``x + y``."))
sub = elementwise(
    "sub", np.subtract, fast=operator.sub, symbol="−", public=False, samples=[*pairs(), _GRID], errors=_CLASH,
    x=lambda g: g,
    y=lambda g: -g,
    doc=hidden("sub", "The difference ``x − y``."))
mul = elementwise(
    "mul", np.multiply, fast=operator.mul, symbol="×", inplace=True, samples=[*pairs(), _GRID], errors=_CLASH,
    x=lambda g, y: g * y,
    y=lambda g, x: g * x,
    doc=two("mul", "The product ``input · other``.", "[1.0, 2.0]", "[3.0, 4.0]", "[3., 8.]"))
div = elementwise(
    "div", np.true_divide, fast=operator.truediv, symbol="÷", promotes="float", public=False,
    samples=[*pairs(real, nonzero), _GRID], errors=_CLASH,
    x=lambda g, y: g / y,
    y=lambda g, y, out: -g * (out / y),
    doc=hidden("div", "The quotient ``x / y``; integers are divided as floats."))
floor_divide = elementwise(
    "floor_divide", division.floor_divide, tensors=("x", "y"), symbol="//", inplace=True,
    samples=[_GRID, s(ints(2, 3, low=-5), ints(3, low=1)), *_POINTS], errors=_NO_BOOL,
    x=_no_derivative("floor_divide", "use div(x, y, rounding_mode='floor'), whose gradient is 0"),
    y=_no_derivative("floor_divide", "use div(x, y, rounding_mode='floor'), whose gradient is 0"),
    doc=two("floor_divide", "The quotient rounded down.", "[7.0, -7.0]", "[2.0, 2.0]", "[ 3., -4.]",
            TWO + " RuntimeError for an integer divided by 0, and in backward: there is no derivative."))
div_floor = elementwise(
    "div_floor", division.floor_divide, tensors=("x", "y"), symbol="//", public=False, samples=pairs(real, nonzero),
    errors=_CLASH,
    x=zero,
    y=zero,
    doc=hidden("div", "The quotient rounded down; its gradients are 0."))
div_trunc = elementwise(
    "div_trunc", division.trunc_divide, tensors=("x", "y"), symbol="//", public=False, samples=[*pairs(real, nonzero), _GRID],
    errors=_CLASH,
    x=zero,
    y=zero,
    doc=hidden("div", "The quotient rounded towards 0; its gradients are 0."))
remainder = elementwise(
    "remainder", division.remainder, tensors=("x", "y"), symbol="%", inplace=True,
    samples=[*pairs(real, positive), _GRID, s(ints(2, 3, low=-5), ints(3, low=1))], errors=_NO_BOOL,
    x=lambda g: g,
    y=lambda g, x, y: -g * div_floor(x, y),
    doc=two("remainder", "``input − other · floor(input / other)``, with the sign of ``other``.",
            "[7.0, -7.0]", "[3.0, 3.0]", "[1., 2.]", TWO + " RuntimeError for an integer divided by 0."))
fmod = elementwise(
    "fmod", division.fmod, tensors=("x", "y"), inplace=True,
    samples=[*pairs(real, positive), _GRID, s(ints(2, 3, low=-5), ints(3, low=1))], errors=_NO_BOOL,
    x=lambda g: g,
    y=lambda g, x, y: -g * div_trunc(x, y),
    doc=two("fmod", "``input − other · trunc(input / other)``, with the sign of ``input``.",
            "[7.0, -7.0]", "[3.0, 3.0]", "[ 1., -1.]", TWO + " RuntimeError for an integer divided by 0."))
pow = elementwise(
    "pow", kernel.power, tensors=("x", "y"), symbol="^", public=False,
    samples=[*pairs(positive, real), s(away(2, 3), const([2.0, 3.0, 0.0])), _GRID], errors=_NO_BOOL,
    x=_pow_base,
    y=_pow_exponent,
    doc=hidden("pow", "The power ``x ** y``."))

# -- several operands ----------------------------------------------------------------------------------------------------

lerp = elementwise(
    "lerp", kernel.lerp, tensors=("x", "end", "weight"), public=False,
    samples=[s(real(2, 3), real(3), real(2, 1)), s(real(), real(), real()), s(real(0, 3), real(3), real())],
    errors=_CLASH_OF_THREE,
    x=lambda g, weight: g * (1 - weight),
    end=lambda g, weight: g * weight,
    weight=lambda g, x, end: g * (end - x),
    doc=hidden("lerp", "``x + weight · (end − x)``."))
lerp_number = elementwise(
    "lerp_number", kernel.lerp, tensors=("x", "end"), public=False,
    samples=[s(real(2, 3), real(3), 0.3), s(real(), real(), 0.75), s(real(0, 3), real(3), 2)],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4), 0.5)],
    x=lambda g, weight: g * (1 - weight),
    end=lambda g, weight: g * weight,
    doc=hidden("lerp", "``x + weight · (end − x)`` with a number as weight."))
addcmul = elementwise(
    "addcmul", kernel.addcmul, public=False,
    samples=[s(real(2, 3), real(3), real(2, 1)), s(real(), real(), real(), value=0.5), s(real(0, 3), real(3), real())],
    errors=_CLASH_OF_THREE,
    x=lambda g: g,
    tensor1=lambda g, tensor2, value: g * (tensor2 * value),
    tensor2=lambda g, tensor1, value: g * (tensor1 * value),
    doc=hidden("addcmul", "``x + value · tensor1 · tensor2``."))
addcdiv = elementwise(
    "addcdiv", kernel.addcdiv, public=False,
    samples=[s(real(2, 3), real(3), nonzero(2, 1)), s(real(), real(), positive(), value=0.5), s(real(0, 3), real(3), real())],
    errors=_CLASH_OF_THREE,
    x=lambda g: g,
    tensor1=lambda g, tensor2, value: g * (value / tensor2),
    tensor2=lambda g, tensor1, tensor2, value: -g * (tensor1 * value / (tensor2 * tensor2)),
    doc=hidden("addcdiv", "``x + value · tensor1 / tensor2``."))

# -- choosing by size ------------------------------------------------------------------------------------------------------

maximum = elementwise(
    "maximum", np.maximum, symbol="max", samples=[*pairs(distinct, away), _GRID, _TIES], errors=_CLASH,
    x=lambda g, x, y: keep(where(x == y, g * 0.5, g), np.logical_not(x < y)),
    y=lambda g, x, y: keep(where(x == y, g * 0.5, g), np.logical_not(y < x)),
    doc=two("maximum", "The larger of each pair, NaN where one is; equals share the gradient.",
            "[1.0, 5.0]", "[2.0, 3.0]", "[2., 5.]"))
minimum = elementwise(
    "minimum", np.minimum, symbol="min", samples=[*pairs(distinct, away), _GRID, _TIES], errors=_CLASH,
    x=lambda g, x, y: keep(where(x == y, g * 0.5, g), np.logical_not(y < x)),
    y=lambda g, x, y: keep(where(x == y, g * 0.5, g), np.logical_not(x < y)),
    doc=two("minimum", "The smaller of each pair, NaN where one is; equals share the gradient.",
            "[1.0, 5.0]", "[2.0, 3.0]", "[1., 3.]"))
fmax = elementwise(
    "fmax", np.fmax, symbol="max", samples=[*pairs(distinct, away), _GRID, _TIES], errors=_CLASH,
    x=lambda g, x, y: keep(g, (x >= y) | np.isnan(y)),
    y=lambda g, x, y: keep(g, np.logical_not((x >= y) | np.isnan(y))),
    doc=two("fmax", "The larger of each pair, of which NaN is none; ``input`` gets the gradient of equals.",
            "[1.0, 5.0]", "[2.0, float('nan')]", "[2., 5.]"))
fmin = elementwise(
    "fmin", np.fmin, symbol="min", samples=[*pairs(distinct, away), _GRID, _TIES], errors=_CLASH,
    x=lambda g, x, y: keep(g, (x <= y) | np.isnan(y)),
    y=lambda g, x, y: keep(g, np.logical_not((x <= y) | np.isnan(y))),
    doc=two("fmin", "The smaller of each pair, of which NaN is none; ``input`` gets the gradient of equals.",
            "[1.0, 5.0]", "[2.0, float('nan')]", "[1., 5.]"))
heaviside = elementwise(
    "heaviside", kernel.heaviside, public=False, samples=[_GRID, s(ints(2, 3, low=-1, high=2), ints(3)), *_POINTS],
    errors=_CLASH,
    x=_no_derivative("heaviside", "use where(x > 0, 1.0, 0.0) for a step with the gradient 0"),
    y=_no_derivative("heaviside", "use where(x > 0, 1.0, 0.0) for a step with the gradient 0"),
    doc=hidden("heaviside", "0 below 0, ``y`` at 0, 1 above."))

# -- functions of two variables ------------------------------------------------------------------------------------------

atan2 = elementwise(
    "atan2", np.arctan2, promotes="float", inplace=True, samples=[*pairs(nonzero), _GRID], errors=_CLASH,
    x=lambda g, x, y: g * _over_square(y, x, y),
    y=lambda g, x, y: -g * _over_square(x, x, y),
    doc=two("atan2", "The angle of the point (other, input), in [−π, π].", "[1.0, -1.0]", "[1.0, -1.0]",
            "[ 0.7854, -2.3562]", QUOTIENT))
hypot = elementwise(
    "hypot", kernel.float_pairs("hypot", np.hypot), inplace=True, samples=[*pairs(nonzero), _GRID], errors=_NO_INT,
    x=lambda g, x, out: g * (x / out),
    y=lambda g, y, out: g * (y / out),
    doc=two("hypot", "``√(input² + other²)``.", "[3.0, 5.0]", "[4.0, 12.0]", "[ 5., 13.]", REALS))
copysign = elementwise(
    "copysign", np.copysign, promotes="float", inplace=True, samples=[*pairs(nonzero), _GRID], errors=_CLASH,
    x=lambda g, x, out: g * keep(out / x, x != 0),
    y=zero,
    doc=two("copysign", "The magnitude of ``input`` with the sign of ``other``.", "[1.0, -2.0]", "[-3.0, -0.0]",
            "[-1., -2.]", QUOTIENT))
nextafter = elementwise(
    "nextafter", kernel.float_pairs("nextafter", np.nextafter), inplace=True, samples=[_GRID, *_POINTS], errors=_NO_INT,
    x=lambda g, x, y: keep(g, x != y),
    y=zero,
    doc=two("nextafter", "The next number of the dtype from ``input`` towards ``other``.", "[1.0]", "[2.0]", "[1.0000]", REALS))
logaddexp = elementwise(
    "logaddexp", kernel.logaddexp, samples=[*pairs(), _GRID], errors=_NO_INT,
    x=lambda g, x, y: g / (np.exp(y - x) + 1),
    y=lambda g, x, y: g / (np.exp(x - y) + 1),
    doc=two("logaddexp", "``log(exp(input) + exp(other))`` without overflow.", "[0.0, 1000.0]", "[0.0, 1000.0]",
            "[6.9315e-01, 1.0007e+03]", REALS))
logaddexp2 = elementwise(
    "logaddexp2", kernel.logaddexp2, samples=[*pairs(), _GRID], errors=_NO_INT,
    x=lambda g, x, y: g / (np.exp2(y - x) + 1),
    y=lambda g, x, y: g / (np.exp2(x - y) + 1),
    doc=two("logaddexp2", "``log2(2**input + 2**other)`` without overflow.", "[0.0, 3.0]", "[0.0, 3.0]", "[1., 4.]", REALS))
xlogy = elementwise(
    "xlogy", widened_pair(special.xlogy), tensors=("x", "y"), promotes="float", inplace=True,
    samples=[*pairs(real, positive), _GRID], errors=_CLASH,
    x=lambda g, x, y: keep(g * _log(y), np.logical_not((x == 0) & (y <= 0))),
    y=lambda g, x, y: g * (x / y),
    doc=two("xlogy", "``input · log(other)``, 0 where ``input`` is 0 and ``other`` is not NaN.",
            "[0.0, 2.0]", "[0.0, 1.0]", "[0., 0.]", QUOTIENT))
xlog1py = elementwise(
    "xlog1py", widened_pair(special.xlog1py), tensors=("x", "y"), promotes="float", public=False, samples=[*pairs(real, positive), _GRID],
    errors=_CLASH,
    x=lambda g, x, y: keep(g * np.log1p(y), np.logical_not((x == 0) & (y <= -1))),
    y=lambda g, x, y: g * (x / (y + 1)),
    doc=about("special.xlog1py", "``input · log(1 + other)``, 0 where ``input`` is 0 and ``other`` is not NaN.", QUOTIENT,
              "autograd.special.xlog1py(autograd.tensor([0.0, 2.0]), 1)", "tensor([0.0000, 1.3863])"))
frexp = general(
    "frexp", lambda x: np.frexp(x), outputs=("mantissa", "exponent"), differentiable=("mantissa",), public=False,
    samples=[s(positive(2, 3)), s(nonzero()), s(real(0, 2)), s(const(EDGES))],
    x=lambda g, exponent: g * _power_of_two(-exponent, g),
    jvp=lambda t, exponent: t[0] * _power_of_two(-exponent, t[0]),
    doc=hidden("frexp", "Mantissas in [½, 1) and whole exponents of 2 whose product is ``x``."))
# fmt: on


def _over_square(part: Any, x: Any, y: Any) -> Any:
    """``part / (x² + y²)``, 0 at the origin."""
    square = x * x + y * y
    return keep(part / square, square != 0)


def _power_of_two(exponent: Any, like: Any) -> Any:
    """``2 ** exponent`` in the dtype of ``like``."""
    return 2.0 ** cast(exponent, like.dtype)
