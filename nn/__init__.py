"""Layers, losses and models over ``autograd``, with PyTorch's names, arguments, initial weights and state dicts."""

from nn import (
    _engine,
    activation,
    container,
    distance,
    dropout,
    embedding,
    flatten,
    functional,
    hooks,
    init,
    linear,
    loss,
    module,
    parameter,
    parameters,
    units,
    utils,
)
from nn.activation import *
from nn.container import *
from nn.distance import *
from nn.dropout import *
from nn.embedding import *
from nn.flatten import *
from nn.hooks import register_module_forward_hook, register_module_forward_pre_hook
from nn.linear import *
from nn.loss import *
from nn.module import *
from nn.parameter import *
from nn.parameters import *
from nn.units import *

__all__ = [
    "functional",
    "init",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "utils",
]
for _family in (
    activation,
    container,
    distance,
    dropout,
    embedding,
    flatten,
    linear,
    loss,
    module,
    parameter,
    parameters,
    units,
):
    __all__ += _family.__all__
