"""The text of tensors, against PyTorch's own."""

import re

import numpy as np
import pytest

import autograd as ag
import nn.functional


@pytest.fixture(autouse=True)
def _default_options():
    yield
    ag.set_printoptions(profile="default")


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch")
    yield torch
    torch.set_printoptions(profile="default")


def unwrapped(text):
    """A text with its closing remarks on one line: PyTorch's longer name of a dtype may break the line elsewhere."""
    return re.sub(r",\s+(dtype|requires_grad|size|grad_fn)=", r", \1=", text.replace("torch.", ""))


def arrays(count, seed, dtypes=("f4", "f8", "f2", "i8", "i4", "u1", "?", "i2", "i1")):
    """Random arrays of all shapes and sizes, with zeros, whole numbers, wide ranges, infinities and NaN."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        ndim = int(rng.integers(0, 5))
        low = int(rng.random() > 0.2)
        shape = tuple(int(n) for n in rng.integers(low, 6 if ndim > 1 else 40, ndim))
        if rng.random() < 0.1:
            shape = tuple(int(n) for n in rng.integers(5, 40, int(rng.integers(1, 4))))
        kind = rng.choice(dtypes)
        values = rng.normal(size=shape)
        if kind[0] == "f":
            values = values * 10.0 ** rng.integers(-8, 10)
            if rng.random() < 0.3:
                values = np.round(values)
            if rng.random() < 0.3:
                values = values * (rng.random(shape) < 0.5)
            if rng.random() < 0.2:
                values = np.where(rng.random(shape) < 0.3, rng.choice([np.nan, np.inf, -np.inf]), values)
            if rng.random() < 0.2:
                values = values * 10.0 ** rng.integers(-6, 6, shape)
        elif kind == "?":
            values = values > 0
        else:
            values = values * (10 ** rng.integers(0, 6) if kind in {"i8", "i4"} else 20)
        with np.errstate(all="ignore"):
            yield np.asarray(values).astype(kind)


@pytest.mark.torch
def test_random_tensors(torch):
    for array in arrays(500, 0):
        assert unwrapped(repr(ag.tensor(array))) == unwrapped(repr(torch.from_numpy(array)))


@pytest.mark.torch
@pytest.mark.parametrize(
    "options",
    [
        {"precision": 2},
        {"precision": 10},
        {"sci_mode": True},
        {"sci_mode": False},
        {"profile": "short"},
        {"profile": "full"},
        {"linewidth": 40},
        {"edgeitems": 1, "threshold": 10},
        {"edgeitems": 0, "threshold": 5},
        {"profile": "short", "edgeitems": 4, "threshold": 20},
    ],
)
def test_options(torch, options):
    ag.set_printoptions(**options)
    torch.set_printoptions(**options)
    for array in arrays(60, 1, ("f4", "i8")):
        assert unwrapped(repr(ag.tensor(array))) == unwrapped(repr(torch.from_numpy(array)))


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(1001,), (50, 50), (7, 7, 30), (1, 1001), (1001, 1), (2, 1, 3, 400)])
def test_summaries(torch, shape):
    array = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    assert unwrapped(repr(ag.tensor(array))) == unwrapped(repr(torch.from_numpy(array)))


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (lambda: ag.tensor(1.0), "tensor(1.)"),
        (lambda: ag.tensor(3), "tensor(3)"),
        (lambda: ag.tensor(True), "tensor(True)"),
        (lambda: ag.tensor([1.0, 2.5]), "tensor([1.0000, 2.5000])"),
        (lambda: ag.tensor([1e-5, 1.0]), "tensor([1.0000e-05, 1.0000e+00])"),
        (lambda: ag.tensor([1.0, ag.nan, ag.inf]), "tensor([1., nan, inf])"),
        (lambda: ag.zeros(0), "tensor([])"),
        (lambda: ag.zeros(0, 3), "tensor([], size=(0, 3))"),
        (lambda: ag.zeros(0, 3, dtype=ag.int64), "tensor([], size=(0, 3), dtype=int64)"),
        (lambda: ag.tensor([1, 2], dtype=ag.uint8), "tensor([1, 2], dtype=uint8)"),
        (lambda: ag.tensor([1.0], dtype=ag.float64), "tensor([1.], dtype=float64)"),
        (lambda: ag.tensor([1.0], requires_grad=True), "tensor([1.], requires_grad=True)"),
        (lambda: ag.tensor([2.0], requires_grad=True).exp().detach(), "tensor([7.3891])"),
        (lambda: ag.tensor([0.0], requires_grad=True).exp(), "tensor([1.], grad_fn=<ExpBackward0>)"),
        (lambda: ag.tensor([[1, -2], [30, 4]]), "tensor([[ 1, -2],\n        [30,  4]])"),
        (lambda: ag.ones(2, 1, 1), "tensor([[[1.]],\n\n        [[1.]]])"),
    ],
)
def test_examples(tensor, text):
    assert repr(tensor()) == text
    assert str(tensor()) == text


@pytest.mark.torch
def test_grad_fn_has_pytorchs_name(torch):
    def names(library, functional):
        x = library.arange(12.0).reshape(4, 3).requires_grad_()
        s = library.eye(4, requires_grad=True) * 3
        results = [
            *(x[0, 0], x[..., 0], x[0, 1:], x[1:, 0], x[0, :], x[None], x[:, 1:]),
            *(x[[0, 1]], x[x > 0], x.narrow(0, 0, 1)),
            *(x.max(), x.min(), x.max(0)[0], x.median(), x.median(0)[0], x.sum(), x.sum(0), x.mean(), x.mean(0)),
            *(x.norm(), x.norm(dim=1), library.linalg.norm(x), x.prod(), x.prod(0), x.clamp(0, 1), x.clamp(max=1)),
            *(1 - x, x - 1, x[0] - x, 2**x, x**2, x**x, x.square(), x.log1p(), x.lerp(x * 2, 0.5), functional.selu(x)),
            *(functional.linear(x, x), functional.linear(x, x, x[:, 0]), functional.prelu(x, x[0, :1])),
            *(functional.cross_entropy(x, library.tensor([0, 1, 2, 0])), functional.logsigmoid(x)),
            *(x.double(), x.half(), x.t().contiguous(), x.reshape(-1), x.flatten(), functional.pad(x, (1, 1))),
            *(library.linalg.inv(s), library.linalg.cholesky(s), library.linalg.solve(s, x)),
        ]
        return [y.grad_fn.name() for y in results]

    assert names(ag, nn.functional) == names(torch, torch.nn.functional)


def test_the_default_dtype_is_not_named():
    ag.set_default_dtype(ag.float64)
    assert repr(ag.tensor([1.0])) == "tensor([1.])"
    assert repr(ag.tensor([1.0], dtype=ag.float32)) == "tensor([1.], dtype=float32)"


def test_a_bad_profile_changes_nothing():
    with pytest.raises(ValueError, match="profile"):
        ag.set_printoptions(profile="long", precision=1)
    assert repr(ag.tensor([0.123456])) == "tensor([0.1235])"


def test_format():
    assert f"{ag.tensor(1.23456):.2f}" == "1.23"
    assert f"{ag.tensor([1.0])}" == "tensor([1.])"


def test_printing_does_not_recurse_or_touch_the_graph():
    x = ag.ones(3, requires_grad=True)
    y = x.exp()
    repr(y)
    y.sum().backward()
    assert x.grad is not None
