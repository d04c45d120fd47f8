"""Writing in place without a copy: what ``index_add_`` and its like do where nothing is to be recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import lanes
from autograd.api.export import methods
from autograd.dispatch import finish, record
from autograd.errors import explain
from autograd.inplace import View, apply, check_target, note_write, recording
from autograd.kernels.index import Overwritable
from autograd.op import Op
from autograd.tensor import Tensor


def done(op: Op, tensors: list[Tensor], static: tuple, out: Tensor | None = None) -> Tensor:
    """The operation on arguments that have been checked: recorded, or written into ``out``.

    An ``out`` that is the first argument is overwritten directly where that can be.
    """
    if out is None:
        return record(op, tensors, static)
    if out is not tensors[0] or _wants_grad(tensors):
        return finish(record(op, tensors, static), out, op, tensors)
    if _overwrite(op, tensors, static):
        return out
    return apply(f"{op.name}_", lambda _: record(op, tensors, static), out)


def _overwrite(op: Op, tensors: list[Tensor], static: tuple) -> bool:
    """Let the operation write into its first argument's memory, without a copy; False where that cannot be done."""
    array = tensors[0]._array
    if type(array) is not np.ndarray or not array.flags.c_contiguous or lanes.depth[0]:
        return False
    rest = [t._array for t in tensors[1:]]
    if any([np.may_share_memory(array, other) for other in rest]):
        return False
    if op.broadcasts and not _fit(array.shape, rest):
        return False
    check_target(tensors[0], f"{op.name}_")
    try:
        op.forward(array.view(Overwritable), *rest, *static)
    except Exception as error:  # noqa: BLE001 - every error is explained
        explain(error, op.name, (array, *rest))
    note_write(array, f"{op.name}_")
    return True


def _fit(shape: tuple[int, ...], others: list) -> bool:
    """Whether all others broadcast to ``shape``."""
    for other in others:
        lead = len(shape) - other.ndim
        if lead < 0 or any([n not in (1, have) for n, have in zip(other.shape, shape[lead:], strict=True)]):
            return False
    return True


def _wants_grad(values: Iterable) -> bool:
    """Whether one of several arguments has a history (its own, or that of what it is a view of) to be written on."""
    if not recording():
        return False
    for value in values:
        if isinstance(value, Tensor):
            view = value._view
            if value._node is not None or (type(view) is View and view.base._node is not None):
                return True
    return False


def overwriting(name: str, front: Callable) -> None:
    """Enter the method that overwrites its tensor with what ``front`` gives: directly where nothing is recorded."""
    own = f"{name}_"

    def method(self: Tensor, *args: Any, **named: Any) -> Tensor:
        if _wants_grad((self, *args, *named.values())):
            return apply(own, front, self, *args, **named)
        return front(self, *args, **named, out=self)

    method.__name__ = method.__qualname__ = own
    method.__doc__ = f"``{name}`` written into this tensor, which is returned. As ``torch.Tensor.{own}``."
    methods[own] = method
