"""Tensors of a module as functions of other tensors: a module computes the weight each time it is asked for.

As ``torch.nn.utils.parametrize``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd import Tensor, no_grad
from nn.container import ModuleDict, ModuleList
from nn.module import Module
from nn.parameter import Parameter

_caching = 0
_cache: dict[tuple[int, str], Tensor] = {}


@contextmanager
def cached() -> Iterator[None]:
    """Inside, each parametrised tensor is computed once and then remembered. As ``torch.nn.utils.parametrize.cached``.

    For models that use a parametrised weight several times in a forward pass (a recurrent network). What is assigned
    meanwhile is not seen.

    >>> import nn
    >>> from nn.utils import parametrize
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(2, 2))
    >>> with parametrize.cached():
    ...     print(layer.weight is layer.weight)
    True
    """
    global _caching  # noqa: PLW0603 - a mode of the whole process, as in PyTorch
    _caching += 1
    try:
        yield
    finally:
        _caching -= 1
        if not _caching:
            _cache.clear()


def _register(module: Module, name: str, tensor: Tensor) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _has(module: Any, method: str) -> bool:
    return callable(getattr(module, method, None))


class ParametrizationList(ModuleList):
    """The parametrisations of one tensor, applied one after another, and what they compute it from.

    That is ``original``, or where the first ``right_inverse`` returned several tensors ``original0``, ``original1``, ….
    Made by ``register_parametrization``. As ``torch.nn.utils.parametrize.ParametrizationList``; ValueError where a
    parametrisation changes shape or dtype, unless ``unsafe``.

    >>> import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 1))
    >>> [name for name, _ in layer.parametrizations.weight.named_parameters()]
    ['original0', 'original1']
    """

    original: Any

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        with no_grad():
            new: Any = original
            for module in reversed(list(self)):
                if _has(module, "right_inverse"):
                    try:
                        new = module.right_inverse(new)
                    except NotImplementedError:  # says: start from the tensor as it is
                        continue
        self._check_sequence(new)
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            if new.dtype != dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype: "
                    f"original {dtype}, right_inverse(original) {new.dtype}"
                )
            original.data = new.detach()
            _register(self, "original", original)
        else:
            self._keep_several(new, original)
        if not unsafe:
            _check_same(self(), shape, dtype, "the unparametrized tensor", "Registering a parametrization")

    @staticmethod
    def _check_sequence(new: Any) -> None:
        if not isinstance(new, (Tensor, Sequence)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {type(new).__name__}"
            )

    def _keep_several(self, new: Sequence[Any], original: Tensor) -> None:
        for place, tensor in enumerate(new):
            if not isinstance(tensor, Tensor):
                raise ValueError(
                    "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                    f"Got element {place} of the sequence with type {type(tensor).__name__}."
                )
            kept = Parameter(tensor, original.requires_grad) if isinstance(original, Parameter) else tensor
            kept.requires_grad_(original.requires_grad)
            _register(self, f"original{place}", kept)

    def right_inverse(self, value: Any) -> None:
        """Set the originals so that the parametrised tensor becomes ``value``: each ``right_inverse``, the last first.

        RuntimeError where a parametrisation has none, ValueError where one returns another number of tensors or another
        dtype.
        """
        with no_grad():
            for module in reversed(list(self)):
                if not _has(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
        if self.is_tensor and not isinstance(value, Tensor):
            raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
        if not self.is_tensor and not isinstance(value, Sequence):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value).__name__}.")
        values = [value] if self.is_tensor else list(value)
        if len(values) != self.ntensors:
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. "
                f"Got a sequence of length {len(values)}."
            )
        pairs = list(zip(self._names(), values, strict=True))
        for name, tensor in pairs:
            if not isinstance(tensor, Tensor):
                raise ValueError(f"right_inverse must return tensors for {name}. Got {type(tensor).__name__}.")
            if tensor.dtype != getattr(self, name).dtype:
                raise ValueError(
                    f"The tensor returned by `right_inverse` has dtype {tensor.dtype} while `{name}` has dtype "
                    f"{getattr(self, name).dtype}"
                )
        for name, tensor in pairs:
            getattr(self, name).data = tensor.detach()

    def _names(self) -> list[str]:
        return ["original"] if self.is_tensor else [f"original{place}" for place in range(self.ntensors)]

    def forward(self) -> Tensor:
        """The parametrised tensor."""
        first, *others = self
        tensor = first(*(getattr(self, name) for name in self._names()))
        for module in others:
            tensor = module(tensor)
        return tensor


def _check_same(tensor: Any, shape: Any, dtype: Any, what: str, who: str) -> None:
    """ValueError unless ``tensor`` is a Tensor of that shape and dtype."""
    if not isinstance(tensor, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(tensor).__name__}.")
    for kind, ours, theirs in (("dtype", tensor.dtype, dtype), ("shape", tensor.shape, shape)):
        if ours != theirs:
            raise ValueError(
                f"{who} may not change the {kind} of the tensor, unless the `unsafe` flag is enabled: {what} has "
                f"{kind} {theirs}, the result {ours}"
            )


# -- the class of a module with parametrised tensors ----------------------------------------------------------------


def _deepcopy(self: Any, memo: dict) -> Any:
    found = memo.get(id(self))
    if found is None:
        found = memo[id(self)] = self.__new__(type(self))
        found.__dict__ = copy.deepcopy(self.__dict__, memo)
    return found


def _getstate(self: Any) -> dict:
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(): their class is made when a "
        "parametrization is registered, so unpickling could not find it. Save state_dict() and load it into a model made "
        "in the same way."
    )


def _computed(name: str) -> property:
    """The property that computes a parametrised tensor, and sets the originals."""

    def get(self: Any) -> Tensor:
        if not _caching:
            return self.parametrizations[name]()
        key = (id(self), name)
        if key not in _cache:
            _cache[key] = self.parametrizations[name]()
        return _cache[key]

    def put(self: Any, value: Any) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(get, put, doc=f"``{name}``, computed by its parametrizations.")


def _give_class(module: Any, base: type) -> None:
    """The class with a property for each parametrised tensor; a new one each time, as copies may share the old."""
    members: dict[str, Any] = {name: _computed(name) for name in module.parametrizations}
    members["__getstate__"] = _getstate
    if not hasattr(base, "__deepcopy__"):
        members["__deepcopy__"] = _deepcopy
    module.__class__ = type(f"Parametrized{base.__name__}", (base,), members)


# -- registering ----------------------------------------------------------------------------------------------------


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Compute the parameter or buffer ``tensor_name`` by ``parametrization`` from now on; returns ``module``.

    ``module.parametrizations[tensor_name].original`` holds what it is computed from. A ``right_inverse(tensor)`` of the
    parametrisation is used to start it, and when the tensor is assigned. Several are applied in the order of
    registration. As ``torch.nn.utils.parametrize.register_parametrization``; ValueError for a name that the module does
    not have, or a parametrisation that changes shape or dtype (allowed by ``unsafe``).

    >>> import autograd, nn
    >>> class Symmetric(nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = nn.utils.parametrize.register_parametrization(nn.Linear(3, 3), "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.T).all())
    True
    """
    owner: Any = module
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_added(owner, tensor_name, parametrization)
        entries = owner.parametrizations[tensor_name]
        entries.append(parametrization)
        entries.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        entries = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
        delattr(module, tensor_name)
        base = type_before_parametrizations(module)
        if not is_parametrized(module):
            owner.parametrizations = ModuleDict()
        owner.parametrizations[tensor_name] = entries
        _give_class(owner, base)
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}'"
        )
    return module


