"""The keyword arguments with which layers make their tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SIMPLE = ("device", "dtype", "memory_format")


def factory_kwargs(kwargs: Mapping[str, Any] | None) -> dict[str, Any]:
    """The arguments of a layer that are meant for the functions that make tensors. As ``torch.nn.factory_kwargs``.

    ``device``, ``dtype`` and ``memory_format``, or those in a dictionary under "factory_kwargs", where the layer has an
    argument of such a name itself. TypeError for any other key, and for one given twice.

    >>> import autograd, nn
    >>> nn.factory_kwargs({"dtype": autograd.float64})
    {'dtype': dtype('float64')}
    """
    if kwargs is None:
        return {}
    unknown = set(kwargs) - {*_SIMPLE, "factory_kwargs"}
    if unknown:
        raise TypeError(f"factory_kwargs: unexpected kwargs {unknown}; known are {', '.join(_SIMPLE)}, factory_kwargs")
    found = dict(kwargs.get("factory_kwargs", {}))
    for key in _SIMPLE:
        if key in kwargs:
            if key in found:
                raise TypeError(f"{key} specified twice, in **kwargs and in factory_kwargs")
            found[key] = kwargs[key]
    return found


__all__ = ["factory_kwargs"]
