"""Recurrent layers as functions: what the registry's test and the layers' cases do not cover."""

import numpy as np
import pytest

import autograd
import nn
from autograd import func
from autograd.kernels import recurrent

NAMES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}


def tensors(name, *, batch=3, features=(2,), hidden=2):
    """First states and parameters, for as many layers and directions as ``features`` has numbers."""
    rng = np.random.default_rng(0)
    wide = NAMES[name] * hidden

    def draw(*shape):
        return autograd.tensor(rng.uniform(-1, 1, shape), requires_grad=True)

    states = [draw(len(features), batch, hidden) for _ in range(1 + (name == "lstm"))]
    params = []
    for size in features:
        params += [draw(wide, size), draw(wide, hidden), draw(wide), draw(wide)]
    return (tuple(states) if name == "lstm" else states[0]), params


def inputs(*shape, dtype=np.float64):
    return autograd.tensor(np.random.default_rng(5).uniform(-1, 1, shape).astype(dtype), requires_grad=True)


def run(name, x, hx, params, **changes):
    given = {"has_biases": True, "num_layers": 1, "dropout": 0.0, "train": False, "bidirectional": False,
             "batch_first": False}  # fmt: skip
    return getattr(autograd, name)(x, hx, params, *(given | changes).values())


def flat(hx):
    return list(hx) if isinstance(hx, tuple) else [hx]


@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_both_orders(name):
    hx, params = tensors(name, batch=1, hidden=1, features=(1,))

    def function(x, *rest):
        states = rest[: len(flat(hx))]
        return run(name, x, states if name == "lstm" else states[0], rest[len(flat(hx)) :])

    given = (inputs(2, 1, 1), *flat(hx), *params)
    assert autograd.gradcheck(function, given)
    if name != "rnn_relu":  # differences of its gradients fall over its kinks
        assert autograd.gradgradcheck(function, given)
    assert autograd.gradcheck(function, given, check_forward_ad=True, check_backward_ad=False)


@pytest.mark.parametrize("name", NAMES)
def test_keywords(name):
    hx, params = tensors(name)
    x, batch_sizes = inputs(5, 2), autograd.tensor([3, 2])
    function = getattr(autograd, name)
    rest = {"has_biases": True, "num_layers": 1, "dropout": 0.0, "train": False, "bidirectional": False}
    named = function(data=x, batch_sizes=batch_sizes, hx=hx, params=params, **rest)
    placed = function(x, batch_sizes, hx, params, *rest.values())
    for a, b in zip(named, placed, strict=True):
        assert autograd.equal(a, b)
    dense = function(input=inputs(2, 3, 2), hx=hx, params=params, batch_first=False, **rest)
    assert dense[0].shape == (2, 3, 2)
    with pytest.raises(TypeError, match="invalid combination"):
        function(x, batch_sizes, hx, params, *rest.values(), data=x)
    with pytest.raises(TypeError, match="invalid combination"):
        function(x, batch_sizes, hx, params, *rest.values(), False)


@pytest.mark.parametrize("name", NAMES)
def test_both_forms_agree(name):
    hx, params = tensors(name, features=(2, 2, 4, 4))
    x = inputs(4, 3, 2)
    dense = run(name, x, hx, params, num_layers=2, bidirectional=True)
    rows = getattr(autograd, name)(x.reshape(12, 2), autograd.tensor([3] * 4), hx, params, True, 2, 0.0, False, True)
    assert autograd.equal(dense[0].reshape(12, 4), rows[0])
    first = run(name, x.transpose(0, 1), hx, params, num_layers=2, bidirectional=True, batch_first=True)
    assert autograd.equal(first[0].transpose(0, 1), dense[0])
    for a, b, c in zip(dense[1:], rows[1:], first[1:], strict=True):
        assert autograd.equal(a, b)
        assert autograd.equal(a, c)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"x": inputs(2, 3)}, RuntimeError, "3 dimensions"),
        ({"x": inputs(2, 3, 5)}, RuntimeError, "shapes cannot be multiplied"),
        ({"x": inputs(2, 4, 2)}, RuntimeError, "sequences"),
        ({"x": inputs(2, 3, 2, dtype=np.float32)}, RuntimeError, "same dtype"),
        ({"x": autograd.ones(2, 3, 2).long()}, RuntimeError, "floating"),
        ({"x": inputs(0, 3, 2)}, RuntimeError, "larger than 0"),
        ({"params": "short"}, RuntimeError, "incorrect number"),
        ({"params": "wide"}, RuntimeError, "shape"),
        ({"num_layers": 2}, RuntimeError, "hidden states"),
        ({"bidirectional": True}, RuntimeError, "hidden states"),
    ],
)
def test_errors_leave_everything_as_it_was(name, change, error, text):
    hx, params = tensors(name)
    given = {"x": inputs(2, 3, 2), "params": params} | change
    if given["params"] == "short":
        given["params"] = params[:3]
    elif given["params"] == "wide":
        given["params"] = [params[0], params[1], params[2][1:], params[3]]
    before = [p.detach().clone() for p in params]
    with pytest.raises(error, match=text):
        run(name, given.pop("x"), hx, given.pop("params"), **given)
    assert all(autograd.equal(p, b) for p, b in zip(params, before, strict=True))


