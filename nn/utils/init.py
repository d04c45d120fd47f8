"""Making a module without initialising its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import autograd
from nn import init
from nn.module import Module


def skip_init(module_cls: Callable[..., Module], *args: Any, **kwargs: Any) -> Module:
    """``module_cls(*args, **kwargs)`` with memory that is not initialised, for what is filled anyway.

    The functions of ``nn.init`` do nothing meanwhile, and the stream of random numbers does not move. As
    ``torch.nn.utils.skip_init``; RuntimeError for what is no Module, or takes no ``device``.

    >>> import nn
    >>> nn.utils.skip_init(nn.Linear, 2, 3).weight.shape
    autograd.Size([3, 2])
    """
    if not issubclass(module_cls, Module):  # type: ignore[arg-type]
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    state = autograd.get_rng_state()
    try:
        with init.skipped():
            return module_cls(*args, **kwargs).to_empty(device="cpu")
    finally:
        autograd.set_rng_state(state)


__all__ = ["skip_init"]
