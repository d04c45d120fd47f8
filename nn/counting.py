"""How many multiplications with an addition a layer's forward takes: the rules of ``nn.summary``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from autograd import Tensor


def multiply_adds(
    module: Any, args: tuple, output: Any, rules: Mapping[type, Callable[[Any, tuple, Any], int]] | None = None
) -> int:
    """The multiply-adds of one call of a layer; twice as many floating-point operations (FLOPs).

    Counted are the products: Linear ``out × in_features`` (``out``: elements of the output), Bilinear
    ``out × in1 × in2``, convolution ``out × in_channels / groups × kernel``, transposed convolution
    ``in × out_channels / groups × kernel``, recurrent layers ``steps × batch × weights``, attention its four projections
    and ``2 × batch × L × S × width`` for scores and mean. Normalisation counts 2 for each element (1 for batch norm, whose
    statistics are known in evaluation), pooling one for each element in each window. Adding a bias, activations,
    dropout, look-up and everything else count nothing. ``rules`` has functions of (module, args, output) for other
    classes.

    >>> import autograd, nn
    >>> layer, x = nn.Linear(3, 2), autograd.ones(5, 3)
    >>> nn.counting.multiply_adds(layer, (x,), layer(x))
    30
    """
    for kind in type(module).__mro__:
        if rules and kind in rules:
            return int(rules[kind](module, args, output))
        if kind.__module__.startswith("nn.") and kind.__name__ in _RULES:
            return int(_RULES[kind.__name__](module, args, output))
    return 0


def _first(value: Any) -> Any:
    while not isinstance(value, Tensor):
        value = value[0]
    return value


def _linear(module: Any, args: tuple, output: Any) -> int:
    return output.numel() * module.in_features


def _bilinear(module: Any, args: tuple, output: Any) -> int:
    return output.numel() * module.in1_features * module.in2_features


def _convolution(module: Any, args: tuple, output: Any) -> int:
    elements, channels = (
        (args[0].numel(), module.out_channels) if module.transposed else (output.numel(), module.in_channels)
    )
    return elements * channels // module.groups * math.prod(module.kernel_size)


def _weights(module: Any) -> int:
    return sum(p.numel() for name, p in module._parameters.items() if name.startswith("weight"))


def _recurrent(module: Any, args: tuple, output: Any) -> int:
    inputs = _first(args[0])
    return inputs.numel() // inputs.shape[-1] * _weights(module)


def _attention(module: Any, args: tuple, output: Any) -> int:
    query, key, value = args[:3]
    if query.ndim == 2:
        batch, length, source = 1, query.shape[0], key.shape[0]
    else:
        first = int(module.batch_first)
        batch, length, source = query.shape[1 - first], query.shape[first], key.shape[first]
    width = module.embed_dim
    projections = batch * width * (2 * length * width + source * (key.shape[-1] + value.shape[-1]))
    return projections + 2 * batch * length * source * width


def _batch_norm(module: Any, args: tuple, output: Any) -> int:
    return output.numel()


def _norm(module: Any, args: tuple, output: Any) -> int:
    return 2 * output.numel()


def _pool(module: Any, args: tuple, output: Any) -> int:
    out, size = _first(output), module.kernel_size
    dims = int(type(module).__name__[-2])  # MaxPool2d
    return out.numel() * (size**dims if isinstance(size, int) else math.prod(size))


def _adaptive_pool(module: Any, args: tuple, output: Any) -> int:
    return args[0].numel()


_RULES: dict[str, Callable[[Any, tuple, Any], int]] = {
    "Linear": _linear,
    "Bilinear": _bilinear,
    "_ConvNd": _convolution,
    "RNNBase": _recurrent,
    "RNNCellBase": _recurrent,
    "MultiheadAttention": _attention,
    "_BatchNorm": _batch_norm,
    "_InstanceNorm": _norm,
    **dict.fromkeys(("LayerNorm", "GroupNorm", "RMSNorm", "LocalResponseNorm"), _norm),
    **{f"{kind}Pool{n}d": _pool for kind in ("Max", "Avg", "LP") for n in (1, 2, 3)},
    **{f"Adaptive{kind}Pool{n}d": _adaptive_pool for kind in ("Max", "Avg") for n in (1, 2, 3)},
}

__all__ = ["multiply_adds"]
