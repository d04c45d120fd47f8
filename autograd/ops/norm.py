"""Normalisation: over the last dimensions, over channels of a batch, over groups of channels.

Each is one record with fused kernels for both directions. Where the gradient is itself recorded, it is composed of
``standardize`` and ``standardize_pull``, whose rules close on themselves: the map v ↦ rstd · (v − avg v − h · avg(v · h))
is symmetric, and so is its derivative with respect to the input.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from autograd.kernels import norm_calls as kernel
from autograd.op import Op, general
from autograd.ops._about import hidden
from autograd.ops.reduce import as_dtype
from autograd.ops.shape import reshape
from autograd.samples import Bad, Draw, const, ints, real, s
from autograd.tensor import Tensor


def _mean(count: int) -> Draw:
    return const([0.5, -1.0, 3.0, 0.0][:count])


def _var(count: int) -> Draw:
    return const([0.5, 2.0, 1.0, 3.0][:count])


# -- without weights ----------------------------------------------------------------------------------------------------


def _pull(g: Any, x: Any, mean: Any, rstd: Any, axes: tuple, eps: float, center: bool) -> Any:
    return standardize_pull(g, x, mean, rstd, axes, eps, center)


def _curve(v: Any, g: Any, x: Any, out: Any, mean: Any, rstd: Any, axes: tuple, eps: float, center: bool) -> Any:
    """The derivative of ``standardize_pull(g, x)`` with respect to ``x``, applied to ``v`` from either side."""
    if isinstance(x, Tensor) or isinstance(v, Tensor):  # what mean and rstd owe to x has to be in the record
        h, rstd = standardize(x, axes, eps, center)[0], _recorded_rstd(x, axes, eps, center)
        mean = None
    else:
        h, mean, rstd = kernel.standardize(x, axes, eps, center)
    back = standardize_pull(v, x, mean, rstd if mean is not None else None, axes, eps, center)
    total = h * _average(v * out, axes) + back * _average(g * h, axes) + out * _average(v * h, axes)
    return as_dtype(-rstd * total, x.dtype)


def _recorded_rstd(x: Any, axes: tuple, eps: float, center: bool) -> Any:
    distance = x - _average(x, axes) if center else x
    return 1 / np.sqrt(_average(distance * distance, axes) + eps)


def _average(x: Any, axes: tuple) -> Any:
    return np.sum(x, axis=axes, keepdims=True) / max(math.prod([x.shape[axis] for axis in axes]), 1)


def _pull_push(t: tuple, g: Any, x: Any, out: Any, mean: Any, rstd: Any, axes: tuple, eps: float, center: bool) -> Any:
    total = None
    if t[0] is not None:
        total = standardize_pull(t[0], x, mean, rstd, axes, eps, center)
    if t[1] is not None:
        term = _curve(t[1], g, x, out, mean, rstd, axes, eps, center)
        total = term if total is None else total + term
    return total


standardize: Op = general(
    "standardize",
    kernel.standardize,
    tensors=("x",),
    outputs=("out", "mean", "rstd"),
    differentiable=("out",),
    x=_pull,
    jvp=lambda t, x, mean, rstd, axes, eps, center: _pull(t[0], x, mean, rstd, axes, eps, center),
    samples=[
        s(real(3, 4), (1,)), s(real(3, 2, 2), (0, 2), 0.1), s(real(2, 3, 2), (1, 2)), s(real(3, 4), (1,), 0.1, False),
        s(real(2, 3, 2), (1,)), s(real(0, 3), (1,)), s(real(4), (0,)),
    ],
    errors=[Bad(NotImplementedError, "int64", ints(2, 3), (1,))],
    doc=hidden("nn.functional.layer_norm", "``(x − avg x) / √(var x + eps)`` over ``axes``, the mean, and one over the root."),
    public=False,
)  # fmt: skip
standardize_pull: Op = general(
    "standardize_pull",
    lambda v, x, mean=None, rstd=None, axes=(), eps=1e-5, center=True: kernel.standardize_pull(
        v, x, mean, rstd, axes, eps, center
    ),
    tensors=("v", "x", "mean", "rstd"),
    v=lambda g, x, mean, rstd, axes, eps, center: _pull(g, x, mean, rstd, axes, eps, center),
    x=lambda g, v, x, out, mean, rstd, axes, eps, center: _curve(g, v, x, out, mean, rstd, axes, eps, center),
    jvp=lambda t, v, x, out, mean, rstd, axes, eps, center: _pull_push(
        t, v, x, out, mean, rstd, axes, eps, center
    ),
    symbol="∂ standardize",
    samples=[
        s(real(3, 4), real(3, 4), axes=(1,)), s(real(3, 2, 2), real(3, 2, 2), axes=(0, 2), eps=0.1),
        s(real(2, 3, 2), real(2, 3, 2), axes=(1,)), s(real(3, 4), real(3, 4), axes=(1,), eps=0.1, center=False),
        s(real(0, 3), real(0, 3), axes=(1,)),
    ],
    errors=[Bad(RuntimeError, "the gradient is", real(2, 3), real(3, 2), axes=(1,))],
    doc=hidden("nn.functional.layer_norm", "The gradient of ``standardize``: ``rstd · (v − avg v − h · avg(v · h))``."),
    public=False,
)  # fmt: skip


# -- how the gradients are composed where they are recorded ---------------------------------------------------------------


class Geometry(NamedTuple):
    """What a normalisation does with a shape."""

    folded: tuple  # the shape in which it is normalised
    axes: tuple  # over these
    weight: tuple  # the shape in which a weight meets the input
    summed: tuple  # the axes along which a weight is repeated


def _last(shape: tuple, normalized_shape: tuple) -> Geometry:
    lead = len(shape) - len(normalized_shape)
    return Geometry(shape, tuple(range(lead, len(shape))), tuple(normalized_shape), tuple(range(lead)))


def _channels(shape: tuple) -> Geometry:
    rest = tuple(range(2, len(shape)))
    return Geometry(shape, (0, *rest), (shape[1], *[1] * len(rest)), (0, *rest))


def _groups(shape: tuple, groups: int) -> Geometry:
    return _channels(shape)._replace(folded=(shape[0], groups, math.prod(shape[1:]) // max(groups, 1)), axes=(2,))


def _normal(x: Any, geometry: Geometry, eps: float, center: bool) -> Any:
    h = standardize(reshape(x, geometry.folded), geometry.axes, eps, center)[0]
    return reshape(h, x.shape)


def _composed(
    g: Any,
    x: Any,
    weight: Any,
    bias: Any,
    mean: Any,
    rstd: Any,
    geometry: Geometry,
    eps: float,
    center: bool,
    needs: tuple,
) -> tuple:
    """The gradients of a normalisation with respect to its input, weight and bias, of recorded operations."""
    found: list[Any] = [None, None, None]
    if needs[0]:
        a = g if weight is None else as_dtype(g * reshape(weight, geometry.weight), x.dtype)
        a, folded = reshape(a, geometry.folded), reshape(x, geometry.folded)
        found[0] = reshape(standardize_pull(a, folded, mean, rstd, geometry.axes, eps, center), x.shape)
    if needs[1]:
        found[1] = _to_weight(g * _normal(x, geometry, eps, center), weight, geometry)
    if needs[2]:
        found[2] = _to_weight(g, bias, geometry)
    return tuple(found)


def _to_weight(g: Any, weight: Any, geometry: Geometry) -> Any:
    total = np.sum(g, axis=geometry.summed) if geometry.summed else g
    return as_dtype(reshape(total, tuple(weight.shape)), weight.dtype)


def _pushed(t: tuple, x: Any, weight: Any, mean: Any, rstd: Any, geometry: Geometry, eps: float, center: bool) -> Any:
    """The tangent of a normalisation from those of its input, weight and bias."""
    total = None
    if t[0] is not None:
        tangent, folded = reshape(t[0], geometry.folded), reshape(x, geometry.folded)
        total = reshape(standardize_pull(tangent, folded, mean, rstd, geometry.axes, eps, center), x.shape)
        if weight is not None:
            total = total * reshape(weight, geometry.weight)
    if t[1] is not None:
        term = _normal(x, geometry, eps, center) * reshape(t[1], geometry.weight)
        total = term if total is None else total + term
    if t[2] is not None:
        term = reshape(t[2], geometry.weight)
        total = np.broadcast_to(term, x.shape) if total is None else total + term
    return as_dtype(total, x.dtype)


def _recorded(*values: Any) -> bool:
    return any([isinstance(value, Tensor) for value in values])


def _layer_joint(
    g: Any, x: Any, weight: Any, bias: Any, mean: Any, rstd: Any, normalized_shape: tuple, eps: float, needs: tuple
) -> tuple:
    if _recorded(g, x):
        return _composed(g, x, weight, bias, mean, rstd, _last(x.shape, normalized_shape), eps, True, needs)
    return kernel.last_norm_pull(g, x, weight, bias, mean, rstd, len(normalized_shape), True, needs)


def _rms_joint(g: Any, x: Any, weight: Any, rstd: Any, normalized_shape: tuple, eps: Any, needs: tuple) -> tuple:
    needs = (*needs, False)
    if _recorded(g, x):
        geometry, eps = _last(x.shape, normalized_shape), kernel.epsilon(x.dtype, eps)
        return _composed(g, x, weight, None, _zero_mean(rstd), rstd, geometry, eps, False, needs)[:2]
    return kernel.last_norm_pull(g, x, weight, None, None, rstd, len(normalized_shape), False, needs)[:2]


def _zero_mean(rstd: Any) -> Any:
    return np.zeros_like(rstd)


class Like(NamedTuple):
    """What a gradient has to know of its argument: no node keeps the argument for it."""

    shape: tuple
    dtype: Any


def _group_joint(
    g: Any,
    x: Any,
    weight: Any,
    bias_shape: Any,
    bias_dtype: Any,
    mean: Any,
    rstd: Any,
    groups: int,
    eps: float,
    needs: tuple,
) -> tuple:
    bias = Like(bias_shape, bias_dtype)
    if _recorded(g, x):
        return _composed(g, x, weight, bias, mean, rstd, _groups(x.shape, groups), eps, True, needs)
    return kernel.group_norm_pull(g, x, weight, bias, mean, rstd, groups, needs)


def _batch_joint(
    g: Any, x: Any, weight: Any, bias_shape: Any, bias_dtype: Any, mean: Any, rstd: Any, eps: float, needs: tuple
) -> tuple:
    bias = Like(bias_shape, bias_dtype)
    if _recorded(g, x):
        return _composed(g, x, weight, bias, mean, rstd, _channels(x.shape), eps, True, needs)
    return kernel.batch_norm_pull(g, x, weight, bias, mean, rstd, needs)


# -- the operations -------------------------------------------------------------------------------------------------------

native_layer_norm: Op = general(
    "native_layer_norm",
    kernel.layer_norm,
    tensors=("x", "weight", "bias"),
    outputs=("out", "mean", "rstd"),
    differentiable=("out",),
    joint=_layer_joint,
    jvp=lambda t, x, weight, mean, rstd, normalized_shape, eps: _pushed(
        t, x, weight, mean, rstd, _last(x.shape, normalized_shape), eps, True
    ),
    symbol="layer norm",
    samples=[
        s(real(3, 4), real(4), real(4), (4,)), s(real(2, 3, 2), real(3, 2), None, (3, 2), 0.1), s(real(4), None, None, (4,)),
        s(real(2, 3), None, real(3), (3,)), s(real(0, 3), real(3), real(3), (3,)), s(const([[2.0, 2.0]]), None, None, (2,)),
    ],
    errors=[
        Bad(RuntimeError, "expected input with shape", real(2, 3), None, None, (2,)),
        Bad(RuntimeError, "at least 1-dimensional", real(2, 3), None, None, ()),
        Bad(RuntimeError, "of same shape as normalized_shape", real(2, 3), real(2), None, (3,)),
        Bad(NotImplementedError, "int64", ints(2, 3), None, None, (3,)),
    ],
    doc=hidden("layer_norm", "``(x − mean) · rstd · weight + bias`` over the last dimensions, the mean, and ``rstd``."),
    public=False,
)  # fmt: skip
rms_norm: Op = general(
    "rms_norm",
    kernel.rms_norm,
    tensors=("x", "weight"),
    outputs=("out", "rstd"),
    differentiable=("out",),
    joint=_rms_joint,
    jvp=lambda t, x, weight, rstd, normalized_shape, eps: _pushed(
        (*t, None), x, weight, _zero_mean(rstd), rstd, _last(x.shape, normalized_shape), kernel.epsilon(x.dtype, eps), False
    ),
    symbol="RMS norm",
    samples=[
        s(real(3, 4), real(4), (4,)), s(real(2, 3, 2), real(3, 2), (3, 2), 0.1), s(real(4), None, (4,)),
        s(real(0, 3), real(3), (3,)),
    ],
    errors=[Bad(RuntimeError, "expected input with shape", real(2, 3), None, (2,))],
    doc=hidden("rms_norm", "``x · rstd · weight`` with ``rstd`` one over the root of the mean square, and ``rstd``."),
    public=False,
)  # fmt: skip
native_group_norm: Op = general(
    "native_group_norm",
    kernel.group_norm,
    tensors=("x", "weight", "bias"),
    outputs=("out", "mean", "rstd", "var"),
    differentiable=("out",),
    joint=_group_joint,
    jvp=lambda t, x, weight, mean, rstd, groups, eps: _pushed(
        t, x, weight, mean, rstd, _groups(x.shape, groups), eps, True
    ),
    symbol="group norm",
    samples=[
        s(real(3, 4), real(4), real(4), 2), s(real(2, 4, 3), real(4), None, 2, 0.1), s(real(2, 3, 2, 2), None, real(3), 3),
        s(real(2, 4, 2), None, None, 1), s(real(0, 4, 2), real(4), real(4), 2),
    ],
    errors=[
        Bad(RuntimeError, "divisible by num_groups", real(2, 3), None, None, 2),
        Bad(RuntimeError, "at least 2 dimensions", real(3), None, None, 1),
        Bad(RuntimeError, "should contain 4 elements", real(2, 4), real(3), None, 2),
    ],
    doc=hidden("group_norm", "``x`` normalised by group of channels of an example, the means, inverse deviations, variances."),
    public=False,
)  # fmt: skip
native_batch_norm: Op = general(
    "native_batch_norm",
    kernel.batch_norm,
    tensors=("x", "weight", "bias"),
    outputs=("out", "mean", "var", "rstd"),
    differentiable=("out",),
    joint=_batch_joint,
    jvp=lambda t, x, weight, mean, rstd, eps: _pushed(t, x, weight, mean, rstd, _channels(x.shape), eps, True),
    symbol="batch norm",
    samples=[
        s(real(3, 4), real(4), real(4)), s(real(2, 3, 2), real(3), None, 0.1), s(real(2, 3, 2, 2), None, real(3)),
        s(real(4, 2)), s(real(0, 3), real(3), real(3)), s(real(2, 3, 8, 8), real(3), real(3)),
    ],
    errors=[
        Bad(IndexError, "Dimension out of range", real(3)),
        Bad(RuntimeError, "weight should contain 4 elements", real(2, 4), real(3)),
        Bad(NotImplementedError, "int64", ints(2, 3)),
    ],
    doc=hidden("batch_norm", "``x`` normalised by channel, the means, the variances, and the inverse deviations."),
    public=False,
)  # fmt: skip


# -- by running statistics, which get no gradient ------------------------------------------------------------------------


def _running_rstd(var: Any, eps: float) -> Any:
    return 1 / np.sqrt(var + eps)


def _running_x(g: Any, x_dtype: Any, weight: Any, var: Any, eps: float) -> Any:
    scale = _running_rstd(var, eps) if weight is None else _running_rstd(var, eps) * reshape(weight, var.shape)
    if not _recorded(g, scale):
        return kernel.channel_affine(g, scale)
    return as_dtype(g * reshape(scale, _channels(g.shape).weight), x_dtype)


def _running_weight(g: Any, x: Any, weight: Any, mean: Any, var: Any, eps: float) -> Any:
    if not _recorded(g, x):
        return kernel.running_weight_pull(g, x, weight, mean, _running_rstd(var, eps))
    geometry = _channels(x.shape)
    h = (x - reshape(mean, geometry.weight)) * reshape(_running_rstd(var, eps), geometry.weight)
    return _to_weight(g * h, weight, geometry)


def _running_bias(g: Any, x_shape: tuple, bias_shape: tuple, bias_dtype: Any) -> Any:
    if not _recorded(g):
        return reshape(kernel.channel_sums(g, None, bias_dtype), bias_shape)
    return _to_weight(g, Like(bias_shape, bias_dtype), _channels(x_shape))


def _running_push(t: tuple, x: Any, weight: Any, mean: Any, var: Any, eps: float) -> Any:
    place, total = _channels(x.shape).weight, np.zeros((), x.dtype)[()]
    rstd = reshape(_running_rstd(var, eps), place)
    if t[0] is not None:
        scaled = t[0] * rstd
        total = total + (scaled if weight is None else scaled * reshape(weight, place))
    if t[3] is not None:
        total = total + (x - reshape(mean, place)) * rstd * reshape(t[3], place)
    if t[4] is not None:
        total = total + reshape(t[4], place)
    return as_dtype(np.broadcast_to(total, x.shape), x.dtype)


running_batch_norm: Op = general(
    "running_batch_norm",
    kernel.running_batch_norm,
    tensors=("x", "mean", "var", "weight", "bias"),
    x=_running_x,
    weight=_running_weight,
    bias=_running_bias,
    jvp=_running_push,
    symbol="batch norm",
    samples=[
        s(real(3, 4), _mean(4), _var(4), real(4), real(4)),
        s(real(2, 3, 2), _mean(3), _var(3), None, real(3), 0.1),
        s(real(2, 2, 2, 2), _mean(2), _var(2), real(2)),
        s(real(0, 3), _mean(3), _var(3), real(3), real(3)),
    ],
    errors=[Bad(RuntimeError, "weight should contain 4 elements", real(2, 4), _mean(4), _var(4), real(3))],
    doc=hidden(
        "batch_norm", "``(x − mean) / √(var + eps) · weight + bias`` by channel, with given means and variances."
    ),
    public=False,
)
