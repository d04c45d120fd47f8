"""Initial values equal to PyTorch's after the same seed."""

import numpy as np
import pytest

import autograd
import nn

pytestmark = pytest.mark.torch

FILL = [
    ("uniform_", (20, 30), (), {}),
    ("uniform_", (3,), (-2.0, 5.0), {}),
    ("normal_", (20, 30), (), {}),
    ("normal_", (5,), (3.0, 0.5), {}),
    ("trunc_normal_", (20, 30), (), {}),
    ("trunc_normal_", (20, 30), (0.5, 0.1, 0.4, 0.7), {}),
    ("trunc_normal_", (20, 30), (0.0, 1.0, 2.0, 3.0), {}),
    ("trunc_normal_", (200,), (0.0, 1.0, -0.1, 0.1), {}),
    ("constant_", (2, 3), (1.5,), {}),
    ("ones_", (2, 3), (), {}),
    ("zeros_", (2, 3), (), {}),
    ("eye_", (2, 3), (), {}),
    ("dirac_", (4, 2, 3), (), {}),
    ("dirac_", (4, 2, 3, 3), (2,), {}),
    ("dirac_", (3, 4, 3, 2, 1), (), {}),
    ("xavier_uniform_", (20, 30), (), {}),
    ("xavier_uniform_", (4, 3, 2, 2), (1.7,), {}),
    ("xavier_normal_", (20, 30), (), {"gain": 2.0}),
    ("kaiming_uniform_", (20, 30), (), {}),
    ("kaiming_uniform_", (20, 30), (0.3, "fan_out"), {}),
    ("kaiming_uniform_", (4, 3, 2, 2), (), {"nonlinearity": "relu"}),
    ("kaiming_normal_", (20, 30), (), {"mode": "fan_out", "nonlinearity": "tanh"}),
    ("orthogonal_", (5, 8), (), {}),
    ("orthogonal_", (8, 5), (2.0,), {}),
    ("orthogonal_", (6, 3, 2), (), {}),
    ("sparse_", (12, 7), (0.3,), {}),
    ("sparse_", (12, 7), (0.55, 2.0), {}),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "shape", "args", "kwargs"), FILL)
def test_values(torch, name, shape, args, kwargs, dtype):
    autograd.manual_seed(2)
    ours = autograd.zeros(*shape, dtype=getattr(autograd, dtype))
    assert getattr(nn.init, name)(ours, *args, **kwargs) is ours
    torch.manual_seed(2)
    theirs = getattr(torch.nn.init, name)(torch.zeros(*shape, dtype=getattr(torch, dtype)), *args, **kwargs)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=2e-6, atol=2e-6 if dtype == "float32" else 1e-12)


def test_parameters_are_filled_without_recording():
    weight = nn.Parameter(autograd.zeros(3, 3))
    for fill in (nn.init.kaiming_normal_, nn.init.orthogonal_, nn.init.eye_, nn.init.ones_, nn.init.trunc_normal_):
        fill(weight)
        assert weight.is_leaf
        assert weight.requires_grad


def test_generator():
    one, two = (autograd.Generator().manual_seed(9) for _ in range(2))
    a, b = (nn.init.normal_(autograd.zeros(20), generator=g) for g in (one, two))
    assert a.tolist() == b.tolist()


@pytest.mark.parametrize(
    ("name", "param"),
    [
        ("linear", None),
        ("conv2d", None),
        ("conv_transpose3d", None),
        ("sigmoid", None),
        ("tanh", None),
        ("relu", None),
        ("selu", None),
        ("leaky_relu", None),
        ("leaky_relu", 0.2),
        ("leaky_relu", 1),
    ],
)
def test_gain(torch, name, param):
    assert nn.init.calculate_gain(name, param) == torch.nn.init.calculate_gain(name, param)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda ag, n: n.init.calculate_gain("swish"), "Unsupported nonlinearity swish"),
        (lambda ag, n: n.init.calculate_gain("leaky_relu", "x"), "not a valid number"),
        (lambda ag, n: n.init.calculate_gain("leaky_relu", True), "not a valid number"),
        (lambda ag, n: n.init.eye_(ag.zeros(2)), "2 dimensions"),
        (lambda ag, n: n.init.dirac_(ag.zeros(2, 2)), "3, 4, or 5 dimensions"),
        (lambda ag, n: n.init.dirac_(ag.zeros(3, 2, 2), 2), "divisible by groups"),
        (lambda ag, n: n.init.xavier_uniform_(ag.zeros(2)), "fewer than 2 dimensions"),
        (lambda ag, n: n.init.kaiming_uniform_(ag.zeros(2, 2), mode="fan"), "Mode fan not supported"),
        (lambda ag, n: n.init.orthogonal_(ag.zeros(2)), "2 or more dimensions"),
        (lambda ag, n: n.init.sparse_(ag.zeros(2), 0.1), "2 dimensions"),
    ],
)
def test_errors(same_error, call, text):
    same_error(call, text)


def test_warnings():
    with pytest.warns(UserWarning, match="zero-element"):
        nn.init.kaiming_uniform_(autograd.zeros(0, 3))
    with pytest.warns(UserWarning, match="more than 2 std"):
        nn.init.trunc_normal_(autograd.zeros(3), 5.0, 1.0)
    with pytest.warns(UserWarning, match="zero-element"):
        nn.Linear(0, 2)


@pytest.mark.parametrize(
    "name",
    ["uniform", "normal", "constant", "eye", "dirac", "xavier_uniform", "xavier_normal", "kaiming_uniform"]
    + ["kaiming_normal", "orthogonal", "sparse"],
)
def test_old_names(torch, name):
    shape = (3, 2, 2) if name == "dirac" else (4, 3)
    args = {"constant": (2.0,), "sparse": (0.5,)}.get(name, ())
    autograd.manual_seed(1)
    with pytest.warns(FutureWarning, match=f"nn.init.{name}_"):
        old = getattr(nn.init, name)(autograd.zeros(*shape), *args)
    autograd.manual_seed(1)
    assert old.tolist() == getattr(nn.init, f"{name}_")(autograd.zeros(*shape), *args).tolist()


def test_fans(torch):
    for shape in ((3, 4), (3, 4, 5), (3, 4, 5, 6)):
        ours = nn.init._calculate_fan_in_and_fan_out(autograd.zeros(*shape))
        assert ours == torch.nn.init._calculate_fan_in_and_fan_out(torch.zeros(*shape))
