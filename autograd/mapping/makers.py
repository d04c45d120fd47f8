"""New Tensors inside a mapped function: random numbers, and the likes of a mapped Tensor.

The public functions that make Tensors are wrapped once, when they are published; outside of ``vmap`` a wrapper costs
one test. Random numbers follow ``vmap``'s ``randomness``; ``zeros_like(x)`` of a mapped ``x`` has memory for each
example, so that values that differ can be written into it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import lanes
from autograd.lanes import Lanes, wrap
from autograd.tensor import Tensor

RANDOM = """
    rand randn randint randperm rand_like randn_like randint_like normal bernoulli multinomial poisson binomial
    _standard_gamma _sample_dirichlet bernoulli_ uniform_ normal_ exponential_ geometric_ cauchy_ log_normal_ random_
""".split()  # noqa: SIM905 - a list of names reads better as text
LIKE = "zeros_like ones_like full_like empty_like new_zeros new_ones new_full new_empty".split()  # noqa: SIM905

EACH = "quantile nanquantile isin".split()  # noqa: SIM905 - they read values: example by example


def wrap_makers(table: dict[str, Callable]) -> None:
    """Put the wrappers around the functions (or methods) in ``table`` that make Tensors."""
    for names, wrapper in ((RANDOM, _random), (LIKE, _like), (EACH, _each)):
        for name in names:
            if name in table:
                table[name] = wrapper(table[name], name)


def _like(function: Callable, name: str) -> Callable:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if lanes.depth[0] and args and type(getattr(args[0], "_array", None)) is Lanes:
            like = args[0]._array
            made = function(wrap(np.empty(like.shape, like.dtype)), *args[1:], **kwargs)
            return _for_each(made, like)
        return function(*args, **kwargs)

    return call


def _for_each(made: Tensor, like: Any) -> Tensor:
    """``made`` in memory of its own for each example of ``like``, on all levels."""
    if type(like.tensor._array) is Lanes:
        made = _for_each(made, like.tensor._array)
    copies = wrap(Lanes(made.detach().expand((like.count, *made.shape)).clone(), like.level))
    return copies.requires_grad_(made.requires_grad)


def _each(function: Callable, name: str) -> Callable:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not lanes.depth[0]:
            return function(*args, **kwargs)
        values = [*args, *kwargs.values()]
        found = [v._array for v in values if isinstance(v, Tensor) and type(v._array) is Lanes]
        if not found:
            return function(*args, **kwargs)
        level, count = lanes.innermost(found)
        made_inside = [isinstance(v, Tensor) and v._node is not None and v._node.number > level for v in values]
        if any(made_inside) or not count or kwargs.get("out") is not None:
            lanes.refuse(f"{name} (with out=, without examples, or differentiated inside of what is mapped)")
        rows = [
            call(*[_at(a, i, level) for a in args], **{k: _at(v, i, level) for k, v in kwargs.items()})
            for i in range(count)
        ]
        from autograd.ops.join import stack  # noqa: PLC0415 - operations stand on the dispatchers

        return wrap(Lanes(stack.function(rows, 0), level))

    return call


def _random(function: Callable, name: str) -> Callable:
    own = _write if name.endswith("_") else _draw

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        mapping = lanes.depth[0] and lanes.state.levels
        return own(call, function, name, args, kwargs) if mapping else function(*args, **kwargs)

    return call


def _allowed(name: str) -> bool:
    """Whether each example gets random numbers of its own; RuntimeError where ``vmap`` was not told."""
    mode = lanes.state.levels[-1][0]
    if mode == "error":
        raise RuntimeError(
            f"vmap: {name} draws random numbers inside a mapped function: say vmap(..., randomness='different') for "
            "numbers of its own for each example, or randomness='same' for the same numbers"
        )
    return mode == "different"


@contextmanager
def _outside() -> Iterator[None]:
    """The innermost level of mapping left aside."""
    level = lanes.leave()
    try:
        yield
    finally:
        lanes.enter(level)


def _at(value: Any, i: int, level: int) -> Any:
    array = getattr(value, "_array", None)
    return array.lane(i) if type(array) is Lanes and array.level == level else value


def _draw(call: Callable, function: Callable, name: str, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Random numbers for each example: one draw after the other, or the same draw for all."""
    different = _allowed(name)
    _, count, level = lanes.state.levels[-1]
    values = (*args, *kwargs.values())
    mapped = any([_at(v, 0, level) is not v for v in values]) if count else True
    with _outside():
        if not different and not mapped:
            return call(*args, **kwargs)
        if kwargs.get("out") is not None:
            raise RuntimeError(f"vmap: {name}(out=) cannot write numbers that differ from example to example")
        repeat = _Repeat(kwargs.get("generator")) if not different else None
        rows = []
        for i in range(count):
            if repeat is not None:
                repeat.again()
            row = call(*[_at(a, i, level) for a in args], **{k: _at(v, i, level) for k, v in kwargs.items()})
            rows.append(row)
        if not rows:
            raise RuntimeError(f"vmap: {name} over no examples is not supported")
        from autograd.ops.join import stack  # noqa: PLC0415 - operations stand on the dispatchers

        made = stack.function(rows, 0)
        if kwargs.get("requires_grad"):  # a leaf of the example, not of each row
            return wrap(Lanes(made.detach(), level)).requires_grad_()
        return wrap(Lanes(made, level))


class _Repeat:
    """Draws that begin at the same state of a generator each time."""

    def __init__(self, generator: Any) -> None:
        from autograd.random import default_generator  # noqa: PLC0415 - made of published functions

        self.generator = default_generator if generator is None else generator
        self.state: Any = None

    def again(self) -> None:
        """Go back to where the first draw began."""
        if self.state is None:
            self.state = self.generator.get_state()
        else:
            self.generator.set_state(self.state)


def _write(call: Callable, function: Callable, name: str, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Random numbers written into a Tensor, which must have memory for each example where they are to differ."""
    different = _allowed(name)
    _, count, level = lanes.state.levels[-1]
    target = args[0]
    array: Any = getattr(target, "_array", None)
    own = type(array) is Lanes and array.level == level
    if not own:
        if different:
            raise RuntimeError(
                f"vmap: {name} cannot write random numbers that differ from example to example into a Tensor that all "
                "of them share; make it with empty_like(x) or x.new_empty(...) of a mapped x"
            )
        with _outside():
            return call(*args, **kwargs)
    from autograd.mapping.writes import check_write  # noqa: PLC0415 - writes stand on the operations

    check_write(array, name)
    mapped = any([_at(v, 0, level) is not v for v in (*args[1:], *kwargs.values())]) if count else False
    whole = array.tensor
    with _outside():
        if different and not mapped:
            call(whole, *args[1:], **kwargs)
            return target
        repeat = _Repeat(kwargs.get("generator")) if not different else None
        for i in range(count):
            if repeat is not None:
                repeat.again()
            call(whole[i], *[_at(a, i, level) for a in args[1:]], **{k: _at(v, i, level) for k, v in kwargs.items()})
    return target
