"""Data parallelism: PyTorch's wrapper over several GPUs, which on a CPU hands everything through."""

from __future__ import annotations

from typing import Any

from nn.module import Module


class DataParallel(Module):
    """Calls ``module``, as ``torch.nn.DataParallel`` does where there is no GPU. Its state has the prefix "module.".

    ``device_ids``, ``output_device`` and ``dim`` are accepted and change nothing. To split the work over processor
    cores nothing needs to be wrapped.

    >>> import autograd, nn
    >>> net = nn.DataParallel(nn.Linear(2, 1), device_ids=[0, 1])
    >>> net(autograd.ones(3, 2)).shape, list(net.state_dict())
    (autograd.Size([3, 1]), ['module.weight', 'module.bias'])
    """

    def __init__(self, module: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[int] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module computes."""
        return self.module(*inputs, **kwargs)


def data_parallel(
    module: Any, inputs: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0, module_kwargs: Any = None
) -> Any:
    """``module(*inputs, **module_kwargs)``. As ``torch.nn.parallel.data_parallel`` without a GPU.

    >>> import autograd, nn
    >>> nn.parallel.data_parallel(nn.Identity(), autograd.ones(1))
    tensor([1.])
    """
    arguments = inputs if isinstance(inputs, tuple) else (inputs,)
    return module(*arguments, **(module_kwargs or {}))


__all__ = ["DataParallel"]
