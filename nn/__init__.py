"""Layers, losses and models over ``autograd``, with PyTorch's names, arguments, initial weights and state dicts."""

from nn import (
    _engine,
    activation,
    adaptive,
    attention,
    batchnorm,
    class_loss,
    common_types,
    container,
    conv,
    counting,
    ctc,
    distance,
    dropout,
    embedding,
    factory,
    flatten,
    fold,
    functional,
    grad,
    hooks,
    init,
    instancenorm,
    lazy,
    linear,
    loss,
    margin_loss,
    meprop,
    module,
    modules,
    multihead,
    normalization,
    padding,
    parallel,
    parameter,
    parameter_containers,
    pooling,
    rnn,
    rnn_cells,
    shuffle,
    summaries,
    transformer,
    units,
    unpooling,
    upsampling,
    utils,
)
from nn.activation import *
from nn.adaptive import *
from nn.batchnorm import *
from nn.class_loss import *
from nn.container import *
from nn.conv import *
from nn.ctc import *
from nn.distance import *
from nn.dropout import *
from nn.embedding import *
from nn.factory import *
from nn.flatten import *
from nn.fold import *
from nn.hooks import *
from nn.instancenorm import *
from nn.lazy import *
from nn.linear import *
from nn.loss import *
from nn.margin_loss import *
from nn.meprop import *
from nn.module import *
from nn.multihead import *
from nn.normalization import *
from nn.padding import *
from nn.parallel import *
from nn.parameter import *
from nn.parameter_containers import *
from nn.pooling import *
from nn.rnn import *
from nn.rnn_cells import *
from nn.shuffle import *
from nn.summaries import *
from nn.transformer import *
from nn.units import *
from nn.unpooling import *
from nn.upsampling import *

__all__ = [
    "attention",
    "common_types",
    "functional",
    "init",
    "modules",
    "utils",
]
for _family in (
    activation,
    adaptive,
    batchnorm,
    class_loss,
    container,
    conv,
    ctc,
    distance,
    dropout,
    embedding,
    factory,
    flatten,
    fold,
    hooks,
    instancenorm,
    lazy,
    linear,
    loss,
    margin_loss,
    meprop,
    module,
    multihead,
    normalization,
    padding,
    parallel,
    parameter,
    parameter_containers,
    pooling,
    rnn,
    rnn_cells,
    shuffle,
    summaries,
    transformer,
    units,
    unpooling,
    upsampling,
):
    __all__ += _family.__all__
