"""Dropout layers; in evaluation mode they hand their input through."""

from __future__ import annotations

from autograd import Tensor
from nn import functional as F
from nn.module import Module


class _Dropout(Module):
    """What the dropout layers share: the probability, checked."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"{type(self).__name__}: dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def extra_repr(self) -> str:
        """The probability."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """In training, zeros each element with probability ``p`` and divides the others by 1 − p. As ``torch.nn.Dropout``.

    Srivastava et al., 2014; after the same ``manual_seed`` with PyTorch's masks. ValueError for a ``p`` that is no
    probability.

    >>> import autograd, nn
    >>> nn.Dropout(0.9).eval()(autograd.ones(2))
    tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with elements dropped."""
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Dropout of whole channels of (N, C, L) or (C, L). As ``torch.nn.Dropout1d`` (Tompson et al., 2015).

    >>> import autograd, nn
    >>> nn.Dropout1d(1.0)(autograd.ones(1, 2, 1)).flatten()
    tensor([0., 0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with channels dropped."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Dropout of whole channels of (N, C, H, W). As ``torch.nn.Dropout2d`` (Tompson et al., 2015).

    >>> import autograd, nn
    >>> nn.Dropout2d(1.0)(autograd.ones(1, 2, 1, 1)).flatten()
    tensor([0., 0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with channels dropped."""
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W). As ``torch.nn.Dropout3d``.

    >>> import autograd, nn
    >>> nn.Dropout3d(1.0)(autograd.ones(1, 2, 1, 1, 1)).flatten()
    tensor([0., 0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with channels dropped."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout for SELU networks, which keeps mean and variance. As ``torch.nn.AlphaDropout`` (Klambauer et al., 2017).

    ``inplace`` is kept and changes nothing, as in PyTorch.

    >>> import autograd, nn
    >>> nn.AlphaDropout(0.9).eval()(autograd.ones(2))
    tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with elements at SELU's lower limit."""
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """``AlphaDropout`` of whole channels. As ``torch.nn.FeatureAlphaDropout``.

    >>> import autograd, nn
    >>> nn.FeatureAlphaDropout(0.9).eval()(autograd.ones(1, 1, 2)).flatten()
    tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with channels at SELU's lower limit."""
        return F.feature_alpha_dropout(input, self.p, self.training)


__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]
