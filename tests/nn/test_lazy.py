"""Lazy layers: parameters without shape, the first call, and state dicts before and after it."""

import copy
import pickle

import numpy as np
import pytest

import autograd
import nn
from nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy


@pytest.mark.torch
def test_numbers_are_pytorchs(torch):
    def run(library, package):
        library.manual_seed(7)
        net = package.Sequential(package.LazyLinear(4), package.ReLU(), package.LazyLinear(2, bias=False))
        text = repr(net)
        net(library.ones(3, 5))
        return text, repr(net), {k: v.tolist() for k, v in net.state_dict().items()}

    ours = run(autograd, nn)
    theirs = run(torch, torch.nn)
    assert ours[:2] == theirs[:2]
    assert list(ours[2]) == list(theirs[2])
    for key, value in theirs[2].items():
        assert autograd.allclose(autograd.tensor(ours[2][key]), autograd.tensor(value))


LAZY = [
    ("LazyLinear", (4,), (2, 5)),
    ("LazyConv1d", (4, 3), (2, 3, 6)),
    ("LazyConv2d", (4, 3, 1, 1), (2, 3, 5, 5)),
    ("LazyConv3d", (2, 2), (1, 3, 3, 3, 3)),
    ("LazyConvTranspose1d", (4, 3), (2, 3, 6)),
    ("LazyConvTranspose2d", (4, 2), (2, 3, 3, 3)),
    ("LazyConvTranspose3d", (2, 2), (1, 3, 2, 2, 2)),
    ("LazyBatchNorm1d", (), (4, 3)),
    ("LazyBatchNorm2d", (), (2, 3, 4, 4)),
    ("LazyBatchNorm3d", (), (2, 3, 2, 2, 2)),
    ("LazyInstanceNorm1d", (1e-5, 0.1, True, True), (2, 3, 4)),
    ("LazyInstanceNorm2d", (1e-5, 0.1, True, True), (2, 3, 4, 4)),
    ("LazyInstanceNorm3d", (), (2, 3, 2, 2, 2)),
]


