"""What convolutions do backwards to their inputs and weights, as functions. As ``torch.nn.grad``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import Tensor
from nn import functional as F


def _slope(size: Sequence[int], grad_output: Tensor, call: Callable[[Tensor], Tensor]) -> Tensor:
    """The gradient of ``call``, which is linear, with respect to a tensor of shape ``size``: taken at 0."""
    wanted = autograd.is_grad_enabled()
    with autograd.enable_grad():
        at = autograd.zeros(tuple(size), dtype=grad_output.dtype, requires_grad=True)
        (found,) = autograd.grad(call(at), at, grad_output, create_graph=wanted)
    return found


def conv1d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``F.conv1d``'s input, whose shape is ``input_size``, for ``grad_output``. As ``torch.nn.grad.conv1d_input``.

    >>> import autograd, nn.grad
    >>> nn.grad.conv1d_input((1, 1, 3), autograd.ones(1, 1, 2), autograd.ones(1, 1, 2))
    tensor([[[1., 2., 1.]]])
    """
    return _slope(input_size, grad_output, lambda x: F.conv1d(x, weight, None, stride, padding, dilation, groups))


def conv1d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``F.conv1d``'s weight, whose shape is ``weight_size``, for ``grad_output``. As ``torch.nn.grad.conv1d_weight``.

    >>> import autograd, nn.grad
    >>> nn.grad.conv1d_weight(autograd.ones(1, 1, 3), (1, 1, 2), autograd.ones(1, 1, 2))
    tensor([[[2., 2.]]])
    """
    return _slope(weight_size, grad_output, lambda w: F.conv1d(input, w, None, stride, padding, dilation, groups))


def conv2d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``F.conv2d``'s input, whose shape is ``input_size``, for ``grad_output``. As ``torch.nn.grad.conv2d_input``.

    >>> import autograd, nn.grad
    >>> nn.grad.conv2d_input((1, 1, 1, 3), autograd.ones(1, 1, 1, 2), autograd.ones(1, 1, 1, 2))
    tensor([[[[1., 2., 1.]]]])
    """
    return _slope(input_size, grad_output, lambda x: F.conv2d(x, weight, None, stride, padding, dilation, groups))


def conv2d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``F.conv2d``'s weight, whose shape is ``weight_size``, for ``grad_output``. As ``torch.nn.grad.conv2d_weight``.

    >>> import autograd, nn.grad
    >>> nn.grad.conv2d_weight(autograd.ones(1, 1, 1, 3), (1, 1, 1, 2), autograd.ones(1, 1, 1, 2))
    tensor([[[[2., 2.]]]])
    """
    return _slope(weight_size, grad_output, lambda w: F.conv2d(input, w, None, stride, padding, dilation, groups))


def conv3d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``F.conv3d``'s input, whose shape is ``input_size``, for ``grad_output``. As ``torch.nn.grad.conv3d_input``.

    >>> import autograd, nn.grad
    >>> nn.grad.conv3d_input((1, 1, 1, 1, 3), autograd.ones(1, 1, 1, 1, 2), autograd.ones(1, 1, 1, 1, 2)).flatten()
    tensor([1., 2., 1.])
    """
    return _slope(input_size, grad_output, lambda x: F.conv3d(x, weight, None, stride, padding, dilation, groups))


def conv3d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``F.conv3d``'s weight, whose shape is ``weight_size``, for ``grad_output``. As ``torch.nn.grad.conv3d_weight``.

    >>> import autograd, nn.grad
    >>> nn.grad.conv3d_weight(autograd.ones(1, 1, 1, 1, 3), (1, 1, 1, 1, 2), autograd.ones(1, 1, 1, 1, 2)).flatten()
    tensor([2., 2.])
    """
    return _slope(weight_size, grad_output, lambda w: F.conv3d(input, w, None, stride, padding, dilation, groups))


__all__ = ["conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input", "conv3d_weight"]
