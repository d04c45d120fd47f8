"""Functions that change shapes, join, part and repeat, with their arguments drawn: PyTorch's results, strides, errors."""

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import autograd
from tests.properties import drawn
from tests.properties.drawn import dim, number, pick
from tests.properties.program import kind_of, torch

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

SHAPES = [(), (1,), (4,), (0,), (2, 3), (3, 0), (3, 1, 2), (2, 3, 4), (1, 1, 3)]
DTYPES = ("float64", "float32", "int64", "bool")
LAYOUTS = ("x", "x", "x.transpose(0, -1) if x.ndim else x", "x.unsqueeze(-1)[..., 0]", "x.expand(2, *x.shape)[1]")
UNFIT = (IndexError, RuntimeError, TypeError, ValueError)


def run(lib, text, shape, dtype):
    """What a program shows of itself: values, dtypes, what is a view, strides, gradients; or its error."""
    numbers = np.arange(1, 1 + np.prod(shape, dtype=int)).reshape(shape)
    x = lib.tensor((numbers % 3 > 0) if dtype == "bool" else numbers.astype(dtype))
    if dtype[0] == "f":
        x.requires_grad_()
    try:
        found = eval(text, {"lib": lib, "x": x})
        found = list(found) if isinstance(found, (tuple, list)) else [found]
        live = [t for t in found if t.requires_grad]
        if live:
            sum((t * t * (i + 1)).sum() for i, t in enumerate(live)).backward()
    except Exception as error:  # noqa: BLE001 - compared with PyTorch's
        return kind_of(error)
    shown = [(tuple(t.shape), str(t.dtype).replace("torch.", ""), t.requires_grad, t.tolist()) for t in found]
    views = [bool(t.ndim and x.ndim and np.shares_memory(t.detach().numpy(), x.detach().numpy())) for t in found]
    # Strides of what has no two elements in a dimension mean nothing.
    strides = [t.stride() if view and 1 not in t.shape else None for t, view in zip(found, views, strict=True)]
    return [shown, views, strides, None if x.grad is None else x.grad.tolist()]


def close(ours, theirs):
    """Whether two runs show the same."""
    if isinstance(ours, type) or isinstance(theirs, type):
        return ours is theirs or (ours in UNFIT and theirs in UNFIT)
    return ours == theirs


def check(text, shape, dtype):
    """Run a program in both."""
    note(f"x: {shape} {dtype}; {text}")
    ours, theirs = run(autograd, text, shape, dtype), run(torch, text, shape, dtype)
    assert close(ours, theirs), f"{ours}\nin PyTorch {theirs}"


def sizes(draw, shape):
    """A shape of as many elements, most of the time, with a -1 now and then."""
    total = int(np.prod(shape))
    one, rest = drawn.factor(draw, max(total, 1))
    two, three = drawn.factor(draw, rest)
    found = [n for n in (one, two, three) if n != 1 or draw(st.booleans())]
    if total == 0 or number(draw, 0, 12) == 0:
        found.append(0)
    if found and number(draw, 0, 2) == 0:
        found[number(draw, 0, len(found) - 1)] = -1
    return tuple(found)


def some_dims(draw, ndim):
    """Different dimensions, as a tuple or one alone."""
    found = draw(st.permutations(range(max(ndim, 1))))[: number(draw, 0, max(ndim, 1))]
    found = tuple(d - pick(draw, 0, max(ndim, 1)) for d in found)
    return found[0] if len(found) == 1 and draw(st.booleans()) else found


def wider(draw, shape):
    """A shape that ``shape`` expands to, most of the time."""
    found = [n if n != 1 else pick(draw, 1, 2, 3) for n in shape]
    found = [pick(draw, n, n, -1) for n in found]
    return tuple([*([2] if draw(st.booleans()) else []), *found] + [5] * (number(draw, 0, 15) == 0))


def counts(draw, ndim):
    """How often each dimension is repeated."""
    return tuple(number(draw, 0, 2) for _ in range(ndim + number(draw, -1, 1)))


def cuts(draw, size):
    """Places where a dimension is cut, in and out of order."""
    return sorted(number(draw, -size - 1, size + 1) for _ in range(number(draw, 0, 3)))


