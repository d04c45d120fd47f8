"""Writes into the memory of all examples, inside a function that ``vmap`` maps."""

from __future__ import annotations

import weakref
from typing import Any

from autograd.inplace import owner, set_item
from autograd.lanes import Lanes, peel, wrap
from autograd.mapping.rules import places_of_all
from autograd.tensor import Tensor

_copies: list[tuple[weakref.ref, weakref.ref]] = []  # of copies where PyTorch has views: they, and their base's memory


def remember_copies(base: Lanes, made: list[Lanes]) -> None:
    """Note copies that stand where PyTorch has views of ``base``: from now on a write into one misses the other."""
    _copies[:] = [entry for entry in _copies if entry[0]() is not None]
    _copies.extend([(weakref.ref(lanes), weakref.ref(owner(base))) for lanes in made])


def check_write(target: Any, name: str) -> None:
    """RuntimeError where a write into mapped memory would not reach its base, or not reach its views."""
    if target.copied:
        raise RuntimeError(
            f"vmap: {name}: this view was made example by example, as a copy, so a write into it would not reach its "
            "base; write into the base, or clone() the view first"
        )
    if _copies:
        memory = owner(target)
        if any([lanes() is not None and base() is memory for lanes, base in _copies]):
            raise RuntimeError(
                f"vmap: {name}: a view of this memory was made example by example, as a copy, so a write would not be "
                "seen there; write before the view is made, or write into a clone()"
            )


def _recorded_behind(value: Any) -> bool:
    """Whether a Tensor (or its array) has a history on some level."""
    if type(value) is Lanes:
        value = value.tensor
    while isinstance(value, Tensor):
        if value._node is not None:
            return True
        value = value._array.tensor if type(value._array) is Lanes else None
    return False


def write_into(target: Any, result: Any, name: str, index: Any = None) -> None:
    """Write ``result`` (a Tensor of one example, mapped or not) into the memory behind ``target``, or a part of it."""
    if type(target) is not Lanes:
        raise RuntimeError(
            f"vmap: {name} cannot write values that differ from example to example into a Tensor that is shared by all "
            "of them (it was made outside, or from no mapped Tensor). Write out of place, or make the Tensor with "
            "zeros_like(x) of a mapped x."
        )
    check_write(target, name)
    if name.endswith("(out=)") and _recorded_behind(result):
        raise RuntimeError(
            f"vmap: {name}: functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad."
        )
    value = result if isinstance(result, Tensor) else wrap(result)
    array = value._array
    if type(array) is Lanes and array.level > target.level:
        write_into(None, result, name)
    source: Any = peel(value, target.level)
    mapped = type(array) is Lanes and array.level == target.level
    if hasattr(index, "items"):
        write_at(target, index, source, mapped)
        return
    part = target if index is None else target[index]
    if mapped:
        shape = source._array.shape
        source = source.reshape((shape[0], *[1] * (part.ndim + 1 - len(shape)), *shape[1:]))
    part.tensor.copy_(source)


def write_at(target: Lanes, index: Any, source: Any, mapped: bool) -> None:
    """Write ``source`` (all examples, where it is ``mapped``) at arrays of indices, those of each example its own."""
    if not target.count:
        return
    places, moved = places_of_all(index, target.count, target.level)
    arrays = [item for item in places.items if not isinstance(item, slice)]
    ndim = target.ndim + 1 - len(arrays) + max([a.ndim for a in arrays])  # of the part, with the batch
    shape = source._array.shape
    if mapped:
        source = source.reshape((shape[0], *[1] * (ndim - len(shape)), *shape[1:]))
    else:
        source = source.expand((target.count, *[1] * (ndim - 1 - len(shape)), *shape))
    if moved is not None:
        source = source.movedim(*moved)
    set_item(target.tensor, places, source)
