"""Normalisation layers as functions."""

from __future__ import annotations

import math
from typing import Any

import autograd
from autograd import Tensor, fused


def _check_count(name: str, size: Any) -> None:
    """ValueError where each channel has one value only, which has no variance."""
    if math.prod((size[0], *size[2:])) == 1:
        raise ValueError(f"{name}: Expected more than 1 value per channel when training, got input size {list(size)}")


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """``(x − mean) / √(var + eps) · weight + bias`` by channel (dimension 1) of (N, C, …).

    In ``training`` by the batch's mean and biased variance, towards which the running statistics then move by
    ``momentum``; else by the running statistics. ValueError in training for one value per channel or an ``eps`` that is
    not positive, RuntimeError for sizes that do not fit. As ``torch.nn.functional.batch_norm`` (Ioffe and Szegedy, 2015).

    >>> import autograd, nn.functional as F
    >>> F.batch_norm(autograd.tensor([[1.0], [3.0]]), None, None, training=True).flatten()
    tensor([-1.0000,  1.0000])
    """
    if training:
        _check_count("batch_norm", input.shape)
        if eps <= 0.0:
            raise ValueError(f"batch_norm: eps must be positive during training, but got {eps}")
    if eps < 0.0:
        raise ValueError(f"batch_norm: eps must be non-negative, but got {eps}")
    return autograd.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """``batch_norm`` of each channel of each example by itself. As ``torch.nn.functional.instance_norm``.

    With ``use_input_stats`` by its own statistics, towards whose averages the running ones, if any, move; else by the
    running ones. ValueError for one element per channel. Ulyanov et al., 2016.

    >>> import autograd, nn.functional as F
    >>> F.instance_norm(autograd.tensor([[[1.0, 3.0]]]), eps=0.0)
    tensor([[[-1.,  1.]]])
    """
    if use_input_stats and math.prod(input.shape[2:]) == 1:
        raise ValueError(
            f"instance_norm: Expected more than 1 spatial element when training, got input size {list(input.shape)}"
        )
    return autograd.instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps)


def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """``(x − avg x) / √(var x + eps) · weight + bias`` over the last dimensions, of sizes ``normalized_shape``.

    RuntimeError where a shape does not fit. As ``torch.nn.functional.layer_norm`` (Ba et al., 2016).

    >>> import autograd, nn.functional as F
    >>> F.layer_norm(autograd.tensor([[1.0, 3.0]]), (2,), eps=0.0)
    tensor([[-1.,  1.]])
    """
    return autograd.layer_norm(input, normalized_shape, weight, bias, eps)


def rms_norm(input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """``x / √(avg x² + eps) · weight`` over the last dimensions, of sizes ``normalized_shape``.

    ``eps`` is the dtype's machine epsilon by default. RuntimeError where a shape does not fit. As
    ``torch.nn.functional.rms_norm`` (Zhang and Sennrich, 2019).

    >>> import autograd, nn.functional as F
    >>> F.rms_norm(autograd.tensor([1.0, 7.0]), (2,))
    tensor([0.2000, 1.4000])
    """
    return autograd.rms_norm(input, normalized_shape, weight, eps)


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """The channels of (N, C, …) in ``num_groups`` groups, each normalised within its example.

    RuntimeError unless the channels divide into the groups, ValueError for one value per group. As
    ``torch.nn.functional.group_norm`` (Wu and He, 2018).

    >>> import autograd, nn.functional as F
    >>> F.group_norm(autograd.tensor([[1.0, 3.0, 5.0, 7.0]]), 2, eps=0.0)
    tensor([[-1.,  1., -1.,  1.]])
    """
    if input.dim() < 2:
        raise RuntimeError(f"group_norm: Expected at least 2 dimensions for input tensor but received {input.dim()}")
    shape = input.shape
    _check_count("group_norm", [shape[0] * shape[1] // num_groups, num_groups, *shape[2:]])
    return autograd.group_norm(input, num_groups, weight, bias, eps)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """``x / (k + alpha · s)^beta`` with s the average of x² over ``size`` neighbouring channels (outside them 0).

    (N, C, L) or with more dimensions. ValueError for fewer, RuntimeError for a ``size`` below 1. As
    ``torch.nn.functional.local_response_norm`` (Krizhevsky et al., 2012).

    >>> import autograd, nn.functional as F
    >>> F.local_response_norm(autograd.ones(1, 3, 1), size=3, alpha=3.0, beta=1.0).flatten()
    tensor([0.3333, 0.2500, 0.3333])
    """
    if input.dim() < 3:
        raise ValueError(
            f"local_response_norm: Expected 3D or higher dimensionality input (got {input.dim()} dimensions)"
        )
    if input.numel() == 0:
        return input
    if size < 1:
        raise RuntimeError(f"local_response_norm: size should be greater than zero, but got {size}")
    return input / (_channel_sums(input * input, size // 2, (size - 1) // 2) * (alpha / size) + k).pow(beta)


def _channel_sums(x: Tensor, before: int, after: int) -> Tensor:
    """The sum over each channel, ``before`` channels before it and ``after`` after it."""
    padding = [0, 0] * (x.dim() - 2) + [before, after]
    return fused.pad(x, padding).unfold(1, before + after + 1, 1).sum(-1)


__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "rms_norm"]
