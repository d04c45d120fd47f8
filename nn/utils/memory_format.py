"""The order of convolutions' weights in memory."""

from __future__ import annotations

from typing import Any

from nn.module import Module


def _convert(module: Any, memory_format: Any, ndim: int) -> Any:
    for layer in module.modules():
        if hasattr(layer, "transposed") and layer.weight.ndim == ndim:
            layer.weight.data = layer.weight.detach().to(memory_format=memory_format)
    return module


def convert_conv2d_weight_memory_format(module: Module, memory_format: Any) -> Module:
    """Order the weights of all two-dimensional convolutions in ``module`` in memory; returns it.

    As ``torch.nn.utils.convert_conv2d_weight_memory_format``. The kernels here take any order.

    >>> import autograd, nn
    >>> nn.utils.convert_conv2d_weight_memory_format(nn.Sequential(nn.ReLU()), autograd.channels_last)
    Sequential(
      (0): ReLU()
    )
    """
    return _convert(module, memory_format, 4)


def convert_conv3d_weight_memory_format(module: Module, memory_format: Any) -> Module:
    """Order the weights of all three-dimensional convolutions in ``module`` in memory; returns it.

    As ``torch.nn.utils.convert_conv3d_weight_memory_format``. The kernels here take any order.

    >>> import autograd, nn
    >>> nn.utils.convert_conv3d_weight_memory_format(nn.ReLU(), autograd.channels_last_3d)
    ReLU()
    """
    return _convert(module, memory_format, 5)


__all__ = ["convert_conv2d_weight_memory_format", "convert_conv3d_weight_memory_format"]
