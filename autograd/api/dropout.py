"""Elements or whole channels set to zero at random, and ReLU with a random slope. The numbers are those PyTorch draws."""

from __future__ import annotations

import math
from typing import Any

import autograd
from autograd.api.arguments import tensor_of
from autograd.api.export import add, export
from autograd.dispatch import number
from autograd.inplace import apply
from autograd.op import registry
from autograd.tensor import Tensor

ALPHA = 1.7580993408473766  # minus the limit of SELU towards minus infinity


def _chance(p: Any, name: str) -> float:
    p = number(p, name, "p")
    if not 0.0 <= p <= 1.0:
        raise RuntimeError(f"{name}: dropout probability has to be between 0 and 1, but got {p}")
    return p


def _floating(input: Tensor, name: str) -> None:
    if not input.is_floating_point():
        raise RuntimeError(f"{name}: result type Float can't be cast to the desired output type {input.dtype}")


def channels(input: Tensor) -> tuple[int, ...]:
    """The shape of a mask for whole channels: RuntimeError below two dimensions."""
    if input.ndim < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, but got {input.ndim}")
    return (*input.shape[:2], *[1 for _ in input.shape[2:]])


def _mask(input: Tensor, whole: bool, p: float) -> Tensor:
    """1 with the probability 1 − p, else 0: for each element, or for each channel."""
    # PyTorch fills it in the order of memory, which empty_like keeps.
    empty = input.new_empty(channels(input)) if whole else autograd.empty_like(input)
    return empty.bernoulli_(1 - p)


def drop(input: Tensor, whole: bool, p: float, train: bool, inplace: bool, name: str) -> Tensor:
    """``input`` times a random mask, kept values scaled up to the same expectation."""
    if not train or p == 0 or not input.numel():
        return input
    _floating(input, name)
    if p == 1:
        return input.mul_(0.0) if inplace else input * input.new_zeros(())
    mask = _mask(input, whole, p)
    mask /= 1 - p
    return input.mul_(mask) if inplace else input * mask


def alpha_drop(input: Tensor, whole: bool, p: float, train: bool, inplace: bool, name: str) -> Tensor:
    """Dropout that keeps mean and variance of what SELU gives: dropped values become its limit −α."""
    if not train or p == 0 or not input.numel():
        return input
    _floating(input, name)
    if p == 1:
        return input.mul_(0.0) if inplace else input * input.new_zeros(())
    mask = _mask(input, whole, p)
    scale = 1.0 / math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
    shift = (mask - 1) * (ALPHA * scale) + ALPHA * scale * p
    mask *= scale
    return input.mul_(mask).add_(shift) if inplace else input * mask + shift


# PyTorch's functions at its top level, of (input, p, train): what is drawn for, and what is done with it.
_KINDS = {
    "dropout": (False, drop, "Each element zeroed with probability ``p`` and the others divided by ``1 − p``"),
    "feature_dropout": (True, drop, "Whole channels zeroed with probability ``p`` and the others divided by ``1 − p``"),
    "alpha_dropout": (
        False,
        alpha_drop,
        "Elements at SELU's lower limit with probability ``p``, mean and variance kept",
    ),
    "feature_alpha_dropout": (True, alpha_drop, "Whole channels at SELU's lower limit with probability ``p``"),
}


def _front(name: str, inplace: bool) -> Any:
    whole, act, what = _KINDS[name]
    own = f"{name}_" if inplace else name

    def function(input: Tensor, p: float, train: bool) -> Tensor:
        input, p = tensor_of(input, own), _chance(p, own)
        return act(input, whole, p, train, inplace, own)

    function.__name__ = function.__qualname__ = own
    written = ", written into ``input``" if inplace else ""
    function.__doc__ = f"""{what}{written}; ``input`` itself unless ``train``.

    As ``torch.{own}``, with its masks after the same ``manual_seed``. RuntimeError for a ``p`` outside [0, 1] and for
    integers; ``nn.functional`` has the function to use.

    >>> import autograd
    >>> autograd.{own}(autograd.ones(1, 1, 2), 1.0, True).flatten()
    tensor([0., 0.])
    """
    return function


for _name in _KINDS:
    add(_name, _front(_name, False), True, False, False)
    add(f"{_name}_", _front(_name, True), True, False, False)


