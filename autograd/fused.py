"""Operations for building layers that PyTorch keeps out of its top level, for ``nn`` and for your own modules.

Losses over logits, the linear layer, embedding look-up and the activations of ``torch.nn.functional``, each recorded
as one node. ``nn.functional`` adds PyTorch's argument checks, warnings and older argument forms.

>>> import autograd
>>> from autograd import fused
>>> fused.silu(autograd.zeros(2))
tensor([0., 0.])
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import autograd as _autograd
from autograd.api import export
from autograd.dispatch import record
from autograd.inplace import apply
from autograd.op import registry
from autograd.tensor import Tensor

# Modules of ops/ and api/ that only layers need: loaded here, so that `import autograd` does not pay for them. Names of
# theirs that PyTorch has at its top level stand in `autograd.LATE` too.
LAYER_OPS: tuple[str, ...] = (
    "attention",
    "conv",
    "ctc",
    "embedding_bag",
    "fold",
    "grid",
    "margin_loss",
    "norm",
    "pool",
    "recurrent",
    "resample",
    "shuffle",
    "unpool",
)
LAYER_API: tuple[str, ...] = (
    "conv",
    "dropout",
    "embedding",
    "images",
    "nn_losses",
    "normalization",
    "pool",
    "recurrent",
)

OPERATIONS = (
    "adaptive_avg_pool",
    "adaptive_max_pool",
    "avg_pool2d",
    "avg_pool3d",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "celu",
    "col2im",
    "elu",
    "embedding",
    "fractional_max_pool",
    "gelu",
    "glu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "huber_loss",
    "im2col",
    "kl_div",
    "l1_loss",
    "leaky_relu",
    "linear",
    "logsigmoid",
    "max_pool2d_with_indices",
    "max_pool3d_with_indices",
    "max_unpool",
    "mish",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "nll_loss",
    "one_hot",
    "pad",
    "prelu",
    "relu",
    "relu6",
    "resample",
    "scaled_dot_product_attention",
    "selu",
    "silu",
    "smooth_l1_loss",
    "softplus",
    "softshrink",
    "softsign",
    "step",
    "tanhshrink",
    "threshold",
)


def _load() -> dict[str, Callable]:
    """Load the operations of layers; returns the functions that become names of ``autograd``."""
    for name in LAYER_OPS:
        importlib.import_module(f"autograd.ops.{name}")
    for name in LAYER_API:
        importlib.import_module(f"autograd.api.{name}")
    for op in registry.values():
        if op.public:
            export.functions.setdefault(op.name, op.function)
    return {name: function for name, function in export.functions.items() if name not in vars(_autograd)}


def __getattr__(name: str) -> Any:
    """The operation ``name``: its front end where it has one, else the recorded operation itself."""
    if name not in OPERATIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = _find(name)
    if found is None:
        raise AttributeError(f"module {__name__!r}: the operation {name!r} is not declared")
    globals()[name] = found
    return found


def _find(name: str) -> Callable | None:
    found = export.functions.get(name)
    return registry[name].function if found is None and name in registry else found


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The cross-entropy of logits with classes or class probabilities; see ``nn.functional.cross_entropy``.

    >>> import autograd
    >>> autograd.fused.cross_entropy(autograd.zeros(1, 4), autograd.tensor([2])).exp()
    tensor(4.)
    """
    op, statics = registry["cross_entropy"], (ignore_index, reduction, label_smoothing)
    if isinstance(input, Tensor) and isinstance(target, Tensor) and (weight is None or isinstance(weight, Tensor)):
        return record(op, [input, target, weight], statics)[0]
    return op.function(input, target, weight, *statics)[0]


def overwrite(name: str, input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """``input`` overwritten by the operation ``name`` of it, recorded: the ``inplace=True`` of activations.

    An operation whose derivative needs its input gets a copy of it. Raises what every in-place write raises: RuntimeError
    for a leaf that requires grad.

    >>> import autograd
    >>> x = autograd.tensor([-1.0, 2.0])
    >>> autograd.fused.overwrite("relu", x)
    tensor([0., 2.])
    >>> x
    tensor([0., 2.])
    """
    op = registry.get(name)
    function = _find(name)
    if function is None:
        raise ValueError(f"overwrite: there is no operation {name!r}")
    if input.requires_grad and (op is None or op.keeps((True,) * len(op.args))[0]):
        return apply(f"{name}_", lambda t, *a, **k: function(t.clone(), *a, **k), input, *args, **kwargs)
    return apply(f"{name}_", function, input, *args, **kwargs)


for _name, _function in _load().items():
    setattr(_autograd, _name, _function)
__all__ = ["cross_entropy", "overwrite"]
__all__ += list(OPERATIONS)
