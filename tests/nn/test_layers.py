"""Each layer against PyTorch's: state, text, values, gradients."""

import numpy as np
import pytest

import autograd
import nn

pytestmark = pytest.mark.torch
rng = np.random.default_rng(7)


def real(*shape):
    return rng.uniform(-2.0, 2.0, shape)


def edges():
    return np.array([-8.0, -3.0, -1.0, -0.5, -0.2, 0.0, 0.2, 0.5, 1.0, 3.0, 6.0, 25.0])


POINTWISE = [
    ("Sigmoid", (), {}),
    ("Tanh", (), {}),
    ("ReLU", (), {}),
    ("ReLU", (True,), {}),
    ("LeakyReLU", (), {}),
    ("LeakyReLU", (0.2,), {"inplace": True}),
    ("ReLU6", (), {}),
    ("RReLU", (0.1, 0.4), {}),
    ("ELU", (), {}),
    ("ELU", (0.7, True), {}),
    ("SELU", (), {}),
    ("CELU", (0.5,), {}),
    ("GELU", (), {}),
    ("GELU", ("tanh",), {}),
    ("SiLU", (), {}),
    ("Mish", (), {}),
    ("Softplus", (), {}),
    ("Softplus", (2.0, 5.0), {}),
    ("Softsign", (), {}),
    ("Hardtanh", (), {}),
    ("Hardtanh", (-0.5, 2.0), {}),
    ("Hardsigmoid", (), {}),
    ("Hardswish", (), {}),
    ("LogSigmoid", (), {}),
    ("Tanhshrink", (), {}),
    ("Softshrink", (), {}),
    ("Softshrink", (1.1,), {}),
    ("Hardshrink", (), {}),
    ("Threshold", (0.1, 20.0), {}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), POINTWISE)
def test_pointwise(same_layer, name, args, kwargs):
    inplace = kwargs.get("inplace") or True in args
    tolerances = {"rtol": 1e-7} if name == "Hardsigmoid" else None  # PyTorch holds 1/6 in single precision
    for array in (edges(), real(2, 3, 4), real(0, 3)):
        if inplace:  # a leaf cannot be overwritten
            autograd_layer = getattr(nn, name)(*args, **kwargs)
            x = autograd.tensor(array, requires_grad=True)
            y = x * 1
            out = autograd_layer(y)
            assert out is y
            out.sum().backward()
            other = getattr(nn, name)(*[a for a in args if a is not True])
            z = autograd.tensor(array, requires_grad=True)
            other(z).sum().backward()
            np.testing.assert_array_equal(x.grad.numpy(), z.grad.numpy())
        else:
            same_layer(name, *args, inputs=[array], tolerances=tolerances, **kwargs)


@pytest.mark.parametrize("name", ["ReLU", "LeakyReLU", "ELU", "Threshold"])
def test_inplace_text(torch, name):
    args = (0.1, 1.0) if name == "Threshold" else ()
    assert repr(getattr(nn, name)(*args, inplace=True)) == repr(getattr(torch.nn, name)(*args, inplace=True))


@pytest.mark.parametrize(
    ("name", "args", "shape"),
    [
        ("Linear", (3, 2), (3,)),
        ("Linear", (3, 2), (5, 3)),
        ("Linear", (3, 2, False), (2, 4, 3)),
        ("Linear", (3, 2), (0, 3)),
        ("Softmax", (-1,), (2, 3)),
        ("Softmax", (0,), (2, 3)),
        ("LogSoftmax", (1,), (2, 3, 4)),
        ("Softmin", (1,), (2, 3)),
        ("Softmax2d", (), (2, 3, 2, 2)),
        ("GLU", (), (2, 4)),
        ("GLU", (0,), (2, 3)),
        ("PReLU", (), (2, 3)),
        ("PReLU", (), ()),
        ("PReLU", (3, 0.1), (2, 3)),
        ("PReLU", (3,), (2, 3, 4)),
        ("Flatten", (), (2, 3, 4)),
        ("Flatten", (0, 1), (2, 3, 4)),
        ("Unflatten", (1, (2, 3)), (2, 6, 2)),
        ("Identity", (), (2, 3)),
    ],
)
def test_shaped(same_layer, name, args, shape):
    same_layer(name, *args, inputs=[real(*shape)])


