"""The chi-squared distribution."""

from __future__ import annotations

from typing import Any, ClassVar

from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.gamma import Gamma

__all__ = ["Chi2"]


class Chi2(Gamma):
    """The chi-squared distribution of ``df`` degrees of freedom: ``Gamma(df / 2, 1 / 2)``.

    As ``torch.distributions.Chi2``. ValueError unless ``df`` is positive.

    >>> import autograd
    >>> from autograd.distributions import Chi2
    >>> d = Chi2(autograd.tensor([1.0, 4.0]))
    >>> d.mean, d.df
    (tensor([1., 4.]), tensor([1., 4.]))
    """

    arg_constraints: ClassVar[Any] = {"df": constraints.positive}

    def __init__(self, df: Tensor | float, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Chi2:
        return super().expand(batch_shape, self._get_checked_instance(Chi2, _instance))  # type: ignore[return-value]

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self.concentration * 2
