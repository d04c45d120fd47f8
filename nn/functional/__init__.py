"""Layers, activations and losses as functions: ``import nn.functional as F``. As ``torch.nn.functional``."""

from nn.functional import activations, dropouts, losses, maps
from nn.functional.activations import *
from nn.functional.dropouts import *
from nn.functional.losses import *
from nn.functional.maps import *

__all__: list[str] = []
for _part in (activations, dropouts, losses, maps):
    __all__ += _part.__all__
