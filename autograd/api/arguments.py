"""How the front ends read their arguments: tensors, ints given one by one or as a tuple, by place or by name."""

from __future__ import annotations

from operator import index as as_int
from typing import Any

import numpy as np

from autograd.dispatch import wrap
from autograd.inplace import share_constant
from autograd.tensor import Tensor


def tensor_of(value: Any, name: str, argument: str = "input") -> Tensor:
    """``value`` where it is a Tensor (an array becomes one); TypeError that names the argument where not."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, np.ndarray):
        return share_constant(value)
    if isinstance(value, np.generic):
        return wrap(value)
    raise TypeError(f"{name}(): argument {argument!r} must be a Tensor, but got {type(value).__name__}")


def ints(values: tuple, named: dict[str, Any], name: str, key: str) -> tuple[int, ...]:
    """The ints of ``f(x, 2, 3)``, ``f(x, (2, 3))`` or ``f(x, key=(2, 3))``; TypeError for anything else."""
    if values and not named:
        found = values[0] if len(values) == 1 and type(values[0]) is tuple else values
        if all([type(v) is int for v in found]):
            return found
    if named:
        if values or list(named) != [key]:
            given = ", ".join(k for k in named if k != key) or key
            raise TypeError(f"{name}() got an unexpected or second argument {given!r}; it takes {key!r}")
        values = (named[key],)
    if len(values) == 1 and not (type(values[0]) is int or hasattr(values[0], "__index__")):
        values = values[0]
    elif not values and not named:
        raise TypeError(f"{name}() missing required argument {key!r}")
    elif len(values) == 1 and isinstance(values[0], (np.ndarray, Tensor)) and values[0].ndim:
        values = values[0].tolist()
    return int_tuple(values, name, key)


def int_tuple(values: Any, name: str, key: str) -> tuple[int, ...]:
    """A sequence of ints as a tuple; TypeError that names the argument where it is none."""
    try:
        return tuple([v if type(v) is int else as_int(v) for v in values])
    except TypeError:
        raise TypeError(f"{name}(): argument {key!r} must be a tuple of ints, but got {values!r}") from None


def dim_pair(values: tuple, named: dict[str, Any], name: str, keys: tuple[str, str]) -> tuple[int, int]:
    """The two dimensions of ``f(x, 0, 1)``, given by place or by ``keys``."""
    if not named and len(values) == 2 and type(values[0]) is int and type(values[1]) is int:
        return values
    found = dict(zip(keys, values, strict=False)) | named
    if len(values) > 2 or set(found) != set(keys) or len(values) + len(named) > 2:
        raise TypeError(f"{name}() takes {keys[0]!r} and {keys[1]!r}, but got {values} {named or ''}")
    one, two = int_tuple(found.values(), name, " and ".join(keys))
    return (one, two) if list(found) == list(keys) else (two, one)
