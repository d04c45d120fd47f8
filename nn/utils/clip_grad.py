"""Clipping gradients before a step."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import autograd
from autograd import Tensor, linalg, no_grad

Tensors = Tensor | Iterable[Tensor]


def _listed(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _gradients(parameters: Tensors) -> list[Tensor]:
    """The gradients of those parameters that have one."""
    if not isinstance(parameters, Tensor):
        parameters = list(parameters)
        if not parameters:
            warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=3)
    return [p.grad for p in _listed(parameters) if p.grad is not None]


def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all tensors taken together as one vector. As ``torch.nn.utils.get_total_norm``.

    RuntimeError with ``error_if_nonfinite`` where it is infinite or NaN. ``foreach`` is accepted and changes nothing.

    >>> import autograd, nn
    >>> nn.utils.get_total_norm([autograd.tensor([3.0]), autograd.tensor([4.0])])
    tensor(5.)
    """
    norm_type = float(norm_type)
    found = _listed(tensors)
    if not found:
        return autograd.zeros(())
    norms = [linalg.vector_norm(t.detach(), norm_type) for t in found]
    total = norms[0] if len(norms) == 1 else linalg.vector_norm(autograd.stack(norms), norm_type)
    if error_if_nonfinite and not bool(autograd.isfinite(total)):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite ({total.item()}), so it "
            "cannot be clipped. To scale the gradients by it nevertheless, set error_if_nonfinite=False."
        )
    return total


def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Multiply the gradients by ``max_norm / (total_norm + 1e-6)`` where that is below 1, in place.

    As ``torch.nn.utils.clip_grads_with_norm_``. ``foreach`` is accepted and changes nothing.

    >>> import autograd, nn
    >>> x = autograd.ones(1, requires_grad=True)
    >>> (8 * x).sum().backward()
    >>> nn.utils.clip_grads_with_norm_(x, 4.0, autograd.tensor(8.0))
    >>> x.grad
    tensor([4.0000])
    """
    gradients = _gradients(parameters)
    factor = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
    with no_grad():
        for gradient in gradients:
            gradient.mul_(factor.to(gradient.dtype))


def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients down, together and in place, to norm ``max_norm`` at most; returns their norm before.

    As ``torch.nn.utils.clip_grad_norm_`` (Pascanu et al., 2013). RuntimeError with ``error_if_nonfinite`` where the norm
    is infinite or NaN (the gradients are then unchanged).

    >>> import autograd, nn
    >>> x = autograd.ones(1, requires_grad=True)
    >>> (8 * x).sum().backward()
    >>> nn.utils.clip_grad_norm_([x], max_norm=4.0), x.grad
    (tensor(8.), tensor([4.0000]))
    """
    found = _listed(parameters)
    gradients = _gradients(found)
    total = get_total_norm(gradients, norm_type, error_if_nonfinite, foreach)
    if gradients:
        clip_grads_with_norm_(found, max_norm, total, foreach)
    return total


def clip_grad_norm(*args: Any, **kwargs: Any) -> Tensor:
    """The old name of ``clip_grad_norm_``; warns (FutureWarning).

    >>> import nn
    >>> nn.utils.clip_grad_norm.__name__
    'clip_grad_norm'
    """
    warnings.warn(
        "`nn.utils.clip_grad_norm` is now deprecated in favor of `nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(*args, **kwargs)


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Hold every element of the gradients between ``−clip_value`` and ``clip_value``, in place.

    As ``torch.nn.utils.clip_grad_value_``. ``foreach`` is accepted and changes nothing.

    >>> import autograd, nn
    >>> x = autograd.ones(2, requires_grad=True)
    >>> (x * autograd.tensor([3.0, -9.0])).sum().backward()
    >>> nn.utils.clip_grad_value_(x, 4.0)
    >>> x.grad
    tensor([ 3., -4.])
    """
    clip_value = float(clip_value)
    with no_grad():
        for parameter in _listed(parameters):
            if parameter.grad is not None:
                parameter.grad.clamp_(min=-clip_value, max=clip_value)


__all__ = ["clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm"]
