"""Losses between tensors and of probabilities, each one operation: the reduction and the weights are part of it."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.dispatch import record
from autograd.kernels import pair_loss as kernel
from autograd.kernels.loss import REDUCTIONS
from autograd.op import Op, general, registry
from autograd.samples import Bad, Draw, const, pairs, real, s
from autograd.tensor import Tensor

# -- between tensors --------------------------------------------------------------------------------------------------


def _mean(g: Any, reduction: str, *shapes: tuple) -> Any:
    """The incoming gradient of each element."""
    if reduction != "mean":
        return g
    first = shapes[0]
    same = all([shape == first for shape in shapes])
    return g / math.prod(first if same else np.broadcast_shapes(*shapes))


def _push(reduction: str, shapes: tuple, *terms: Any) -> Any:
    """The tangent of a loss from (slope, tangent) of each argument, reduced as the loss is."""
    total: Any = None
    for slope, tangent in terms:
        if tangent is not None:
            term = slope * tangent
            total = term if total is None else total + term
    return total if reduction == "none" else _mean(np.sum(total), reduction, *shapes)


def _both(draw: Any = real) -> list:
    """Samples of input and target for each reduction, and of shapes that broadcast."""
    reductions = [s(draw(2, 3), draw(2, 3), reduction=r) for r in REDUCTIONS]
    return [*reductions, *[s(*pair.args, reduction="sum") for pair in pairs(draw)]]


def _unit(*shape: int) -> Draw:
    return real(*shape, low=0.1, high=0.9)


_CLASH = [Bad(RuntimeError, "must match the size", real(2, 3), real(4))]

mse_loss = general(
    "mse_loss",
    lambda x, target, reduction="mean": kernel.mse(x, target, reduction),
    x=lambda g, x, target, x_shape, target_shape, reduction: (
        kernel.mse_grad(g, x, target, reduction)
        if kernel.straight(g, x, target)
        else _mean(g, reduction, x_shape, target_shape) * 2 * (x - target)
    ),
    target=lambda g, x, target, x_shape, target_shape, reduction: (
        _mean(g, reduction, x_shape, target_shape) * 2 * (target - x)
    ),
    jvp=lambda t, x, target, x_shape, target_shape, reduction: _push(
        reduction, (x_shape, target_shape), (2 * (x - target), t[0]), (2 * (target - x), t[1])
    ),
    promotes="float",
    symbol="MSE",
    doc="Squared differences of ``x`` and ``target``, reduced.",
    samples=_both(),
    errors=_CLASH,
    public=False,
)


def _sign(d: Any) -> Any:
    """-1, 0 or 1; 0 at NaN, as ``sign``."""
    return registry["sign"](d)


l1_loss = general(
    "l1_loss",
    lambda x, target, reduction="mean": kernel.l1(x, target, reduction),
    x=lambda g, x, target, x_shape, target_shape, reduction: (
        _mean(g, reduction, x_shape, target_shape) * _sign(x - target)
    ),
    target=lambda g, x, target, x_shape, target_shape, reduction: (
        _mean(g, reduction, x_shape, target_shape) * _sign(target - x)
    ),
    jvp=lambda t, x, target, x_shape, target_shape, reduction: _push(
        reduction, (x_shape, target_shape), (_sign(x - target), t[0]), (_sign(target - x), t[1])
    ),
    promotes="float",
    symbol="L1",
    doc="Absolute differences of ``x`` and ``target``, reduced.",
    samples=_both(),
    errors=_CLASH,
    public=False,
)


def _clipped(g: Any, x: Any, target: Any, x_shape: tuple, target_shape: tuple, reduction: str, limit: float) -> Any:
    """``g`` times the difference held within ``limit``."""
    if kernel.straight(g, x, target):
        return kernel.clipped_grad(g, x, target, reduction, limit, 1.0)
    return _mean(g, reduction, x_shape, target_shape) * np.clip(x - target, -limit, limit)


def _smooth_rule(
    g: Any, x: Any, target: Any, x_shape: tuple, target_shape: tuple, reduction: str, beta: float
) -> Any:  # fmt: skip
    if beta and kernel.straight(g, x, target):
        return kernel.clipped_grad(g, x, target, reduction, beta, 1 / beta)
    return _mean(g, reduction, x_shape, target_shape) * _smooth_slope(x - target, beta)


def _smooth_slope(d: Any, beta: float) -> Any:
    return np.clip(d / beta, -1, 1) if beta else np.sign(d)


smooth_l1_loss = general(
    "smooth_l1_loss",
    lambda x, target, reduction="mean", beta=1.0: kernel.smooth_l1(x, target, reduction, beta),
    x=_smooth_rule,
    target=lambda g, x, target, x_shape, target_shape, reduction, beta: (
        _mean(g, reduction, x_shape, target_shape) * _smooth_slope(target - x, beta)
    ),
    jvp=lambda t, x, target, x_shape, target_shape, reduction, beta: _push(
        reduction,
        (x_shape, target_shape),
        (_smooth_slope(x - target, beta), t[0]),
        (_smooth_slope(target - x, beta), t[1]),
    ),
    promotes="float",
    symbol="smooth L1",
    doc="``½d²/β`` where ``|d| < β``, else ``|d| − ½β``, for ``d = input − target``; reduced.",
    samples=[*_both(), s(real(2, 3), real(2, 3), reduction="mean", beta=0.5), s(real(3), real(3), "sum", 0.0)],
    errors=_CLASH,
    public=False,
)
huber_loss = general(
    "huber_loss",
    lambda x, target, reduction="mean", delta=1.0: kernel.huber(x, target, reduction, delta),
    x=lambda g, x, target, x_shape, target_shape, reduction, delta: _clipped(
        g, x, target, x_shape, target_shape, reduction, delta
    ),
    target=lambda g, x, target, x_shape, target_shape, reduction, delta: (
        _mean(g, reduction, x_shape, target_shape) * np.clip(target - x, -delta, delta)
    ),
    jvp=lambda t, x, target, x_shape, target_shape, reduction, delta: _push(
        reduction,
        (x_shape, target_shape),
        (np.clip(x - target, -delta, delta), t[0]),
        (np.clip(target - x, -delta, delta), t[1]),
    ),
    promotes="float",
    symbol="Huber",
    doc="``½d²`` where ``|d| < δ``, else ``δ(|d| − ½δ)``, for ``d = input − target``; reduced (Huber, 1964).",
    samples=[*_both(), s(real(2, 3), real(2, 3), reduction="mean", delta=0.5)],
    errors=_CLASH,
    public=False,
)

# -- probabilities ----------------------------------------------------------------------------------------------------


def _weighted(g: Any, reduction: str, weight: Any, *shapes: tuple | None) -> Any:
    """The incoming gradient of each element's unweighted loss."""
    known = [shape for shape in shapes if shape is not None]
    g = _mean(g, reduction, *known)
    return g if weight is None else g * weight


