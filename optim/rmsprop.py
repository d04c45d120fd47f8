"""RMSprop: steps scaled by a running average of the squared gradient."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Tensor, updates
from optim.optimizer import (
    Optimizer,
    ParamsT,
    advance,
    buffers,
    check_lr,
    check_range,
    new_step,
    number_steps,
)
from optim.rules import average, average_square, descent, present


class RMSprop(Optimizer):
    """RMSprop: ``v ← α v + (1 − α) g²``, ``p ← p − lr · g / (√v + eps)``.

    ``g`` is the gradient plus ``weight_decay · p``. ``centered`` subtracts from ``v`` the square of a running average of
    ``g``; with ``momentum``, ``b ← momentum · b + g / (√v + eps)`` and ``p ← p − lr · b``. ``maximize`` ascends.
    ``foreach`` and ``capturable`` choose among PyTorch's implementations and change nothing here. Hinton (2012),
    lecture 6e of Neural Networks for Machine Learning, Graves (2013) for ``centered``; as ``torch.optim.RMSprop``. The
    state of a parameter is ``step``, ``square_avg``, ``momentum_buffer``, ``grad_avg``. Raises ValueError for negative
    options, NotImplementedError for ``differentiable=True``.

    >>> import autograd, optim
    >>> x = autograd.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = optim.RMSprop([x], lr=0.1, alpha=0.75)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([ 0.8000, -1.8000], requires_grad=True)
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        check_range("Invalid epsilon value", eps)
        check_range("Invalid momentum value", momentum)
        check_range("Invalid weight_decay value", weight_decay)
        check_range("Invalid alpha value", alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        missing = {"momentum": 0, "centered": False, "foreach": None, "maximize": False}
        for group in self.param_groups:
            for key, value in (missing | {"differentiable": False, "capturable": False}).items():
                group.setdefault(key, value)
        number_steps(self.param_groups, self.state)

    @autograd.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters that have gradients; returns what ``closure``, evaluated first, returned."""
        loss = self._evaluate(closure)
        for group in self.param_groups:
            for params in self._rounds(group):
                self._update(params, group)
        return loss

    def _update(self, params: list[Tensor], group: dict[str, Any]) -> None:
        states = [self.state[p] for p in params]
        for state in states:
            if "step" not in state:
                state["step"] = new_step()
        momentum, centered, alpha = group["momentum"], group["centered"], group["alpha"]
        keys = ["square_avg"] + (["momentum_buffer"] if momentum > 0 else []) + (["grad_avg"] if centered else [])
        updates.blockwise(
            functools.partial(_rmsprop, centered=centered, maximize=group["maximize"]),
            [params, *[buffers(params, states, key) for key in keys]],
            [[p.grad for p in params]],  # type: ignore[misc]
            scratch=2,
            name="RMSprop.step",
            rate=float(group["lr"]),
            alpha=alpha,
            weight=1 - alpha,
            eps=group["eps"],
            **present(weight_decay=float(group["weight_decay"]), momentum=momentum),
        )
        advance(states, "RMSprop.step")


def _rmsprop(
    p: Any,
    square: Any,
    *others: Any,
    centered: bool,
    maximize: bool,
    rate: Any,
    alpha: Any,
    weight: Any,
    eps: Any,
    weight_decay: Any = None,
    momentum: Any = None,
) -> None:
    g, t, u = others[-3:]
    g = descent(p, g, u, weight_decay, maximize)
    average_square(square, g, alpha, weight, t)
    if centered:
        mean = others[-4]
        average(mean, g, weight, t)
        np.subtract(square, np.square(mean, out=t), out=t)
        np.sqrt(t, out=t)
    else:
        np.sqrt(square, out=t)
    np.add(t, eps, out=t)
    np.divide(g, t, out=t)
    if momentum is not None:
        buffer = others[0]
        np.multiply(buffer, momentum, out=buffer)
        np.add(buffer, t, out=buffer)
        np.multiply(buffer, rate, out=t)
    else:
        np.multiply(t, rate, out=t)
    np.subtract(p, t, out=p)
