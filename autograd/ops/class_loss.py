"""Losses over classes, the softmax and the weights of the classes part of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.dispatch import wrap
from autograd.kernels import loss as kernel
from autograd.op import Op, general, registry
from autograd.ops.shape import reshape
from autograd.samples import Bad, Draw, const, ints, real, s
from autograd.tensor import Tensor


def _one_hot_rows() -> Draw:
    return const([[0.0, 1.0, 0.0, 0.0], [0.5, 0.0, 0.5, 0.0], [0.1, 0.2, 0.3, 0.4]])


_LOGITS = np.array([[0.5, -1.0, 0.25, 2.0], [0.0, 0.75, -0.5, 1.0], [1.5, 0.1, -2.0, 0.3]])
_PROBS = np.exp(_LOGITS) / np.exp(_LOGITS).sum(1, keepdims=True)
_WEIGHT = const([0.5, 1.0, 2.0, 0.25])


def _class_dim(shape: tuple) -> int:
    return 1 if len(shape) > 1 else 0


def _constant(array: Any, like: Any) -> Any:
    """``array`` as what ``like`` is: a Tensor in a rule that is being recorded."""
    return wrap(array) if isinstance(like, Tensor) else array


def _bare(value: Any) -> Any:
    return value._array if isinstance(value, Tensor) else value


def _over_classes(product: Any, reduction: str, shape: tuple) -> Any:
    """The sum over the classes, or over everything where the loss is a number."""
    return np.sum(product, axis=_class_dim(shape)) if reduction == "none" else np.sum(product)


def _lifted(g: Any, reduction: str, shape: tuple) -> Any:
    """The gradient of each row's loss, with a dimension for the classes."""
    if reduction != "none":
        return g
    return reshape(g, (shape[0], 1, *shape[2:]) if len(shape) > 1 else (1,))


def _by_class(weight: Any, shape: tuple) -> Any:
    """The weights of the classes, along their dimension."""
    return reshape(weight, (-1,) + (1,) * (len(shape) - 2)) if len(shape) > 2 else weight


