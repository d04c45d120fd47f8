"""bfloat16: every operation computed in float32 and rounded; tensors, modules and errors, beside PyTorch."""

import copy
import pickle
import sys

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import dtypes
from tests.registry import CASES, OPS, fill, make_tensor, realise
from tests.test_ops import over

pytest.importorskip("ml_dtypes")
NARROW = dtypes.bfloat16()
# Operations that take no bfloat16, or for which the dtype is an argument.
OTHER = {
    "cast": "its argument is the dtype",
    "searchsorted": "its operands are compared as they are",
    "bucketize": "as searchsorted",
    "ctc_loss": "several operations, each rounded",
}


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def outcome(name, args, kwargs, arrays, kind):
    made = [make_tensor(a.astype(kind) if a.dtype.kind == "f" else a, False) for a in arrays]
    args, kwargs = fill(args, kwargs, made)
    try:
        autograd.manual_seed(0)
        result = OPS[name].function(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - compared below
        return error
    return list(result) if isinstance(result, tuple) else [result]


@over([case for case in CASES if case[0] not in OTHER and case[1] < 2])
def test_every_operation_computes_in_float32(name, i):
    args, kwargs, arrays, _ = realise(name, i, dtype=np.float32)
    arrays = [a.astype(NARROW).astype(np.float32) if a.dtype.kind == "f" else a for a in arrays]
    if not any(a.dtype.kind == "f" for a in arrays):
        return
    expected = outcome(name, args, kwargs, arrays, np.float32)
    found = outcome(name, args, kwargs, arrays, NARROW)
    if isinstance(expected, Exception):
        assert type(found) is type(expected)
        return
    if isinstance(found, Exception):
        raise found
    asked = any(isinstance(v, np.dtype) for v in (*args, *kwargs.values()))
    for one, other in zip(found, expected, strict=True):
        if other.dtype is autograd.float32 and not asked:
            assert one.dtype is NARROW
            other = other.to(NARROW)
        assert one.dtype is other.dtype
        np.testing.assert_array_equal(one.double().numpy(), other.double().numpy())


def numbers(tensors):
    return [t.detach().float().tolist() for t in tensors]


def both(torch, call):
    """The same in both libraries, after the same seed."""
    autograd.manual_seed(3)
    torch.manual_seed(3)
    return call(autograd, nn), call(torch, torch.nn)


@pytest.mark.torch
@pytest.mark.parametrize(
    "call",
    [
        lambda lib, _: [lib.rand(40, dtype=lib.bfloat16)],
        lambda lib, _: [lib.empty(40, dtype=lib.bfloat16).uniform_(-0.3, 0.7)],
        lambda lib, _: [lib.randn(5, dtype=lib.bfloat16), lib.randn(35, dtype=lib.bfloat16)],
        lambda lib, package: list(package.Linear(7, 5, dtype=lib.bfloat16).parameters()),
        lambda lib, package: list(package.Linear(7, 5).bfloat16().state_dict().values()),
        lambda lib, _: [lib.arange(300.0).bfloat16().mean(), lib.arange(300.0).bfloat16().cumsum(0)],
        lambda lib, _: [lib.tensor([1.0, 1e30, 3e38, 1e-40]).bfloat16().float()],
        lambda lib, _: [lib.ones(2).bfloat16() + x for x in (lib.ones(2), lib.ones(2).half(), lib.ones(2).int(), 1.5)],
    ],
)
def test_numbers_are_pytorchs(torch, call):
    ours, theirs = both(torch, call)
    assert numbers(ours) == numbers(theirs)
    assert [str(t.dtype) for t in ours] == [str(t.dtype).removeprefix("torch.") for t in theirs]


def train(lib, package):
    net = package.Sequential(package.Linear(7, 16), package.ReLU(), package.Linear(16, 4), package.Softmax(-1))
    net = net.bfloat16()
    x = lib.arange(21.0).reshape(3, 7).cos().bfloat16().requires_grad_()
    y = net(x)
    (y * lib.arange(12.0).reshape(3, 4).bfloat16()).sum().backward()
    return [y, x.grad, *(p.grad for p in net.parameters())]


@pytest.mark.torch
def test_a_network_forward_and_backward(torch):
    for one, other in zip(*both(torch, train), strict=True):
        assert one.dtype is NARROW
        np.testing.assert_allclose(one.detach().float().numpy(), other.detach().float().numpy(), rtol=0.02, atol=0.02)


@pytest.mark.torch
def test_cross_entropy(torch):
    def call(lib, package):
        x = (lib.arange(12.0).reshape(3, 4).sin() * 3).bfloat16().requires_grad_()
        loss = package.functional.cross_entropy(x, lib.tensor([0, 1, 2]))
        loss.backward()
        return [loss, x.grad]

    for one, other in zip(*both(torch, call), strict=True):
        np.testing.assert_allclose(one.detach().float().numpy(), other.detach().float().numpy(), rtol=0.01, atol=0.005)


def written(lib, _):
    """A tensor after each of many writes."""
    x, seen = lib.arange(6.0).bfloat16(), []
    for write in (
        lambda: x.add_(1), lambda: x.mul_(2.5), lambda: x.__setitem__(slice(1, 3), 7), lambda: x.__setitem__(0, 0.1),
        lambda: x.add_(lib.ones(6).bfloat16()), lambda: x.clamp_(max=9), lambda: x.relu_(), lambda: x.view(2, 3).mul_(2),
        lambda: x.__setitem__(x > 10, 0.3), lambda: x.fill_(0.1), lambda: x.masked_fill_(x > 0, 0.7),
        lambda: x.index_fill_(0, lib.tensor([1]), 0.3), lambda: x.div_(3), lambda: x.sub_(0.1),
        lambda: x.__setitem__(2, lib.tensor(0.1)), lambda: x[:2].copy_(lib.tensor([0.1, 0.3])), lambda: x.exp_(),
    ):  # fmt: skip
        write()
        seen.append(x.clone())
    return seen


@pytest.mark.torch
def test_writing_in_place(torch):
    ours, theirs = both(torch, written)
    assert numbers(ours) == numbers(theirs)


@pytest.mark.torch
def test_second_order(torch):
    def call(lib, _):
        x = lib.arange(1.0, 4.0).bfloat16().requires_grad_()
        (slope,) = lib.autograd.grad((x**3).sum(), x, create_graph=True)
        slope.sum().backward()
        return [slope, x.grad]

    ours, theirs = both(torch, call)
    assert numbers(ours) == numbers(theirs)


def test_optimizers_step():
    layer = nn.Linear(4, 3).bfloat16()
    before = layer.weight.detach().clone()
    for optimizer in (optim.SGD(layer.parameters(), lr=0.1, momentum=0.9), optim.Adam(layer.parameters(), lr=0.1)):
        layer(autograd.ones(2, 4, dtype=NARROW)).sum().backward()
        optimizer.step()
    assert layer.weight.dtype is NARROW
    assert bool((layer.weight != before).all())


def test_views_share_memory():
    x = autograd.zeros(2, 3, dtype=NARROW)
    x.reshape(6)[0] = 1
    x.T[2, 1] = 2
    assert x.tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 2.0]]


