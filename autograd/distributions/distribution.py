"""The class from which every distribution derives."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import autograd
from autograd import Size, Tensor
from autograd.distributions import constraints
from autograd.distributions.utils import lazy_property

__all__ = ["Distribution"]


def _arg_constraints(self: Any) -> dict[str, constraints.Constraint]:
    """The constraint of each tensor argument, by its name."""
    raise NotImplementedError


def _support(self: Any) -> constraints.Constraint:
    """The set of values with a density, as a constraint."""
    raise NotImplementedError


class Distribution:
    """Base class of probability distributions, batched over ``batch_shape`` with events of ``event_shape``.

    A family gives ``arg_constraints``, ``support``, ``expand``, ``log_prob`` and one of ``rsample`` (samples that carry
    gradients) and ``sample``. ``validate_args=False`` skips the checks of parameters and values, which otherwise raise
    ValueError. As ``torch.distributions.Distribution``.

    >>> import autograd
    >>> from autograd.distributions import Normal
    >>> d = Normal(autograd.zeros(3), 1.0)
    >>> d.batch_shape, d.event_shape, d.sample((2,)).shape
    (autograd.Size([3]), autograd.Size([]), autograd.Size([2, 3]))
    """

    has_rsample: Any = False
    has_enumerate_support: Any = False
    _validate_args: bool = __debug__
    # A family overrides these with a plain dictionary and constraint, or with a property.
    arg_constraints: ClassVar[Any] = property(_arg_constraints)
    support: Any = property(_support)

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Switch on or off, for distributions made from now on, the checks of parameters and values."""
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args expects True or False, but got {value!r}")
        Distribution._validate_args = value

    def __init__(self, batch_shape: Any = (), event_shape: Any = (), validate_args: bool | None = None) -> None:
        self._batch_shape = Size(batch_shape)
        self._event_shape = Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _check_parameters(self) -> None:
        """ValueError where a parameter does not satisfy its constraint; lazily computed ones are not looked at."""
        try:
            table = self.arg_constraints
        except NotImplementedError:
            warnings.warn(
                f"{self.__class__} does not define `arg_constraints`. Please set `arg_constraints = {{}}` "
                "or initialize the distribution with `validate_args=False` to turn off validation.",
                stacklevel=4,
            )
            return
        for name, constraint in table.items():
            if constraints.is_dependent(constraint):
                continue
            if name not in self.__dict__ and isinstance(getattr(type(self), name, None), lazy_property):
                continue
            value = getattr(self, name)
            if not bool(constraint.check(value).all()):
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) "
                    f"of distribution {self!r} to satisfy the constraint {constraint!r}, "
                    f"but found invalid values:\n{value}"
                )

    # -- shapes ---------------------------------------------------------------------------------------------------------

    @property
    def batch_shape(self) -> Size:
        """The shape over which the parameters are batched."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one event, which ``log_prob`` takes as a whole."""
        return self._event_shape

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution with its parameters expanded (as ``Tensor.expand``) to ``batch_shape``."""
        raise NotImplementedError

    def _extended_shape(self, sample_shape: Any = ()) -> Size:
        """The shape of what ``sample(sample_shape)`` returns."""
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _get_checked_instance(self, cls: type, _instance: Any = None) -> Any:
        """An empty instance for ``expand``; NotImplementedError for a subclass with an ``__init__`` of its own."""
        if _instance is not None:
            return _instance
        if type(self).__init__ is not cls.__init__:  # type: ignore[misc]
            raise NotImplementedError(
                f"Subclass {self.__class__.__name__} of {cls.__name__} that defines a custom __init__ method "
                "must also define a custom .expand() method."
            )
        return self.__new__(type(self))

    def _expanded(self, cls: type, batch_shape: Any, instance: Any, *names: str, **events: int) -> Any:
        """What ``expand`` of most families is: the parameters ``names`` expanded, where they are there.

        A keyword names a parameter whose last that-many dimensions belong to the event and stay.
        """
        new = self._get_checked_instance(cls, instance)
        batch_shape = Size(batch_shape)
        for name, kept in {**dict.fromkeys(names, 0), **events}.items():
            if name in self.__dict__:
                value = self.__dict__[name]
                tail = value.shape[len(value.shape) - kept :]
                new.__dict__[name] = value.expand((*batch_shape, *tail))
        Distribution.__init__(new, batch_shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    # -- moments --------------------------------------------------------------------------------------------------------

    @property
    def mean(self) -> Tensor:
        """The mean."""
        raise NotImplementedError

    @property
    def mode(self) -> Tensor:
        """The mode: where the density is largest."""
        raise NotImplementedError(f"{self.__class__} does not implement mode")

    @property
    def variance(self) -> Tensor:
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self) -> Tensor:
        """The standard deviation: the root of the variance."""
        return self.variance.sqrt()

    # -- samples --------------------------------------------------------------------------------------------------------

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Samples of shape ``sample_shape + batch_shape + event_shape``, without gradients."""
        with autograd.no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Samples as differentiable functions of the parameters; NotImplementedError where ``has_rsample`` is False."""
        raise NotImplementedError

    def sample_n(self, n: int) -> Tensor:
        """``sample((n,))``; deprecated, with a FutureWarning, as in PyTorch."""
        warnings.warn("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", FutureWarning, stacklevel=2)
        return self.sample(Size((n,)))

    # -- densities ------------------------------------------------------------------------------------------------------

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density (or of the probability) at ``value``; ValueError outside the support."""
        raise NotImplementedError

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a sample ≤ ``value``."""
        raise NotImplementedError

    def icdf(self, value: Tensor) -> Tensor:
        """The quantile function: where ``cdf`` is ``value``."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Every value of a discrete distribution, along dimension 0; expanded over the batch unless ``expand=False``."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The entropy in nats, of shape ``batch_shape``."""
        raise NotImplementedError

    def perplexity(self) -> Tensor:
        """The exponential of the entropy."""
        return autograd.exp(self.entropy())

    def _validate_sample(self, value: Any) -> None:
        """ValueError where ``value`` is no tensor, has not the event's shape, does not broadcast or is outside the support."""
        if not isinstance(value, Tensor):
            raise ValueError(f"The value argument to log_prob must be a Tensor, but got {type(value).__name__}")
        shape = value.shape
        if shape[max(len(shape) - len(self._event_shape), 0) :] != self._event_shape:
            raise ValueError(f"The right-most size of value must match event_shape: {shape} vs {self._event_shape}.")
        expected = Size(self._batch_shape + self._event_shape)
        if any(i not in (1, j) and j != 1 for i, j in zip(reversed(shape), reversed(expected), strict=False)):
            raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {shape} vs {expected}.")
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{self.__class__} does not define `support` to enable sample validation. "
                "Please initialize the distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        if not bool(support.check(value).all()):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(shape)}) "
                f"to be within the support ({support!r}) of the distribution {self!r}, "
                f"but found invalid values:\n{value}"
            )

    def __repr__(self) -> str:
        shown = []
        for name in self.arg_constraints:
            if name in self.__dict__:
                value = self.__dict__[name]
                shown.append(f"{name}: {value if value.numel() == 1 else value.size()}")
        return f"{type(self).__name__}({', '.join(shown)})"
