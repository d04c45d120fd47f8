"""Activations as layers: pointwise functions without parameters of their own to train."""

from __future__ import annotations

import warnings

import autograd
from autograd import Tensor
from nn import functional as F
from nn.module import Module


class _InPlace(Module):
    """What activations share that may write over their input."""

    inplace: bool

    def _options(self, *texts: str) -> str:
        """The options as they are printed."""
        return ", ".join([*texts, "inplace=True"] if self.inplace else texts)

    def extra_repr(self) -> str:
        """The options."""
        return self._options()


class ReLU(_InPlace):
    """``max(0, x)``. As ``torch.nn.ReLU`` (Nair and Hinton, 2010).

    >>> import autograd, nn
    >>> nn.ReLU()(autograd.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.relu(input, self.inplace)


class LeakyReLU(_InPlace):
    """``x`` above 0, ``negative_slope · x`` below. As ``torch.nn.LeakyReLU`` (Maas et al., 2013).

    >>> import autograd, nn
    >>> nn.LeakyReLU(0.5)(autograd.tensor([-2.0, 2.0]))
    tensor([-1.,  2.])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return self._options(f"negative_slope={self.negative_slope}")


class RReLU(_InPlace):
    """Leaky ReLU with a slope drawn from ``lower`` to ``upper`` in training, their mean in evaluation. As ``torch.nn.RReLU`` (Xu et al., 2015).

    >>> import autograd, nn
    >>> nn.RReLU(0.25, 0.75).eval()(autograd.tensor([-1.0, 2.0]))
    tensor([-0.5000,  2.0000])
    """

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return self._options(f"lower={self.lower}, upper={self.upper}")


