"""Normalisation: running statistics, dtypes, forms of arguments, state dicts, transformations."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.func import functional_call, grad, replace_all_batch_norm_modules_, stack_module_state, vmap


def drawn(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def leaf(*shape, seed=0):
    return autograd.tensor(drawn(*shape, seed=seed), requires_grad=True)


def test_running_statistics_take_the_unbiased_variance():
    x = autograd.tensor(drawn(4, 3, 2))
    mean, var = autograd.zeros(3, dtype=autograd.float64), autograd.ones(3, dtype=autograd.float64)
    F.batch_norm(x, mean, var, training=True, momentum=0.25)
    values = x.numpy()
    np.testing.assert_allclose(mean.numpy(), 0.25 * values.mean((0, 2)))
    np.testing.assert_allclose(var.numpy(), 0.75 + 0.25 * values.var((0, 2), ddof=1))


def test_batch_norm_of_one_value_leaves_a_variance_that_is_no_number():
    mean, var = autograd.zeros(2), autograd.ones(2)
    autograd.batch_norm(autograd.ones(1, 2), None, None, mean, var, True, 0.1, 1e-5, False)
    assert mean.tolist() == pytest.approx([0.1, 0.1])
    assert np.isnan(var.numpy()).all()


@pytest.mark.parametrize(
    "normalise",
    [
        lambda x, w, b: F.batch_norm(x, None, None, w, b, True),
        lambda x, w, b: F.batch_norm(x, autograd.zeros_like(w), autograd.ones_like(w), w, b),
        lambda x, w, b: F.group_norm(x, 2, w, b),
    ],
)
def test_the_bias_may_change_before_backward(normalise):
    x, weight, bias = leaf(3, 4, 2), leaf(4, seed=1), leaf(4, seed=2)
    out = normalise(x, weight, bias)
    with autograd.no_grad():
        bias.zero_()
    out.sum().backward()
    np.testing.assert_allclose(bias.grad.numpy(), [6.0] * 4)


def test_an_empty_batch_leaves_the_running_statistics():
    layer = nn.BatchNorm1d(3)
    assert layer(autograd.zeros(0, 3)).shape == (0, 3)
    assert layer.running_mean.tolist() == [0, 0, 0]
    assert layer.running_var.tolist() == [1, 1, 1]


def test_nothing_changes_when_the_input_does_not_fit():
    layer = nn.BatchNorm1d(3)
    for shape in ((5, 4), (1, 3)):
        with pytest.raises((RuntimeError, ValueError)):
            layer(autograd.ones(*shape))
    assert layer.num_batches_tracked.item() == 0
    assert layer.running_mean.tolist() == [0, 0, 0]


def test_no_history_on_the_running_statistics():
    layer = nn.BatchNorm1d(3)
    x = autograd.tensor(drawn(4, 3, dtype=np.float32), requires_grad=True)
    layer(x).sum().backward()
    assert not layer.running_mean.requires_grad
    assert not layer.running_var.requires_grad
    layer.eval()(x).sum().backward()
    np.testing.assert_allclose(layer.bias.grad.numpy(), [8, 8, 8])


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda x, w: F.layer_norm(x, (3,), w), "mixed dtype"),
        (lambda x, w: F.group_norm(x, 3, w), "mixed dtype"),
        (lambda x, w: F.batch_norm(x, None, None, w, training=True), "mixed dtype"),
        (lambda x, w: F.batch_norm(x, w, w, training=True), "mixed dtype"),
        (lambda x, w: F.batch_norm(x, w, w), "mixed dtype"),
        (lambda x, w: F.layer_norm(x, (3,), autograd.ones(3), w), "mixed dtype"),
    ],
)
def test_dtypes_that_do_not_go_together(call, text):
    with pytest.raises(RuntimeError, match=text):
        call(autograd.ones(2, 3), autograd.ones(3, dtype=autograd.float64))


@pytest.mark.torch
@pytest.mark.parametrize("single", [False, True])
def test_half_precision_beside_pytorch(single):
    torch = pytest.importorskip("torch")
    x, w = drawn(4, 6, 5, dtype=np.float16), drawn(6, seed=1, dtype=np.float32 if single else np.float16)
    found = []
    for lib, fun in ((autograd, F), (torch, torch.nn.functional)):
        a, b = lib.tensor(x).requires_grad_(), lib.tensor(w).requires_grad_()
        outs = [
            fun.batch_norm(a, None, None, b, b, training=True),
            fun.group_norm(a, 2, b, b),
            fun.instance_norm(a, None, None, b, b),
            fun.layer_norm(a.transpose(1, 2), (6,), b, b),
        ]
        lib.stack([o.float().pow(2).sum() for o in outs]).sum().backward()
        found.append([*(o.detach().numpy() for o in outs), a.grad.numpy(), b.grad.numpy()])
    for ours, theirs in zip(*found, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours.astype(float), theirs.astype(float), rtol=2e-2, atol=3e-2)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:Mismatch dtype")
def test_rms_norm_of_other_dtypes_beside_pytorch():
    torch = pytest.importorskip("torch")
    for kind, weight in ((np.float16, np.float16), (np.float32, np.float64), (np.float64, np.float32)):
        x, w = drawn(3, 4, dtype=kind) * kind(1e-3), drawn(4, dtype=weight)
        ours = F.rms_norm(autograd.tensor(x), (4,), autograd.tensor(w)).numpy()
        theirs = torch.nn.functional.rms_norm(torch.tensor(x), (4,), torch.tensor(w)).numpy()
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-3 if kind is np.float16 else 1e-6)


@pytest.mark.torch
@pytest.mark.parametrize("name", [f"Lazy{kind}Norm{n}d" for kind in ("Batch", "Instance") for n in (1, 2, 3)])
def test_lazy_layers_beside_pytorch(name):
    torch = pytest.importorskip("torch")
    x = drawn(2, 3, *[2] * int(name[-2]), dtype=np.float32)
    for options in (
        {},
        {"affine": False},
        {"track_running_stats": False},
        {"eps": 0.1, "momentum": 0.5, "bias": False},
    ):
        found = []
        for lib, layers in ((autograd, nn), (torch, torch.nn)):
            layer = getattr(layers, name)(**options)
            before = repr(layer), list(layer.state_dict())
            out = layer(lib.tensor(x)).detach().numpy()
            state = {key: value.tolist() for key, value in layer.state_dict().items()}
            found.append((before, out, repr(layer), state))
        (mine, out, text, state), (theirs, expected, their_text, their_state) = found
        assert (mine, text) == (theirs, their_text)
        np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)
        assert list(state) == list(their_state)
        for key, value in state.items():
            np.testing.assert_allclose(value, their_state[key], rtol=1e-5, atol=1e-6)


def test_a_lazy_layer_loads_the_state_of_another():
    source = nn.BatchNorm1d(3)
    source(autograd.tensor(drawn(5, 3, dtype=np.float32)))
    layer = nn.LazyBatchNorm1d()
    layer.load_state_dict(source.state_dict())
    x = autograd.tensor(drawn(4, 3, dtype=np.float32))
    np.testing.assert_array_equal(layer.eval()(x).detach().numpy(), source.eval()(x).detach().numpy())


def test_state_dicts_of_before_the_count_of_batches():
    layer = nn.BatchNorm1d(2)
    state = {key: value for key, value in layer.state_dict().items() if key != "num_batches_tracked"}
    layer.num_batches_tracked.add_(5)
    layer.load_state_dict(state)  # a plain dict: no version
    assert layer.num_batches_tracked.item() == 5
    new = layer.state_dict()
    assert new._metadata[""] == {"version": 2}
    del new["num_batches_tracked"]
    with pytest.raises(RuntimeError, match="num_batches_tracked"):
        layer.load_state_dict(new)


def test_instance_norm_refuses_running_statistics_that_it_does_not_track():
    state = dict(nn.InstanceNorm1d(2, track_running_stats=True).state_dict())
    del state["num_batches_tracked"]
    with pytest.raises(RuntimeError, match="track_running_stats=False"):
        nn.InstanceNorm1d(2).load_state_dict(state)


def test_conversion_to_synchronised_batch_norm_keeps_the_tensors():
    net = nn.Sequential(nn.Linear(3, 2), nn.Sequential(nn.BatchNorm1d(2, eps=0.1, momentum=None)))
    net[1][0].eval()
    old = net[1][0]
    made = nn.SyncBatchNorm.convert_sync_batchnorm(net)
    assert made is net
    new = net[1][0]
    assert type(new) is nn.SyncBatchNorm
    assert (new.eps, new.momentum, new.training) == (0.1, None, False)
    assert all(a is b for a, b in zip(new.parameters(), old.parameters(), strict=True))
    assert new.running_mean is old.running_mean


def test_cross_map_lrn_is_local_response_norm_and_its_gradient():
    x = leaf(2, 7, 2, 1)
    ours = nn.CrossMapLRN2d(3, 0.4, 0.6, 1.5)(x)
    np.testing.assert_allclose(ours.detach(), F.local_response_norm(x, 3, 0.4, 0.6, 1.5).detach())
    assert autograd.gradcheck(nn.CrossMapLRN2d(4, 0.4, 0.6), (leaf(1, 3, 1, 2),))


PAIRS = {
    "layer": lambda x, w, b: F.layer_norm(x, (4,), w, b, 0.1),
    "rms": lambda x, w, b: F.rms_norm(x, (4,), w, 0.1) + b,
    "group": lambda x, w, b: F.group_norm(x, 2, w, b, 0.1),
    "one group": lambda x, w, b: F.group_norm(x, 1, w, b, 0.1),
    "batch": lambda x, w, b: F.batch_norm(x, None, None, w, b, True, eps=0.1),
    "evaluation": lambda x, w, b: F.batch_norm(x, autograd.ones_like(w).detach(), autograd.ones_like(w), w, b, eps=0.1),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_third_derivatives(kind):
    def slope(x, w):
        return autograd.grad(PAIRS[kind](x, w, w).pow(2).sum(), (x, w), create_graph=True)

    inputs = (leaf(2, 4), leaf(4, seed=1))
    assert autograd.gradcheck(slope, inputs)
    assert autograd.gradgradcheck(slope, inputs)


@pytest.mark.parametrize("kind", PAIRS)
def test_gradients_of_each_example(kind):
    """``vmap(grad)`` is the loop."""
    x, w, b = leaf(5, 3, 4).detach(), leaf(4, seed=1).detach(), leaf(4, seed=2).detach()

    def loss(x, w, b):
        return PAIRS[kind](x, w, b).pow(3).sum()

    slopes = vmap(grad(loss, (0, 1, 2)), (0, None, None))(x, w, b)
    for i in range(5):
        for got, expected in zip(slopes, grad(loss, (0, 1, 2))(x[i], w, b), strict=True):
            np.testing.assert_allclose(got[i].numpy(), expected.numpy(), rtol=1e-9, atol=1e-9)


def test_running_statistics_inside_vmap():
    layer, x = nn.BatchNorm1d(3), autograd.tensor(drawn(5, 4, 3, dtype=np.float32))
    with pytest.raises(RuntimeError, match="replace_all_batch_norm_modules_"):
        vmap(layer)(x)
    assert layer.running_mean.tolist() == [0, 0, 0]
    with pytest.raises(RuntimeError, match="running statistics"):
        vmap(nn.InstanceNorm1d(4, track_running_stats=True))(x.unsqueeze(1))
    assert vmap(layer.eval())(x).shape == (5, 4, 3)
    net = replace_all_batch_norm_modules_(nn.Sequential(nn.Sequential(nn.BatchNorm1d(3)), nn.InstanceNorm1d(3)))
    assert net[0][0].running_mean is None
    assert not net[0][0].track_running_stats
    assert list(net.state_dict()) == ["0.0.weight", "0.0.bias"]
    expected = [net[0](x[i]).tolist() for i in range(5)]
    np.testing.assert_allclose(vmap(net[0])(x).detach().numpy(), expected, rtol=1e-5, atol=1e-6)


def test_an_ensemble_has_running_statistics_of_its_own():
    layers = [nn.BatchNorm1d(3) for _ in range(2)]
    x = autograd.tensor(drawn(2, 5, 3, dtype=np.float32))
    parameters, buffers = stack_module_state(layers)
    out = vmap(lambda p, b, x: functional_call(layers[0], (p, b), (x,)))(parameters, buffers, x)
    for i, layer in enumerate(layers):
        np.testing.assert_allclose(out[i].detach(), layer(x[i]).detach(), rtol=1e-5, atol=1e-6)