@pytest.mark.parametrize(
    ("sizes", "text"),
    [([3.0, 2.0], "int64"), ([[3, 2]], "1-D"), ([2, 3], "must not increase"), ([3, 3], "add up")],
)
def test_errors_of_batch_sizes(sizes, text):
    hx, params = tensors("gru")
    with pytest.raises(RuntimeError, match=text):
        autograd.gru(inputs(5, 2), autograd.tensor(sizes), hx, params, True, 1, 0.0, False, False)


def test_only_what_is_asked_for():
    """Gradients of one output only, of frozen weights not at all, twice where the graph is kept."""
    hx, params = tensors("lstm")
    x = inputs(2, 3, 2)
    out, h, c = run("lstm", x, hx, params)
    (whole,) = autograd.grad([out[-1].sum(), c.sum()], x, retain_graph=True)
    (parts,) = autograd.grad([h.sum(), c.sum()], x, retain_graph=True)
    np.testing.assert_allclose(whole.numpy(), parts.numpy(), rtol=1e-12)
    (again,) = autograd.grad([h.sum(), c.sum()], x)
    assert autograd.equal(again, parts)
    with pytest.raises(RuntimeError, match="second time"):
        autograd.grad(h.sum(), x)
    frozen = [p.detach() for p in params]
    out, _, _ = run("lstm", x.detach(), tuple(s.detach() for s in hx), frozen)
    assert not out.requires_grad
    out, _, _ = run("lstm", x, tuple(s.detach() for s in hx), frozen)
    out.sum().backward()
    assert x.grad is not None


def test_a_written_output_is_noticed():
    hx, params = tensors("gru")
    out, _ = run("gru", inputs(2, 3, 2), hx, params)
    with autograd.no_grad():
        out.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.sum().backward()


@pytest.mark.parametrize("name", NAMES)
def test_infinities_and_nan(name):
    hx, params = tensors(name)
    x = np.zeros((2, 3, 2))
    x[0, 1] = np.inf
    x[0, 2] = np.nan
    out = run(name, autograd.tensor(x), hx, params)[0]
    clean = run(name, autograd.zeros(2, 3, 2, dtype=autograd.float64), hx, params)[0]
    assert autograd.equal(out[:, 0], clean[:, 0])
    assert out[:, 2].isnan().all()


@pytest.mark.parametrize("name", NAMES)
def test_examples_one_by_one(name):
    """``vmap`` over sequences, and over the gradients of each."""
    hx, params = tensors(name, batch=1)
    x = inputs(4, 2, 1, 2)

    def loss(weight, one):
        return run(name, one, hx, [weight, *params[1:]])[0].square().sum()

    mapped = func.vmap(func.grad(loss), in_dims=(None, 0))(params[0], x)
    for i in range(4):
        (expected,) = autograd.grad(loss(params[0], x[i]), params[0])
        np.testing.assert_allclose(mapped[i].detach().numpy(), expected.numpy(), rtol=1e-10)


def test_training_is_the_same_every_time(monkeypatch):
    """With the work shared by threads, too: equal seeds, equal bits."""
    monkeypatch.setattr(recurrent, "SHARED", 0)
    monkeypatch.setattr(recurrent, "BLOCK", 1 << 10)

    def train():
        autograd.manual_seed(0)
        model = nn.LSTM(16, 16, num_layers=2, dropout=0.5)
        x = autograd.randn(20, 14, 16)
        model(x)[0].square().mean().backward()
        return [p.grad for p in model.parameters()]

    first = train()
    for _ in range(2):
        assert all(autograd.equal(a, b) for a, b in zip(train(), first, strict=True))


@pytest.mark.torch
def test_float16_against_pytorch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (3, 2, 4)).astype(np.float16)
    for name in ("LSTM", "GRU", "RNN"):
        results = []
        for library, layers in ((autograd, nn), (torch, torch.nn)):
            library.manual_seed(0)
            layer = getattr(layers, name)(4, 3).half()
            results.append(layer(library.tensor(x))[0])
        assert results[0].dtype is autograd.float16
        np.testing.assert_allclose(results[0].detach().numpy(), results[1].detach().numpy(), rtol=2e-2, atol=2e-3)
