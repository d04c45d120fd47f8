"""Sample arguments for the records of operations: small, cheap to declare, made into arrays only when asked for.

``samples=[s(real(2, 3), real(3)), s(real(4), dim=0)]`` declares two calls. The registry's tests run every operation on
them: values, gradients of first and second order, forward mode, dtypes, and against PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Draw:
    """An array to be drawn: shape and how. ``grad=False`` marks one that must not be differentiated.

    ``through`` is applied to the tensor made of it, so that the tests differentiate with respect to free parameters.
    """

    __slots__ = ("grad", "make", "shape", "through")

    def __init__(
        self, shape: tuple[int, ...], make: Callable, grad: bool = True, through: Callable | None = None
    ) -> None:
        self.shape, self.make, self.grad, self.through = shape, make, grad, through

    def __call__(self, rng: np.random.Generator) -> np.ndarray:
        """The array, drawn from ``rng``."""
        return np.asarray(self.make(rng, self.shape))


class Sample:
    """One call: positional and keyword arguments, in which each ``Draw`` stands for an array."""

    __slots__ = ("args", "kwargs")

    def __init__(self, args: tuple, kwargs: dict[str, Any]) -> None:
        self.args, self.kwargs = args, kwargs

    def realise(self, seed: int = 0) -> tuple[list, dict[str, Any]]:
        """The arguments with arrays in place of the draws, the same for the same seed."""
        rng = np.random.default_rng(seed)
        return [_realise(a, rng) for a in self.args], {k: _realise(v, rng) for k, v in self.kwargs.items()}

    def __repr__(self) -> str:
        shapes = [str(a.shape) if isinstance(a, Draw) else repr(a) for a in self.args]
        return "(" + ", ".join(shapes + [f"{k}={v!r}" for k, v in self.kwargs.items()]) + ")"


class Bad:
    """A call that must raise ``error`` with ``text`` in its message."""

    __slots__ = ("args", "error", "kwargs", "text")

    def __init__(self, error: type[Exception], text: str, *args: Any, **kwargs: Any) -> None:
        self.error, self.text, self.args, self.kwargs = error, text, args, kwargs


def _realise(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, Draw):
        return value(rng)
    if isinstance(value, (tuple, list)) and any(isinstance(v, (Draw, tuple, list)) for v in value):
        return type(value)(_realise(v, rng) for v in value)
    return value


def s(*args: Any, **kwargs: Any) -> Sample:
    """A sample call."""
    return Sample(args, kwargs)


def real(*shape: int, low: float = -2.0, high: float = 2.0) -> Draw:
    """Reals between ``low`` and ``high``."""
    return Draw(shape, lambda rng, size: rng.uniform(low, high, size))


def distinct(*shape: int) -> Draw:
    """Reals no two of which are equal or near, in random order: for operations with kinks at ties."""
    return Draw(shape, lambda rng, size: (rng.permutation(int(np.prod(size))) * 0.3 - 0.7).reshape(size))


def away(*shape: int, low: float = -2.5, high: float = 2.5, step: float = 1.0) -> Draw:
    """Reals that keep 0.2 away from the multiples of ``step``, where rounding and kinks are."""

    def make(rng: np.random.Generator, size: tuple) -> np.ndarray:
        whole = rng.integers(int(low / step), int(high / step), size)
        return (whole + rng.uniform(0.2, 0.8, size)) * step

    return Draw(shape, make)


def ints(*shape: int, low: int = 0, high: int = 5) -> Draw:
    """Integers from ``low`` to below ``high``."""
    return Draw(shape, lambda rng, size: rng.integers(low, high, size), grad=False)


def bools(*shape: int) -> Draw:
    """Truth values."""
    return Draw(shape, lambda rng, size: rng.random(size) < 0.5, grad=False)


def const(value: Any) -> Draw:
    """Given values, as they are; not differentiated, since they usually stand at an edge."""
    return Draw(np.shape(value), lambda rng, size: np.array(value), grad=False)


def matrix(*shape: int) -> Draw:
    """Well-conditioned square matrices: near the identity."""
    return Draw(shape, lambda rng, size: 2 * np.eye(size[-1]) + rng.uniform(-0.4, 0.4, size))


def spd(*shape: int) -> Draw:
    """Symmetric positive-definite matrices with distinct eigenvalues."""

    def make(rng: np.random.Generator, size: tuple) -> np.ndarray:
        a = rng.uniform(-0.5, 0.5, size)
        return a @ np.swapaxes(a, -1, -2) + np.diag(1.0 + np.arange(size[-1]))

    return Draw(shape, make)


SHAPES = ((), (3,), (2, 3), (0, 3))
PAIRS = (((2, 3), (2, 3)), ((2, 3), (3,)), ((), (2, 3)), ((2, 1), (1, 3)), ((), ()), ((0, 3), (3,)))


def each(draw: Callable[..., Draw] = real, edges: Any = None, **options: Any) -> list[Sample]:
    """Samples for one argument: 0-d, vector, matrix, empty, and the ``edges``, if any."""
    found = [s(draw(*shape, **options)) for shape in SHAPES]
    return found + ([s(const(np.array(edges, np.float64)))] if edges is not None else [])


def pairs(first: Callable[..., Draw] = real, second: Callable[..., Draw] | None = None) -> list[Sample]:
    """Samples for two arguments that broadcast in all ways: equal, trailing, 0-d, both, empty."""
    return [s(first(*a), (second or first)(*b)) for a, b in PAIRS]
