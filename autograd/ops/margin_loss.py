"""Margin losses of several classes, each one operation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.dispatch import wrap
from autograd.kernels import margin_loss as kernel
from autograd.op import Op, general
from autograd.ops.scatter import zeros_like
from autograd.ops.shape import reshape
from autograd.samples import Bad, const, ints, real, s
from autograd.tensor import Tensor


def _lifted(g: Any, reduction: str, shape: tuple) -> Any:
    """The gradient of each sample's loss as a column, or as a number where all have the same."""
    if reduction == "none":
        return reshape(g, (-1, 1))
    samples = shape[0] if len(shape) == 2 else 1
    return g / samples if reduction == "mean" and samples else g


def _multi_slope(x: Any, target: Any, weight: Any, shape: tuple, p: int, margin: float) -> Any:
    """The derivative of each sample's loss, (samples, classes): by the kernel, or on tensors by recorded operations."""
    if not isinstance(x, Tensor):
        return kernel.multi_slope(x, target, weight, p, margin)
    classes = shape[-1] if shape else 1
    rows = reshape(x, (-1, classes))
    places = reshape(target, (-1, 1)) == wrap(np.arange(classes))
    zero = zeros_like(rows, rows.shape)
    over = (margin - np.sum(np.where(places, rows, zero), axis=1, keepdims=True)) + rows
    over = np.where(places, zero, over)
    steep = np.where(over > 0, over * 2 if p == 2 else zero + 1, zero) / classes
    if weight is not None:
        steep = steep * np.sum(np.where(places, reshape(weight, (1, -1)) + zero, zero), axis=1, keepdims=True)
    return steep - np.where(places, np.sum(steep, axis=1, keepdims=True) + zero, zero)


def _multi_rule(g: Any, x: Any, target: Any, weight: Any, shape: tuple, p: int, margin: float, reduction: str) -> Any:
    return reshape(_lifted(g, reduction, shape) * _multi_slope(x, target, weight, shape, p, margin), shape)


def _summed(product: Any, reduction: str, x_shape: tuple, target_shape: tuple) -> Any:
    """The tangent of a loss from what each class adds to it."""
    if reduction == "none":
        return reshape(np.sum(product, axis=1), target_shape)
    return _lifted(np.sum(product), reduction, x_shape)


_LABELS = const([[3, 0, -1, 1], [1, 1, -1, -1], [-1, 2, 2, 2]])

multi_margin_loss: Op = general(
    "multi_margin_loss",
    kernel.multi_margin,
    tensors=("x", "target", "weight"),
    x=lambda g, x, target, weight, x_shape, p, margin, reduction: _multi_rule(
        g, x, target, weight, x_shape, p, margin, reduction
    ),
    jvp=lambda t, x, target, weight, x_shape, target_shape, p, margin, reduction: _summed(
        _multi_slope(x, target, weight, x_shape, p, margin) * reshape(t[0], (-1, x_shape[-1] if x_shape else 1)),
        reduction, x_shape, target_shape,
    ),
    symbol="multi-margin",
    doc="``Σ_j max(0, margin − x_y + x_j)^p / C`` over the classes j other than the target y; reduced.",
    samples=[
        *[s(real(3, 4), ints(3, high=4), reduction=r) for r in ("none", "mean", "sum")],
        s(real(3, 4), ints(3, high=4), const([0.5, 1.0, 2.0, 0.25]), 2, 0.5),
        s(real(4), const(2), None, 2),
        s(real(4), const([2]), reduction="none"),
        s(real(), const(0)),
        s(real(0, 4), ints(0, high=4), reduction="none"),
    ],
    errors=[
        Bad(RuntimeError, "target out of range", real(2, 4), const([0, 4])),
        Bad(NotImplementedError, "int64", ints(2, 4), const([0, 1])),
    ],
    public=False,
)  # fmt: skip


def _multilabel_slope(x: Any, target: Any) -> Any:
    """The derivative, which is constant around almost every input."""
    if isinstance(x, Tensor):
        return multilabel_margin_slope.function(x, target)
    return kernel.multilabel_slope(x, target)


def _multilabel_rule(g: Any, x: Any, target: Any, x_shape: tuple, reduction: str) -> Any:
    lifted = _lifted(g, reduction, x_shape)
    return (reshape(lifted, (1,) * len(x_shape)) if reduction == "none" and len(x_shape) < 2 else lifted) * (
        _multilabel_slope(x, target)
    )


multilabel_margin_slope: Op = general(
    "multilabel_margin_slope",
    kernel.multilabel_slope,
    tensors=("x", "target"),
    x=lambda g, x: x * 0.0,
    jvp=lambda t, x: x * 0.0,
    symbol="∂ multilabel margin",
    doc="The derivative of ``multilabel_margin_loss`` of each row; its own derivative is 0.",
    samples=[s(real(3, 4), _LABELS), s(real(), const(0)), s(real(0, 4), ints(0, 4))],
    public=False,
)
multilabel_margin_loss: Op = general(
    "multilabel_margin_loss",
    kernel.multilabel_margin,
    tensors=("x", "target"),
    x=lambda g, x, target, x_shape, reduction: _multilabel_rule(g, x, target, x_shape, reduction),
    jvp=lambda t, x, target, x_shape, reduction: _summed(
        reshape(_multilabel_slope(x, target) * t[0], (-1, x_shape[-1] if x_shape else 1)),
        reduction,
        x_shape,
        x_shape[:-1],
    ),
    symbol="multilabel margin",
    doc="``Σ_y Σ_i max(0, 1 − x_y + x_i) / C`` over the right classes y (those in a row of ``target`` before the first −1) "
    "and the others i; reduced.",
    samples=[
        *[s(real(3, 4), _LABELS, reduction=r) for r in ("none", "mean", "sum")],
        s(real(4), const([2, 0, -1, 0]), "none"),
        s(real(), const(0)),
        s(real(0, 4), ints(0, 4), "none"),
    ],
    errors=[
        Bad(RuntimeError, "inconsistent target size", real(2, 4), const([0, 4])),
        Bad(NotImplementedError, "int64", ints(2, 4), ints(2, 4, high=4)),
    ],
    public=False,
)
