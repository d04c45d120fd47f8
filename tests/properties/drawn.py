"""Pieces of program text drawn at random: dims, slices, masks, index expressions, shapes that broadcast.

Text, so that a failing example is a program that can be read, and run with either library: ``lib`` is the library.
"""

import numpy as np
from hypothesis import strategies as st


def pick(draw, *choices):
    """One of ``choices``."""
    return draw(st.sampled_from(choices))


def number(draw, low, high):
    """An integer of [low, high]."""
    return draw(st.integers(low, high))


def dim(draw, ndim):
    """A dimension of a tensor of ``ndim`` dimensions (0 is allowed, -1 too, for a 0-d tensor)."""
    most = max(ndim, 1)
    return number(draw, -most, most - 1)


def a_slice(draw, size):
    """The text of a slice."""
    start, stop = (pick(draw, "", "", number(draw, -size - 1, size + 1)) for _ in range(2))
    step = pick(draw, "", "", ":1", ":2", ":3")
    return f"{start}:{stop}{step}"


def mask(draw, shape):
    """The text of a bool tensor of ``shape``."""
    bits = [draw(st.booleans()) for _ in range(int(np.prod(shape)))]
    return f"lib.tensor({np.array(bits, bool).reshape(shape).tolist()}, dtype=lib.bool).reshape({tuple(shape)})"


def places(draw, size, shape):
    """Nested lists of ``shape`` with places in a dimension of ``size``."""
    found = [number(draw, -size, size - 1) for _ in range(int(np.prod(shape)))]
    return np.array(found, int).reshape(shape).tolist()


KINDS = ("int", "slice", "slice", "none", "dots", "mask", "tensor", "list", "stop", "array", "bool", "scalar", "wide")

PLAIN = tuple(kind for kind in KINDS if kind != "bool")


def index_parts(draw, shape, kinds=KINDS):
    """The parts of an index expression for ``shape``, as texts."""
    common = pick(draw, (), (1,), (2,), (3,), (2, 2), (1, 2), (0,))
    parts, axis, dots = [], 0, False
    while axis < len(shape) and len(parts) < 6:
        kind, size = pick(draw, *kinds), shape[axis]
        if kind == "stop":
            break
        if kind == "none":
            parts.append("None")
        elif kind == "bool":
            parts.append(pick(draw, "True", "False"))
        elif kind == "dots" and not dots:
            dots = True
            parts.append("...")
            axis += number(draw, 0, len(shape) - axis)
        elif kind == "wide" and axis + 2 <= len(shape):
            parts.append(mask(draw, shape[axis : axis + 2]))
            axis += 2
        else:
            parts.append(one_part(draw, kind, size, common))
            axis += 1
    return parts


def one_part(draw, kind, size, common):
    """The text of an index for one dimension."""
    if kind == "int":
        wrong = number(draw, 0, 12) == 0
        return str(pick(draw, size, -size - 1)) if wrong or not size else str(number(draw, -size, size - 1))
    if kind == "mask":
        return mask(draw, (size,))
    if not size or kind in ("slice", "dots", "wide"):
        return a_slice(draw, size)
    if kind == "scalar":
        return f"lib.tensor({number(draw, -size, size - 1)})"
    at = places(draw, size, common)
    if kind == "list" and isinstance(at, list):
        return str(at)
    if kind == "array":
        return f"np.array({at}, dtype=np.int64)"
    return f"lib.tensor({at}, dtype=lib.{pick(draw, 'int64', 'int64', 'int32')})"


def index(draw, shape, kinds=KINDS):
    """The text between the brackets of an index expression for ``shape``."""
    parts = index_parts(draw, shape, kinds) or ["..."]
    return ", ".join(parts) + ("," if len(parts) > 1 or draw(st.booleans()) else "")


def broadcastable(draw, shape):
    """A shape that broadcasts to ``shape``."""
    keep = number(draw, 0, len(shape))
    return tuple(1 if number(draw, 0, 3) == 0 else n for n in shape[len(shape) - keep :])


def constant(draw, lib_dtype, shape):
    """The text of a tensor of ``shape`` with small numbers."""
    count = int(np.prod(shape))
    numbers = [number(draw, -8, 8) / 4 for _ in range(count)]
    return f"lib.tensor({np.array(numbers).reshape(shape).tolist()}, dtype=lib.{lib_dtype}).reshape({tuple(shape)})"


def factor(draw, size):
    """Two numbers whose product is ``size``."""
    choices = [n for n in range(1, size + 1) if size % n == 0] or [1]
    one = pick(draw, *choices)
    return one, size // one
