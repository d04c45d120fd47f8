"""Parameters in a list or a dictionary that is registered, as those in plain ones are not."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any, Self

from autograd import Tensor
from nn.container import pairs_of
from nn.module import Module
from nn.parameter import Parameter


def _as_parameter(value: Any) -> Any:
    """A Tensor as a Parameter; anything else as it is."""
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


def _line(key: Any, value: Any) -> str:
    """One entry in the text of a container."""
    if not isinstance(value, Tensor):
        return f"({key}): Object of type: {type(value).__name__}"
    kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
    size = "x".join(str(n) for n in value.shape)
    return f"({key}): {kind} containing: [{value.dtype} of size {size}]"


class ParameterList(Module):
    """A list of parameters that are registered, as those in a plain list are not. As ``torch.nn.ParameterList``.

    Tensors become ``Parameter``; other values are kept as they are. Indexing, slices, ``append`` and ``extend`` as for
    lists.

    >>> import autograd, nn
    >>> weights = nn.ParameterList([autograd.ones(2), autograd.zeros(3)])
    >>> len(weights), [name for name, _ in weights.named_parameters()]
    (2, ['0', '1'])
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def _key(self, index: Any) -> str:
        found = operator.index(index)
        if not -self._size <= found < self._size:
            raise IndexError(f"index {found} is out of range for {self._size} entries")
        return str(found % self._size)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(self[i] for i in range(*index.indices(self._size)))
        return getattr(self, self._key(index))

    def __setitem__(self, index: int, param: Any) -> None:
        setattr(self, self._key(index), _as_parameter(param))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(self._size))

    def __iadd__(self, parameters: Iterable[Any]) -> Self:
        return self.extend(parameters)

    def append(self, value: Any) -> Self:
        """Add ``value`` at the end; returns the list."""
        setattr(self, str(self._size), _as_parameter(value))
        self._size += 1
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add each of ``values`` at the end; returns the list. TypeError for a Tensor or what is not iterable."""
        if isinstance(values, Tensor) or not isinstance(values, Iterable):
            raise TypeError(f"ParameterList.extend should be called with an iterable, but got {type(values).__name__}")
        for value in list(values):
            self.append(value)
        return self

    def extra_repr(self) -> str:
        """A line for each entry."""
        return "\n".join(_line(key, value) for key, value in enumerate(self))

    def __repr__(self) -> str:
        return _listed(self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Not a layer: raises RuntimeError."""
        raise RuntimeError("ParameterList should not be called.")


class ParameterDict(Module):
    """A dictionary of parameters that are registered, as those in a plain dict are not. As ``torch.nn.ParameterDict``.

    Tensors become ``Parameter``; other values are kept as they are. ``[]``, ``in``, ``keys``, ``items``, ``values``,
    ``get``, ``pop``, ``update``, ``setdefault``, ``|`` and the others as for dicts.

    >>> import autograd, nn
    >>> scales = nn.ParameterDict({"a": autograd.ones(1)})
    >>> scales["b"] = autograd.zeros(2)
    >>> [name for name, _ in scales.named_parameters()]
    ['a', 'b']
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys:
            raise KeyError(key)
        return getattr(self, str(key))

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"ParameterDict: keys must be strings, but got {type(key).__name__}")
        setattr(self, key, _as_parameter(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(list(self._keys))

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def keys(self) -> Any:
        """The keys."""
        return self._keys.keys()

    def values(self) -> Iterator[Any]:
        """The values."""
        return (self[key] for key in self._keys)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Pairs of key and value."""
        return ((key, self[key]) for key in self._keys)

    def copy(self) -> ParameterDict:
        """Another dictionary with the same parameters."""
        return ParameterDict(dict(self.items()))

    def get(self, key: str, default: Any = None) -> Any:
        """The value at ``key``, or ``default``."""
        return self[key] if key in self._keys else default

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value at ``key``, which is set to ``default`` where there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str) -> Any:
        """Remove the value at ``key`` and return it; KeyError where there is none."""
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Remove the entry added last and return it; KeyError where there is none."""
        if not self._keys:
            raise KeyError("popitem(): the ParameterDict is empty")
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def clear(self) -> None:
        """Remove all entries."""
        for key in list(self._keys):
            del self[key]

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A new dictionary with ``default`` at each of ``keys``."""
        return ParameterDict(dict.fromkeys(keys, default))

    def update(self, parameters: Any) -> None:
        """Add entries from a mapping or from (key, value) pairs; TypeError and ValueError for anything else."""
        pairs = (
            parameters.items() if isinstance(parameters, ParameterDict) else pairs_of(parameters, type(self).__name__)
        )
        for key, value in list(pairs):
            self[key] = value

    def __or__(self, other: ParameterDict) -> ParameterDict:
        found = self.copy()
        found.update(other)
        return found

    def __ror__(self, other: ParameterDict) -> ParameterDict:
        found = ParameterDict(other)
        found.update(self)
        return found

    def __ior__(self, other: ParameterDict) -> Self:
        self.update(other)
        return self

    def extra_repr(self) -> str:
        """A line for each entry."""
        return "\n".join(_line(key, value) for key, value in self.items())

    def __repr__(self) -> str:
        return _listed(self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Not a layer: raises RuntimeError."""
        raise RuntimeError("ParameterDict should not be called.")


def _listed(container: Module) -> str:
    """The text of a container: its entries, a line each."""
    text = container.extra_repr().replace("\n", "\n    ")
    return f"{type(container).__name__}(\n    {text}\n)" if text else f"{type(container).__name__}()"


__all__ = ["ParameterDict", "ParameterList"]