@export(method=False)
def native_dropout(input: Tensor, p: float, train: bool | None) -> tuple[Tensor, Tensor]:
    """Dropout, and the mask of what was kept (bool); everything is kept where ``train`` is False.

    As ``torch.native_dropout``. RuntimeError for a ``p`` outside [0, 1] and for integers.

    >>> import autograd
    >>> autograd.native_dropout(autograd.ones(2), 0.5, False)
    (tensor([1., 1.]), tensor([True, True]))
    """
    input = tensor_of(input, "native_dropout")
    if train is False:
        return input.clone(), input.new_ones(input.shape, dtype=bool)
    p = _chance(p, "native_dropout")
    _floating(input, "native_dropout")
    mask = autograd.empty_like(input, dtype=bool).bernoulli_(1 - p)
    return input * mask * (0.0 if p == 1 else 1 / (1 - p)), mask


def _slopes(input: Tensor, lower: float, upper: float, generator: Any) -> Tensor:
    """The slope of each element: drawn where it is not positive, 1 elsewhere."""
    found = input.new_ones(input.shape)
    low = input.detach() <= 0
    drawn = input.new_empty(int(low.sum()), dtype=float)
    found[low] = drawn.uniform_(lower, upper, generator=generator).to(input.dtype)
    return found


def _rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, generator: Any = None
) -> Tensor:
    lower, upper = number(lower, "rrelu", "lower"), number(upper, "rrelu", "upper")
    if lower > upper:
        raise RuntimeError(
            f"rrelu: Lower bound should be less than or equal to the upper bound, but got {lower} and {upper}"
        )
    if not training:
        return registry["leaky_relu"].function(input, (lower + upper) / 2)
    return input * _slopes(input, lower, upper, generator)


@export(method=False)
def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, generator: Any = None
) -> Tensor:
    """Leaky ReLU whose slope is drawn from ``lower`` to ``upper`` in training, and is their mean otherwise.

    As ``torch.rrelu`` (Xu et al., 2015). RuntimeError where the bounds cross.

    >>> import autograd
    >>> autograd.rrelu(autograd.tensor([-1.0, 2.0]), 0.25, 0.75)
    tensor([-0.5000,  2.0000])
    """
    return _rrelu(tensor_of(input, "rrelu"), lower, upper, training, generator)


@export("rrelu_", method=False)
def rrelu_(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, generator: Any = None
) -> Tensor:
    """``rrelu`` written into ``input``, which is returned. As ``torch.rrelu_``.

    >>> import autograd
    >>> x = autograd.tensor([-1.0, 2.0])
    >>> autograd.rrelu_(x, 0.25, 0.75) is x
    True
    """
    input = tensor_of(input, "rrelu_")
    keep = input.clone() if input.requires_grad else input
    return apply("rrelu_", lambda _, *options: _rrelu(keep, *options), input, lower, upper, training, generator)


@export(method=False)
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x₁ᵀ W_k x₂ + b_k`` for x₁ (…, in1), x₂ (…, in2), W (out, in1, in2), b (out). As ``torch.bilinear``.

    RuntimeError where the shapes do not fit.

    >>> import autograd
    >>> autograd.bilinear(autograd.ones(1, 2), autograd.ones(1, 3), autograd.ones(1, 2, 3))
    tensor([[6.]])
    """
    input1, input2 = tensor_of(input1, "bilinear", "input1"), tensor_of(input2, "bilinear", "input2")
    weight = tensor_of(weight, "bilinear", "weight")
    if weight.ndim != 3:
        raise RuntimeError(f"bilinear: the weight must be 3-dimensional, but got shape {list(weight.shape)}")
    out, size1, size2 = weight.shape
    if input1.ndim != input2.ndim or input1.shape[:-1] != input2.shape[:-1] or not input1.ndim:
        raise RuntimeError(
            "bilinear: both inputs must have the same leading dimensions, "
            f"but got {list(input1.shape)} and {list(input2.shape)}"
        )
    if (input1.shape[-1], input2.shape[-1]) != (size1, size2):
        raise RuntimeError(
            f"bilinear: the weight {list(weight.shape)} needs last dimensions {[size1, size2]}, "
            f"but got inputs {list(input1.shape)} and {list(input2.shape)}"
        )
    if bias is not None and tuple(bias.shape) != (out,):
        raise RuntimeError(f"bilinear: bias size {list(bias.shape)} does not match the weight's {out} outputs")
    half = input1 @ weight.permute(1, 0, 2).reshape(size1, out * size2)
    found = (half.reshape(*input1.shape[:-1], out, size2) * input2.unsqueeze(-2)).sum(-1)
    return found if bias is None else found + bias
