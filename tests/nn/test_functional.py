"""Functions of ``nn.functional`` that no layer covers, against PyTorch's."""

import numpy as np
import pytest

import autograd
import nn.functional as F

pytestmark = pytest.mark.torch
rng = np.random.default_rng(5)


def real(*shape):
    return rng.uniform(-2.0, 2.0, shape)


@pytest.fixture
def same_function(torch, same):
    def check(name, *arrays, **kwargs):
        same(getattr(F, name), getattr(torch.nn.functional, name), *arrays, **kwargs)

    return check


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4)])
@pytest.mark.parametrize("options", [{}, {"p": 1}, {"p": 3.0}, {"dim": 0}, {"dim": -1, "eps": 5.0}])
def test_normalize(same_function, shape, options):
    same_function("normalize", real(*shape), **options)


def test_normalize_zero_and_out(same_function):
    same_function("normalize", np.zeros((2, 3)))
    out = autograd.zeros(1, 2)
    F.normalize(autograd.tensor([[3.0, 4.0]]), out=out)
    np.testing.assert_allclose(out.numpy(), [[0.6, 0.8]], rtol=1e-6)


@pytest.mark.parametrize("options", [{}, {"dim": 0}, {"dim": -1, "eps": 3.0}])
def test_cosine_similarity(same_function, options):
    same_function("cosine_similarity", real(3, 4), real(3, 4), **options)
    same_function("cosine_similarity", real(3, 4), real(4), **{**options, "dim": -1})


@pytest.mark.parametrize("options", [{}, {"p": 1.0}, {"keepdim": True}, {"eps": 0.5}])
def test_pairwise_distance(same_function, options):
    same_function("pairwise_distance", real(3, 4), real(3, 4), **options)
    same_function("pairwise_distance", real(3, 4), real(1, 4), **options)


def test_linear(same_function):
    same_function("linear", real(5, 3), real(2, 3), real(2))
    same_function("linear", real(2, 5, 3), real(2, 3))


def test_one_hot(same_function):
    same_function("one_hot", np.array([[0, 2], [1, 1]]))
    same_function("one_hot", np.array([0, 2]), num_classes=5)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_softmax_dtype(torch, name):
    x = real(3, 4).astype(np.float32)
    ours = getattr(F, name)(autograd.tensor(x), dim=1, dtype=autograd.float64)
    theirs = getattr(torch.nn.functional, name)(torch.tensor(x), dim=1, dtype=torch.float64)
    assert ours.dtype is autograd.float64
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-12)


def test_softmax_without_dim_names_the_callers_line():
    with pytest.warns(UserWarning, match="Implicit dimension choice for softmax") as record:
        F.softmax(autograd.ones(2))
    assert record[0].filename == __file__


@pytest.mark.parametrize("hard", [False, True])
def test_gumbel_softmax(hard):
    logits = autograd.tensor(real(50, 4), requires_grad=True)
    y = F.gumbel_softmax(logits, tau=0.7, hard=hard)
    np.testing.assert_allclose(y.sum(-1).detach().numpy(), 1.0, rtol=1e-12)
    (y * autograd.arange(4.0)).sum().backward()
    assert (logits.grad != 0).any()
    if hard:
        assert set(np.round(y.detach().numpy(), 12).ravel()) == {0.0, 1.0}
    with pytest.warns(UserWarning, match="eps"):
        F.gumbel_softmax(logits, eps=1.0)


def test_gumbel_softmax_follows_the_logits():
    logits = autograd.tensor([0.7, 0.2, 0.1]).log().expand(20000, 3)
    share = F.gumbel_softmax(logits, hard=True).mean(0)
    np.testing.assert_allclose(share.numpy(), [0.7, 0.2, 0.1], atol=0.015)


def test_rrelu_draws(same):
    import torch

    x = real(40)
    for training in (True, False):
        same(
            lambda t, training=training: F.rrelu(t, 0.1, 0.3, training),
            lambda t, training=training: torch.nn.functional.rrelu(t, 0.1, 0.3, training),
            x,
        )


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "selu", "silu", "hardtanh", "relu6", "celu", "mish"])
def test_inplace(name):
    x = autograd.tensor(real(3, 4), requires_grad=True)
    expected = getattr(F, name)(x)
    expected.sum().backward()
    gradient, x.grad = x.grad, None
    y = x * 1
    assert getattr(F, name)(y, inplace=True) is y
    assert y.tolist() == expected.tolist()
    y.sum().backward()
    assert x.grad.tolist() == gradient.tolist()
    with pytest.raises(RuntimeError, match="leaf"):
        getattr(F, name)(x, inplace=True)


def test_a_written_value_that_is_still_needed_is_an_error():
    x = autograd.ones(2, requires_grad=True)
    y = x.exp()
    F.relu(y, inplace=True)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_every_name_is_pytorchs(torch):
    own = {"step"}
    assert [name for name in F.__all__ if name not in own and not hasattr(torch.nn.functional, name)] == []
    functions = {name: getattr(F, name) for name in F.__all__ if callable(getattr(F, name))}
    assert [name for name, function in functions.items() if function.__name__ != name] == []
