"""Spectral norm by a forward pre-hook: the older form of ``nn.utils.parametrizations.spectral_norm``."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor, linalg, no_grad
from nn.module import Module
from nn.parameter import Parameter, is_lazy
from nn.utils.hooked import hook_of, unhook
from nn.utils.normalising import as_matrix, channel_dim, unit


class SpectralNorm:
    """The hook that computes ``name`` from ``name_orig`` and the vectors ``name_u``, ``name_v`` before each forward."""

    _version = 1

    def __init__(self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    @property
    def tensor_name(self) -> str:
        """The tensor that it computes."""
        return self.name

    def compute_weight(self, module: Any, do_power_iteration: bool) -> Tensor:
        """The weight over uᵀ W v, after the power iterations."""
        weight, u, v = (getattr(module, f"{self.name}{end}") for end in ("_orig", "_u", "_v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(unit(autograd.mv(matrix.T, u), self.eps))
                    u.copy_(unit(autograd.mv(matrix, v), self.eps))
                u, v = u.clone(), v.clone()  # those that backward needs, while the next call goes on
        return weight / autograd.dot(u, autograd.mv(matrix, v))

    def remove(self, module: Any) -> None:
        """Make the weight a parameter again."""
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for end in ("", "_u", "_v", "_orig"):
            delattr(module, f"{self.name}{end}")
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))


class _Versioned:
    """The hook that notes the version of the state in its metadata."""

    def __init__(self, hook: SpectralNorm) -> None:
        self.hook = hook

    @property
    def tensor_name(self) -> str:
        return self.hook.name

    def __call__(self, module: Any, state_dict: Any, prefix: str, local_metadata: dict) -> None:
        local_metadata.setdefault("spectral_norm", {})[f"{self.hook.name}.version"] = self.hook._version


class _FromOlder(_Versioned):
    """The hook that finds v where a state dict of PyTorch's first form has only the weight, its original and u."""

    def __call__(self, state_dict: Any, prefix: str, local_metadata: dict, strict: bool, *lists: list) -> None:  # type: ignore[override]
        if local_metadata.get("spectral_norm", {}).get(f"{self.hook.name}.version", 0) >= 1:
            return
        key = f"{prefix}{self.hook.name}"
        if all(f"{key}{end}" in state_dict for end in ("_orig", "_u", "_v")) and key not in state_dict:
            return
        missing = [f"{key}{end}" for end in ("_orig", "", "_u") if f"{key}{end}" not in state_dict]
        if missing:
            if strict:
                lists[0].extend(missing)
            return
        with no_grad():
            original, u = state_dict[f"{key}_orig"], state_dict[f"{key}_u"]
            sigma = (original / state_dict.pop(key)).mean()
            matrix = as_matrix(original, self.hook.dim)
            v = linalg.multi_dot([(matrix.T @ matrix).pinverse(), matrix.T, u.unsqueeze(1)]).squeeze(1)
            state_dict[f"{key}_v"] = v * (sigma / autograd.dot(u, autograd.mv(matrix, v)))


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divide a weight by its largest singular value, estimated by power iterations; returns the module.

    ``name_orig`` is the parameter, ``name_u`` and ``name_v`` are buffers; each forward in training makes
    ``n_power_iterations`` more. As ``torch.nn.utils.spectral_norm`` (Miyato et al., 2018); newer:
    ``nn.utils.parametrizations.spectral_norm``. RuntimeError where the weight has one already, ValueError where it is
    None or has no shape yet.

    >>> import nn
    >>> list(nn.utils.spectral_norm(nn.Linear(3, 2)).state_dict())
    ['bias', 'weight_orig', 'weight_u', 'weight_v']
    """
    if hook_of(module, SpectralNorm, name) is not None:
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    hook = SpectralNorm(name, n_power_iterations, channel_dim(module) if dim is None else dim, eps)
    weight = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    if is_lazy(weight):
        raise ValueError("spectral_norm: the parameters of a lazy module have no shape yet; call the module first")
    rows, columns = as_matrix(weight.detach(), hook.dim).shape
    vectors = [unit(weight.detach().new_empty(size).normal_(0, 1), eps) for size in (rows, columns)]
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.detach())
    for end, vector in zip(("_u", "_v"), vectors, strict=True):
        module.register_buffer(f"{name}{end}", vector)
    module.register_forward_pre_hook(hook)
    module._register_state_dict_hook(_Versioned(hook))
    module._register_load_state_dict_pre_hook(_FromOlder(hook))
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Undo ``spectral_norm``: the weight, divided, is a parameter again; returns the module.

    As ``torch.nn.utils.remove_spectral_norm``; ValueError where the weight has none.

    >>> import nn
    >>> list(nn.utils.remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(3, 2))).state_dict())
    ['bias', 'weight']
    """
    hook = hook_of(module, SpectralNorm, name)
    if hook is None:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    hook.remove(module)
    for entry in (hook, *(hook_of(module, _Versioned, name, moment) for moment in ("state_dict", "load_pre"))):
        unhook(module, entry)
    return module


__all__ = ["remove_spectral_norm", "spectral_norm"]
