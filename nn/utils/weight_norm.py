"""Weight norm by a forward pre-hook: the older form of ``nn.utils.parametrizations.weight_norm``."""

from __future__ import annotations

import warnings
from typing import Any

import autograd
from autograd import Tensor
from nn.module import Module
from nn.parameter import Parameter, is_lazy
from nn.utils.hooked import hook_of, unhook


class WeightNorm:
    """The hook that computes ``name`` from ``name_g`` and ``name_v`` before each forward."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, -1 if dim is None else dim

    @property
    def tensor_name(self) -> str:
        """The tensor that it computes."""
        return self.name

    def compute_weight(self, module: Any) -> Tensor:
        """``g v / ‖v‖``."""
        v = getattr(module, f"{self.name}_v")
        return v * (getattr(module, f"{self.name}_g") / autograd.norm_except_dim(v, 2, self.dim))

    def remove(self, module: Any) -> None:
        """Make the weight a parameter again."""
        weight = self.compute_weight(module).detach()
        for name in (self.name, f"{self.name}_g", f"{self.name}_v"):
            delattr(module, name)
        setattr(module, self.name, Parameter(weight))

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Learn the lengths (``name_g``) and directions (``name_v``) of a weight apart; returns the module.

    Warns (FutureWarning): use ``nn.utils.parametrizations.weight_norm``. As ``torch.nn.utils.weight_norm``; RuntimeError
    where the weight has one already, ValueError where it has no shape yet.

    >>> import nn, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     layer = nn.utils.weight_norm(nn.Linear(3, 2))
    >>> layer.weight_g.shape, layer.weight_v.shape
    (autograd.Size([2, 1]), autograd.Size([2, 3]))
    """
    warnings.warn(
        "`nn.utils.weight_norm` is deprecated in favor of `nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    if hook_of(module, WeightNorm, name) is not None:
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    weight = getattr(module, name)
    if is_lazy(weight):
        raise ValueError("weight_norm: the parameters of a lazy module have no shape yet; call the module first")
    hook = WeightNorm(name, dim)
    del module._parameters[name]
    module.register_parameter(f"{name}_g", Parameter(autograd.norm_except_dim(weight, 2, hook.dim).detach()))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Undo ``weight_norm``: the weight is a parameter again; returns the module. As ``torch.nn.utils.remove_weight_norm``.

    ValueError where the weight has none.

    >>> import nn, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     layer = nn.utils.weight_norm(nn.Linear(3, 2))
    >>> list(nn.utils.remove_weight_norm(layer).state_dict())
    ['bias', 'weight']
    """
    hook = hook_of(module, WeightNorm, name)
    if hook is None:
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    hook.remove(module)
    unhook(module, hook)
    return module


__all__ = ["remove_weight_norm", "weight_norm"]
