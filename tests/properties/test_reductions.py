"""Reductions and what runs along a dimension, with dims, keepdim and dtypes drawn: PyTorch's results, gradients, errors."""

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import autograd
from tests.properties.drawn import dim, number, pick
from tests.properties.program import kind_of, torch

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

SHAPES = [(), (1,), (4,), (0,), (2, 3), (3, 0), (0, 2), (3, 1, 2), (2, 3, 4)]
DTYPES = ("float64", "float64", "float32", "int64", "int32", "bool", "uint8")
LAYOUTS = ("x", "x", "x.transpose(0, -1)", "x.flip(-1) if x.ndim else x", "x[..., ::2] if x.ndim else x")


def run(lib, text, shape, dtype, special=0):
    """What a program shows of itself: values, dtypes, gradients; or its error. ``special`` numbers are NaN or infinite."""
    size = int(np.prod(shape))
    numbers = np.random.default_rng(size).permutation(size) / 4 - 0.3
    numbers[:special] = [np.nan, np.inf, -np.inf][: min(special, size)]
    with np.errstate(all="ignore"):
        made = (
            (numbers * 4 % 3 > 1)
            if dtype == "bool"
            else (numbers if dtype[0] == "f" else np.floor(numbers * 4)).astype(dtype)
        )
    x = lib.tensor(made.reshape(shape))
    if dtype.startswith("float"):
        x.requires_grad_()
    try:
        results = eval(text, {"lib": lib, "x": x})
        results = list(results) if isinstance(results, (tuple, list)) else [results]
        live = [r for r in results if r.requires_grad]
        if live:  # what is special stays out of the gradient that comes in
            sum((r * 1.5 if special else r * r).sum() for r in live).backward()
    except Exception as error:  # noqa: BLE001 - compared with PyTorch's
        return kind_of(error)
    found = [*results, *([] if x.grad is None else [x.grad])]
    return [(tuple(r.shape), str(r.dtype).replace("torch.", ""), r.requires_grad, r.detach().numpy()) for r in found]


UNFIT = (IndexError, RuntimeError, NotImplementedError)


def close(ours, theirs):
    """Whether two runs show the same."""
    if isinstance(theirs, type) or isinstance(ours, type):
        # For a wrong dim, an empty tensor or a wrong dtype PyTorch has several kinds of errors, or none.
        return ours is theirs or (ours in UNFIT and theirs in UNFIT)
    if len(ours) != len(theirs) or any(a[:3] != b[:3] for a, b in zip(ours, theirs, strict=True)):
        return False
    return all(
        np.allclose(a[3], b[3], rtol=1e-5 if b[1] == "float32" else 1e-9, atol=1e-6, equal_nan=True)
        for a, b in zip(ours, theirs, strict=True)
    )


def check(text, shape, dtype, special=0):
    """Run a program in both."""
    note(f"x: {shape} {dtype}, {special} special; {text}")
    ours, theirs = run(autograd, text, shape, dtype, special), run(torch, text, shape, dtype, special)
    assert close(ours, theirs), f"{ours}\nin PyTorch {theirs}"


def options(draw, ndim, several, kinds):
    """The text of the keyword arguments dim, keepdim and others."""
    one = dim(draw, ndim) if number(draw, 0, 9) else pick(draw, ndim, -ndim - 1)
    dims = sorted({dim(draw, ndim) % max(ndim, 1) for _ in range(number(draw, 0, 3))})
    dims = tuple(d - pick(draw, 0, max(ndim, 1)) for d in dims)
    shown = pick(draw, one, one, *([dims, None] if several else []))
    found = [f"dim={shown}"]
    if draw(st.booleans()):
        found.append(f"keepdim={draw(st.booleans())}")
    if kinds and number(draw, 0, 2) == 0:
        found.append(pick(draw, *kinds))
    return ", ".join(found)


