"""Layers, activations and losses as functions: ``import nn.functional as F``. As ``torch.nn.functional``."""

from nn.functional import (
    activations,
    attention,
    convs,
    dropouts,
    embeddings,
    grouped,
    images,
    linear_losses,
    losses,
    maps,
    margin_losses,
    norms,
    pooling,
    unpooling,
)
from nn.functional.activations import *
from nn.functional.attention import *
from nn.functional.convs import *
from nn.functional.dropouts import *
from nn.functional.embeddings import *
from nn.functional.grouped import *
from nn.functional.images import *
from nn.functional.linear_losses import *
from nn.functional.losses import *
from nn.functional.maps import *
from nn.functional.margin_losses import *
from nn.functional.norms import *
from nn.functional.pooling import *
from nn.functional.unpooling import *

__all__: list[str] = []
for _part in (
    activations,
    attention,
    convs,
    dropouts,
    embeddings,
    grouped,
    images,
    linear_losses,
    losses,
    maps,
    margin_losses,
    norms,
    pooling,
    unpooling,
):
    __all__ += _part.__all__
