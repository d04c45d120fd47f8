"""The activation functions of neural networks that act on each element: the function, then its rule.

Those that PyTorch has in ``torch.nn.functional`` only are not public here; ``nn.functional`` has them. On large arrays a
rule hands over to a kernel that makes one pass of it; the text beside it is what both compute.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels import activation as kernel
from autograd.kernels import curves
from autograd.kernels.blocks import large
from autograd.op import Op, elementwise, general
from autograd.ops._about import EDGES, REAL, about, edged, hidden, one, zero
from autograd.ops.elementwise import keep, sigmoid, where
from autograd.samples import Bad, away, bools, const, ints, real, s

NORMAL = 1 / math.sqrt(2 * math.pi)
SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946

_NO_INT = [Bad(NotImplementedError, "int64", ints(2))]
_EDGE = s(const(EDGES))


def _calls(*options: Any, draw: Any = away) -> list:
    """Samples of all shapes with the defaults, and one with other options."""
    return [
        s(draw(2, 3)),
        s(draw()),
        s(draw(0, 3)),
        _EDGE,
        *([s(draw(4), *options), s(const(EDGES), *options)] if options else []),
    ]


def _unit_rule(g: Any, x: Any, outer: float, rate: float, scale: float) -> Any:
    """The gradient of ELU and its kin; only negative ``x`` go into the exponential, as its own derivative is used too."""
    if large(g, x):
        return curves.unit_pull(g, x, outer, rate, scale)
    below = g * (np.exp(keep(x, x < 0) * rate) * (outer * rate))
    return where(x <= 0, below, g if scale == 1 else g * scale)


def _gelu_rule(g: Any, x: Any, approximate: str) -> Any:
    return kernel.gelu_pull(g, x, approximate) if large(g, x) else g * gelu_slope(x, approximate)


def _gelu_slope_rule(g: Any, x: Any, approximate: str) -> Any:
    """The second derivative: ``φ(x) (2 − x²)``, or that of the form with ``tanh``."""
    square = x * x
    if approximate == "none":
        return g * (np.exp(square * -0.5) * (2 - square) * NORMAL)
    t = np.tanh(x * (x * x * (kernel.ROOT_2_OVER_PI * 0.044715) + kernel.ROOT_2_OVER_PI))
    slope = square * (kernel.ROOT_2_OVER_PI * 0.134145) + kernel.ROOT_2_OVER_PI
    bend = square * (kernel.ROOT_2_OVER_PI * 0.134145)  # half of x times the second derivative of the argument
    return g * ((1 - t * t) * (slope + bend - x * t * slope * slope))


def _softplus_rule(g: Any, x: Any, beta: float, threshold: float) -> Any:
    if large(g, x):
        return curves.softplus_pull(g, x, beta, threshold)
    return where(x * beta > threshold, g, g * sigmoid(x * beta))


def _silu_rule(g: Any, x: Any) -> Any:
    if large(g, x):
        return curves.silu_pull(g, x)
    s = sigmoid(x)
    return g * (s * (x * (1 - s) + 1))


def _mish_rule(g: Any, x: Any) -> Any:
    if large(g, x):
        return curves.mish_pull(g, x)
    t = np.tanh(softplus(x))
    return g * (t + x * sigmoid(x) * (1 - t * t))


def _glu_rule(g: Any, x: Any, dim: int) -> Any:
    a, b = kernel.glu_halves(x, dim)
    s = sigmoid(b)
    return np.concatenate((g * s, g * a * s * (1 - s)), axis=dim)


def _glu_jvp(t: tuple, x: Any, dim: int) -> Any:
    a, b = kernel.glu_halves(x, dim)
    ta, tb = kernel.glu_halves(t[0], dim)
    s = sigmoid(b)
    return ta * s + tb * a * s * (1 - s)


def _relu_rule(g: Any, out: Any) -> Any:
    """``g`` where ``out`` is positive. On a NumPy scalar asked directly: four times faster, and scalars live on it."""
    if isinstance(g, np.floating):
        return g if out != 0 else type(g)(0)
    return curves.relu_pull(g, out) if large(g, out) else keep(g, out != 0)


def _leaky_rule(g: Any, x: Any, negative_slope: float) -> Any:
    if 0 < negative_slope <= 1 and large(g, x):
        return curves.leaky_relu_pull(g, x, negative_slope)
    return where(x > 0, g, g * negative_slope)


def _hardswish_rule(g: Any, x: Any) -> Any:
    if large(g, x):
        return curves.hardswish_pull(g, x)
    return where(x < 3, keep(g * (x / 3 + 0.5), x > -3), g)


def _logsigmoid_rule(g: Any, x: Any) -> Any:
    return curves.logsigmoid_pull(g, x) if large(g, x) else g * sigmoid(-x)


# fmt: off

# -- rectifiers ---------------------------------------------------------------------------------------------------------

relu = elementwise(
    "relu", kernel.relu, x=_relu_rule, inplace=True, samples=edged(away),
    errors=[Bad(RuntimeError, "Boolean", bools(2))],
    doc=one("relu", "``max(x, 0)``; the gradient at 0 is 0.", "[-1.0, 2.0]", "[0., 2.]",
            "The result has the shape and dtype of ``input``; RuntimeError for bool."))
relu6 = elementwise(
    "relu6", kernel.relu6, x=lambda g, x: keep(g, np.logical_not((x <= 0) | (x >= 6))), public=False, samples=_calls(),
    doc=hidden("nn.functional.relu6", "``min(max(x, 0), 6)``."))
leaky_relu = elementwise(
    "leaky_relu", kernel.leaky_relu, x=_leaky_rule,
    public=False, samples=_calls(0.3), errors=_NO_INT,
    doc=hidden("nn.functional.leaky_relu", "``x`` above 0, else ``negative_slope · x``."))
prelu = elementwise(
    "prelu", kernel.prelu, public=False,
    x=lambda g, x, weight: where(x > 0, g, g * weight),
    weight=lambda g, x: keep(g * x, np.logical_not(x > 0)),
    samples=[s(away(2, 3), real(3)), s(away(2, 3, 2), real(3, 1)), s(away(), real()), s(away(0, 3), real(3)), s(const(EDGES), const(0.3))],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4))],
    doc=hidden("prelu", "``x`` above 0, else ``weight · x``, the weight broadcast."))
elu = elementwise(
    "elu", kernel.elu, x=lambda g, x, alpha: _unit_rule(g, x, alpha, 1.0, 1.0), public=False, samples=_calls(0.5), errors=_NO_INT,
    doc=hidden("nn.functional.elu", "``x`` above 0, else ``alpha · (eˣ − 1)``."))
selu = elementwise(
    "selu", kernel.selu, x=lambda g, x: _unit_rule(g, x, SELU_SCALE * SELU_ALPHA, 1.0, SELU_SCALE),
    method=False, samples=_calls(), errors=_NO_INT,
    doc=one("selu", "The scaled ELU, ``1.0507 · x`` above 0, else ``1.7581 · (eˣ − 1)``.", "[-1.0, 1.0]", "[-1.1113,  1.0507]", REAL))
celu = elementwise(
    "celu", kernel.celu, x=lambda g, x, alpha: _unit_rule(g, x, alpha, 1 / alpha, 1.0),
    method=False, samples=_calls(2.0), errors=[*_NO_INT, Bad(RuntimeError, "alpha cannot be 0", real(2), 0.0)],
    doc=one("celu", "``x`` above 0, else ``alpha · (exp(x / alpha) − 1)``, alpha = 1.", "[-1.0, 1.0]", "[-0.6321,  1.0000]",
            REAL + " RuntimeError for ``alpha = 0``."))
step = elementwise(
    "step", kernel.step, x=zero, public=False, samples=edged(away),
    doc=hidden("nn.functional.step", "1 above 0, else 0; the gradient is 0."))

# -- smooth ---------------------------------------------------------------------------------------------------------------

gelu = elementwise(
    "gelu", kernel.gelu, x=_gelu_rule, public=False, samples=_calls("tanh", draw=real),
    errors=[*_NO_INT, Bad(RuntimeError, "approximate argument must be either none or tanh", real(2), approximate="x")],
    doc=hidden("nn.functional.gelu", "``x · Φ(x)``, Φ by the error function or by ``tanh``."))
gelu_slope: Op = elementwise(
    "gelu_slope", kernel.gelu_slope, tensors=("x",), x=_gelu_slope_rule, public=False,
    samples=[s(real(2, 3)), s(real()), s(real(0, 3)), s(real(4), "tanh"), s(const(EDGES))],
    doc=hidden("nn.functional.gelu", "The derivative of ``gelu``: ``Φ(x) + x · φ(x)``, or that of the form with ``tanh``."))
silu = elementwise(
    "silu", kernel.silu, x=_silu_rule, public=False, samples=_calls(draw=real), errors=_NO_INT,
    doc=hidden("nn.functional.silu", "``x · sigmoid(x)``."))
mish = elementwise(
    "mish", kernel.mish, x=_mish_rule, public=False, samples=_calls(draw=real), errors=_NO_INT,
    doc=hidden("nn.functional.mish", "``x · tanh(softplus(x))``."))
softplus = elementwise(
    "softplus", kernel.softplus, x=_softplus_rule, public=False, samples=_calls(2.0, 1.0), errors=_NO_INT,
    doc=hidden("nn.functional.softplus", "``log(1 + exp(beta · x)) / beta``, ``x`` where ``beta · x > threshold``."))
softsign = elementwise(
    "softsign", lambda x: x / (np.abs(x) + 1), x=lambda g, x: g / np.square(np.abs(x) + 1),
    promotes="float", public=False, samples=_calls(),
    doc=hidden("nn.functional.softsign", "``x / (1 + |x|)``."))
logsigmoid = elementwise(
    "logsigmoid", kernel.logsigmoid, x=_logsigmoid_rule, public=False, samples=_calls(draw=real), errors=_NO_INT,
    doc=hidden("nn.functional.logsigmoid", "``log(sigmoid(x))`` without overflow."))
tanhshrink = elementwise(
    "tanhshrink", lambda x: x - np.tanh(x), x=lambda g, x: g * np.square(np.tanh(x)),
    promotes="float", public=False, samples=_calls(draw=real),
    doc=hidden("nn.functional.tanhshrink", "``x − tanh(x)``."))
glu = general(
    "glu", kernel.glu, x=_glu_rule, jvp=_glu_jvp, public=False,
    samples=[s(real(2, 4)), s(real(4, 3), 0), s(real(2), -1), s(real(0, 2))],
    errors=[Bad(RuntimeError, "Halving dimension must be even", real(3)), Bad(NotImplementedError, "int64", ints(2)),
            Bad(RuntimeError, "does not support scalars", real()), Bad(IndexError, "Dimension out of range", real(2), 3)],
    doc=hidden("nn.functional.glu", "``a · sigmoid(b)`` for the halves a and b of ``x`` along ``dim``."))

# -- piecewise linear -------------------------------------------------------------------------------------------------------

hardtanh = elementwise(
    "hardtanh", kernel.hardtanh, x=lambda g, x, min_val, max_val: keep(g, np.logical_not((x <= min_val) | (x >= max_val))),
    public=False, samples=_calls(-0.5, 2.0),
    doc=hidden("nn.functional.hardtanh", "``min(max(x, min_val), max_val)``."))
hardsigmoid = elementwise(
    "hardsigmoid", kernel.hardsigmoid, x=lambda g, x: keep(g / 6, (x > -3) & (x < 3)),
    public=False, samples=_calls(), errors=_NO_INT,
    doc=hidden("nn.functional.hardsigmoid", "``min(max(x / 6 + ½, 0), 1)``."))
hardswish = elementwise(
    "hardswish", kernel.hardswish, x=_hardswish_rule,
    public=False, samples=_calls(), errors=_NO_INT,
    doc=hidden("nn.functional.hardswish", "``x · hardsigmoid(x)``."))
softshrink = elementwise(
    "softshrink", kernel.softshrink, x=lambda g, x, lambd: keep(g, np.logical_not((x >= -lambd) & (x <= lambd))),
    public=False, samples=_calls(1.1), errors=[*_NO_INT, Bad(RuntimeError, "lambda", real(2), -1.0)],
    doc=hidden("nn.functional.softshrink", "``x`` moved by ``lambd`` towards 0, and 0 where it would cross 0."))
hardshrink = elementwise(
    "hardshrink", kernel.hardshrink, x=lambda g, x, lambd: keep(g, np.logical_not((x >= -lambd) & (x <= lambd))),
    samples=_calls(1.1), errors=_NO_INT,
    doc=about("hardshrink", "``x`` where ``|x|`` exceeds ``lambd`` (0.5), else 0.", REAL,
              "autograd.hardshrink(autograd.tensor([0.3, 1.0]))", "tensor([0., 1.])"))
# fmt: on
