"""Layers that take a size from the first batch they see."""

from __future__ import annotations

import itertools
from typing import Any

from autograd import Tensor, no_grad
from nn.hooks import RemovableHandle
from nn.linear import Linear
from nn.parameter import UninitializedParameter, is_lazy


class LazyModuleMixin:
    """What makes a module lazy: its parameters get their shapes when it is first called. As PyTorch's mixin of that name.

    A lazy layer derives from this and from the layer that it is to become (``cls_to_become``), has
    ``UninitializedParameter`` and ``UninitializedBuffer``, and an ``initialize_parameters(*args)`` that materialises
    them from the arguments of the first call. A state dict can be taken and loaded before that as well as after.
    RuntimeError where ``initialize_parameters`` leaves one without shape.

    >>> import autograd, nn
    >>> net = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(1))
    >>> net(autograd.ones(2, 3)).shape, net[0]
    (autograd.Size([2, 1]), Linear(in_features=3, out_features=4, bias=True))
    """

    cls_to_become: type | None = None
    _initialize_hook: RemovableHandle

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(self._infer_parameters, with_kwargs=True)  # type: ignore[attr-defined]

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Materialise the parameters for these arguments of the first call; every lazy layer writes its own."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether any parameter or buffer of this module itself has no shape yet."""
        own: Any = self
        return any(is_lazy(tensor) for tensor in itertools.chain(own._parameters.values(), own._buffers.values()))

    def _infer_parameters(self, module: Any, args: tuple, kwargs: dict[str, Any] | None = None) -> None:
        """The hook before the first forward: initialise, and become the ordinary layer."""
        module.initialize_parameters(*args, **(kwargs or {}))
        if module.has_uninitialized_params():
            raise RuntimeError(f"module {module._get_name()} has not been fully initialized")
        module._initialize_hook.remove()
        del module._initialize_hook
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become


class LazyLinear(LazyModuleMixin, Linear):
    """A ``Linear`` whose ``in_features`` is the size of the first input's last dimension. As ``torch.nn.LazyLinear``.

    Until it is called, weight and bias have no shape; then it is a ``Linear``, initialised as such.

    >>> import autograd, nn
    >>> layer = nn.LazyLinear(2)
    >>> layer(autograd.ones(5, 3)).shape, layer
    (autograd.Size([5, 2]), Linear(in_features=3, out_features=2, bias=True))
    """

    cls_to_become = Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False)
        self.out_features = out_features
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw weight and bias anew; nothing while they have no shape."""
        if self.in_features != 0 and not self.has_uninitialized_params():
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take ``in_features`` from the input, unless a state dict has given the weight its shape."""
        weight: Any = self.weight
        if self.has_uninitialized_params():
            with no_grad():
                self.in_features = input.shape[-1]
                weight.materialize((self.out_features, self.in_features))
                if is_lazy(self.bias):
                    self.bias.materialize((self.out_features,))
                self.reset_parameters()
        self.in_features = weight.shape[-1]


__all__ = ["LazyLinear", "LazyModuleMixin"]