TEXTS = {
    "view": lambda draw, s, d: f"{{x}}.view({sizes(draw, s)})",
    "reshape": lambda draw, s, d: f"{{x}}.reshape({sizes(draw, s)})",
    "expand": lambda draw, s, d: f"{{x}}.expand({wider(draw, s)})",
    "broadcast_to": lambda draw, s, d: f"lib.broadcast_to({{x}}, {wider(draw, s)})",
    "permute": lambda draw, s, d: f"{{x}}.permute({some_dims(draw, len(s))})",
    "movedim": lambda draw, s, d: f"{{x}}.movedim({d}, {dim(draw, len(s))})",
    "movedims": lambda draw, s, d: f"{{x}}.movedim(({d}, 0), ({dim(draw, len(s))}, {dim(draw, len(s))}))",
    "transpose": lambda draw, s, d: f"{{x}}.transpose({d}, {dim(draw, len(s))})",
    "squeeze": lambda draw, s, d: f"{{x}}.squeeze({pick(draw, '', d, some_dims(draw, len(s)))})",
    "unsqueeze": lambda draw, s, d: f"{{x}}.unsqueeze({number(draw, -len(s) - 2, len(s) + 1)})",
    "flatten": lambda draw, s, d: f"{{x}}.flatten({pick(draw, '', d, f'{d}, {dim(draw, len(s))}')})",
    "unflatten": lambda draw, s, d: f"{{x}}.unflatten({d}, {sizes(draw, s[d : d + 1 or None] if s else ())})",
    "unfold": lambda draw, s, d: f"{{x}}.unfold({d}, {number(draw, 0, 4)}, {number(draw, 1, 2)})",
    "diagonal": lambda draw, s, d: f"{{x}}.diagonal({number(draw, -3, 3)}, {d}, {dim(draw, len(s))})",
    "diag_embed": lambda draw, s, d: f"{{x}}.diag_embed({number(draw, -1, 1)}, {d}, {dim(draw, len(s) + 1)})",
    "diag": lambda draw, s, d: f"{{x}}.diag({number(draw, -2, 2)})",
    "tril": lambda draw, s, d: f"{{x}}.{pick(draw, 'tril', 'triu')}({number(draw, -2, 2)})",
    "flip": lambda draw, s, d: f"{{x}}.flip({some_dims(draw, len(s))})",
    "roll": lambda draw, s, d: f"{{x}}.roll({number(draw, -3, 3)}, {pick(draw, d, 'None') if s else 'None'})",
    "rot90": lambda draw, s, d: f"{{x}}.rot90({number(draw, -2, 5)}, ({d}, {dim(draw, len(s))}))",
    "repeat": lambda draw, s, d: f"{{x}}.repeat({counts(draw, len(s))})",
    "tile": lambda draw, s, d: f"{{x}}.tile({counts(draw, len(s))})",
    "interleave": lambda draw, s, d: f"{{x}}.repeat_interleave({number(draw, 2, 3)}, {d if s else 'None'})",
    "cat": lambda draw, s, d: f"lib.cat([{{x}}, {{x}} * 2, {{x}}], {d})",
    "cat_mixed": lambda draw, s, d: f"lib.cat([{{x}}, {{x}}.double()], dim={d})",
    "stack": lambda draw, s, d: f"lib.stack([{{x}}, {{x}}], {number(draw, -len(s) - 2, len(s) + 1)})",
    "stacks": lambda draw, s, d: f"lib.{pick(draw, 'h', 'v', 'd', 'column_')}stack([{{x}}, {{x}}])",
    "split": lambda draw, s, d: f"{{x}}.split({number(draw, 1, 4)}, {d})",
    "split_sizes": lambda draw, s, d: f"{{x}}.split({[number(draw, 0, 2) for _ in range(2)]}, {d})",
    "chunk": lambda draw, s, d: f"{{x}}.chunk({number(draw, 0, 4)}, {d})",
    "tensor_split": lambda draw, s, d: f"{{x}}.tensor_split({number(draw, 0, 4)}, {d})",
    "tensor_split_at": lambda draw, s, d: f"{{x}}.tensor_split({cuts(draw, 4)}, {d})",
    "hsplit": lambda draw, s, d: f"lib.{pick(draw, 'h', 'v', 'd')}split({{x}}, {number(draw, 1, 3)})",
    "unbind": lambda draw, s, d: f"{{x}}.unbind({d})",
    "narrow": lambda draw, s, d: f"{{x}}.narrow({d}, {number(draw, -2, 4)}, {number(draw, 0, 3)})",
    "select": lambda draw, s, d: f"{{x}}.select({d}, {number(draw, -3, 3)})",
    "as_strided": lambda draw, s, d: "{x}.contiguous().as_strided((2, 1), (1, 1), 0)",
    "atleast": lambda draw, s, d: f"lib.atleast_{number(draw, 1, 3)}d({{x}})",
    "meshgrid": lambda draw, s, d: f"lib.meshgrid({{x}}, {{x}}, indexing='{pick(draw, 'ij', 'xy')}')",
    "block_diag": lambda draw, s, d: "lib.block_diag({x}, {x})",
    "cartesian": lambda draw, s, d: "lib.cartesian_prod({x}, {x})",
    "combinations": lambda draw, s, d: f"lib.combinations({{x}}, {number(draw, 0, 3)}, {draw(st.booleans())})",
    "kron": lambda draw, s, d: "lib.kron({x}, {x})",
    "select_scatter": lambda draw, s, d: f"{{x}}.select_scatter({{x}}.select({d}, 0), {d}, {number(draw, -2, 2)})",
    "slice_scatter": lambda draw, s, d: f"{{x}}.slice_scatter({{x}}.narrow({d}, 0, 1), {d}, 0, 1)",
    "diagonal_scatter": lambda draw, s, d: "{x}.diagonal_scatter({x}.diagonal(0, 0, -1), 0, 0, -1)",
}


@settings(max_examples=max(400, settings.default.max_examples))
@given(st.data(), st.sampled_from(sorted(TEXTS)), st.sampled_from(SHAPES), st.sampled_from(DTYPES))
def test_shapes(data, name, shape, dtype):
    draw = data.draw
    layout = pick(draw, *LAYOUTS)
    seen = (*shape[-1:], *shape[1:-1], *shape[:1]) if "transpose" in layout and len(shape) > 1 else shape
    d = len(shape) if number(draw, 0, 9) == 0 and 0 not in shape else dim(draw, len(shape))  # nothing has any dim
    check(TEXTS[name](draw, seen, d).format(x=layout if layout == "x" else f"({layout})"), shape, dtype)