def _push_weighted(reduction: str, weight: Any, shapes: tuple, *terms: Any) -> Any:
    if weight is not None:
        terms = tuple((slope * weight, tangent) for slope, tangent in terms)
    return _push(reduction, tuple(shape for shape in shapes if shape is not None), *terms)


def _bce_slope(x: Any, y: Any) -> Any:
    return (x - y) / np.maximum((1 - x) * x, 1e-12)


def _bce_target_slope(x: Any) -> Any:
    return np.log1p(-x) - np.log(x)


binary_cross_entropy = general(
    "binary_cross_entropy",
    lambda x, target, weight=None, reduction="mean": kernel.bce(x, target, weight, reduction),
    tensors=("x", "target", "weight"),
    x=lambda g, x, target, weight, x_shape, target_shape, weight_shape, reduction: (
        _weighted(g, reduction, weight, x_shape, target_shape, weight_shape) * _bce_slope(x, target)
    ),
    target=lambda g, x, weight, x_shape, target_shape, weight_shape, reduction: (
        _weighted(g, reduction, weight, x_shape, target_shape, weight_shape) * _bce_target_slope(x)
    ),
    jvp=lambda t, x, target, weight, x_shape, target_shape, weight_shape, reduction: _push_weighted(
        reduction,
        weight,
        (x_shape, target_shape, weight_shape),
        (_bce_slope(x, target), t[0]),
        (_bce_target_slope(x), t[1]),
    ),
    promotes="float",
    symbol="BCE",
    doc="``−y log x − (1 − y) log(1 − x)`` for probabilities x, the logarithms held above −100; reduced.",
    samples=[
        *[s(_unit(2, 3), _unit(2, 3), reduction=r) for r in REDUCTIONS],
        s(_unit(2, 3), const([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]), const([0.5, 1.0, 2.0])),
        s(_unit(), _unit()),
        s(_unit(0, 3), _unit(0, 3), None, "sum"),
    ],
    errors=[
        Bad(RuntimeError, "all elements of input should be between 0 and 1", const([0.5, 1.5]), const([0.0, 1.0])),
        Bad(RuntimeError, "all elements of target should be between 0 and 1", const([0.5]), const([math.nan])),
    ],
    public=False,
)


def _sigmoid(x: Any) -> Any:
    return registry["sigmoid"](x)


def _logits_slope(x: Any, y: Any, pos_weight: Any) -> Any:
    if pos_weight is None:
        return _sigmoid(x) - y
    return (1 - y) + ((pos_weight - 1) * y + 1) * (_sigmoid(x) - 1)


