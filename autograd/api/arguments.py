"""How the front ends read their arguments: tensors, ints given one by one or as a tuple, by place or by name."""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable
from operator import index as as_int
from typing import Any, TypeVar, cast

import numpy as np

from autograd.dispatch import number, wrap
from autograd.dtypes import check_supported
from autograd.inplace import share_constant
from autograd.tensor import Tensor

Front = TypeVar("Front", bound=Callable)


def tensor_of(value: Any, name: str, argument: str = "input") -> Tensor:
    """``value`` where it is a Tensor (an array becomes one); TypeError that names the argument where not."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, np.ndarray):
        return share_constant(value)
    if isinstance(value, np.generic):
        check_supported(value.dtype)
        return wrap(value)
    raise TypeError(f"{name}(): argument {argument!r} must be a Tensor, but got {type(value).__name__}")


def plain(value: Any, name: str, argument: str) -> Any:
    """The number of a 0-d Tensor; anything else as it is, for the caller to judge."""
    return number(value, name, argument) if isinstance(value, Tensor) else value


def spelled(**own: str) -> Callable[[Front], Front]:
    """Decorate a front end that takes some arguments by a second keyword too: ``spelled(input="A")``."""

    def decorate(front: Front) -> Front:
        @functools.wraps(front)
        def call(*args: Any, **named: Any) -> Any:
            for other in named and own:
                if other in named:
                    if own[other] in named:
                        raise TypeError(f"{front.__name__}() got two values for argument {other!r}")
                    named[own[other]] = named.pop(other)
            return front(*args, **named)

        return cast("Front", call)

    return decorate


_warned: set[str] = set()  # the operations of whose old forms a warning was given


def old_form(front: Front) -> Front:
    """Decorate a front end that also takes PyTorch's old form, in which the numbers stand among the tensors.

    ``f(x, y, alpha=2)`` was ``f(x, 2, y)``; with two numbers the first stood before the tensor that it multiplies:
    ``f(beta, x, alpha, y, z)``, as a method ``x.f(beta, alpha, y, z)``. The first use of each name warns.
    """
    code = front.__code__
    count = code.co_argcount
    tensors = code.co_varnames[:count]
    numbers = [name for name in code.co_varnames[count : count + code.co_kwonlyargcount] if name != "out"]

    @functools.wraps(front)
    def call(*args: Any, **named: Any) -> Any:
        if len(args) > count or (named and len(args) + len(named.keys() & tensors) > count):
            args, named = modern(front.__name__, tensors, numbers, args, named)
        return front(*args, **named)

    return cast("Front", call)


def without_old(front: Front) -> Front:
    """Hide the ``*old`` from the signature of a front end that reads its old form itself, with ``old_alpha``."""
    shown = inspect.signature(front)
    kept = [p for name, p in shown.parameters.items() if name != "old"]
    front.__signature__ = shown.replace(parameters=kept)  # type: ignore[attr-defined]
    return front


def old_alpha(name: str, input: Any, other: Any, old: tuple, alpha: Any) -> tuple[Any, Any]:
    """``other`` and ``alpha`` of ``add(input, alpha, other)``, the old form of ``add(input, other, alpha=alpha)``."""
    named = {} if type(alpha) is int and alpha == 1 else {"alpha": alpha}
    (_, last), named = modern(name, ("input", "other"), ["alpha"], (input, other, *old), named)
    return last, named["alpha"]


def modern(name: str, tensors: tuple, numbers: list, args: tuple, named: dict[str, Any]) -> tuple[tuple, dict]:
    """The arguments of an old form in the order of today, its numbers by name."""
    given, found = list(args), dict(named)
    given += [found.pop(key) for key in tensors if key in found]
    if len(numbers) > 1 and (isinstance(given[0], (int, float)) or not _scalar(given[1])):
        given[:2] = given[1::-1]
    for key in numbers:
        if len(given) > len(tensors) and _scalar(given[1]) and key not in found:
            found[key] = number(given.pop(1), name, key)
    today = f"{name}({', '.join([*tensors, *[f'{key}=...' for key in numbers]])})"
    if len(given) > len(tensors):
        raise TypeError(f"{name}() takes {len(tensors)} tensors, as in {today}, but got {len(args)} arguments by place")
    if name not in _warned:
        message = f"This overload of {name} is deprecated, in which a number stands among the tensors. Use {today}."
        warnings.warn(message, UserWarning, stacklevel=_outside())
        _warned.add(name)
    return tuple(given), found


def _outside() -> int:
    """The ``stacklevel`` for a warning of its caller that names the user's line, however the user came here."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "autograd":
        frame, level = frame.f_back, level + 1
    return level


def _scalar(value: Any) -> bool:
    """Whether ``value`` can stand for a number."""
    if isinstance(value, Tensor):
        return value._array.ndim == 0 and value._node is None
    return isinstance(value, (int, float, np.number))


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
