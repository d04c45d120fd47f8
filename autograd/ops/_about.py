"""The docstrings of the elementwise operations, put together from a sentence and an example; their usual samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.samples import Draw, away, each, real

ONE = "The result has the shape and dtype of ``input``."
FLOAT = "The result has the shape of ``input``; integers are taken as the default floating dtype."
REAL = "``input`` must be floating (NotImplementedError otherwise); the result has its shape and dtype."
TWO = "The operands broadcast (RuntimeError where they cannot) and are promoted to one dtype."
QUOTIENT = TWO + " Integers are taken as the default floating dtype."
REALS = TWO + " Both must be floating: NotImplementedError otherwise."
TRUTH = "The operands broadcast (RuntimeError where they cannot); the result is bool and has no gradient."

INF, NAN = float("inf"), float("nan")
EDGES = [0.0, -0.0, INF, -INF, NAN, 1e4, -1e4, 1e-30, 0.5, 1.0, -1.0, 3.0]


def about(name: str, what: str, rest: str, call: str, result: str) -> str:
    """A docstring: what is computed, its shapes and dtypes, PyTorch's name, and one call with its result."""
    return f"{what} As ``torch.{name}``.\n\n{rest}\n\n>>> import autograd\n>>> {call}\n{result}\n"


def one(name: str, what: str, values: str, results: str, rest: str = FLOAT) -> str:
    """The docstring of a public function of one tensor."""
    return about(name, what, rest, f"autograd.{name}(autograd.tensor({values}))", f"tensor({results})")


def two(name: str, what: str, x: str, y: str, results: str, rest: str = TWO) -> str:
    """The docstring of a public function of two tensors."""
    call = f"autograd.{name}(autograd.tensor({x}), autograd.tensor({y}))"
    return about(name, what, rest, call, f"tensor({results})")


def hidden(name: str, what: str) -> str:
    """The docstring of an operation that users reach through a front end."""
    return f"{what} Behind ``{name}``."


def positive(*shape: int) -> Draw:
    """Reals between 0.3 and 2.5."""
    return real(*shape, low=0.3, high=2.5)


def nonzero(*shape: int) -> Draw:
    """Reals that keep away from 0 and the other whole numbers."""
    return away(*shape, low=-2, high=3)


def inner(*shape: int) -> Draw:
    """Reals inside (−1, 1)."""
    return real(*shape, low=-0.9, high=0.9)


def unit(*shape: int) -> Draw:
    """Reals inside (0, 1)."""
    return real(*shape, low=0.1, high=0.9)


def above_one(*shape: int) -> Draw:
    """Reals above 1."""
    return real(*shape, low=1.2, high=3.0)


def fixed(*shape: int) -> Draw:
    """Reals that are not to be differentiated."""
    return Draw(shape, lambda rng, size: rng.uniform(-2, 2, size), grad=False)


def edged(draw: Any = real) -> list:
    """Samples of all shapes, and one with signed zeros, infinities, NaN, large, tiny and whole numbers."""
    return each(draw, EDGES)


def zero(g: Any) -> Any:
    """The gradient of a step."""
    return np.zeros(g.shape, g.dtype)
