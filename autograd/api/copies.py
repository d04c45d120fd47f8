"""``view_copy``, ``transpose_copy``, …: what the views show, in memory of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.api import parts, shape
from autograd.api.arguments import tensor_of
from autograd.api.export import add
from autograd.dispatch import finish
from autograd.kernels.shape import wrap_dim
from autograd.ops import shape as ops
from autograd.ops.index import slice_
from autograd.ops.shape import show
from autograd.tensor import Tensor


def _alias(input: Tensor) -> Tensor:
    return show(ops.alias, input)


def _slice(input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Tensor:
    """The slices ``start:end:step`` along ``dim``."""
    if step <= 0:
        raise RuntimeError(f"slice_copy: slice step must be positive, but got {step}")
    axis = wrap_dim(dim, input._array.ndim)
    return show(slice_, input, (*(slice(None),) * axis, slice(start, end, step)))


def _view(input: Tensor, size: Any = None, dtype: Any = None) -> Tensor:
    return shape.view(input, dtype) if size is None else shape.view(input, size)


# name: (the view, the call of an example on the numbers 0, 1, 2, 3 in two rows, its result)
COPIES: dict[str, tuple[Callable, str, str]] = {
    "alias": (_alias, "x", "tensor([[0, 1],\n        [2, 3]])"),
    "as_strided": (parts.as_strided, "x, (2,), (3,)", "tensor([0, 3])"),
    "detach": (Tensor.detach, "x", "tensor([[0, 1],\n        [2, 3]])"),
    "diagonal": (parts.diagonal, "x", "tensor([0, 3])"),
    "expand": (shape.expand, "x[0], (2, 2)", "tensor([[0, 1],\n        [0, 1]])"),
    "permute": (shape.permute, "x, (1, 0)", "tensor([[0, 2],\n        [1, 3]])"),
    "select": (parts.select, "x, 1, 0", "tensor([0, 2])"),
    "slice": (_slice, "x, 1, 0, 1", "tensor([[0],\n        [2]])"),
    "split": (parts.unsafe_split, "x, 1", "(tensor([[0, 1]]), tensor([[2, 3]]))"),
    "split_with_sizes": (parts.split_with_sizes, "x, [1, 1]", "(tensor([[0, 1]]), tensor([[2, 3]]))"),
    "squeeze": (shape.squeeze, "x[:1]", "tensor([0, 1])"),
    "t": (shape.t, "x", "tensor([[0, 2],\n        [1, 3]])"),
    "transpose": (shape.transpose, "x, 0, 1", "tensor([[0, 2],\n        [1, 3]])"),
    "unbind": (parts.unbind, "x", "(tensor([0, 1]), tensor([2, 3]))"),
    "unfold": (parts.unfold, "x[0], 0, 1, 1", "tensor([[0],\n        [1]])"),
    "unsqueeze": (shape.unsqueeze, "x[0], 0", "tensor([[0, 1]])"),
    "view": (_view, "x, (4,)", "tensor([0, 1, 2, 3])"),
}


def _fresh(view: Tensor) -> Tensor:
    """A row-major copy."""
    return ops.reorder.function(view, tuple(range(view._array.ndim)))


def _copied(result: Any, out: Any, name: str, input: Tensor) -> Any:
    """The views copied, or written into ``out``."""
    if not isinstance(result, tuple):
        return finish(_fresh(result), out, ops.clone, (input,))
    made = tuple([_fresh(part) for part in result])
    if out is None:
        return made
    if not isinstance(out, (tuple, list)) or len(out) != len(made):
        raise RuntimeError(f"{name}(): expected out= of {len(made)} tensors, but got {type(out).__name__}")
    for part, target in zip(made, out, strict=True):
        finish(part, target, ops.clone, (input,))
    return None


def _copying(name: str, view: Callable, call: str, result: str) -> Callable:
    """The function ``name_copy``."""
    own = f"{name}_copy"

    def function(input: Tensor, *args: Any, out: Any = None, **named: Any) -> Any:
        return _copied(view(tensor_of(input, own), *args, **named), out, own, input)

    function.__name__ = function.__qualname__ = own
    shown = result.replace("\n", "\n    ")
    function.__doc__ = f"""What ``{name}`` shows, copied into new memory. As ``torch.{own}``; raises as ``{name}`` does.

    >>> import autograd
    >>> x = autograd.arange(4).reshape(2, 2)
    >>> autograd.{own}({call})
    {shown}
    """
    return function


for _name, _row in COPIES.items():
    add(f"{_name}_copy", _copying(_name, *_row), True, False, False)
