"""Stochastic gradient descent."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Tensor, updates
from optim.optimizer import Optimizer, ParamsT, check_implementations, check_lr, check_range
from optim.rules import descent, present


class SGD(Optimizer):
    """Gradient descent, with momentum: ``b ← momentum · b + (1 − dampening) · g``, ``p ← p − lr · b``.

    ``g`` is the gradient plus ``weight_decay · p``; the first ``b`` is ``g`` itself, and with ``nesterov`` the step goes
    along ``g + momentum · b``. ``maximize`` ascends. ``foreach`` and ``fused`` choose among PyTorch's implementations
    and change nothing here. As ``torch.optim.SGD``; the state of a parameter is ``momentum_buffer``. Raises ValueError
    for negative options and for ``nesterov`` without momentum or with dampening, NotImplementedError for
    ``differentiable=True``.

    >>> import autograd, optim
    >>> x = autograd.tensor(1.0, requires_grad=True)
    >>> optimizer = optim.SGD([x], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (x * x).backward()
    ...     optimizer.step()
    >>> x
    tensor(0.4600, requires_grad=True)
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr(lr)
        check_range("Invalid momentum value", momentum)
        check_range("Invalid weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError(
                "Nesterov momentum requires a momentum and zero dampening, "
                f"but got momentum={momentum}, dampening={dampening}"
            )
        check_implementations(foreach, fused, differentiable)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            for key, value in (("nesterov", False), ("maximize", False), ("foreach", None), ("fused", None)):
                group.setdefault(key, value)

    @autograd.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters that have gradients; returns what ``closure``, evaluated first, returned."""
        loss = self._evaluate(closure)
        for group in self.param_groups:
            for params in self._rounds(group):
                if group["momentum"]:
                    self._with_momentum(params, group)
                else:
                    _update(_plain, params, [], group)
        return loss

    def _with_momentum(self, params: list[Tensor], group: dict[str, Any]) -> None:
        """Update the parameters that have a buffer, and those that get theirs now."""
        old = [p for p in params if self.state[p].get("momentum_buffer") is not None]
        known = {id(p) for p in old}
        new = [p for p in params if id(p) not in known]
        for p in new:
            self.state[p]["momentum_buffer"] = autograd.zeros_like(p)
        for some, first in ((old, False), (new, True)):
            buffers = [self.state[p]["momentum_buffer"] for p in some]
            rule = functools.partial(_momentum, first=first, nesterov=group["nesterov"])
            _update(rule, some, [buffers], group)


def _update(rule: Callable, params: list[Tensor], buffers: list[list[Tensor]], group: dict[str, Any]) -> None:
    """Apply ``rule`` with the options of ``group``."""
    options = {"weight_decay": float(group["weight_decay"])}
    if buffers:
        options |= {"momentum": group["momentum"], "dampening": group["dampening"]}
        if group["dampening"]:
            options["weight"] = 1 - group["dampening"]
    updates.blockwise(
        functools.partial(rule, maximize=group["maximize"]),
        [params, *buffers],
        [[p.grad for p in params]],  # type: ignore[misc]
        scratch=2,
        name="SGD.step",
        lr=float(group["lr"]),
        **present(**options),
    )


def _plain(p: Any, g: Any, t: Any, u: Any, *, lr: Any, weight_decay: Any = None, maximize: bool) -> None:
    updates.axpy(-lr, descent(p, g, t, weight_decay, maximize), p, t)


def _momentum(
    p: Any,
    buffer: Any,
    g: Any,
    t: Any,
    u: Any,
    *,
    first: bool,
    nesterov: bool,
    maximize: bool,
    lr: Any,
    momentum: Any,
    weight_decay: Any = None,
    dampening: Any = None,
    weight: Any = None,
) -> None:
    d = descent(p, g, t, weight_decay, maximize)
    if first:
        np.copyto(buffer, d)
    elif dampening is None:
        updates.axpby(1, d, momentum, buffer, u)
    elif weight is not None:  # absent where dampening is 1
        updates.axpby(weight, d, momentum, buffer, u)
    else:
        np.multiply(buffer, momentum, out=buffer)
    if nesterov:
        updates.axpy(-lr, d, p, u)
        updates.axpy(-lr * momentum, buffer, p, u)
    else:
        updates.axpy(-lr, buffer, p, u)