def _check_added(module: Any, name: str, parametrization: Any) -> None:
    """ValueError unless one more parametrisation keeps shape and dtype, both ways."""
    before = getattr(module, name)
    after = parametrization(before)
    _check_same(after, before.shape, before.dtype, f"module.{name}", "Registering a parametrization")
    if _has(parametrization, "right_inverse"):
        try:
            back = parametrization.right_inverse(after)
        except NotImplementedError:
            return
        if not isinstance(back, Tensor):
            raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
        _check_same(back, before.shape, before.dtype, f"module.{name}", "right_inverse")


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether ``module`` has parametrised tensors, or whether ``tensor_name`` is one.

    As ``torch.nn.utils.parametrize.is_parametrized``.

    >>> import nn
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(2, 2))
    >>> nn.utils.parametrize.is_parametrized(layer), nn.utils.parametrize.is_parametrized(layer, "bias")
    (True, False)
    """
    found = getattr(module, "parametrizations", None)
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make ``tensor_name`` an ordinary parameter or buffer again; returns ``module``.

    It keeps its present value, or with ``leave_parametrized=False`` that of ``original``. As
    ``torch.nn.utils.parametrize.remove_parametrizations``; ValueError where it is not parametrised, and where there is
    not one original to leave.

    >>> import nn
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(2, 2))
    >>> nn.utils.parametrize.remove_parametrizations(layer, "weight")
    Linear(in_features=2, out_features=2, bias=True)
    """
    owner: Any = module
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    entries = owner.parametrizations[tensor_name]
    if entries.is_tensor:
        original = entries.original
        if leave_parametrized:
            with no_grad():
                original.data = getattr(module, tensor_name).detach()
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    base = type_before_parametrizations(module)
    del owner.parametrizations[tensor_name]
    if owner.parametrizations:
        _give_class(owner, base)
    else:
        del owner.parametrizations
        owner.__class__ = base
    _register(module, tensor_name, original)
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class that ``module`` had before parametrisations were registered.

    As ``torch.nn.utils.parametrize.type_before_parametrizations``.

    >>> import nn
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(2, 2))
    >>> type(layer).__name__, nn.utils.parametrize.type_before_parametrizations(layer).__name__
    ('ParametrizedLinear', 'Linear')
    """
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Give ``to_module`` the parametrisations of ``from_module``, with their originals; returns ``to_module``.

    All of them, or those of ``tensor_name``; both modules then share them. As the function of that name in
    ``torch.nn.utils.parametrize``.

    >>> import nn
    >>> one, two = nn.utils.parametrizations.orthogonal(nn.Linear(2, 2)), nn.Linear(2, 2)
    >>> nn.utils.parametrize.transfer_parametrizations_and_params(one, two).parametrizations.weight.original is (
    ...     one.parametrizations.weight.original)
    True
    """
    source, target = from_module, to_module
    if not is_parametrized(source):
        return target
    found: Any = source.parametrizations
    for name in list(found) if tensor_name is None else [tensor_name]:
        if not hasattr(target, name):
            setattr(target, name, Parameter(getattr(source, name)))
        for parametrization in found[name]:
            register_parametrization(target, name, parametrization)
        entries: Any = target.parametrizations
        for original in found[name]._names():
            setattr(entries[name], original, getattr(found[name], original))
    return target


__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]
