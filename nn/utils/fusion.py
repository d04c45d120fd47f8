"""Batch norm in evaluation folded into the layer before it. As ``torch.nn.utils.fusion``."""

from __future__ import annotations

import copy
from typing import Any

import autograd
from autograd import Tensor
from nn.parameter import Parameter


def _filled(like: Tensor, weight: Tensor | None, bias: Tensor | None) -> tuple[Tensor, Tensor]:
    return (
        autograd.ones_like(like) if weight is None else weight,
        autograd.zeros_like(like) if bias is None else bias,
    )


def _folded(weight: Tensor, bias: Tensor | None, mean: Tensor, scale: Tensor, shift: Tensor, shape: Any) -> Any:
    """The parameters of the layer that does both: ``(W x + b − mean) · scale + shift``."""
    kind = weight.dtype if bias is None else bias.dtype
    start = autograd.zeros_like(mean) if bias is None else bias
    both = ((weight * scale.reshape(shape)).to(weight.dtype), ((start - mean) * scale + shift).to(kind))
    return tuple(Parameter(value.detach(), old.requires_grad) for value, old in zip(both, (weight, start), strict=True))


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of the convolution that does what a convolution and a batch norm in evaluation do.

    ``transpose``: the weight is that of a transposed convolution. As ``torch.nn.utils.fuse_conv_bn_weights``.

    >>> import autograd, nn
    >>> one = autograd.ones(1)
    >>> nn.utils.fuse_conv_bn_weights(autograd.ones(1, 1, 1), None, one, one * 4, 0.0, None, None)[1].detach()
    tensor([-0.5000])
    """
    weight, bias = _filled(bn_rm, bn_w, bn_b)
    rest = [1] * (conv_w.dim() - 2)
    shape = [1, -1, *rest] if transpose else [-1, 1, *rest]
    return _folded(conv_w, conv_b, bn_rm, weight * (bn_rv + bn_eps).rsqrt(), bias, shape)


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of the linear layer that does what one and a batch norm in evaluation do.

    As ``torch.nn.utils.fuse_linear_bn_weights``.

    >>> import autograd, nn
    >>> one = autograd.ones(1)
    >>> nn.utils.fuse_linear_bn_weights(autograd.ones(1, 1), None, one, one * 4, 0.0, one, one)[0].detach()
    tensor([[0.5000]])
    """
    weight, bias = _filled(bn_rm, bn_w, bn_b)
    return _folded(linear_w, linear_b, bn_rm, weight * (bn_rv + bn_eps).rsqrt(), bias, (-1, 1))


def _check(layer: Any, bn: Any) -> None:
    """AssertionError unless both are in evaluation and the batch norm has statistics."""
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """A copy of ``conv`` that also does what the batch norm ``bn`` after it does; both must be in evaluation.

    AssertionError where they are not, or where ``bn`` has no running statistics. As ``torch.nn.utils.fuse_conv_bn_eval``.

    >>> import autograd, nn
    >>> conv, bn = nn.Conv2d(1, 2, 3).eval(), nn.BatchNorm2d(2).eval()
    >>> x = autograd.ones(1, 1, 4, 4)
    >>> bool(nn.utils.fuse_conv_bn_eval(conv, bn)(x).allclose(bn(conv(x)), atol=1e-6))
    True
    """
    _check(conv, bn)
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """A copy of ``linear`` that also does what the batch norm ``bn`` after it does; both must be in evaluation.

    AssertionError where they are not, where ``bn`` has no running statistics, or neither one feature nor those of
    ``linear``. As ``torch.nn.utils.fuse_linear_bn_eval``.

    >>> import autograd, nn
    >>> linear, bn = nn.Linear(3, 2).eval(), nn.BatchNorm1d(2).eval()
    >>> x = autograd.ones(4, 3)
    >>> bool(nn.utils.fuse_linear_bn_eval(linear, bn)(x).allclose(bn(linear(x)), atol=1e-6))
    True
    """
    if not (linear.training or bn.training) and bn.num_features not in {linear.out_features, 1}:
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, but got "
            f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    _check(linear, bn)
    fused = copy.deepcopy(linear)
    fused.weight, fused.bias = fuse_linear_bn_weights(
        fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias
    )
    return fused


__all__ = ["fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights"]
