"""Adagrad: steps scaled by the sum of all squared gradients."""

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
    by_step,
    check_implementations,
    check_lr,
    check_range,
    new_step,
    number_steps,
)
from optim.rules import descent, present


class Adagrad(Optimizer):
    """Adagrad: ``s ← s + g²``, ``p ← p − lr / (1 + (t − 1) · lr_decay) · g / (√s + eps)`` at step ``t``.

    ``g`` is the gradient plus ``weight_decay · p``; ``s`` starts at ``initial_accumulator_value``. ``maximize`` ascends.
    ``foreach`` and ``fused`` choose among PyTorch's implementations and change nothing here. Duchi, Hazan and Singer
    (2011); as ``torch.optim.Adagrad``. The state of a parameter is ``step`` and ``sum``. Raises ValueError for negative
    options, NotImplementedError for ``differentiable=True``.

    >>> import autograd, optim
    >>> x = autograd.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = optim.Adagrad([x], lr=0.5)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([ 0.5000, -1.5000], requires_grad=True)
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr(lr)
        check_range("Invalid lr_decay value", lr_decay)
        check_range("Invalid weight_decay value", weight_decay)
        check_range("Invalid initial_accumulator_value value", initial_accumulator_value)
        check_range("Invalid epsilon value", eps)
        check_implementations(foreach, fused, differentiable)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group, as ``Optimizer.add_param_group``; the state of its parameters begins at once."""
        super().add_param_group(param_group)
        for p in param_group["params"]:
            self._begin(p, param_group)

    def _begin(self, p: Tensor, group: dict[str, Any]) -> None:
        self.state[p] = {
            "step": new_step(),
            "sum": autograd.full_like(p, group["initial_accumulator_value"], requires_grad=False),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            for key, value in (("foreach", None), ("maximize", False), ("differentiable", False), ("fused", None)):
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
        for p in params:
            if not self.state[p]:
                self._begin(p, group)
        states = [self.state[p] for p in params]
        columns: list[list[Any]] = [params, buffers(params, states, "sum"), [p.grad for p in params]]
        rule = functools.partial(_adagrad, maximize=group["maximize"])
        for step, places in by_step(states):
            some = columns if len(places) == len(params) else [[column[i] for i in places] for column in columns]
            rate = float(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
            options = present(weight_decay=float(group["weight_decay"]))
            updates.blockwise(
                rule, some[:-1], some[-1:], scratch=2, name="Adagrad.step", rate=rate, eps=group["eps"], **options
            )
        advance(states, "Adagrad.step")


def _adagrad(
    p: Any, total: Any, g: Any, t: Any, u: Any, *, maximize: bool, rate: Any, eps: Any, weight_decay: Any = None
) -> None:
    g = descent(p, g, u, weight_decay, maximize)
    np.add(total, np.square(g, out=t), out=total)
    np.sqrt(total, out=t)
    np.add(t, eps, out=t)
    np.divide(g, t, out=t)
    np.multiply(t, rate, out=t)
    np.subtract(p, t, out=p)