@pytest.mark.torch
@pytest.mark.parametrize(("name", "args", "shape"), LAZY)
def test_every_lazy_layer(torch, name, args, shape):
    """Text, initial weights, state, result: before and after the first call, and after loading instead."""
    values = np.cos(np.arange(np.prod(shape))).reshape(shape).astype(np.float32)

    def run(library, package):
        library.manual_seed(7)
        layer = getattr(package, name)(*args)
        text, keys = repr(layer), list(layer.state_dict())
        y = layer(library.tensor(values))
        parts = [y, *layer.state_dict().values()]
        if "Instance" not in name:  # which PyTorch refuses after loading: its number of channels is still 0
            loaded = getattr(package, name)(*args)
            loaded.load_state_dict(layer.state_dict())
            parts += [loaded(library.tensor(values)), *loaded.state_dict().values()]
        return (text, keys, repr(layer)), [p.detach().numpy() for p in parts]

    ours, theirs = run(autograd, nn), run(torch, torch.nn)
    assert ours[0] == theirs[0]
    for one, other in zip(ours[1], theirs[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_every_lazy_layer_is_listed():
    assert sorted(n for n in nn.__all__ if n.startswith("Lazy") and n != "LazyModuleMixin") == sorted(
        n for n, *_ in LAZY
    )


def test_before_the_first_call():
    layer = nn.LazyLinear(3)
    assert layer.has_uninitialized_params()
    assert repr(layer.weight) == "<UninitializedParameter>"
    assert repr(layer) == "LazyLinear(in_features=0, out_features=3, bias=True)"
    assert list(layer.state_dict()) == ["weight", "bias"]
    assert all(is_lazy(value) for value in layer.state_dict().values())
    assert len(list(layer.parameters())) == 2
    assert layer.weight.dtype is autograd.float32
    assert layer.double().weight.dtype is autograd.float64
    assert layer.requires_grad_(False).weight.requires_grad is False
    layer.zero_grad()
    layer.reset_parameters()
    assert layer.weight.size() == (0,)
    assert is_lazy(layer.weight)


def test_the_first_call():
    layer = nn.LazyLinear(3, dtype=autograd.float64)
    weight = layer.weight
    assert layer(autograd.ones(2, 4, dtype=autograd.float64)).shape == (2, 3)
    assert type(layer) is nn.Linear
    assert layer.weight is weight
    assert type(weight) is nn.Parameter
    assert weight.dtype is autograd.float64
    assert weight.requires_grad
    assert not layer._hooks.on_call
    assert "_initialize_hook" not in layer.__dict__
    layer(autograd.ones(4, dtype=autograd.float64)).sum().backward()
    assert weight.grad.shape == (3, 4)


@pytest.mark.parametrize("how", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies(how):
    layer = nn.LazyLinear(3, dtype=autograd.float64)
    other = how(layer)
    other(autograd.ones(5, dtype=autograd.float64))
    assert other.weight.shape == (3, 5)
    assert layer.has_uninitialized_params()
    layer(autograd.ones(2, dtype=autograd.float64))
    assert layer.weight.shape == (3, 2)
    assert how(layer).weight.tolist() == layer.weight.tolist()


def test_loading():
    source = nn.Linear(4, 3)
    layer = nn.LazyLinear(3)
    layer.load_state_dict(source.state_dict())
    assert layer.weight.tolist() == source.weight.tolist()
    assert type(layer) is nn.LazyLinear
    layer(autograd.ones(4))
    assert repr(layer) == repr(source)
    assert layer.weight.tolist() == source.weight.tolist()
    assigned = nn.LazyLinear(3)
    assigned.load_state_dict(source.state_dict(), assign=True)
    assert assigned.weight.tolist() == source.weight.tolist()
    nothing = nn.LazyLinear(3)
    nothing.load_state_dict(nn.LazyLinear(3).state_dict())
    assert nothing.has_uninitialized_params()
    with pytest.raises(RuntimeError, match="shape of an uninitialized parameter"):
        source.load_state_dict(nn.LazyLinear(3).state_dict())


def test_a_failed_load_leaves_no_shape():
    net = nn.Sequential(nn.LazyLinear(3), nn.Linear(3, 2))
    state = {**nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2)).state_dict(), "1.bias": autograd.ones(7)}
    with pytest.raises(RuntimeError, match=r"size mismatch for 1\.bias"):
        net.load_state_dict(state)
    assert is_lazy(net[0].weight)
    del state["1.bias"]
    net.register_load_state_dict_post_hook(lambda module, keys: None)
    with pytest.raises(RuntimeError, match="Missing key"):
        net.load_state_dict(state)
    assert is_lazy(net[0].weight)
    assert net(autograd.ones(9)).shape == (2,)


def test_buffers():
    class Centre(nn.lazy.LazyModuleMixin, nn.Module):
        cls_to_become = None

        def __init__(self):
            super().__init__()
            self.mean = UninitializedBuffer()
            self.register_buffer("hidden", UninitializedBuffer(persistent=False), persistent=False)

        def initialize_parameters(self, x, scale=1):
            self.mean.materialize((x.shape[-1],))
            self.mean.fill_(scale)
            self.hidden.materialize((1,), dtype=autograd.float64)

        def forward(self, x, scale=1):
            return x - self.mean

    module = Centre()
    assert list(module.state_dict()) == ["mean"]
    module.double()
    assert module(autograd.ones(3), scale=2).tolist() == [-1.0] * 3
    assert isinstance(module.mean, nn.Buffer)
    assert module.mean.dtype is autograd.float64
    assert list(module.state_dict()) == ["mean"]
    assert module.hidden.shape == (1,)


def test_a_module_that_stays_without_shape():
    class Half(nn.lazy.LazyModuleMixin, nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = UninitializedParameter()

    with pytest.raises(NotImplementedError, match="initialize_parameters is not implemented for Half"):
        Half()(1)
    Half.initialize_parameters = lambda self, x: None
    with pytest.raises(RuntimeError, match="Half has not been fully initialized"):
        Half()(1)


@pytest.mark.parametrize(
    ("use", "error", "text"),
    [
        (lambda p: p.shape, RuntimeError, "Can't access the shape of an uninitialized"),
        (lambda p: p + 1, ValueError, "Attempted to use an uninitialized parameter"),
        (lambda p: 2 * p, ValueError, "Attempted to use"),
        (lambda p: autograd.ones(1) @ p, ValueError, "Attempted to use"),
        (lambda p: autograd.exp(p), ValueError, "Attempted to use"),
        (lambda p: autograd.cat([p, p]), ValueError, "Attempted to use"),
        (lambda p: p.sum(), ValueError, "Attempted to use"),
        (lambda p: p.detach(), ValueError, "Attempted to use"),
        (lambda p: p.clone(), ValueError, "Attempted to use"),
        (lambda p: p.fill_(1), ValueError, "Attempted to use"),
        (lambda p: p.tolist(), ValueError, "Attempted to use"),
        (lambda p: p.copy_(autograd.ones(2)), ValueError, "has no shape yet"),
        (lambda p: p.share_memory_(), RuntimeError, "Can't share memory"),
    ],
)
@pytest.mark.parametrize("kind", [UninitializedParameter, UninitializedBuffer])
def test_it_cannot_be_used(kind, use, error, text):
    tensor = kind()
    with pytest.raises(error, match=text):
        use(tensor)
    assert type(tensor) is kind


@pytest.mark.parametrize("kind", [UninitializedParameter, UninitializedBuffer])
def test_converting(kind):
    tensor = kind(dtype=autograd.float64)
    assert tensor.half().dtype is autograd.float16
    assert type(tensor.to(autograd.float32)) is kind
    assert tensor.is_floating_point()
    assert not tensor.is_complex()
    assert tensor.copy_(kind()) is tensor
    assert pickle.loads(pickle.dumps(tensor)).dtype is autograd.float64
    assert not is_lazy(autograd.ones(1))
    tensor.materialize((2, 3))
    assert tensor.shape == (2, 3)
    assert tensor.dtype is autograd.float64
