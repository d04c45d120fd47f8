"""Einstein sums by matrix products: two operands at a time, each pair brought into the form of a batched product.

An equation here is explicit and canonical, as in ``"ab,bc->ac"``: a letter for each dimension, none twice in one
operand. A dimension of size 1 stands for any size.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from autograd.kernels import products
from autograd.kernels.sums import sum_


def split(equation: str) -> tuple[list[str], str]:
    """The operands' terms and the result's."""
    left, _, out = equation.partition("->")
    return left.split(","), out


def contract(operands: tuple, equation: str) -> Any:
    """The Einstein sum of ``operands``."""
    dtype = operands[0].dtype
    for other in operands[1:]:
        if other.dtype is not dtype and other.dtype != dtype:
            products.check_dtypes(operands[0], other, products.BATCHES)
    if dtype.char == "e":
        return np.asarray(contract(tuple(o.astype(np.float32) for o in operands), equation)).astype(np.float16)[()]
    first, steps, last = _plan(equation, tuple(o.shape for o in operands))
    work = [o if shape is None else o.reshape(shape) for o, shape in zip(operands, first, strict=True)]
    for i, j, step in steps:
        y, x = work.pop(j), work.pop(i)
        work.append(_pair(x, y, step))
    return _single(work[0], last, len(operands) == 1)


@functools.lru_cache(maxsize=512)
def _plan(equation: str, shapes: tuple) -> tuple:
    """How to compute an equation: the operands without broadcast dimensions, the pairs in order, the last step."""
    terms, out = split(equation)
    sizes = _sizes(terms, shapes)
    first: list[tuple | None] = []
    kept: list[str] = []
    for term, shape in zip(terms, shapes, strict=True):
        real = [(c, n) for c, n in zip(term, shape, strict=True) if n != 1 or sizes[c] == 1]
        first.append(None if len(real) == len(term) else tuple(n for _, n in real))
        kept.append("".join(c for c, _ in real))
    steps = []
    for i, j in _order(kept, out, sizes):
        right, left = kept.pop(j), kept.pop(i)
        wanted = set(out).union(*kept)
        step = _pair_plan(left, right, wanted, sizes)
        steps.append((i, j, step))
        kept.append(step[-1])
    term = kept[0]
    drop = tuple(i for i, c in enumerate(term) if c not in out)
    rest = [c for c in term if c in out]
    return tuple(first), tuple(steps), (drop, tuple(rest.index(c) for c in out))


def _sizes(terms: list[str], shapes: tuple) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for letter, size in zip(term, shape, strict=True):
            if sizes.get(letter, 1) == 1:
                sizes[letter] = size
    return sizes


def _order(terms: list[str], out: str, sizes: dict[str, int]) -> list[tuple[int, int]]:
    """Which two operands to multiply at each step; the product goes to the end of the list."""
    if len(terms) < 3:
        return [(0, 1)] * (len(terms) - 1)
    dummies = [np.broadcast_to(np.float32(0), [sizes[c] for c in term]) for term in terms]
    path = np.einsum_path(",".join(terms) + "->" + out, *dummies, optimize="greedy")[0][1:]
    order = []
    for step in path:
        places = sorted(step)
        left = len(terms)
        order.append((places[0], places[1]))
        for count, place in enumerate(places[2:]):  # a step that takes more than two: one after the other
            left -= 1
            order.append((place - 2 - count, left - 1))
        left = len(terms) - len(places) + 1
        terms = terms[:left]
    return order


def _pair_plan(left: str, right: str, wanted: set, sizes: dict[str, int]) -> tuple:
    """How to multiply two operands: what to sum first, how to turn them, the shapes of the product, its letters."""
    sum_x = tuple(i for i, c in enumerate(left) if c not in right and c not in wanted)
    sum_y = tuple(i for i, c in enumerate(right) if c not in left and c not in wanted)
    left = "".join(c for c in left if c in right or c in wanted)
    right = "".join(c for c in right if c in left or c in wanted)
    batch = [c for c in left if c in right and c in wanted]
    inner = [c for c in left if c in right and c not in wanted]
    rows = [c for c in left if c not in right]
    columns = [c for c in right if c not in left]
    turn_x = tuple(left.index(c) for c in batch + rows + inner)
    turn_y = tuple(right.index(c) for c in batch + inner + columns)
    n, m, p = (math.prod([sizes[c] for c in group]) for group in (rows, inner, columns))
    lead = tuple(sizes[c] for c in batch)
    shape = lead + tuple(sizes[c] for c in rows + columns)
    shapes: tuple = ((*lead, n, m), (*lead, m, p))
    if not inner and not rows and not columns:
        how, shapes = "multiply", (lead, lead)
    elif not inner:
        how, shapes = "outer", ((*lead, n, 1), (*lead, 1, p))
    elif not batch:
        how = "mm"
    elif not rows and not columns:  # many scalar products, each operand in the order in which it stands
        how, shapes = "rows", ([left.index(c) for c in left], [left.index(c) for c in right])
    else:
        how = "bmm"
    if how == "rows":
        turn_x = turn_y = tuple(left.index(c) for c in batch)
    return sum_x, sum_y, turn_x, turn_y, shapes, how, shape, "".join(batch + rows + columns)


def _pair(x: Any, y: Any, step: tuple) -> Any:
    """The product of two operands as ``_pair_plan`` has it."""
    sum_x, sum_y, turn_x, turn_y, (shape_x, shape_y), how, shape, _ = step
    if x.dtype.char == "?" and how not in {"multiply", "outer"}:
        products.check_dtypes(x, y)
    if sum_x:
        x = sum_(x, sum_x, dtype=x.dtype)
    if sum_y:
        y = sum_(y, sum_y, dtype=y.dtype)
    if how == "rows":  # one pass of NumPy's own einsum, without copies
        return np.einsum(x, shape_x, y, shape_y, list(turn_x))
    x = np.transpose(x, turn_x).reshape(shape_x)
    y = np.transpose(y, turn_y).reshape(shape_y)
    if how == "mm":
        return x.dot(y).reshape(shape)
    if how == "bmm":  # the batch's dimensions stay apart, so that most operands need no copy
        return products.matmul(x, y).reshape(shape)
    if how == "outer":  # here NumPy's einsum takes two thirds of the product's time
        return np.einsum("...nk,...kp->...np", x, y).reshape(shape)
    return x * y


def _single(x: Any, last: tuple, whole: bool) -> Any:
    """One operand summed and transposed; the sum of integers that is the ``whole`` of the equation gives int64."""
    drop, order = last
    if drop:
        x = sum_(x, drop, dtype=np.int64 if whole and x.dtype.kind in "biu" else x.dtype)
    x = np.asarray(x)
    return (x.transpose(order) if order != tuple(range(x.ndim)) else x)[()]


def diagonal(x: Any, pattern: tuple[int, ...]) -> Any:
    """The elements of ``x`` at which dimensions with the same number in ``pattern`` have the same index."""
    return np.einsum(x, list(pattern), sorted(set(pattern))).copy()


def embed(x: Any, pattern: tuple[int, ...]) -> Any:
    """Zeros with ``x`` where ``diagonal`` would read it."""
    out = np.zeros(tuple(x.shape[i] for i in pattern), x.dtype)
    np.einsum(out, list(pattern), sorted(set(pattern)))[...] = x
    return out
