"""Adam and AdamW: steps scaled by running averages of the gradient and of its square."""

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
from optim.rules import average, average_square, descent, present


class Adam(Optimizer):
    """Adam: ``p ← p − lr · m̂ / (√v̂ + eps)`` with running averages ``m`` of the gradient and ``v`` of its square.

    ``m ← β₁ m + (1 − β₁) g``, ``v ← β₂ v + (1 − β₂) g²``, and ``m̂ = m / (1 − β₁ᵗ)``, ``v̂ = v / (1 − β₂ᵗ)`` at step
    ``t``; ``amsgrad`` takes the largest ``v`` so far. ``weight_decay · p`` is added to ``g``, or, with
    ``decoupled_weight_decay``, ``p`` is first scaled by ``1 − lr · weight_decay``. ``maximize`` ascends. ``foreach``,
    ``fused`` and ``capturable`` choose among PyTorch's implementations and change nothing here. Kingma and Ba (2015),
    Reddi et al. (2018); as ``torch.optim.Adam``. The state of a parameter is ``step``, ``exp_avg``, ``exp_avg_sq`` and
    ``max_exp_avg_sq``. Raises ValueError for options out of range, NotImplementedError for ``differentiable=True``.

    >>> import autograd, optim
    >>> x = autograd.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = optim.Adam([x], lr=0.5)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([ 0.5000, -1.5000], requires_grad=True)
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_lr(lr)
        if isinstance(lr, Tensor) and foreach and not capturable:
            raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
        check_range("Invalid epsilon value", eps)
        betas = _checked_betas(betas)
        check_range("Invalid weight_decay value", weight_decay)
        check_implementations(foreach, fused, differentiable)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        missing = {
            "amsgrad": False,
            "maximize": False,
            "foreach": None,
            "capturable": False,
            "differentiable": False,
            "fused": None,
            "decoupled_weight_decay": False,
        }
        for group in self.param_groups:
            for key, value in missing.items():
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
        name = f"{type(self).__name__}.step"
        states = [self.state[p] for p in params]
        for state in states:
            if "step" not in state:
                state["step"] = new_step()
        keys = ["exp_avg", "exp_avg_sq"] + (["max_exp_avg_sq"] if group["amsgrad"] else [])
        columns: list[list[Any]] = [params, *[buffers(params, states, key) for key in keys], [p.grad for p in params]]
        rule = functools.partial(_adam, amsgrad=group["amsgrad"], maximize=group["maximize"])
        for step, places in by_step(states):
            some = columns if len(places) == len(params) else [[column[i] for i in places] for column in columns]
            updates.blockwise(rule, some[:-1], some[-1:], scratch=2, name=name, **_constants(group, step))
        advance(states, name)


class AdamW(Adam):
    """Adam with decoupled weight decay: ``p`` is scaled by ``1 − lr · weight_decay`` before each step of ``Adam``.

    Takes the arguments of ``Adam``, with ``weight_decay=0.01`` by default. Loshchilov and Hutter (2019); as
    ``torch.optim.AdamW``. Raises as ``Adam`` does.

    >>> import autograd, optim
    >>> x = autograd.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = optim.AdamW([x], lr=0.5, weight_decay=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([ 0.4500, -1.4000], requires_grad=True)
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


def _checked_betas(betas: Any) -> tuple[float, float]:
    """``betas`` as two floats; ValueError where they are not two floats or tensors in [0, 1)."""
    for i, beta in enumerate(betas):
        if isinstance(beta, Tensor) and beta.numel() != 1:
            raise ValueError(f"Tensor betas[{i}] must be 1-element, but got shape {list(beta.shape)}")
        if not 0.0 <= float(beta) < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")
    one, two = betas
    if not any(isinstance(one, kind) and isinstance(two, kind) for kind in (float, Tensor)):
        raise ValueError(f"betas must be either both floats or both Tensors, but got {one!r} and {two!r}")
    return float(one), float(two)


def _constants(group: dict[str, Any], step: float) -> dict[str, float]:
    """The numbers of one step, the bias corrections folded into the rate and into eps."""
    lr, (beta1, beta2) = float(group["lr"]), group["betas"]
    root = (1 - beta2**step) ** 0.5
    decay = float(group["weight_decay"])
    decoupled = group["decoupled_weight_decay"]
    return {
        "rate": lr / (1 - beta1**step) * root,
        "weight1": 1 - beta1,
        "beta2": beta2,
        "weight2": 1 - beta2,
        "eps": group["eps"] * root,
        **(present(weight_decay=decay) if not decoupled else {}),
        **({"shrink": 1 - lr * decay} if decoupled and decay else {}),
    }


def _adam(
    p: Any,
    m: Any,
    v: Any,
    *others: Any,
    amsgrad: bool,
    maximize: bool,
    rate: Any,
    weight1: Any,
    beta2: Any,
    weight2: Any,
    eps: Any,
    weight_decay: Any = None,
    shrink: Any = None,
) -> None:
    g, t, u = others[-3:]
    g = descent(p, g, u, weight_decay, maximize)
    if shrink is not None:
        np.multiply(p, shrink, out=p)
    average(m, g, weight1, t)
    average_square(v, g, beta2, weight2, t)
    if amsgrad:
        largest = others[0]
        np.sqrt(np.maximum(largest, v, out=largest), out=t)
    else:
        np.sqrt(v, out=t)
    np.add(t, eps, out=t)
    np.divide(m, t, out=t)
    updates.axpy(-rate, t, p, t)
