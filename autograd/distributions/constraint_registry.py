"""Which transform leads from the reals to a constrained set. As ``torch.distributions.constraint_registry``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from numbers import Real
from typing import Any

from autograd.distributions import constraints, transforms

__all__ = ["ConstraintRegistry", "biject_to", "transform_to"]


class ConstraintRegistry:
    """From constraints to transforms: call it with a constraint for a transform from the reals to that set.

    ``register(constraint, factory)``, or as a decorator ``@registry.register(ConstraintClass)``, adds one; the factory
    gets the constraint. NotImplementedError for a constraint that nobody registered, TypeError for no constraint.

    >>> import autograd
    >>> from autograd.distributions import constraints, transform_to
    >>> transform_to(constraints.positive)(autograd.zeros(2))
    tensor([1., 1.])
    """

    def __init__(self) -> None:
        self._registry: dict[type, Callable[[Any], transforms.Transform]] = {}

    def register(self, constraint: Any, factory: Callable[[Any], transforms.Transform] | None = None) -> Any:
        """Let ``factory`` make the transforms for a class of constraints (given as the class or one of its instances)."""
        if factory is None:
            return lambda factory: self.register(constraint, factory)
        kind = type(constraint) if isinstance(constraint, constraints.Constraint) else constraint
        if not isinstance(kind, type) or not issubclass(kind, constraints.Constraint):
            raise TypeError(f"Expected constraint to be either a Constraint subclass or instance, but got {constraint}")
        self._registry[kind] = factory
        return factory

    def __call__(self, constraint: Any) -> transforms.Transform:
        factory = self._registry.get(type(constraint))
        if factory is None:
            raise NotImplementedError(f"Cannot transform {type(constraint).__name__} constraints")
        return factory(constraint)


biject_to = ConstraintRegistry()
transform_to = ConstraintRegistry()
_BOTH = (biject_to, transform_to)


def _on(registries: tuple[ConstraintRegistry, ...], *kinds: Any) -> Callable[[Callable], Callable]:
    """Register a factory for several constraints in several registries; it gets the registry as well."""

    def decorate(factory: Callable) -> Callable:
        for registry in registries:
            for kind in kinds:
                registry.register(kind, partial(factory, registry=registry))
        return factory

    return decorate


@_on(_BOTH, constraints.real)
def _real(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    return transforms.identity_transform


@_on(_BOTH, constraints.independent)
def _independent(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    base = registry(constraint.base_constraint)
    return transforms.IndependentTransform(base, constraint.reinterpreted_batch_ndims)


def _shifted_exp(bound: Any, sign: int) -> transforms.Transform:
    return transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(bound, sign)])


# positive and nonnegative are of the classes greater_than and greater_than_eq: one factory serves all of them.
@_on(_BOTH, constraints.greater_than, constraints.greater_than_eq)
def _above(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    return _shifted_exp(constraint.lower_bound, 1)


@_on(_BOTH, constraints.less_than)
def _below(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    return _shifted_exp(constraint.upper_bound, -1)


@_on(_BOTH, constraints.interval, constraints.half_open_interval)
def _between(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    lower, upper = constraint.lower_bound, constraint.upper_bound
    if isinstance(lower, Real) and isinstance(upper, Real) and float(lower) == 0 and float(upper) == 1:
        return transforms.SigmoidTransform()
    return transforms.ComposeTransform(
        [transforms.SigmoidTransform(), transforms.AffineTransform(lower, upper - lower)]
    )


@_on((biject_to,), constraints.simplex)
def _simplex_bijection(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    return transforms.StickBreakingTransform()


@_on((transform_to,), constraints.simplex)
def _simplex(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    return transforms.SoftmaxTransform()


@_on((transform_to,), constraints.lower_cholesky)
def _lower_cholesky(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    return transforms.LowerCholeskyTransform()


@_on((transform_to,), constraints.positive_definite, constraints.positive_semidefinite)
def _positive_definite(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    return transforms.PositiveDefiniteTransform()


@_on(_BOTH, constraints.corr_cholesky)
def _corr_cholesky(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    return transforms.CorrCholeskyTransform()


@_on(_BOTH, constraints.cat)
def _cat(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    return transforms.CatTransform([registry(c) for c in constraint.cseq], constraint.dim, constraint.lengths)


@_on(_BOTH, constraints.stack)
def _stack(constraint: Any, registry: ConstraintRegistry) -> transforms.Transform:
    return transforms.StackTransform([registry(c) for c in constraint.cseq], constraint.dim)
