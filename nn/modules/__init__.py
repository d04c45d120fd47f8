"""PyTorch's places of the layers: ``nn.modules.conv.Conv2d`` is ``nn.Conv2d``, ``nn.modules.module.Module`` ``nn.Module``.

For programs that import from them, often a base class to test for (``nn.modules.batchnorm._BatchNorm``) or a helper
(``nn.modules.utils._pair``). Each place finds all names of ``nn``, and the base classes that ``nn`` keeps private, when
they are asked for; nothing stands here.

>>> from nn.modules.linear import Linear
>>> import nn
>>> Linear is nn.Linear is nn.modules.Linear
True
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from nn.modules import utils

_PLACES = (
    "activation",
    "adaptive",
    "batchnorm",
    "channelshuffle",
    "container",
    "conv",
    "distance",
    "dropout",
    "flatten",
    "fold",
    "instancenorm",
    "lazy",
    "linear",
    "loss",
    "module",
    "normalization",
    "padding",
    "pixelshuffle",
    "pooling",
    "rnn",
    "sparse",
    "transformer",
    "upsampling",
)
# Private names of PyTorch's that are others here; its classes for any number of dimensions have no "Nd" here.
_OWN = {"_ConvNd": "_ConvNd", "_ConvTransposeNd": "_ConvTransposeNd", "_IncompatibleKeys": "IncompatibleKeys"}


def _find(place: str, name: str) -> Any:
    """A name of ``nn``; or, where it is none, a private name of one of its modules."""
    if not name.startswith("__"):
        nn = sys.modules["nn"]
        if hasattr(nn, name):
            return getattr(nn, name)
        own = _OWN.get(name, name.removesuffix("Nd"))
        for path, module in sorted(sys.modules.items()):
            if path.startswith("nn.") and path.count(".") == 1 and isinstance(vars(module).get(own), type):
                return vars(module)[own]
    raise AttributeError(f"module {place!r} has no attribute {name!r}")


class _Place(ModuleType):
    """A module that finds its names in ``nn``."""

    def __getattr__(self, name: str) -> Any:
        return _find(self.__name__, name)

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *sys.modules["nn"].__all__})


for _name in _PLACES:
    _path = f"{__name__}.{_name}"
    globals()[_name] = sys.modules[_path] = _Place(
        _path, f"PyTorch's place ``{_name}``: its names, which are ``nn``'s."
    )


def __getattr__(name: str) -> Any:
    """A name of ``nn``."""
    if name == "__all__":  # asked for by ``from nn.modules import *``
        return [name for name in sys.modules["nn"].__all__ if not isinstance(_find(__name__, name), ModuleType)]
    return _find(__name__, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *sys.modules["nn"].__all__})
