"""Pruning: masks that hold entries of a parameter at zero. As ``torch.nn.utils.prune``.

A pruned parameter ``weight`` becomes the parameter ``weight_orig`` and the buffer ``weight_mask``; a forward pre-hook
sets ``weight = weight_mask * weight_orig``. Pruning again goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import autograd
from autograd import Tensor
from nn.module import Module
from nn.utils.convert_parameters import parameters_to_vector
from nn.utils.hooked import hook_of, unhook
from nn.utils.prune_methods import (
    BasePruningMethod,
    CustomFromMask,
    Identity,
    L1Unstructured,
    LnStructured,
    PruningContainer,
    RandomStructured,
    RandomUnstructured,
)


def identity(module: Module, name: str) -> Module:
    """Make parameter ``name`` a pruned one with nothing pruned; returns the module. As ``torch.nn.utils.prune.identity``.

    >>> import nn
    >>> list(nn.utils.prune.identity(nn.Linear(2, 1), "weight").state_dict())
    ['bias', 'weight_orig', 'weight_mask']
    """
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune ``amount`` entries (a number, or with a float a share) drawn at random; returns the module.

    As ``torch.nn.utils.prune.random_unstructured``; TypeError or ValueError for an amount out of range.

    >>> import nn
    >>> nn.utils.prune.random_unstructured(nn.Linear(4, 2), "weight", amount=3).weight_mask.sum()
    tensor(5.)
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Module:
    """Prune the ``amount`` entries that are smallest in size (or in ``importance_scores``); returns the module.

    As ``torch.nn.utils.prune.l1_unstructured``; TypeError or ValueError for an amount out of range.

    >>> import nn
    >>> nn.utils.prune.l1_unstructured(nn.Linear(4, 2), "weight", amount=0.5).weight_mask.sum()
    tensor(4.)
    """
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune ``amount`` slices along ``dim`` drawn at random; returns the module.

    As ``torch.nn.utils.prune.random_structured``; ValueError for a parameter of one dimension.

    >>> import nn
    >>> nn.utils.prune.random_structured(nn.Linear(3, 4), "weight", amount=1, dim=0).weight_mask.sum()
    tensor(9.)
    """
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
) -> Module:
    """Prune the ``amount`` slices along ``dim`` of smallest ``n``-norm; returns the module.

    As ``torch.nn.utils.prune.ln_structured``; ValueError for a parameter of one dimension.

    >>> import nn
    >>> nn.utils.prune.ln_structured(nn.Linear(3, 4), "weight", amount=1, n=2, dim=0).weight_mask.sum()
    tensor(9.)
    """
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune where ``mask`` is 0; returns the module. As ``torch.nn.utils.prune.custom_from_mask``.

    >>> import autograd, nn
    >>> layer = nn.utils.prune.custom_from_mask(nn.Linear(1, 2), "bias", autograd.tensor([0, 1]))
    >>> layer.bias_mask
    tensor([0., 1.])
    """
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]],
    pruning_method: type[BasePruningMethod],
    importance_scores: dict | None = None,
    **kwargs: Any,
) -> None:
    """Prune several parameters, pairs (module, name), as if they were one: those with small entries lose more.

    ``pruning_method`` is an unstructured one such as ``L1Unstructured``, with its arguments (``amount``);
    ``importance_scores`` maps pairs to what is compared instead. As ``torch.nn.utils.prune.global_unstructured``;
    TypeError for a structured method.

    >>> import nn
    >>> net = nn.Sequential(nn.Linear(4, 2), nn.Linear(2, 1))
    >>> pairs = [(net[0], "weight"), (net[1], "weight")]
    >>> nn.utils.prune.global_unstructured(pairs, nn.utils.prune.L1Unstructured, amount=4)
    >>> sum(int(layer.weight_mask.sum()) for layer in net)
    6
    """
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    scores = {} if importance_scores is None else importance_scores
    if not isinstance(scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    pairs = list(parameters)
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. '
            f"Found method {pruning_method} of type {method.PRUNING_TYPE}"
        )
    tensors = [getattr(module, name) for module, name in pairs]
    masks = [getattr(m, f"{name}_mask", autograd.ones_like(t)) for (m, name), t in zip(pairs, tensors, strict=True)]
    compared = [scores.get(pair, tensor) for pair, tensor in zip(pairs, tensors, strict=True)]
    method.tensor_name = "temp"
    container = PruningContainer(method)
    mask = container.compute_mask(parameters_to_vector(compared), parameters_to_vector(masks))
    parts = mask.split([tensor.numel() for tensor in tensors])
    for (module, name), tensor, part in zip(pairs, tensors, parts, strict=True):
        custom_from_mask(module, name, part.reshape(tensor.shape))


def remove(module: Module, name: str) -> Module:
    """Make the pruned parameter ``name`` an ordinary one with zeros in it; returns the module.

    As ``torch.nn.utils.prune.remove``; ValueError where it is not pruned.

    >>> import nn
    >>> layer = nn.utils.prune.l1_unstructured(nn.Linear(4, 1), "weight", amount=3)
    >>> int((nn.utils.prune.remove(layer, "weight").weight == 0).sum())
    3
    """
    hook = hook_of(module, BasePruningMethod, name)
    if hook is None:
        raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")
    hook.remove(module)
    unhook(module, hook)
    return module


def _hooks(module: Any) -> Iterator[Callable]:
    for part in module.modules():
        if part._hooks is not None:
            yield from part._hooks.functions("forward_pre")


def is_pruned(module: Module) -> bool:
    """Whether any parameter of ``module`` or of a module in it is pruned. As ``torch.nn.utils.prune.is_pruned``.

    >>> import nn
    >>> layer = nn.Linear(4, 1)
    >>> nn.utils.prune.is_pruned(layer), nn.utils.prune.is_pruned(nn.utils.prune.identity(layer, "bias"))
    (False, True)
    """
    return any(isinstance(hook, BasePruningMethod) for hook in _hooks(module))


__all__ = [
    "BasePruningMethod",
    "CustomFromMask",
    "Identity",
    "L1Unstructured",
    "LnStructured",
    "PruningContainer",
    "RandomStructured",
    "RandomUnstructured",
    "custom_from_mask",
    "global_unstructured",
    "identity",
    "is_pruned",
    "l1_unstructured",
    "ln_structured",
    "random_structured",
    "random_unstructured",
    "remove",
]
