"""Modules and parameters in sequences and dictionaries that are registered, as plain lists and dicts are not."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from nn.module import Module


class Container(Module):
    """Modules given by name: ``Container(fc=nn.Linear(2, 1))``. As ``torch.nn.Container``, which is deprecated.

    Warns (FutureWarning): subclass ``Module`` instead.

    >>> import nn, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     list(nn.Container(a=nn.ReLU())._modules)
    ['a']
    """

    def __init__(self, **kwargs: Any) -> None:
        warnings.warn(
            "nn.Container is deprecated: nn.Module does all that it did. Subclass that instead.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__()
        for key, value in kwargs.items():
            self.add_module(key, value)


def _place(index: Any, count: int, name: str) -> int:
    """An index of a sequence, counted from the start; IndexError where it is outside."""
    found = operator.index(index)
    if not -count <= found < count:
        raise IndexError(f"{name}: index {found} is out of range for {count} entries")
    return found % count


class _Modules(Module):
    """What ``Sequential`` and ``ModuleList`` share: modules under the names "0", "1", …, as a sequence."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.isdigit()]

    def _key(self, index: Any) -> str:
        return list(self._modules)[_place(index, len(self), type(self).__name__)]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._slice(index)
        return self._modules[self._key(index)]

    def _slice(self, index: slice) -> Any:
        return type(self)(list(self._modules.values())[index])

    def __setitem__(self, index: Any, module: Module) -> None:
        setattr(self, self._key(index), module)

    def __delitem__(self, index: Any) -> None:
        if isinstance(index, slice):
            for key in list(self._modules)[index]:
                delattr(self, key)
        else:
            delattr(self, self._key(index))
        self._renumber(list(self._modules.values()))

    def _renumber(self, modules: list[Any]) -> None:
        object.__setattr__(self, "_modules", {str(i): module for i, module in enumerate(modules)})

    def append(self, module: Module) -> Self:
        """Add ``module`` at the end; returns the container."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add each of ``modules`` at the end; returns the container. TypeError unless iterable."""
        if not isinstance(modules, Iterable):
            raise TypeError(
                f"{type(self).__name__}.extend should be called with an iterable, but got {type(modules).__name__}"
            )
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Any:
        """Put ``module`` before position ``index``."""
        if not isinstance(module, Module):
            raise TypeError(f"{type(self).__name__}.insert: expected a Module, but got {type(module).__name__}")
        modules = list(self._modules.values())
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def pop(self, key: int) -> Any:
        """Remove the module at position ``key`` and return it."""
        module = self[key]
        del self[key]
        return module


class Sequential(_Modules):
    """Modules one after another, each called with what the one before returned. As ``torch.nn.Sequential``.

    ``Sequential(a, b)``, or an OrderedDict of names and modules. Slices are ``Sequential`` too; ``append``, ``extend``,
    ``insert``, ``pop``, ``+`` and ``*`` as for lists. TypeError for anything but a Module.

    >>> import autograd, nn
    >>> net = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    >>> net(autograd.ones(3)).shape, net[1]
    (autograd.Size([2]), ReLU())
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], Mapping) else enumerate(args)
        for name, module in named:
            self.add_module(str(name), module)

    def forward(self, input: Any) -> Any:
        """The input through all modules."""
        for module in self:
            input = module(input)
        return input

    def _slice(self, index: slice) -> Sequential:
        return type(self)(dict(list(self._modules.items())[index]))

    def __add__(self, other: Any) -> Sequential:
        if not isinstance(other, Sequential):
            raise ValueError(
                f"add operator supports only objects of Sequential class, but {type(other).__name__} is given."
            )
        return Sequential(*self, *other)

    def __iadd__(self, other: Any) -> Self:
        if not isinstance(other, Sequential):
            raise ValueError(
                f"add operator supports only objects of Sequential class, but {type(other).__name__} is given."
            )
        return self.extend(other)

    def __mul__(self, other: int) -> Sequential:
        return Sequential(*self._times(other))

    __rmul__ = __mul__

    def __imul__(self, other: int) -> Self:
        return self.extend(self._times(other)[len(self) :])

    def _times(self, other: int) -> list[Any]:
        """The modules so many times over: the same objects, as in PyTorch."""
        if not isinstance(other, int):
            raise TypeError(f"unsupported operand type(s) for *: Sequential and {type(other).__name__}")
        if other <= 0:
            raise ValueError(f"Non-positive multiplication factor {other} for Sequential")
        return list(self) * other


class ModuleList(_Modules):
    """A list of modules that are registered, as those in a plain list are not. As ``torch.nn.ModuleList``.

    Indexing, slices, ``append``, ``extend``, ``insert``, ``pop`` and ``+`` as for lists. It has no forward.

    >>> import nn
    >>> layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
    >>> len(layers), len(list(layers.parameters()))
    (3, 6)
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def insert(self, index: int, module: Module) -> None:
        """Put ``module`` before position ``index``."""
        super().insert(index, module)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def __iadd__(self, other: Iterable[Module]) -> Self:
        return self.extend(other)

    def __repr__(self) -> str:
        """Runs of equal modules are printed once, as ``(0-2): 3 x …``."""
        texts = [repr(module) for module in self]
        if not texts:
            return f"{self._get_name()}()"
        lines, start = [], 0
        for stop in range(1, len(texts) + 1):
            if stop == len(texts) or texts[stop] != texts[start]:
                count = stop - start
                label = f"({start})" if count == 1 else f"({start}-{stop - 1}): {count} x"
                text = texts[start].replace("\n", "\n  ")
                lines.append(f"{label}: {text}" if count == 1 else f"{label} {text}")
                start = stop
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


class ModuleDict(Module):
    """A dictionary of modules that are registered, as those in a plain dict are not. As ``torch.nn.ModuleDict``.

    Keys are strings; ``[]``, ``in``, ``keys``, ``items``, ``values``, ``pop``, ``update`` and ``clear`` as for dicts. It
    has no forward.

    >>> import nn
    >>> heads = nn.ModuleDict({"a": nn.Linear(2, 1), "b": nn.Identity()})
    >>> list(heads), heads["b"]
    (['a', 'b'], Identity())
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Remove all modules."""
        self._modules.clear()

    def pop(self, key: str) -> Any:
        """Remove the module at ``key`` and return it; KeyError where there is none."""
        return self._modules.pop(key)

    def keys(self) -> Any:
        """The keys."""
        return self._modules.keys()

    def items(self) -> Any:
        """Pairs of key and module."""
        return self._modules.items()

    def values(self) -> Any:
        """The modules."""
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Add modules from a mapping or from (key, module) pairs; TypeError and ValueError for anything else."""
        for key, module in pairs_of(modules, type(self).__name__):
            self[key] = module


def pairs_of(entries: Any, name: str) -> list[tuple[Any, Any]]:
    """The (key, value) pairs of a mapping or of an iterable of pairs."""
    if isinstance(entries, (Mapping, ModuleDict)):
        return list(entries.items())
    if not isinstance(entries, Iterable):
        raise TypeError(
            f"{name}.update should be called with an iterable of key/value pairs, but got {type(entries).__name__}"
        )
    found = []
    for place, pair in enumerate(entries):
        if not isinstance(pair, Iterable):
            raise TypeError(f"{name} update sequence element #{place} should be Iterable; is {type(pair).__name__}")
        pair = list(pair)
        if len(pair) != 2:
            raise ValueError(f"{name} update sequence element #{place} has length {len(pair)}; 2 is required")
        found.append((pair[0], pair[1]))
    return found


__all__ = ["Container", "ModuleDict", "ModuleList", "Sequential"]