class Hardtanh(_InPlace):
    """``x`` held between ``min_val`` and ``max_val``. As ``torch.nn.Hardtanh``.

    AssertionError unless ``min_val`` is below ``max_val``.

    >>> import autograd, nn
    >>> nn.Hardtanh()(autograd.tensor([-3.0, 0.5, 3.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        if min_value is not None:
            warnings.warn("Hardtanh: min_value is deprecated; rename it to min_val", FutureWarning, stacklevel=2)
            min_val = min_value
        if max_value is not None:
            warnings.warn("Hardtanh: max_value is deprecated; rename it to max_val", FutureWarning, stacklevel=2)
            max_val = max_value
        if max_val <= min_val:
            raise AssertionError(f"Hardtanh: max_val must be larger than min_val, but got {max_val} and {min_val}")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return self._options(f"min_val={self.min_val}, max_val={self.max_val}")


class ReLU6(Hardtanh):
    """``min(max(0, x), 6)``. As ``torch.nn.ReLU6`` (Howard et al., 2017).

    >>> import autograd, nn
    >>> nn.ReLU6()(autograd.tensor([-1.0, 2.0, 7.0]))
    tensor([0., 2., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.relu6(input, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return self._options()


class Threshold(_InPlace):
    """``x`` where it is above ``threshold``, else ``value``. As ``torch.nn.Threshold``.

    >>> import autograd, nn
    >>> nn.Threshold(1.0, 20.0)(autograd.tensor([0.5, 2.0]))
    tensor([20.,  2.])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return self._options(f"threshold={self.threshold}, value={self.value}")


class ELU(_InPlace):
    """``x`` above 0, ``α (e^x − 1)`` below. As ``torch.nn.ELU`` (Clevert et al., 2016).

    >>> import autograd, nn
    >>> nn.ELU()(autograd.tensor([-float("inf"), 2.0]))
    tensor([-1.,  2.])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return self._options(f"alpha={self.alpha}")


class CELU(_InPlace):
    """``max(0, x) + min(0, α (e^(x/α) − 1))``. As ``torch.nn.CELU`` (Barron, 2017).

    >>> import autograd, nn
    >>> nn.CELU(0.5)(autograd.tensor([-float("inf"), 2.0]))
    tensor([-0.5000,  2.0000])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return self._options(f"alpha={self.alpha}")


class SELU(_InPlace):
    """The scaled ELU that keeps mean 0 and variance 1. As ``torch.nn.SELU`` (Klambauer et al., 2017).

    >>> import autograd, nn
    >>> nn.SELU()(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 1.0507])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.selu(input, self.inplace)


class SiLU(_InPlace):
    """``x σ(x)``, also known as swish. As ``torch.nn.SiLU`` (Elfwing et al., 2018).

    >>> import autograd, nn
    >>> nn.SiLU()(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7311])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.silu(input, self.inplace)


class Mish(_InPlace):
    """``x tanh(softplus(x))``. As ``torch.nn.Mish`` (Misra, 2020).

    >>> import autograd, nn
    >>> nn.Mish()(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8651])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.mish(input, self.inplace)


class Hardsigmoid(_InPlace):
    """``x/6 + 1/2`` held between 0 and 1. As ``torch.nn.Hardsigmoid``.

    >>> import autograd, nn
    >>> nn.Hardsigmoid()(autograd.tensor([-3.0, 0.0, 4.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return ""


class Hardswish(_InPlace):
    """``x · hardsigmoid(x)``. As ``torch.nn.Hardswish`` (Howard et al., 2019).

    >>> import autograd, nn
    >>> nn.Hardswish()(autograd.tensor([0.0, 4.0]))
    tensor([0., 4.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return ""


class GELU(Module):
    """``x Φ(x)``, Φ the normal distribution function, or its ``"tanh"`` approximation. As ``torch.nn.GELU`` (Hendrycks and Gimpel, 2016).

    >>> import autograd, nn
    >>> nn.GELU()(autograd.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        """The options."""
        return f"approximate={self.approximate!r}"


class Sigmoid(Module):
    """``1 / (1 + e^−x)``. As ``torch.nn.Sigmoid``.

    >>> import autograd, nn
    >>> nn.Sigmoid()(autograd.zeros(1))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return autograd.sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent. As ``torch.nn.Tanh``.

    >>> import autograd, nn
    >>> nn.Tanh()(autograd.zeros(1))
    tensor([0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return autograd.tanh(input)


class Softplus(Module):
    """``log(1 + e^(βx)) / β``, and x itself where ``βx > threshold``. As ``torch.nn.Softplus``.

    >>> import autograd, nn
    >>> nn.Softplus()(autograd.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """The options."""
        return f"beta={self.beta}, threshold={self.threshold}"


class Softsign(Module):
    """``x / (1 + |x|)``. As ``torch.nn.Softsign``.

    >>> import autograd, nn
    >>> nn.Softsign()(autograd.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.softsign(input)


class LogSigmoid(Module):
    """``log σ(x)`` without overflow. As ``torch.nn.LogSigmoid``.

    >>> import autograd, nn
    >>> nn.LogSigmoid()(autograd.tensor([-100.0]))
    tensor([-100.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.logsigmoid(input)


class Tanhshrink(Module):
    """``x − tanh(x)``. As ``torch.nn.Tanhshrink``.

    >>> import autograd, nn
    >>> nn.Tanhshrink()(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.tanhshrink(input)


class Softshrink(Module):
    """``x`` moved towards 0 by ``lambd``, and 0 where it was nearer. As ``torch.nn.Softshrink``.

    >>> import autograd, nn
    >>> nn.Softshrink()(autograd.tensor([-2.0, 0.25, 2.0]))
    tensor([-1.5000,  0.0000,  1.5000])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """The options."""
        return str(self.lambd)


class Hardshrink(Module):
    """``x``, and 0 where ``|x| ≤ lambd``. As ``torch.nn.Hardshrink``.

    >>> import autograd, nn
    >>> nn.Hardshrink()(autograd.tensor([-2.0, 0.25, 2.0]))
    tensor([-2.,  0.,  2.])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """The options."""
        return str(self.lambd)


class Step(Module):
    """1 above 0 and 0 elsewhere: the threshold unit of Rosenblatt (1958). Its gradient is 0 everywhere.

    >>> import autograd, nn
    >>> nn.Step()(autograd.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.step(input)


__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "SELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "Mish",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Step",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]
