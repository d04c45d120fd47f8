"""Index expressions of every kind, read, written and differentiated: the same results and errors as PyTorch's."""

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import autograd
from tests.properties import drawn
from tests.properties.drawn import number, pick
from tests.properties.program import kind_of, torch

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

SHAPES = [(), (3,), (0,), (1,), (2, 3), (3, 0), (2, 1, 3), (4, 2), (2, 3, 2)]
DTYPES = ("float64", "float64", "float32", "int64", "bool", "uint8")


def run(lib, text, shape, dtype):
    """What a program shows of itself: values, dtypes, gradients; or its error."""
    numbers = np.arange(1, 1 + np.prod(shape, dtype=int)).reshape(shape)
    names = {"lib": lib, "np": np, "x": lib.tensor((numbers % 3 > 0) if dtype == "bool" else numbers.astype(dtype))}
    if dtype.startswith("float"):
        names["x"].requires_grad_()
    names["w"] = lib.tensor(0.5, dtype=lib.float64, requires_grad=True)
    try:
        exec(text, names)
        y = names["y"]
        if y.requires_grad:
            weights = lib.tensor(np.arange(1.0, 1 + y.numel()), dtype=y.dtype).reshape(y.shape)
            (y * weights).sum().backward()
    except Exception as error:  # noqa: BLE001 - compared with PyTorch's
        return kind_of(error)
    shown = [tuple(y.shape), str(y.dtype).replace("torch.", ""), y.requires_grad, y.tolist()]
    return shown + [None if t.grad is None else t.grad.tolist() for t in (names["x"], names["w"])]


def close(ours, theirs):
    """Whether two runs show the same."""
    if isinstance(ours, type) or isinstance(theirs, type):
        # PyTorch is of two minds about places out of range.
        return ours is theirs or (ours is IndexError and theirs is RuntimeError)
    numbers = [
        None if None in pair else np.allclose(*pair, rtol=1e-5) for pair in zip(ours[3:], theirs[3:], strict=True)
    ]
    missing = [(a is None) == (b is None) for a, b in zip(ours, theirs, strict=True)]
    return ours[:3] == theirs[:3] and all(missing) and False not in numbers


def check(text, shape, dtype):
    """Run a program in both."""
    note(f"x: {shape} {dtype}; {text}")
    ours, theirs = run(autograd, text, shape, dtype), run(torch, text, shape, dtype)
    assert close(ours, theirs), f"{ours}\nin PyTorch {theirs}"


LAYOUTS = ("x", "x.movedim(0, -1) if x.ndim else x", "x.flip(-1) if x.ndim else x", "lib.stack([x, x], -1)[..., 1]")


def layout(draw, shape):
    """The text of ``x`` in some layout, and its shape then."""
    text = pick(draw, *LAYOUTS)
    return text, (*shape[1:], *shape[:1]) if "movedim" in text else shape


@settings(max_examples=max(300, settings.default.max_examples))
@given(st.data(), st.sampled_from(SHAPES), st.sampled_from(DTYPES))
def test_reading(data, shape, dtype):
    source, shape = layout(data.draw, shape)
    check(
        f"y = ({source})[{drawn.index(data.draw, shape)}]", shape if source == "x" else shape_of(source, shape), dtype
    )


def shape_of(source, shape):
    """The shape that ``x`` has to have for ``source`` to have ``shape``."""
    return (*shape[-1:], *shape[:-1]) if "movedim" in source else shape


@settings(max_examples=max(300, settings.default.max_examples))
@given(st.data(), st.sampled_from(SHAPES), st.sampled_from(DTYPES))
def test_writing(data, shape, dtype):
    draw = data.draw
    source, shape = layout(draw, shape)
    index = drawn.index(draw, shape)
    once = not any(word in index for word in ("int64", "int32", "[["))  # a place may be named twice
    region = region_of(index, shape)
    values = ["True", "2", "lib.tensor(3, dtype=x.dtype)", "lib.tensor([2.5], dtype=x.dtype)"]
    values += ["w", "-1.5"] if dtype == "float64" else []
    if once:
        size = drawn.broadcastable(draw, region)
        values += [f"{drawn.constant(draw, 'float64', size)}.to(x.dtype)", "x.sum().to(x.dtype)"]
        values += [f"lib.ones({(*size, 2)}, dtype=x.dtype)"]
    value = pick(draw, *values)
    sign = pick(draw, "=", "=", "+=") if once and shape else "="
    text = f"y = ({source}).clone(); y[{index}] {sign} {value}"
    check(text, shape_of(source, shape), dtype)