def test_numpy():
    x = autograd.ones(2, dtype=NARROW)
    array = x.numpy()
    assert array.dtype == NARROW
    array[0] = 3
    assert x.tolist() == [3.0, 1.0]
    assert autograd.from_numpy(array).dtype is NARROW
    assert autograd.tensor(array).tolist() == [3.0, 1.0]


def test_text_and_limits():
    x = autograd.tensor([1 / 3, 100.0], dtype="bfloat16", requires_grad=True)
    assert repr(x) == "tensor([  0.3340, 100.0000], dtype=bfloat16, requires_grad=True)"
    assert autograd.finfo(NARROW).eps == 0.0078125
    assert autograd.bfloat16 is NARROW
    assert x.is_floating_point()
    assert x.element_size() == 2
    assert autograd.promote_types(NARROW, autograd.float16) is autograd.float32
    assert autograd.promote_types(autograd.float64, NARROW) is autograd.float64
    assert autograd.promote_types(autograd.int64, NARROW) is NARROW
    assert not autograd.can_cast(NARROW, autograd.int64)


def test_modules():
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    net.register_buffer("count", autograd.zeros(1, dtype=autograd.int64))
    assert net.bfloat16() is net
    assert net[0].weight.dtype is NARROW
    assert net.count.dtype is autograd.int64
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert other[0].weight.dtype is NARROW
        assert other[0].weight.tolist() == net[0].weight.tolist()
    assert net.float()[0].weight.dtype is autograd.float32
    assert net.to(autograd.bfloat16)[0].bias.dtype is NARROW


def test_transformations():
    x = autograd.ones(2, dtype=NARROW)
    assert autograd.func.vmap(lambda v: v * 2.5)(x).tolist() == [2.5, 2.5]
    value, tangent = autograd.func.jvp(lambda v: v * v, (x,), (x,))
    assert value.dtype is tangent.dtype is NARROW
    assert tangent.tolist() == [2.0, 2.0]


def test_mixing_dtypes_in_a_product():
    with pytest.raises(RuntimeError, match="expected all arguments to have one dtype, but got bfloat16 and float32"):
        autograd.ones(2, 2, dtype=NARROW) @ autograd.ones(2, 2)
    with pytest.raises(RuntimeError, match="one dtype"):
        nn.Linear(2, 2).bfloat16()(autograd.ones(2))


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    monkeypatch.setattr(dtypes, "narrow", [])
    with pytest.raises(AttributeError, match=r"pip install 'chainrule\[bfloat16\]'"):
        _ = autograd.bfloat16
    layer = nn.Linear(2, 2)
    for convert in (autograd.ones(1).bfloat16, layer.bfloat16):
        with pytest.raises(TypeError, match="the package ml_dtypes brings them"):
            convert()
    assert layer.weight.dtype is autograd.float32


@pytest.mark.torch
@pytest.mark.parametrize("name", ["max_pool1d", "max_pool2d", "max_pool3d", "adaptive_max_pool2d", "avg_pool2d"])
def test_pooling(name):
    torch = pytest.importorskip("torch")
    found = []
    for lib, functional in ((autograd, nn.functional), (torch, torch.nn.functional)):
        x = lib.tensor(np.random.default_rng(0).random((2, 4, 4, 4)).astype(np.float32)).to(lib.bfloat16)
        x = (x[0] if name == "max_pool1d" else x).requires_grad_()
        out = getattr(functional, name)(x, 2)
        assert out.dtype is lib.bfloat16
        (out * out).sum().backward()
        found.append((out.detach().float().numpy(), x.grad.float().numpy()))
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_array_equal(ours, theirs)
