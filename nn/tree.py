"""The tree of modules: walking it, and finding modules, parameters and buffers in it by name."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from autograd import Tensor
from nn.parameter import Buffer, Parameter

if TYPE_CHECKING:
    from nn.module import Module

CONTAINERS = (list, tuple, dict)


class Tree:
    """What a ``Module`` knows of the modules under it. A part of ``Module``; not used alone."""

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _warned: frozenset[str] = frozenset()  # attributes whose unregistered modules or parameters were reported
    _fillable: frozenset[str] = frozenset()  # attributes that were lists or dicts when they were set

    # -- walking ----------------------------------------------------------------------------------------------------

    def named_modules(
        self, memo: set | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """The module itself and all below it with their dotted names, parents first. As ``torch.nn.Module.named_modules``.

        A module that stands at several places comes once unless ``remove_duplicate=False``; those in ``memo`` do not
        come.

        >>> import nn
        >>> [name for name, _ in nn.Sequential(nn.Sequential(nn.Identity())).named_modules()]
        ['', '0', '0.0']
        """
        seen = set() if memo is None else memo
        waiting: list[tuple[str, Any]] = [(prefix, self)]
        while waiting:
            path, module = waiting.pop()
            if remove_duplicate:
                if module in seen:
                    continue
                seen.add(module)
            yield path, module
            if module._modules:
                start = f"{path}." if path else ""
                below = [(start + name, child) for name, child in module._modules.items() if child is not None]
                waiting.extend(reversed(below))

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """The module itself and all below it, each once (unless ``remove_duplicate=False``), parents first. As ``torch.nn.Module.modules``.

        >>> import nn
        >>> len(list(nn.Sequential(nn.Identity(), nn.Identity()).modules()))
        3
        """
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below with their names, each once. As ``torch.nn.Module.named_children``.

        >>> import nn
        >>> list(nn.Sequential(nn.ReLU()).named_children())
        [('0', ReLU())]
        """
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules directly below, each once. As ``torch.nn.Module.children``.

        >>> import nn
        >>> list(nn.Sequential(nn.ReLU()).children())
        [ReLU()]
        """
        for _, module in self.named_children():
            yield module

    def _look_into(self, name: str, value: Any) -> None:
        """Look at a list, tuple or dict that was assigned, and later again at what can still be filled."""
        if type(value) is not tuple:
            object.__setattr__(self, "_fillable", self._fillable | {name})
        if value:
            warn_hidden(cast("Module", self), name, value, stacklevel=4)

    def _named_members(
        self, members: Callable[[Any], Any], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        """The tensors that ``members(module)`` lists for each module, with their dotted names."""
        seen: set[int] = set()
        where = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in where:
            for name, tensor in members(module):
                if tensor is None or (remove_duplicate and id(tensor) in seen):
                    continue
                seen.add(id(tensor))
                yield f"{path}.{name}" if path else name, tensor

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their dotted names, in order of registration. As ``torch.nn.Module.named_parameters``.

        With ``recurse=False`` only this module's own; one shared by several modules comes once unless
        ``remove_duplicate=False``. Warns of parameters kept in a plain list or dict, where no optimizer finds them.

        >>> import nn
        >>> [name for name, _ in nn.Sequential(nn.Linear(2, 3)).named_parameters()]
        ['0.weight', '0.bias']
        """
        return self._named_members(_parameters_of if recurse else _own_parameters, prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters, each once: what an optimizer takes. As ``torch.nn.Module.parameters``.

        >>> import nn
        >>> [tuple(p.shape) for p in nn.Linear(2, 3).parameters()]
        [(3, 2), (3,)]
        """
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their dotted names. As ``torch.nn.Module.named_buffers``.

        >>> import autograd, nn
        >>> module = nn.Module()
        >>> module.register_buffer("mean", autograd.zeros(2))
        >>> list(module.named_buffers())
        [('mean', tensor([0., 0.]))]
        """
        return self._named_members(lambda m: m._buffers.items(), prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers, each once. As ``torch.nn.Module.buffers``.

        >>> import nn
        >>> list(nn.Linear(2, 3).buffers())
        []
        """
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    # -- finding ----------------------------------------------------------------------------------------------------

    def get_submodule(self, target: str) -> Module:
        """The module with the dotted name ``target``; AttributeError where there is none. "" is this module.

        >>> import nn
        >>> nn.Sequential(nn.Sequential(nn.ReLU())).get_submodule("0.0")
        ReLU()
        """
        from nn.module import Module  # noqa: PLC0415 - which stands on this file

        found: Any = self
        for name in target.split(".") if target else ():
            if not hasattr(found, name):
                raise AttributeError(f"{type(found).__name__} has no attribute `{name}`, looking for {target!r}")
            found = getattr(found, name)
            if not isinstance(found, Module):
                raise AttributeError(f"`{name}` is not an nn.Module, looking for {target!r}")
        return found

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put ``module`` at the dotted name ``target``; with ``strict`` only where a module stands already.

        Raises ValueError for an empty name or a ``module`` that is none, AttributeError where the way there is missing.

        >>> import nn
        >>> net = nn.Sequential(nn.ReLU())
        >>> net.set_submodule("0", nn.Tanh())
        >>> net[0]
        Tanh()
        """
        from nn.module import Module  # noqa: PLC0415

        if not target:
            raise ValueError("set_submodule: target must not be empty")
        if not isinstance(module, Module):
            raise ValueError(f"set_submodule: module must be an nn.Module, but got {type(module).__name__}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{type(parent).__name__} has no attribute `{name}`, setting {target!r}")
        if hasattr(parent, name) and not isinstance(getattr(parent, name), Module):
            raise AttributeError(f"`{name}` is not an nn.Module, setting {target!r}")
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter with the dotted name ``target``; AttributeError where there is none.

        >>> import nn
        >>> tuple(nn.Sequential(nn.Linear(2, 3)).get_parameter("0.weight").shape)
        (3, 2)
        """
        return self._get(target, Parameter, "an nn.Parameter")

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with the dotted name ``target``; AttributeError where there is none.

        >>> import autograd, nn
        >>> module = nn.Module()
        >>> module.register_buffer("mean", autograd.zeros(2))
        >>> module.get_buffer("mean")
        tensor([0., 0.])
        """
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        if name not in owner._buffers:
            raise AttributeError(f"`{name}` is not a buffer of {type(owner).__name__}, looking for {target!r}")
        return self._get(target, (Buffer, Tensor), "a buffer")

    def _get(self, target: str, kind: Any, words: str) -> Any:
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        if not hasattr(owner, name):
            raise AttributeError(f"{type(owner).__name__} has no attribute `{name}`, looking for {target!r}")
        found = getattr(owner, name)
        if not isinstance(found, kind):
            raise AttributeError(f"`{name}` is not {words}, looking for {target!r}")
        return found


# -- modules and parameters that nobody finds ---------------------------------------------------------------------------


def hidden_in(value: Any, module: Module) -> str | None:
    """What a list, tuple or dict holds that ``module`` does not know of: "modules", "parameters" or None.

    Only its first entries are looked at, so that a long list of other things costs nothing.
    """
    from nn.module import Module  # noqa: PLC0415

    entries = list(itertools.islice(value.values() if isinstance(value, dict) else value, 4))
    if not any(isinstance(entry, (Module, Parameter)) for entry in entries):
        return None
    known = {id(m) for m in module.modules()}
    known.update(id(p) for m in module.modules() for p in m._parameters.values())
    for entry in entries:
        if isinstance(entry, (Module, Parameter)) and id(entry) not in known:
            return "modules" if isinstance(entry, Module) else "parameters"
    return None


def warn_hidden(module: Module, name: str, value: Any, stacklevel: int) -> None:
    """Warn where attribute ``name`` of ``module`` keeps modules or parameters out of sight; once for each attribute."""
    what = None if name in module._warned else hidden_in(value, module)
    if what is None:
        return
    object.__setattr__(module, "_warned", module._warned | {name})
    cure = {"modules": ("ModuleList", "ModuleDict"), "parameters": ("ParameterList", "ParameterDict")}[what]
    holder = cure[isinstance(value, dict)]
    warnings.warn(
        f"{type(module).__name__}.{name} is a plain {type(value).__name__} with {what} in it, which are not registered: "
        f"parameters(), state_dict() and to() do not see them, and no optimizer trains them. Use "
        f"nn.{holder}(...) instead. To hide them on purpose, set them by object.__setattr__(module, {name!r}, ...) "
        "and filter this warning.",
        UserWarning,
        stacklevel=stacklevel,
    )


def _own_parameters(module: Module) -> Any:
    return module._parameters.items()


def _parameters_of(module: Module) -> Any:
    """Its parameters; warns of lists and dicts that were filled with modules or parameters after they were assigned."""
    for name in module._fillable:
        value = module.__dict__.get(name)
        if value and type(value) in CONTAINERS:
            warn_hidden(module, name, value, stacklevel=5)
    return module._parameters.items()