def _rows_of(target: Any, weight: Any, shape: tuple, reduction: str, smooth: float) -> Any:
    """For probabilities as targets: the sum of each row's weighted targets over what a mean divides by."""
    q = kernel.smoothed(target, smooth, shape[_class_dim(shape)])
    if weight is not None:
        q = q * _by_class(weight, shape)
    total = np.sum(q, axis=_class_dim(shape), keepdims=True)
    return total / (math.prod(shape) // shape[_class_dim(shape)]) if reduction == "mean" else total


def _hessian(
    g: Any, v: Any, x: Any, target: Any, weight: Any, shape: tuple, ignore: int, reduction: str, smooth: float
) -> Any:
    """The second derivative with respect to the logits, applied to ``v``: rows of (diag p − p pᵀ) v, weighted."""
    dim = _class_dim(shape)
    p = registry["softmax"](x, dim)
    if target.dtype.kind == "f":
        factor = _rows_of(target, weight, shape, reduction, smooth)
    else:
        found = kernel.row_factor(shape, g.dtype, _bare(target), _bare(weight), ignore, reduction, smooth)
        factor = _constant(found, g)
    pv = p * v
    return _lifted(g, reduction, shape) * factor * (pv - p * np.sum(pv, axis=dim, keepdims=True))


def _target_part(v: Any, g: Any, x: Any, weight: Any, shape: tuple, reduction: str, smooth: float) -> Any:
    """How the gradient of the logits, weighted by ``v``, changes with probabilities as targets."""
    dim = _class_dim(shape)
    inner = np.sum(v * registry["softmax"](x, dim), axis=dim, keepdims=True) - v
    if weight is not None:
        inner = inner * _by_class(weight, shape)
    scale = _lifted(g, reduction, shape) * (1 - smooth)
    return (scale / (math.prod(shape) // shape[dim]) if reduction == "mean" else scale) * inner


def _target_slope(g: Any, x: Any, weight: Any, shape: tuple, reduction: str, smooth: float) -> Any:
    """The gradient of probabilities as targets."""
    dim = _class_dim(shape)
    slope = registry["log_softmax"](x, dim) * (smooth - 1)
    if weight is not None:
        slope = slope * _by_class(weight, shape)
    scale = _lifted(g, reduction, shape)
    return (scale / (math.prod(shape) // shape[dim]) if reduction == "mean" else scale) * slope


def _ce_grad_rule(
    g: Any, grad_shape: Any, x: Any, target: Any, weight: Any, probs: Any, x_shape: Any, ignore_index: Any,
    reduction: Any, label_smoothing: Any,
) -> Any:  # fmt: skip
    ones = _constant(np.ones(grad_shape, g.dtype), g)
    unit = cross_entropy_backward(ones, x, target, probs, weight, ignore_index, reduction, label_smoothing)
    return _over_classes(g * unit, reduction, x_shape)


def _ce_grad_jvp(
    t: Any, grad: Any, x: Any, target: Any, weight: Any, probs: Any, x_shape: Any, ignore_index: Any,
    reduction: Any, label_smoothing: Any,
) -> Any:  # fmt: skip
    statics = (ignore_index, reduction, label_smoothing)
    total = None
    if t[0] is not None:
        total = cross_entropy_backward(t[0], x, target, probs, weight, *statics)
    if t[1] is not None:
        term = _hessian(grad, t[1], x, target, weight, x_shape, *statics)
        total = term if total is None else total + term
    if t[2] is not None:
        term = _target_tangent(grad, t[2], x, weight, x_shape, reduction, label_smoothing)
        total = term if total is None else total + term
    return total


def _target_tangent(g: Any, v: Any, x: Any, weight: Any, shape: tuple, reduction: str, smooth: float) -> Any:
    """The tangent of the logits' gradient for the tangent ``v`` of probabilities as targets."""
    dim = _class_dim(shape)
    if weight is not None:
        v = v * _by_class(weight, shape)
    moved = registry["softmax"](x, dim) * np.sum(v, axis=dim, keepdims=True) - v
    scale = _lifted(g, reduction, shape) * (1 - smooth)
    return (scale / (math.prod(shape) // shape[dim]) if reduction == "mean" else scale) * moved


cross_entropy_backward: Op = general(
    "cross_entropy_backward",
    lambda grad, x, target, probs, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0: (
        kernel.cross_entropy_grad(grad, target, weight, probs, ignore_index, reduction, label_smoothing)
    ),
    tensors=("grad", "x", "target", "probs", "weight"),
    grad=_ce_grad_rule,
    x=lambda g, grad, x, target, weight, x_shape, ignore_index, reduction, label_smoothing: _hessian(
        grad, g, x, target, weight, x_shape, ignore_index, reduction, label_smoothing
    ),
    target=lambda g, grad, x, weight, x_shape, reduction, label_smoothing: _target_part(
        g, grad, x, weight, x_shape, reduction, label_smoothing
    ),
    jvp=_ce_grad_jvp,
    symbol="∂ cross-entropy",
    doc="The gradient of ``cross_entropy`` with respect to its logits: softmax − target, weighted. ``probs`` is the softmax.",
    samples=[
        s(real(), const(_LOGITS), ints(3, high=4), const(_PROBS), _WEIGHT, -100, "mean", 0.1),
        s(real(3), const(_LOGITS), ints(3, high=4), const(_PROBS), None, 1, "none", 0.0),
        s(real(0), const(np.zeros((0, 4))), ints(0, high=4), const(np.zeros((0, 4))), None, -100, "none", 0.0),
    ],
    public=False,
)


def _ce_jvp(
    t: Any, x: Any, target: Any, weight: Any, probs: Any, x_shape: Any, ignore_index: Any, reduction: Any,
    label_smoothing: Any,
) -> Any:  # fmt: skip
    like = t[0] if t[0] is not None else t[1]
    shape = () if reduction != "none" or len(x_shape) == 1 else (x_shape[0], *x_shape[2:])
    one = _constant(np.ones(shape, like.dtype), like)
    total = None
    if t[0] is not None:
        slope = cross_entropy_backward(one, x, target, probs, weight, ignore_index, reduction, label_smoothing)
        total = slope * t[0]
    if t[1] is not None:
        term = _target_slope(one, x, weight, x_shape, reduction, label_smoothing) * t[1]
        total = term if total is None else total + term
    return _over_classes(total, reduction, x_shape)


cross_entropy: Op = general(
    "cross_entropy",
    kernel.cross_entropy,
    tensors=("x", "target", "weight"),
    outputs=("out", "probs"),
    differentiable=("out",),
    x=lambda g, x, target, weight, probs, ignore_index, reduction, label_smoothing: cross_entropy_backward(
        g, x, target, probs, weight, ignore_index, reduction, label_smoothing
    ),
    target=lambda g, x, weight, x_shape, reduction, label_smoothing: _target_slope(
        g, x, weight, x_shape, reduction, label_smoothing
    ),
    jvp=lambda t, x, target, weight, probs, x_shape, ignore_index, reduction, label_smoothing: _ce_jvp(
        t, x, target, weight, probs, x_shape, ignore_index, reduction, label_smoothing
    ),
    symbol="cross-entropy",
    doc="Minus the log-softmax of the logits ``x`` at the target classes (or weighted by class probabilities), reduced; "
    "and the softmax.",
    samples=[
        *[s(real(3, 4), ints(3, high=4), reduction=r) for r in kernel.REDUCTIONS],
        *[s(real(3, 4), const([1, -100, 3]), _WEIGHT, reduction=r, label_smoothing=0.1) for r in kernel.REDUCTIONS],
        *[s(real(3, 4), real(3, 4, low=0.1, high=0.9), reduction=r) for r in kernel.REDUCTIONS],
        s(real(3, 4), _one_hot_rows(), _WEIGHT, label_smoothing=0.2),
        s(real(4), const(2)),
        s(real(2, 4, 3), ints(2, 3, high=4), _WEIGHT, 1, "mean", 0.1),
        s(real(2, 4, 3), real(2, 4, 3, low=0.1, high=0.9), _WEIGHT, reduction="none"),
        s(real(0, 4), ints(0, high=4), reduction="sum"),
        s(real(0, 4, 2), ints(0, 2, high=4), reduction="none"),
        s(const(np.zeros((0, 4))), const(np.zeros((0, 4)))),
    ],
    errors=[Bad(IndexError, "Target 7 is out of bounds", real(2, 4), const([0, 7]))],
    public=False,
)
nll_backward: Op = general(
    "nll_backward",
    lambda grad, target, weight=None, shape=(), ignore_index=-100, reduction="mean": kernel.nll_grad(
        grad, target, weight, shape, ignore_index, reduction
    ),
    tensors=("grad", "target", "weight"),
    grad=lambda g, target, weight, ignore_index, reduction: nll_loss(g, target, weight, ignore_index, reduction),
    jvp=lambda t, target, weight, shape, ignore_index, reduction: nll_backward(
        t[0], target, weight, shape, ignore_index, reduction
    ),
    symbol="∂ NLL",
    doc="The gradient of ``nll_loss``: minus the weights at the target classes, zero elsewhere.",
    samples=[
        s(real(2), const([0, 3]), None, (2, 4), -100, "none"),
        s(real(), const([0, 3]), None, (2, 4), 3, "mean"),
        s(real(0), ints(0, high=4), None, (0, 4), -100, "none"),
    ],
    public=False,
)
nll_loss: Op = general(
    "nll_loss",
    kernel.nll,
    tensors=("x", "target", "weight"),
    x=lambda g, target, weight, x_shape, ignore_index, reduction: nll_backward(
        g, target, weight, x_shape, ignore_index, reduction
    ),
    jvp=lambda t, target, weight, ignore_index, reduction: nll_loss(t[0], target, weight, ignore_index, reduction),
    symbol="NLL",
    doc="Minus the log-probabilities ``x`` at the target classes, weighted and reduced.",
    samples=[
        *[s(real(3, 4), ints(3, high=4), reduction=r) for r in kernel.REDUCTIONS],
        *[s(real(3, 4), const([1, -100, 3]), _WEIGHT, reduction=r) for r in kernel.REDUCTIONS],
        s(real(4), const(2)),
        s(real(2, 4, 3), ints(2, 3, high=4), _WEIGHT, 1, "mean"),
        s(real(0, 4), ints(0, high=4), reduction="sum"),
    ],
    errors=[Bad(IndexError, "Target 7 is out of bounds", real(2, 4), const([0, 7]))],
    public=False,
)
