"""Losses between tensors and of probabilities, each one operation: the reduction and the weights are part of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels import loss as kernel
from autograd.op import general, registry
from autograd.samples import Bad, Draw, const, pairs, real, s

# -- between tensors --------------------------------------------------------------------------------------------------


def _mean(g: Any, reduction: str, *shapes: tuple) -> Any:
    """The incoming gradient of each element."""
    return g / math.prod(np.broadcast_shapes(*shapes)) if reduction == "mean" else g


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
    reductions = [s(draw(2, 3), draw(2, 3), reduction=r) for r in kernel.REDUCTIONS]
    return [*reductions, *[s(*pair.args, reduction="sum") for pair in pairs(draw)]]


def _unit(*shape: int) -> Draw:
    return real(*shape, low=0.1, high=0.9)


_CLASH = [Bad(RuntimeError, "must match the size", real(2, 3), real(4))]

mse_loss = general(
    "mse_loss",
    lambda x, target, reduction="mean": kernel.mse(x, target, reduction),
    x=lambda g, x, target, x_shape, target_shape, reduction: (
        _mean(g, reduction, x_shape, target_shape) * 2 * (x - target)
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
l1_loss = general(
    "l1_loss",
    lambda x, target, reduction="mean": kernel.l1(x, target, reduction),
    x=lambda g, x, target, x_shape, target_shape, reduction: (
        _mean(g, reduction, x_shape, target_shape) * np.sign(x - target)
    ),
    target=lambda g, x, target, x_shape, target_shape, reduction: (
        _mean(g, reduction, x_shape, target_shape) * np.sign(target - x)
    ),
    jvp=lambda t, x, target, x_shape, target_shape, reduction: _push(
        reduction, (x_shape, target_shape), (np.sign(x - target), t[0]), (np.sign(target - x), t[1])
    ),
    promotes="float",
    symbol="L1",
    doc="Absolute differences of ``x`` and ``target``, reduced.",
    samples=_both(),
    errors=_CLASH,
    public=False,
)


def _smooth_slope(d: Any, beta: float) -> Any:
    return np.clip(d / beta, -1, 1) if beta else np.sign(d)


smooth_l1_loss = general(
    "smooth_l1_loss",
    lambda x, target, reduction="mean", beta=1.0: kernel.smooth_l1(x, target, reduction, beta),
    x=lambda g, x, target, x_shape, target_shape, reduction, beta: (
        _mean(g, reduction, x_shape, target_shape) * _smooth_slope(x - target, beta)
    ),
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
    x=lambda g, x, target, x_shape, target_shape, reduction, delta: (
        _mean(g, reduction, x_shape, target_shape) * np.clip(x - target, -delta, delta)
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
        *[s(_unit(2, 3), _unit(2, 3), reduction=r) for r in kernel.REDUCTIONS],
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
        _weighted(g, reduction, weight, x_shape, target_shape, weight_shape) * _logits_slope(x, target, pos_weight)
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
        *[s(real(2, 3), _unit(2, 3), reduction=r) for r in kernel.REDUCTIONS],
        s(real(2, 3), _unit(2, 3), const([0.5, 1.0, 2.0]), const([3.0, 1.0, 2.0])),
        s(real(), _unit()),
        s(real(0, 3), _unit(0, 3), None, None, "sum"),
    ],
    errors=_CLASH,
    public=False,
)


def _kl_slope(y: Any, log_target: bool) -> Any:
    return -np.exp(y) if log_target else -y


def _kl_target_slope(x: Any, y: Any, log_target: bool) -> Any:
    if log_target:
        return np.exp(y) * (y - x + 1)
    # As PyTorch has it, y / y included: NaN where the target is 0.
    return np.where(y == 0, 0, np.log(y)) + y / y - x


kl_div = general(
    "kl_div",
    lambda x, target, reduction="mean", log_target=False: kernel.kl_div(x, target, reduction, log_target),
    x=lambda g, target, x_shape, target_shape, reduction, log_target: (
        _mean(g, reduction, x_shape, target_shape) * _kl_slope(target, log_target)
    ),
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
        *[s(real(2, 3), real(2, 3), reduction=r, log_target=True) for r in kernel.REDUCTIONS],
    ],
    errors=_CLASH,
    public=False,
)
