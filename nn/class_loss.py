"""Losses over classes, as layers."""

from __future__ import annotations

import dataclasses
import math
import warnings
from typing import Any, Literal

import autograd
from autograd import Tensor
from nn import functional as F
from nn.linear import Linear
from nn.loss import _WeightedLoss


class NLLLoss(_WeightedLoss):
    """Minus the log-probability of the target class. As ``torch.nn.NLLLoss``.

    Input (N, C, d…) in logarithms, target integers (N, d…); ``weight`` (C,) is a buffer; rows whose target is
    ``ignore_index`` do not count. IndexError for a target that is no class.

    >>> import autograd, nn
    >>> nn.NLLLoss()(autograd.tensor([[-1.0, -2.0], [-3.0, -4.0]]), autograd.tensor([0, 1]))
    tensor(2.5000)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.nll_loss(input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class NLLLoss2d(NLLLoss):
    """``NLLLoss`` under its old name for images, with a FutureWarning. As ``torch.nn.NLLLoss2d``.

    >>> import autograd, nn, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     loss = nn.NLLLoss2d()
    >>> loss(autograd.full((1, 2, 1, 1), -1.0), autograd.zeros(1, 1, 1).long())
    tensor(1.)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        warnings.warn("NLLLoss2d has been deprecated; NLLLoss does the same.", FutureWarning, stacklevel=2)
        super().__init__(weight, size_average, ignore_index, reduce, reduction)


class CrossEntropyLoss(_WeightedLoss):
    """``−log softmax(x)`` at the target class, or weighted by class probabilities. As ``torch.nn.CrossEntropyLoss``.

    Input: logits (N, C, d…); target: integers (N, d…) or probabilities of the input's shape. ``weight`` (C,) is a
    buffer; ``label_smoothing`` mixes the target with the uniform distribution (Szegedy et al., 2016). IndexError for a
    target that is no class.

    >>> import autograd, nn
    >>> nn.CrossEntropyLoss()(autograd.zeros(2, 4), autograd.tensor([1, 3]))
    tensor(1.3863)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


@dataclasses.dataclass(slots=True, frozen=True)
class LinearCrossEntropyOptions:
    """How ``LinearCrossEntropyLoss`` goes through its rows in pieces. As ``torch.nn.LinearCrossEntropyOptions``.

    ``batch_chunk_size`` rows at a time, or what ``chunking_method`` finds: "aspect_ratio" makes the logits of a piece as
    large as all of the input, "aspect_ratio:N" an N-th of that, "auto" (the default) is "aspect_ratio:2". The logits of a
    piece are computed again in backward instead of being kept. ``acc_policy``, ``acc_dtype`` and ``allow_retain_graph``
    are checked and change nothing here: sums are in the input's dtype, and a graph can always be retained. ValueError
    for other values.

    >>> import nn
    >>> nn.LinearCrossEntropyOptions(batch_chunk_size=64).batch_chunk_size
    64
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: Literal["accurate", "balanced", "compact", "auto"] = "auto"
    acc_dtype: Any = None

    def __post_init__(self) -> None:
        if self.acc_policy not in {"auto", "accurate", "balanced", "compact"}:
            raise ValueError(f"LinearCrossEntropyOptions: invalid acc_policy: {self.acc_policy!r}")
        if self.chunking_method not in {None, "auto"}:
            self._parts(str(self.chunking_method))
        size = self.batch_chunk_size
        if size is not None and (type(size) is not int or size <= 0):
            raise ValueError(f"LinearCrossEntropyOptions: batch_chunk_size must be positive int or None, got {size!r}")
        if self.acc_dtype not in {None, autograd.float16, autograd.float32, autograd.float64}:
            raise ValueError(
                f"LinearCrossEntropyOptions: acc_dtype must be None, float16, float32 or float64, got {self.acc_dtype!r}"
            )

    @staticmethod
    def _parts(method: str) -> int:
        """Into how many parts a method divides what "aspect_ratio" gives."""
        name, colon, parts = method.partition(":")
        if name != "aspect_ratio" or (colon and not (parts.isdigit() and int(parts) > 0)):
            raise ValueError(f"LinearCrossEntropyOptions: invalid chunking_method: {method!r}")
        return int(parts) if colon else 1

    def rows(self, samples: int, features: int, classes: int) -> int:
        """How many rows are taken at a time; ValueError where size and method disagree.

        >>> import nn
        >>> nn.LinearCrossEntropyOptions().rows(1024, 64, 512)
        64
        """
        method, given = self.chunking_method, self.batch_chunk_size
        if method == "auto":
            method = "aspect_ratio:2" if given is None else None
        if method is None:
            return max(1, samples if given is None else min(given, samples))
        share = -(-samples // max(1, -(-classes // max(1, features))))
        found = min((1 << max(share - 1, 0).bit_length()) // self._parts(method), samples)
        if given is not None and given != found:
            raise ValueError(
                f"batch_chunk_size (={given}) and chunking_method ({method!r}) give different chunk sizes ({given} vs "
                f"{found}); pass only one."
            )
        return max(1, found)


class LinearCrossEntropyLoss(_WeightedLoss):
    r"""``CrossEntropyLoss`` of a ``Linear`` layer of its own, which is ``linear``. As ``torch.nn.LinearCrossEntropyLoss``.

    Input (N, in_features) or (in_features,); the logits are (N, num_classes, \*out_features), and the target goes with
    them as in ``CrossEntropyLoss``. With ``options``, not all logits are held at a time. RuntimeError for a ``weight`` or
    ``label_smoothing`` that does not fit.

    >>> import autograd, nn
    >>> loss = nn.LinearCrossEntropyLoss(3, 4)
    >>> loss(autograd.zeros(2, 3), autograd.tensor([0, 3])).detach()
    tensor(1.3863)
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: LinearCrossEntropyOptions | None = None,
    ) -> None:
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise RuntimeError(
                f"LinearCrossEntropyLoss: expected weight shape to be {(num_classes,)}, got {tuple(weight.shape)}"
            )
        if not 0.0 <= label_smoothing <= 1.0:
            raise RuntimeError(
                f"LinearCrossEntropyLoss: expected label_smoothing to be in range [0, 1], got {label_smoothing}"
            )
        super().__init__(weight, None, None, reduction)
        self.num_classes, self.out_features = num_classes, out_features
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing
        outputs = math.prod(out_features, start=num_classes)
        self.linear = Linear(in_features, outputs, bias=bias, device=device, dtype=dtype)
        self.options = options

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the linear map of ``input`` against ``target``."""
        shape = (self.num_classes, *self.out_features)
        bias = self.linear.bias
        return F.linear_cross_entropy(
            input,
            self.linear.weight.reshape(*shape, self.linear.in_features),
            target,
            linear_bias=None if bias is None else bias.reshape(shape),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self) -> str:
        """The sizes and options."""
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, out_features={self.out_features}, "
            f"bias={self.linear.bias is not None}, reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )


__all__ = ["CrossEntropyLoss", "LinearCrossEntropyLoss", "LinearCrossEntropyOptions", "NLLLoss", "NLLLoss2d"]
