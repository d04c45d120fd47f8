"""What discrete families share: probabilities given as such or as logits, one-hot vectors, stable logarithms."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Size, Tensor
from autograd.distributions.utils import lazy_property, logits_to_probs, probs_to_logits


def softplus(x: Tensor) -> Tensor:
    """``log(1 + e^x)``, whose gradient is right at 0 too."""
    return autograd.logaddexp(x, autograd.zeros((), dtype=x.dtype))


def binary_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """``−t log σ(l) − (1 − t) log σ(−l)``, from the logits l."""
    return (1 - target) * logits + softplus(-logits)


def one_hot(index: Tensor, count: int, dtype: Any) -> Tensor:
    """Vectors of length ``count`` with 1 at each index, 0 elsewhere."""
    return (index.unsqueeze(-1) == autograd.arange(count)).to(dtype)


def along_first(values: Tensor, batch_shape: Size, expand: bool) -> Tensor:
    """The values of a support along dimension 0, over the batch where ``expand`` says so."""
    values = values.reshape((-1, *(1,) * len(batch_shape)))
    return values.expand((-1, *batch_shape)) if expand else values


class Probabilities:
    """For families whose parameter is ``probs`` or ``logits``: the other is computed when it is first asked for.

    ``_binary`` says whether each number is a probability of its own, or the last dimension holds one distribution.
    """

    _binary = True
    _param: Tensor

    @staticmethod
    def _only_one(probs: Any, logits: Any) -> tuple[str, Any]:
        """The name and the value of the one that is given; ValueError for none or both."""
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        return ("logits", logits) if probs is None else ("probs", probs)

    def _take(self, name: str, value: Tensor) -> None:
        """Keep the parameter that was given, under its name."""
        self.__dict__[name] = self._param = value

    def _share(self, new: Any) -> Any:
        """Point ``_param`` of an expanded instance at its parameter."""
        new._param = new.__dict__["probs" if "probs" in new.__dict__ else "logits"]
        return new

    def _new(self, *args: Any, **kwargs: Any) -> Tensor:
        """A new tensor of the parameter's dtype."""
        return autograd.empty(*args, dtype=self._param.dtype, **kwargs)

    @lazy_property
    def logits(self) -> Tensor:
        """The logits: log odds of binary probabilities, else normalised log probabilities."""
        return probs_to_logits(self.probs, is_binary=self._binary)

    @lazy_property
    def probs(self) -> Tensor:
        """The probabilities."""
        return logits_to_probs(self.logits, is_binary=self._binary)

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter that was given."""
        return self._param.shape


class OfCategories:
    """For families built on a ``Categorical``, whose parameters are theirs."""

    _categorical: Any

    def _new(self, *args: Any, **kwargs: Any) -> Tensor:
        """A new tensor of the parameter's dtype."""
        return self._categorical._new(*args, **kwargs)

    @property
    def probs(self) -> Tensor:
        """The probabilities of the categories."""
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        """The logarithms of the probabilities."""
        return self._categorical.logits

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter that was given."""
        return self._categorical.param_shape


class Relaxed:
    """For the transformed relaxations, whose parameters are those of their base distribution."""

    base_dist: Any

    @property
    def temperature(self) -> Tensor:
        """The temperature τ."""
        return self.base_dist.temperature

    @property
    def logits(self) -> Tensor:
        """The logits of the variable that is relaxed."""
        return self.base_dist.logits

    @property
    def probs(self) -> Tensor:
        """The probabilities of the variable that is relaxed."""
        return self.base_dist.probs