def region_of(index, shape):
    """The shape of what an index expression selects; that of nothing where it fails."""
    try:
        return tuple(eval(f"x[{index}]", {"x": torch.zeros(shape), "lib": torch, "np": np}).shape)
    except (IndexError, TypeError, RuntimeError):
        return ()


ALONG = {
    "gather": "x.gather({d}, {whole})",
    "scatter": "x.scatter({d}, {whole}, {source})",
    "scatter_add": "x.scatter_add({d}, {whole}, {source})",
    "scatter_reduce": "x.scatter_reduce({d}, {whole}, {source}, '{reduce}', include_self={include})",
    "index_select": "x.index_select({d}, {line})",
    "index_add": "x.index_add({d}, {line}, x.index_select({d}, {line}), alpha=2)",
    "index_copy": "x.index_copy({d}, {line}, x.index_select({d}, {line}))",
    "index_fill": "x.index_fill({d}, {line}, 2)",
    "take": "x.take({line})",
    "take_along_dim": "x.take_along_dim({whole}, {d})",
    "put": "x.put({line}, {line}.to(x.dtype), accumulate=True)",
    "masked_select": "x.masked_select({mask})",
    "masked_fill": "x.masked_fill({mask}, 3)",
    "masked_scatter": "x.masked_scatter({mask}, x)",
    "where": "lib.where({mask}, x, 0)",
    "index_put": "x.index_put(({line},), lib.tensor(2, dtype=x.dtype), accumulate={include})",
}


@settings(max_examples=max(300, settings.default.max_examples))
@given(st.data(), st.sampled_from(sorted(ALONG)), st.sampled_from(SHAPES), st.sampled_from(DTYPES[:4]))
def test_along_a_dim(data, name, shape, dtype):
    draw = data.draw
    d = drawn.dim(draw, len(shape)) if number(draw, 0, 9) else len(shape) + 1
    size = shape[d] if -len(shape) <= d < len(shape) else 1
    at = number(draw, 0, 3)
    reach = size or 1
    low = 0 if name not in ("take", "put", "index_put") else -reach
    line = [number(draw, low, reach - 1 + (number(draw, 0, 20) == 0)) for _ in range(at)]
    if "scatter" in name:
        at = min(at, size)
    wide = [at if i == d % max(len(shape), 1) else number(draw, 0, n) for i, n in enumerate(shape)]
    rng = np.random.default_rng(number(draw, 0, 99))
    whole = rng.integers(0, reach, wide).tolist()
    text = ALONG["gather" if name == "take_along_dim" and not shape else name]
    if name == "scatter":
        text = text.replace("{source}", pick(draw, "2", "lib.ones_like(x)"))  # which of two values stays is open
    if name == "index_copy":
        line = sorted({n % reach for n in line})
    if name in ("index_fill", "index_add") and 0 in shape:
        line = []  # what is out of range in nothing
    text = text.format(
        d=d,
        line=f"lib.tensor({line}, dtype=lib.int64)",
        whole=f"lib.tensor({whole}, dtype=lib.int64).reshape({tuple(wide)})",
        source=("(x * 2.3)" if dtype[0] == "f" else "(x * 2)")
        + (f"[{', '.join(f':{n}' for n in wide)}]" if wide else ""),
        mask=drawn.mask(draw, drawn.broadcastable(draw, shape)),
        reduce="sum" if 0 in (*shape, *wide) else pick(draw, "sum", "prod", "mean", "amax", "amin"),
        include=draw(st.booleans()),
    )
    check(f"y = {text}", shape, dtype)
