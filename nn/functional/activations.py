"""Activations."""

from __future__ import annotations

import warnings
from typing import Any

import autograd
from autograd import Tensor, celu_, fused, relu_, rrelu_, selu_, threshold_


def _apply(name: str, input: Tensor, inplace: bool, *args: Any) -> Tensor:
    """The activation ``name`` of ``input``, written over it where ``inplace``."""
    if inplace:
        return fused.overwrite(name, input, *args)
    return getattr(fused, name)(input, *args)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(0, x)``. As ``torch.nn.functional.relu`` (Nair and Hinton, 2010).

    >>> import autograd, nn.functional as F
    >>> F.relu(autograd.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    if inplace:
        return fused.overwrite("relu", input)
    return fused.relu(input)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """``x`` where it is above ``threshold``, else ``value``. As ``torch.nn.functional.threshold``.

    >>> import autograd, nn.functional as F
    >>> F.threshold(autograd.tensor([0.5, 2.0]), 1.0, 20.0)
    tensor([20.,  2.])
    """
    return _apply("threshold", input, inplace, threshold, value)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """``x`` above 0, ``negative_slope · x`` below. As ``torch.nn.functional.leaky_relu`` (Maas et al., 2013).

    >>> import autograd, nn.functional as F
    >>> F.leaky_relu(autograd.tensor([-2.0, 2.0]), 0.5)
    tensor([-1.,  2.])
    """
    return _apply("leaky_relu", input, inplace, negative_slope)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """``x`` above 0, ``weight · x`` below, one weight or one for each channel (dimension 1).

    As ``torch.nn.functional.prelu`` (He et al., 2015).

    >>> import autograd, nn.functional as F
    >>> F.prelu(autograd.tensor([-2.0, 2.0]), autograd.tensor([0.25]))
    tensor([-0.5000,  2.0000])
    """
    return fused.prelu(input, weight)


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """Leaky ReLU whose slope is drawn from ``lower`` to ``upper`` in training, and is their mean otherwise.

    As ``torch.nn.functional.rrelu`` (Xu et al., 2015).

    >>> import autograd, nn.functional as F
    >>> F.rrelu(autograd.tensor([-1.0, 2.0]), 0.25, 0.75)
    tensor([-0.5000,  2.0000])
    """
    if inplace:
        return rrelu_(input, lower, upper, training)
    return autograd.rrelu(input, lower, upper, training)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(0, x), 6)``. As ``torch.nn.functional.relu6`` (Howard et al., 2017).

    >>> import autograd, nn.functional as F
    >>> F.relu6(autograd.tensor([-1.0, 2.0, 7.0]))
    tensor([0., 2., 6.])
    """
    return _apply("relu6", input, inplace)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` held between ``min_val`` and ``max_val``, with no gradient on the bounds. ValueError where they cross.

    As ``torch.nn.functional.hardtanh``.

    >>> import autograd, nn.functional as F
    >>> F.hardtanh(autograd.tensor([-3.0, 0.5, 3.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val cannot be greater than max_val, but got {min_val} and {max_val}")
    return _apply("hardtanh", input, inplace, min_val, max_val)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` above 0, ``α (e^x − 1)`` below. As ``torch.nn.functional.elu`` (Clevert et al., 2016).

    >>> import autograd, nn.functional as F
    >>> F.elu(autograd.tensor([-float("inf"), 2.0]))
    tensor([-1.,  2.])
    """
    return _apply("elu", input, inplace, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """The scaled ELU that keeps mean 0 and variance 1. As ``torch.nn.functional.selu`` (Klambauer et al., 2017).

    >>> import autograd, nn.functional as F
    >>> F.selu(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 1.0507])
    """
    return _apply("selu", input, inplace)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``max(0, x) + min(0, α (e^(x/α) − 1))``. As ``torch.nn.functional.celu`` (Barron, 2017).

    >>> import autograd, nn.functional as F
    >>> F.celu(autograd.tensor([-float("inf"), 2.0]), alpha=0.5)
    tensor([-0.5000,  2.0000])
    """
    return _apply("celu", input, inplace, alpha)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """``x Φ(x)``, Φ the normal distribution function; ``approximate="tanh"`` for the formula with tanh.

    As ``torch.nn.functional.gelu`` (Hendrycks and Gimpel, 2016). RuntimeError for another ``approximate``.

    >>> import autograd, nn.functional as F
    >>> F.gelu(autograd.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """
    return fused.gelu(input, approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``x σ(x)``, also known as swish. As ``torch.nn.functional.silu`` (Elfwing et al., 2018).

    >>> import autograd, nn.functional as F
    >>> F.silu(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7311])
    """
    return _apply("silu", input, inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x tanh(softplus(x))``. As ``torch.nn.functional.mish`` (Misra, 2020).

    >>> import autograd, nn.functional as F
    >>> F.mish(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8651])
    """
    return _apply("mish", input, inplace)


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """``log(1 + e^(βx)) / β``, and x itself where ``βx > threshold``. As ``torch.nn.functional.softplus``.

    >>> import autograd, nn.functional as F
    >>> F.softplus(autograd.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """
    return fused.softplus(input, beta, threshold)


def softsign(input: Tensor) -> Tensor:
    """``x / (1 + |x|)``. As ``torch.nn.functional.softsign``.

    >>> import autograd, nn.functional as F
    >>> F.softsign(autograd.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    return fused.softsign(input)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``x/6 + 1/2`` held between 0 and 1. As ``torch.nn.functional.hardsigmoid``.

    >>> import autograd, nn.functional as F
    >>> F.hardsigmoid(autograd.tensor([-3.0, 0.0, 4.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    return _apply("hardsigmoid", input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x · hardsigmoid(x)``. As ``torch.nn.functional.hardswish`` (Howard et al., 2019).

    >>> import autograd, nn.functional as F
    >>> F.hardswish(autograd.tensor([0.0, 4.0]))
    tensor([0., 4.])
    """
    return _apply("hardswish", input, inplace)


def logsigmoid(input: Tensor) -> Tensor:
    """``log σ(x)`` without overflow. As ``torch.nn.functional.logsigmoid``.

    >>> import autograd, nn.functional as F
    >>> F.logsigmoid(autograd.tensor([0.0, -100.0]))
    tensor([  -0.6931, -100.0000])
    """
    return fused.logsigmoid(input)


def tanhshrink(input: Tensor) -> Tensor:
    """``x − tanh(x)``. As ``torch.nn.functional.tanhshrink``.

    >>> import autograd, nn.functional as F
    >>> F.tanhshrink(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """
    return fused.tanhshrink(input)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """``x`` moved towards 0 by ``lambd``, and 0 where it was nearer. As ``torch.nn.functional.softshrink``.

    RuntimeError for a negative ``lambd``.

    >>> import autograd, nn.functional as F
    >>> F.softshrink(autograd.tensor([-2.0, 0.25, 2.0]))
    tensor([-1.5000,  0.0000,  1.5000])
    """
    return fused.softshrink(input, lambd)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """``x``, and 0 where ``|x| ≤ lambd``. As ``torch.nn.functional.hardshrink``.

    >>> import autograd, nn.functional as F
    >>> F.hardshrink(autograd.tensor([-2.0, 0.25, 2.0]))
    tensor([-2.,  0.,  2.])
    """
    return fused.hardshrink(input, lambd)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """``a σ(b)`` for the two halves of ``input`` along ``dim``; RuntimeError for an odd size.

    As ``torch.nn.functional.glu`` (Dauphin et al., 2017).

    >>> import autograd, nn.functional as F
    >>> F.glu(autograd.tensor([3.0, 0.0]))
    tensor([1.5000])
    """
    return fused.glu(input, dim)


def step(input: Tensor) -> Tensor:
    """1 above 0 and 0 elsewhere, with gradient 0 (Rosenblatt, 1958). PyTorch has it as ``torch.heaviside(x, 0)``.

    >>> import autograd, nn.functional as F
    >>> F.step(autograd.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 1.])
    """
    return fused.step(input)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """``elu`` written into ``input``, which is returned. As ``torch.nn.functional.elu_``.

    >>> import autograd, nn.functional as F
    >>> x = autograd.tensor([-float("inf"), 2.0])
    >>> F.elu_(x) is x
    True
    """
    return fused.overwrite("elu", input, alpha)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """``leaky_relu`` written into ``input``, which is returned. As ``torch.nn.functional.leaky_relu_``.

    >>> import autograd, nn.functional as F
    >>> x = autograd.tensor([-2.0, 2.0])
    >>> F.leaky_relu_(x, 0.5) is x
    True
    """
    return fused.overwrite("leaky_relu", input, negative_slope)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """``hardtanh`` written into ``input``, which is returned. As ``torch.nn.functional.hardtanh_``.

    >>> import autograd, nn.functional as F
    >>> x = autograd.tensor([-3.0, 0.5])
    >>> F.hardtanh_(x) is x
    True
    """
    return fused.overwrite("hardtanh", input, min_val, max_val)


def sigmoid(input: Tensor) -> Tensor:
    """``1 / (1 + e^−x)``. As ``torch.nn.functional.sigmoid``.

    >>> import autograd, nn.functional as F
    >>> F.sigmoid(autograd.zeros(1))
    tensor([0.5000])
    """
    return autograd.sigmoid(input)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent. As ``torch.nn.functional.tanh``.

    >>> import autograd, nn.functional as F
    >>> F.tanh(autograd.zeros(1))
    tensor([0.])
    """
    return autograd.tanh(input)


def _chosen_dim(name: str, input: Tensor, stacklevel: int) -> int:
    """The dimension that PyTorch takes where none is given, with its warning."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Give dim=, the dimension along which the results "
        "add up to one.",
        UserWarning,
        stacklevel=stacklevel,
    )
    return 0 if input.dim() in {0, 1, 3} else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """``e^x / Σ e^x`` along ``dim``, computed in ``dtype`` if one is given. As ``torch.nn.functional.softmax``.

    Without ``dim`` PyTorch's old choice is made, with a warning.

    >>> import autograd, nn.functional as F
    >>> F.softmax(autograd.zeros(4), dim=0)
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    if dim is None:
        dim = _chosen_dim("softmax", input, _stacklevel)
    return autograd.softmax(input, dim) if dtype is None else autograd.softmax(input, dim, dtype=dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """The softmax of ``−x``. As ``torch.nn.functional.softmin``.

    >>> import autograd, nn.functional as F
    >>> F.softmin(autograd.zeros(4), dim=0)
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    if dim is None:
        dim = _chosen_dim("softmin", input, _stacklevel)
    return softmax(-input, dim, dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """``x − log Σ e^x`` along ``dim``, without overflow. As ``torch.nn.functional.log_softmax``.

    >>> import autograd, nn.functional as F
    >>> F.log_softmax(autograd.zeros(1), dim=0)
    tensor([0.])
    """
    if dim is None:
        dim = _chosen_dim("log_softmax", input, _stacklevel)
    return autograd.log_softmax(input, dim) if dtype is None else autograd.log_softmax(input, dim, dtype=dtype)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A sample from the Gumbel-softmax distribution; ``hard`` makes it one-hot with the soft sample's gradient.

    ``softmax((logits + Gumbel noise) / tau)`` along ``dim``. As ``torch.nn.functional.gumbel_softmax`` (Jang et al.,
    2017). ``eps`` is not used any more, as in PyTorch, which warns where it is given.

    >>> import autograd, nn.functional as F
    >>> F.gumbel_softmax(autograd.zeros(2, 5), hard=True).sum(1)
    tensor([1., 1.])
    """
    if eps != 1e-10:
        warnings.warn("gumbel_softmax: the eps parameter is deprecated and has no effect.", UserWarning, stacklevel=2)
    noise = -logits.new_empty(logits.shape).exponential_().log()
    soft = softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    chosen = soft.detach().max(dim, keepdim=True)[1]
    one_hot = autograd.zeros_like(logits).scatter_(dim, chosen, 1.0)
    return one_hot - soft.detach() + soft


__all__ = [
    "celu",
    "celu_",
    "elu",
    "elu_",
    "gelu",
    "glu",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "leaky_relu",
    "leaky_relu_",
    "log_softmax",
    "logsigmoid",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "relu_",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "sigmoid",
    "silu",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "step",
    "tanh",
    "tanhshrink",
    "threshold",
    "threshold_",
]