@pytest.mark.parametrize("bias", [True, False])
def test_bilinear(same_layer, bias):
    same_layer("Bilinear", 2, 3, 4, bias, inputs=[real(5, 2), real(5, 3)])
    same_layer("Bilinear", 2, 3, 1, bias, inputs=[real(2, 5, 2), real(2, 5, 3)])
    same_layer("Bilinear", 2, 3, 4, bias, inputs=[real(2), real(3)])


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("Dropout", (50,)),
        ("Dropout", (3, 4, 2)),
        ("Dropout1d", (4, 5, 2)),
        ("Dropout1d", (5, 2)),
        ("Dropout2d", (4, 5, 2, 2)),
        ("Dropout3d", (4, 5, 2, 1, 2)),
        ("Dropout3d", (5, 2, 1, 2)),
        ("AlphaDropout", (50,)),
        ("FeatureAlphaDropout", (4, 5, 2)),
    ],
)
@pytest.mark.parametrize("p", [0.0, 0.3, 0.9, 1.0])
def test_dropout(same_layer, name, shape, p):
    same_layer(name, p, inputs=[real(*shape)])


def test_dropout_float32_mask(torch):
    autograd.manual_seed(5)
    ours = nn.functional.dropout(autograd.ones(1000), 0.3)
    torch.manual_seed(5)
    np.testing.assert_array_equal(ours.numpy(), torch.nn.functional.dropout(torch.ones(1000), 0.3).numpy())


def test_dropout_in_place():
    x = autograd.ones(100)
    y = nn.Dropout(0.5, inplace=True)(x)
    assert y is x
    assert set(x.tolist()) == {0.0, 2.0}


@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"padding_idx": 1},
        {"padding_idx": -1},
        {"scale_grad_by_freq": True},
        {"max_norm": 1.0},
        {"max_norm": 1.0, "norm_type": 1.0, "padding_idx": 2},
    ],
)
def test_embedding(same_layer, kwargs):
    for indices in (np.array([1, 0, 1, 3]), np.array([[2, 2], [1, 3]]), np.array(1), np.zeros((0,), np.int64)):
        same_layer("Embedding", 4, 3, inputs=[indices], **kwargs)


def test_embedding_from_pretrained():
    table = autograd.ones(3, 2)
    layer = nn.Embedding.from_pretrained(table)
    assert not layer.weight.requires_grad
    assert nn.Embedding.from_pretrained(table, freeze=False).weight.requires_grad


def test_embedding_gradgrad():
    layer = nn.Embedding(4, 3, padding_idx=0).double()
    out = layer(autograd.tensor([1, 1, 0, 2]))
    (g,) = autograd.grad((out**3).sum(), layer.weight, create_graph=True)
    (h,) = autograd.grad((g**2).sum(), layer.weight)
    w = layer.weight.detach().numpy()
    count = np.array([0, 2, 1, 0])[:, None]
    np.testing.assert_allclose(h.numpy(), 2 * (3 * count * w**2) * (6 * count * w), rtol=1e-10)


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


@pytest.mark.parametrize("name", ["CosineSimilarity", "PairwiseDistance"])
def test_distances(same_layer, name):
    same_layer(name, inputs=[real(4, 3), real(4, 3)])


