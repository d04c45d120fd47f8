"""Arranging the arguments of an operation for all examples of ``vmap``: what the rules share, and their table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.lanes import Call, Lanes, behind
from autograd.tensor import Tensor

table: dict[str, Callable[[Call], Any]] = {}


def rule(*names: str) -> Callable:
    """Enter the decorated function as the rule of these operations."""

    def register(function: Callable) -> Callable:
        for name in names:
            table[name] = function
        return function

    return register


# -- arranging arguments ------------------------------------------------------------------------------------------------


def shaped(tensor: Tensor, shape: tuple) -> Tensor:
    """``tensor`` in ``shape``; itself where it has it."""
    return tensor if tensor._array.shape == tuple(shape) else tensor.reshape(shape)


def pad_front(call: Call, i: int, ndim: int) -> Any:
    """Argument ``i`` with 1s after the batch, so that its own dimensions are the last of ``ndim``."""
    tensor = call.tensors[i]
    if tensor is None or not call.mapped[i]:
        return tensor
    shape = tensor._array.shape
    return shaped(tensor, (shape[0], *[1] * (ndim + 1 - len(shape)), *shape[1:]))


def pad_all(call: Call) -> list:
    """All arguments with their own dimensions last, so that they broadcast example by example."""
    ndim = max([call.ndim(i) for i, t in enumerate(call.tensors) if t is not None])
    return [pad_front(call, i, ndim) for i in range(len(call.tensors))]


def map_one(call: Call, i: int) -> Any:
    """Argument ``i`` with the batch first, repeated (without copying) where it is the same for all examples."""
    tensor = call.tensors[i]
    if tensor is None or call.mapped[i]:
        return tensor
    return tensor.expand((call.count, *tensor._array.shape))


def map_all(call: Call) -> list:
    """All arguments with the batch first."""
    return [map_one(call, i) for i in range(len(call.tensors))]


def shifted_dims(dim: Any, ndim: int) -> Any:
    """A dimension (or several) of one example as a dimension of all; None where it is not one."""
    if isinstance(dim, (tuple, list)):
        found = [shifted_dims(d, ndim) for d in dim]
        return None if not found or None in found else tuple(found)
    if type(dim) is not int or not -ndim <= dim < ndim:
        return None
    return dim % ndim + 1


# -- memory -------------------------------------------------------------------------------------------------------------


def in_order(result: Tensor, tensors: list) -> None:
    """Lay a fresh ``result`` out with the batch outermost, as examples computed one by one lie in memory.

    NumPy keeps the order of the operands, whose batch may lie between dimensions of their own (``in_dims``). Then an
    example would not be contiguous where it should be, and a ``reshape`` of it a copy where it should be a view.
    """
    levels, holder = 1, result
    while type(holder._array) is Lanes:
        levels, holder = levels + 1, holder._array.tensor
    array = holder._array
    if array.flags.c_contiguous or any(
        [t is not None and np.may_share_memory(array, behind(t._array)) for t in tensors]
    ):
        return
    steps = [(abs(step), d) for d, (step, size) in enumerate(zip(array.strides, array.shape, strict=True)) if size > 1]
    within = [step for step, d in steps if d >= levels]
    if all([step >= max(within, default=0) for step, d in steps if d < levels]):
        return
    order = [*range(levels), *sorted(range(levels, array.ndim), key=lambda d: -abs(array.strides[d]))]
    made = np.empty([array.shape[d] for d in order], array.dtype).transpose(np.argsort(order))
    made[...] = array
    holder._array = made
