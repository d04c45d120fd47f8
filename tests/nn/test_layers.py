"""What the cases beside PyTorch (``cases/``) do not say: layers of our own, identities, whole models."""

import numpy as np
import pytest

import autograd
import nn

rng = np.random.default_rng(7)


def real(*shape):
    return rng.uniform(-2.0, 2.0, shape)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("ReLU", ()),
        ("LeakyReLU", (0.2,)),
        ("ELU", (0.7,)),
        ("Hardtanh", ()),
        ("Threshold", (0.1, 20.0)),
        ("RReLU", ()),
        ("Dropout", (0.5,)),
        ("Dropout1d", (0.5,)),
    ],
)
def test_written_in_place(name, args):
    x = autograd.tensor(real(4, 5), requires_grad=True)
    y = x * 1
    autograd.manual_seed(0)
    assert getattr(nn, name)(*args, inplace=True)(y) is y
    y.sum().backward()
    z = autograd.tensor(x.detach().numpy(), requires_grad=True)
    autograd.manual_seed(0)
    out = getattr(nn, name)(*args)(z)
    out.sum().backward()
    assert y.tolist() == out.tolist()
    np.testing.assert_array_equal(x.grad.numpy(), z.grad.numpy())


def test_dropout_zeros_and_scales():
    assert set(nn.Dropout(0.5)(autograd.ones(100)).tolist()) == {0.0, 2.0}


def test_maxout():
    layer = nn.Maxout(3, 2, 4).double()
    x = autograd.tensor(real(5, 3), requires_grad=True)
    out = layer(x)
    w, b = layer.weight.detach().numpy().reshape(2, 4, 3), layer.bias.detach().numpy().reshape(2, 4)
    pieces = np.einsum("kji,ni->nkj", w, x.detach().numpy()) + b
    np.testing.assert_allclose(out.detach().numpy(), pieces.max(-1), rtol=1e-12)
    out.sum().backward()
    winner = pieces.argmax(-1)
    expected = np.array([[w[k, winner[n, k]] for k in range(2)] for n in range(5)]).sum(1)
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-12)
    assert layer(autograd.ones(3, dtype=autograd.float64)).shape == (2,)
    assert repr(layer) == "Maxout(in_features=3, out_features=2, pieces=4, bias=True)"
    assert nn.Maxout(3, 2, 4, bias=False).bias is None
    with pytest.raises(ValueError, match="pieces must be at least 1"):
        nn.Maxout(3, 2, 0)


def test_maxout_is_absolute_value_and_relu():
    layer = nn.Maxout(1, 2, 2, bias=False)
    layer.load_state_dict({"weight": autograd.tensor([[1.0], [-1.0], [1.0], [0.0]])})
    np.testing.assert_array_equal(layer(autograd.tensor([[-2.0], [3.0]])).detach().numpy(), [[2, 0], [3, 3]])


def test_step():
    x = autograd.tensor([-1.0, 0.0, 0.5], requires_grad=True)
    y = nn.Step()(x)
    y.sum().backward()
    assert y.tolist() == [0.0, 0.0, 1.0]
    assert x.grad.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.torch
def test_initial_weights_of_a_model():
    torch = pytest.importorskip("torch")

    def model(package):
        sizes = [(20, 30), (30, 7), (7, 1)]
        layers = [package.Linear(*size) for size in sizes]
        return package.Sequential(*layers, package.Embedding(9, 4), package.Bilinear(3, 4, 5))

    autograd.manual_seed(0)
    ours = model(nn)
    torch.manual_seed(0)
    for one, two in zip(ours.parameters(), model(torch.nn).parameters(), strict=True):
        np.testing.assert_allclose(one.detach().numpy(), two.detach().numpy(), rtol=0, atol=3e-7)


def test_dtype_argument():
    assert nn.Linear(2, 3, dtype=autograd.float64)(autograd.ones(2, dtype=autograd.float64)).dtype is autograd.float64
    assert nn.Embedding(2, 3, dtype=autograd.float64).weight.dtype is autograd.float64


def test_implicit_dim_names_the_callers_line():
    with pytest.warns(UserWarning, match="Implicit dimension choice") as record:
        nn.Softmax()(autograd.ones(2))
    assert record[0].filename == __file__


def test_embedding_from_pretrained():
    table = autograd.ones(3, 2)
    assert not nn.Embedding.from_pretrained(table).weight.requires_grad
    assert nn.Embedding.from_pretrained(table, freeze=False).weight.requires_grad


def test_sparse_embedding_is_refused():
    with pytest.raises(NotImplementedError, match="sparse gradients are not supported"):
        nn.Embedding(3, 2, sparse=True)
