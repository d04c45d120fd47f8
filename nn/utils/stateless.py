"""A module as a function of its parameters: the older place of ``autograd.func.functional_call``."""

from __future__ import annotations

import warnings
from typing import Any

import autograd
from autograd import Tensor
from nn.module import Module
from nn.parallel import DataParallel


def functional_call(
    module: Module,
    parameters_and_buffers: dict[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """``autograd.func.functional_call``, with a warning (FutureWarning) that says to use that.

    As ``torch.nn.utils.stateless.functional_call``; RuntimeError for a ``DataParallel``.

    >>> import autograd, nn, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     nn.utils.stateless.functional_call(nn.Linear(1, 1), {"weight": autograd.ones(1, 1), "bias": autograd.ones(1)},
    ...                                        autograd.ones(1))
    tensor([2.])
    """
    warnings.warn(
        "`nn.utils.stateless.functional_call` is deprecated: use `autograd.func.functional_call`, which does the same.",
        FutureWarning,
        stacklevel=2,
    )
    if isinstance(module, DataParallel):
        raise RuntimeError("The stateless API can't be used with nn.DataParallel module")
    return autograd.func.functional_call(
        module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict
    )


__all__ = ["functional_call"]
