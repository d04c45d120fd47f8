"""Parameters and buffers: the tensors that a module knows as its own."""

from __future__ import annotations

from typing import Any

from autograd import Tensor


class Parameter(Tensor):
    """A Tensor that a ``Module`` registers when it is assigned as an attribute. As ``torch.nn.Parameter``.

    ``Parameter(data=None, requires_grad=True)`` shares the memory of ``data`` (an empty tensor by default) and forgets
    its history. Raises TypeError unless ``data`` is a Tensor, RuntimeError where a dtype without gradients should
    require grad.

    >>> import autograd, nn
    >>> nn.Parameter(autograd.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        super().__init__(0)  # an empty tensor, whose memory is replaced
        if data is not None:
            self.data = _checked(data, type(self).__name__)
        self.requires_grad_(requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict) -> Tensor:
        found = memo.get(id(self))
        if found is None:
            # As in PyTorch a copied parameter starts without a gradient.
            found = memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return found


class Buffer(Tensor):
    """A Tensor that a ``Module`` registers as a buffer when it is assigned as an attribute. As ``torch.nn.Buffer``.

    ``Buffer(data=None, persistent=True)`` shares the memory of ``data``; a persistent one is part of ``state_dict``.
    Raises TypeError unless ``data`` is a Tensor.

    >>> import autograd, nn
    >>> module = nn.Module()
    >>> module.steps = nn.Buffer(autograd.zeros(1))
    >>> list(module.state_dict())
    ['steps']
    """

    persistent: bool

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        super().__init__(0)
        if data is not None:
            self.data = _checked(data, type(self).__name__)
        self.persistent = persistent


def _checked(data: Any, name: str) -> Tensor:
    if not isinstance(data, Tensor):
        raise TypeError(
            f"{name}: data must be a Tensor, but got {type(data).__name__}; make one with autograd.tensor(...)"
        )
    return data


__all__ = ["Buffer", "Parameter"]
