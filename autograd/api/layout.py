"""The order in which a tensor's elements lie in memory: row by row, or PyTorch's "channels last"."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.api.arguments import tensor_of
from autograd.api.export import export
from autograd.dispatch import record
from autograd.factory import (
    channels_last,
    channels_last_3d,
    check_options,
    contiguous_format,
    in_order,
    order_of,
)
from autograd.ops import shape as ops
from autograd.tensor import Tensor


def formatted(x: Tensor, memory_format: Any, name: str) -> Tensor:
    """``x`` itself where its elements lie as ``memory_format`` asks, else a recorded copy that does."""
    order = order_of(memory_format, x._array.ndim, name)
    if order is None or in_order(x._array, order):
        return x
    return ops.reorder.function(x, order)


@export()
def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy in new memory; the gradient passes through it. As ``torch.clone``.

    The order in memory is kept, unless ``memory_format`` names another.

    >>> import autograd
    >>> x = autograd.ones(2, requires_grad=True)
    >>> x.clone().sum().backward()
    >>> x.grad
    tensor([1., 1.])
    """
    x = tensor_of(input, "clone")
    order = None if memory_format is None else order_of(memory_format, x._array.ndim, "clone")
    return record(ops.clone, [x], ()) if order is None else ops.reorder.function(x, order)


@export(function=False)
def contiguous(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself where its elements lie in row-major order, else such a copy. As ``torch.Tensor.contiguous``.

    With ``memory_format=channels_last`` in that order: a batch's pixels one after another, each with all its channels.
    RuntimeError where that needs another number of dimensions.

    >>> import autograd
    >>> x = autograd.zeros(2, 3)
    >>> x.contiguous() is x, x.T.contiguous().is_contiguous()
    (True, True)
    """
    if memory_format is None or memory_format is contiguous_format:
        return self if self._array.flags.c_contiguous else ops.contiguous.function(self)
    return formatted(self, memory_format, "contiguous")


@export(function=False)
def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """Whether the elements lie in row-major order (or that of ``memory_format``) without gaps.

    As ``torch.Tensor.is_contiguous``.

    >>> import autograd
    >>> autograd.zeros(2, 3).T.is_contiguous()
    False
    """
    if memory_format is None or memory_format is contiguous_format:
        return bool(self._array.flags.c_contiguous)
    check_options("is_contiguous", None, None, memory_format)
    needed = {channels_last: 4, channels_last_3d: 5}.get(memory_format)
    order = order_of(memory_format, self._array.ndim, "is_contiguous") if self._array.ndim == needed else None
    return order is not None and in_order(self._array, order)


@export(function=False)
def dim_order(self: Tensor, *, ambiguity_check: Any = False) -> tuple[int, ...]:
    """The dimensions from the one with the largest step in memory to the one with the smallest.

    ``ambiguity_check`` (True, or a list of memory formats) raises RuntimeError where sizes of 1 leave the order open.
    As ``torch.Tensor.dim_order``.

    >>> import autograd
    >>> autograd.zeros(2, 3).T.dim_order()
    (1, 0)
    """
    array = np.asarray(self._array)
    if not isinstance(ambiguity_check, (bool, list)):
        raise TypeError("The ambiguity_check argument must be a bool or a list of memory formats.")
    if isinstance(ambiguity_check, list):
        fits = sum([is_contiguous(self, memory_format=m) for m in ambiguity_check])
        unclear = fits != 1
    else:
        steps = [s for s, n in zip(array.strides, array.shape, strict=True) if n > 1]
        unclear = ambiguity_check and (1 in array.shape or len(set(steps)) < len(steps))
    if unclear:
        raise RuntimeError(
            "The tensor does not have unique dim order, or cannot map to exact one of the given memory formats."
        )
    return tuple(sorted(range(array.ndim), key=lambda d: -array.strides[d]))