KINDS = ("dtype=lib.float64", "dtype=lib.float32")
WIDE = {
    "sum": KINDS,
    "nansum": KINDS,
    "mean": KINDS,
    "nanmean": KINDS,
    "amax": (),
    "amin": (),
    "var": ("correction=0", "unbiased=False"),
    "std": ("correction=0", "unbiased=False"),
    "logsumexp": (),
    "all": (),
    "any": (),
    "count_nonzero": (),
    "norm": ("p=1", "p=3", "p=float('inf')", "p=0", "p='fro'", "dtype=lib.float64"),
}
ONE = {
    "prod": KINDS,
    "max": (),
    "min": (),
    "median": (),
    "nanmedian": (),
    "argmax": (),
    "argmin": (),
    "aminmax": (),
    "quantile": ("interpolation='lower'", "interpolation='midpoint'"),
    "kthvalue": (),
}
LINE = {
    "cumsum({d})": KINDS,
    "cumprod({d})": KINDS,
    "logcumsumexp({d})": (),
    "cummax({d})": (),
    "cummin({d})": (),
    "softmax({d}, dtype=lib.float32)": (),
    "double().softmax({d})": (),
    "log_softmax({d}, dtype=lib.float64)": (),
    "sort({d}, {flag})": (),
    "argsort({d}, {flag})": (),
    "topk({k}, {d}, {flag})": (),
    "msort()": (),
    "diff({k}, {d})": (),
    "flip({d})": (),
    "detach().unique(sorted=True, return_inverse=True, return_counts={flag})": (),
    "detach().unique_consecutive(return_inverse={flag}, dim={d})": (),
    "cumulative_trapezoid(dim={d})": (),
    "renorm(2, {d}, 0.7)": (),
}


def source(draw):
    """The text of ``x`` in some layout."""
    text = pick(draw, *LAYOUTS)
    return text if text == "x" else f"({text} if x.ndim else x)"


@settings(max_examples=max(300, settings.default.max_examples))
@given(st.data(), st.sampled_from(sorted({**WIDE, **ONE})), st.sampled_from(SHAPES), st.sampled_from(DTYPES))
def test_reductions(data, name, shape, dtype):
    draw = data.draw
    given = options(draw, len(shape), name in WIDE, WIDE.get(name, ONE.get(name)))
    if name in ("count_nonzero", "nanmean") or (name not in ("quantile", "kthvalue") and number(draw, 0, 5) == 0):
        given = given.split(", keepdim")[0].split(", dtype")[0] if name == "count_nonzero" else given
        given = "" if number(draw, 0, 3) == 0 and name != "aminmax" else given
    if name in ("quantile", "kthvalue"):
        given = ("0.3, " if name == "quantile" else f"{number(draw, 0, 4)}, ") + given
    if name in ("max", "min", "argmax", "argmin", "logsumexp") and "None" in given:
        given = given.replace("None", "0")
    if name in ("logsumexp", "var", "std"):  # PyTorch's gradients are infinite, or its result is an error
        given = given.replace("dim=()", "dim=-1")
    special = (
        number(draw, 0, 3) if name not in ("median", "var", "std", "norm", "prod", "nanmean") and dtype[0] == "f" else 0
    )
    dtype = "uint8" if name == "kthvalue" and dtype == "bool" else dtype
    check(f"{source(draw)}.{name}({given})", shape, dtype, special)


@settings(max_examples=max(200, settings.default.max_examples))
@given(st.data(), st.sampled_from(sorted(LINE)), st.sampled_from(SHAPES), st.sampled_from(DTYPES))
def test_along_a_line(data, name, shape, dtype):
    draw = data.draw
    d = len(shape) if number(draw, 0, 9) == 0 and 0 not in shape and "diff" not in name else dim(draw, len(shape))
    call = name.format(d=d, k=number(draw, 1, 4), flag=draw(st.booleans()))
    if LINE[name] and number(draw, 0, 2) == 0:
        call = f"{call[:-1]}, {pick(draw, *LINE[name])})"
    if "cumulative" in call:
        call, text = None, f"lib.{call.replace('(', f'({source(draw)}, ')}"
    check(f"{source(draw)}.{call}" if call else text, shape, dtype)
