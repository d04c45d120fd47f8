"""Which functions become public names of ``autograd`` and methods of ``Tensor``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.inplace import apply

functions: dict[str, Callable] = {}
methods: dict[str, Callable] = {}


def export(*names: str, function: bool = True, method: bool = True, inplace: bool = False) -> Callable:
    """Decorate a front end: public under ``names`` (its own by default), as function, method and in-place method."""

    def register(front: Callable) -> Callable:
        for name in names or (front.__name__.rstrip("_"),):
            add(name, front, function, method, inplace)
        return front

    return register


def add(name: str, front: Callable, function: bool, method: bool, inplace: bool) -> None:
    """Enter one name into the tables; a name may be entered once."""
    for table, wanted in ((functions, function), (methods, method)):
        if wanted:
            if name in table and table[name] is not front:
                raise ValueError(f"the public name {name!r} is taken twice")
            table[name] = front
    if inplace:
        methods[f"{name}_"] = inplace_form(name, front)


def inplace_form(name: str, front: Callable) -> Callable:
    """The method that overwrites its tensor with what ``front`` returns."""
    own = f"{name}_"

    @functools.wraps(front)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return apply(own, front, self, *args, **kwargs)

    method.__name__ = method.__qualname__ = own
    method.__doc__ = f"``{name}`` written into this tensor, which is returned. As ``torch.Tensor.{own}``."
    return method