def test_initial_weights_of_a_model(torch):
    sizes = [(20, 30), (30, 7), (7, 1)]
    autograd.manual_seed(0)
    ours = nn.Sequential(*[nn.Linear(*size) for size in sizes], nn.Embedding(9, 4), nn.Bilinear(3, 4, 5))
    torch.manual_seed(0)
    theirs = torch.nn.Sequential(
        *[torch.nn.Linear(*size) for size in sizes], torch.nn.Embedding(9, 4), torch.nn.Bilinear(3, 4, 5)
    )
    for one, two in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(one.detach().numpy(), two.detach().numpy(), rtol=0, atol=3e-7)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda ag, nn: nn.Linear(3, 2)(ag.ones(4)), "linear|shape"),
        (lambda ag, nn: nn.Linear(3, 2)(ag.ones(2, 4)), "shapes cannot be multiplied"),
        (lambda ag, nn: nn.Bilinear(2, 3, 4)(ag.ones(5, 2), ag.ones(5, 2)), "bilinear"),
        (lambda ag, nn: nn.Bilinear(0, 3, 4), "must be > 0"),
        (lambda ag, nn: nn.Dropout(1.5), "between 0 and 1"),
        (lambda ag, nn: nn.functional.dropout(ag.ones(2), -0.1), "between 0 and 1"),
        (lambda ag, nn: nn.functional.dropout1d(ag.ones(2)), "Expected 2D or 3D"),
        (lambda ag, nn: nn.Embedding(4, 3)(ag.tensor([4])), "out of range"),
        (lambda ag, nn: nn.Embedding(4, 3)(ag.tensor([-1])), "out of range"),
        (lambda ag, nn: nn.Embedding(4, 3)(ag.tensor([1.0])), "must be integers"),
        (lambda ag, nn: nn.Embedding(4, 3, padding_idx=4), "within num_embeddings"),
        (lambda ag, nn: nn.Embedding.from_pretrained(ag.ones(3)), "2-dimensional"),
        (lambda ag, nn: nn.Unflatten(1, 3.0), "tuple"),
        (lambda ag, nn: nn.Unflatten(1, (2, 3.0)), "pos 1"),
        (lambda ag, nn: nn.GLU()(ag.ones(3)), "even"),
        (lambda ag, nn: nn.GELU("x")(ag.ones(3)), "approximate"),
        (lambda ag, nn: nn.functional.hardtanh(ag.ones(3), 2.0, 1.0), "min_val"),
        (lambda ag, nn: nn.Softshrink(-1.0)(ag.ones(3)), "lambda"),
        (lambda ag, nn: nn.Softmax2d()(ag.ones(3)), "3D or 4D"),
        (lambda ag, nn: nn.PReLU(2)(ag.ones(3, 4)), "channel"),
    ],
)
def test_errors(same_error, call, text):
    same_error(call, text)


def test_sparse_embedding_is_refused():
    with pytest.raises(NotImplementedError, match="sparse gradients are not supported"):
        nn.Embedding(3, 2, sparse=True)


@pytest.mark.parametrize("name", ["Softmax", "LogSoftmax", "Softmin"])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4), (2, 3, 4, 2)])
def test_implicit_dim_warns(torch, name, shape):
    array = real(*shape)
    with pytest.warns(UserWarning, match="Implicit dimension choice"):
        ours = getattr(nn, name)()(autograd.tensor(array))
    with pytest.warns(UserWarning, match="Implicit dimension choice"):
        theirs = getattr(torch.nn, name)()(torch.tensor(array))
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-12)


def test_dropout2d_warns_of_dimensions():
    with pytest.warns(UserWarning, match="3D input"):
        nn.Dropout2d()(autograd.ones(2, 3, 4))
    with pytest.warns(UserWarning, match="Received a 2-D input"):
        nn.Dropout2d()(autograd.ones(2, 3))


def test_dtype_argument():
    assert nn.Linear(2, 3, dtype=autograd.float64)(autograd.ones(2, dtype=autograd.float64)).dtype is autograd.float64
    assert nn.Embedding(2, 3, dtype=autograd.float64).weight.dtype is autograd.float64