def _logits_target_slope(x: Any, pos_weight: Any) -> Any:
    if pos_weight is None:
        return -x
    return (pos_weight - 1) * (np.log1p(np.exp(-np.abs(x))) - np.minimum(x, 0)) - x


binary_cross_entropy_with_logits = general(
    "binary_cross_entropy_with_logits",
    lambda x, target, weight=None, pos_weight=None, reduction="mean": kernel.bce_with_logits(
        x, target, weight, pos_weight, reduction
    ),
    tensors=("x", "target", "weight", "pos_weight"),
    x=lambda g, x, target, weight, pos_weight, x_shape, target_shape, weight_shape, reduction: (
        kernel.bce_with_logits_grad(g, x, target, reduction)
        if weight is None and pos_weight is None and kernel.straight(g, x, target)
        else _weighted(g, reduction, weight, x_shape, target_shape, weight_shape) * _logits_slope(x, target, pos_weight)
    ),
    target=lambda g, x, weight, pos_weight, x_shape, target_shape, weight_shape, reduction: (
        _weighted(g, reduction, weight, x_shape, target_shape, weight_shape) * _logits_target_slope(x, pos_weight)
    ),
    jvp=lambda t, x, target, weight, pos_weight, x_shape, target_shape, weight_shape, reduction: _push_weighted(
        reduction,
        weight,
        (x_shape, target_shape, weight_shape),
        (_logits_slope(x, target, pos_weight), t[0]),
        (_logits_target_slope(x, pos_weight), t[1]),
    ),
    promotes="float",
    symbol="BCE of logits",
    doc="``BCE(sigmoid(x), y)`` without overflow, positive targets weighted by ``pos_weight``; reduced.",
    samples=[
        *[s(real(2, 3), _unit(2, 3), reduction=r) for r in REDUCTIONS],
        s(real(2, 3), _unit(2, 3), const([0.5, 1.0, 2.0]), const([3.0, 1.0, 2.0])),
        s(real(), _unit()),
        s(real(0, 3), _unit(0, 3), None, None, "sum"),
    ],
    errors=_CLASH,
    public=False,
)


def _kl_slope(y: Any, log_target: bool) -> Any:
    return -np.exp(y) if log_target else -y


def _kl_rule(g: Any, target: Any, x_shape: tuple, target_shape: tuple, reduction: str, log_target: bool) -> Any:
    scale = -_mean(g, reduction, x_shape, target_shape)
    return scale * (np.exp(target) if log_target else target)


def _kl_target_slope(x: Any, y: Any, log_target: bool) -> Any:
    if log_target:
        return np.exp(y) * (y - x + 1)
    # As PyTorch has it, y / y included: NaN where the target is 0.
    return np.where(y == 0, 0, np.log(y)) + y / y - x


kl_div = general(
    "kl_div",
    lambda x, target, reduction="mean", log_target=False: kernel.kl_div(x, target, reduction, log_target),
    x=_kl_rule,
    target=lambda g, x, target, x_shape, target_shape, reduction, log_target: (
        _mean(g, reduction, x_shape, target_shape) * _kl_target_slope(x, target, log_target)
    ),
    jvp=lambda t, x, target, x_shape, target_shape, reduction, log_target: _push(
        reduction,
        (x_shape, target_shape),
        (_kl_slope(target, log_target), t[0]),
        (_kl_target_slope(x, target, log_target), t[1]),
    ),
    promotes="float",
    symbol="KL",
    doc="``y (log y − x)`` for x in logarithms, or ``exp(y)(y − x)`` with ``log_target``; reduced.",
    samples=[
        *_both(_unit),
        *[s(real(2, 3), real(2, 3), reduction=r, log_target=True) for r in REDUCTIONS],
    ],
    errors=_CLASH,
    public=False,
)

# -- dispatchers: what the general one does, for two Tensors of one dtype and no weights --------------------------------


def _straight(op: Op) -> None:
    """Give a loss a dispatcher without the general one's detours."""
    slow, count = op.function, len(op.args)
    names = op.args + op.static
    defaults = tuple([op.defaults.get(name) for name in names])

    def function(*args: Any, **kwargs: Any) -> Tensor:
        if not kwargs and 2 <= len(args) <= len(names):
            values = args + defaults[len(args) :]
            x, y = values[:2]
            if isinstance(x, Tensor) and isinstance(y, Tensor) and not any([v is not None for v in values[2:count]]):
                dtype = x._array.dtype
                if dtype is y._array.dtype and dtypes.is_differentiable(dtype):
                    return record(op, list(values[:count]), values[count:])
        return slow(*args, **kwargs)

    op.function = functools.update_wrapper(function, slow)


_pairs: tuple[Op, ...] = (
    mse_loss, l1_loss, smooth_l1_loss, huber_loss, kl_div, binary_cross_entropy, binary_cross_entropy_with_logits,
)  # fmt: skip
for _op in _pairs:
    _straight(_op)
