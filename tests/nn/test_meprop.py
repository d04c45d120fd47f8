"""``MePropLinear``: which entries of the gradient it keeps, and that everything else is ``Linear``."""

import numpy as np
import pytest

import autograd
import nn
from nn.meprop import largest

rng = np.random.default_rng(3)


def pair(k, unified=False, bias=True):
    """The layer and a plain one with the same weights, in float64."""
    autograd.manual_seed(0)
    layer = nn.MePropLinear(3, 5, k, bias, unified).double()
    autograd.manual_seed(0)
    return layer, nn.Linear(3, 5, bias).double()


def gradients(layer, x, weights):
    x = autograd.tensor(x, requires_grad=True)
    out = layer(x)
    out.backward(autograd.tensor(weights))
    return out.detach().numpy(), [p.grad.numpy() for p in (x, *layer.parameters())]


def kept(weights, k, unified):
    """The mask by a plain loop."""
    mask, rows = np.zeros_like(weights), weights.reshape(-1, weights.shape[-1])
    total = np.abs(rows).sum(0)
    for row, chosen in zip(rows, mask.reshape(rows.shape), strict=True):
        size = total if unified else np.abs(row)
        chosen[sorted(range(len(size)), key=lambda j: (-size[j], j))[:k]] = 1
    return mask


@pytest.mark.parametrize("shape", [(4, 3), (3,), (2, 4, 3), (0, 3)])
@pytest.mark.parametrize("unified", [False, True])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("k", [1, 2, 4, 5, 9])
def test_gradients_are_those_of_the_kept_entries(shape, k, bias, unified):
    layer, plain = pair(k, unified, bias)
    x, weights = rng.uniform(-2, 2, shape), rng.uniform(-2, 2, (*shape[:-1], 5))
    out, found = gradients(layer, x, weights)
    same, expected = gradients(plain, x, weights * kept(weights, k, unified))
    np.testing.assert_array_equal(out, same)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_each_example_has_its_own_entries():
    mask = largest(autograd.tensor([[3.0, -4.0, 1.0], [0.0, 1.0, -2.0]]), 1)
    assert mask.tolist() == [[0, 1, 0], [0, 0, 1]]
    mask = largest(autograd.tensor([[3.0, -4.0, 1.0], [3.5, 1.0, -2.0]]), 1, unified=True)
    assert mask.tolist() == [[1, 0, 0]]


def test_of_equals_the_first_is_kept():
    assert largest(autograd.tensor([1.0, -1.0, 1.0]), 2).tolist() == [1, 1, 0]


@pytest.mark.parametrize("unified", [False, True])
def test_gradient_of_the_gradient_takes_the_choice_as_constant(unified):
    layer, plain = pair(2, unified)
    x = autograd.tensor(rng.uniform(-2, 2, (4, 3)), requires_grad=True)
    weights = autograd.tensor(rng.uniform(-2, 2, (4, 5)))
    mask = autograd.tensor(kept(weights.numpy(), 2, unified))

    def twice(module, factor):
        (g,) = autograd.grad((module(x) * factor).sum(), x, create_graph=True)
        return [t.numpy() for t in autograd.grad((g**2).sum(), [module.weight])]

    for a, b in zip(twice(layer, weights), twice(plain, weights * mask), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_state_text_and_errors():
    layer, plain = pair(2)
    assert list(layer.state_dict()) == list(plain.state_dict())
    assert repr(layer) == "MePropLinear(in_features=3, out_features=5, bias=True, k=2, unified=False)"
    for k in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match="k must be an int of at least 1"):
            nn.MePropLinear(3, 5, k)


def test_learns():
    autograd.manual_seed(0)
    model = nn.Sequential(nn.MePropLinear(2, 16, 4), nn.Tanh(), nn.MePropLinear(16, 1, 1))
    x = autograd.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = autograd.tensor([[0.0], [1.0], [1.0], [0.0]])
    for _ in range(400):
        loss = nn.functional.mse_loss(model(x), y)
        model.zero_grad()
        loss.backward()
        with autograd.no_grad():
            for parameter in model.parameters():
                parameter -= 0.3 * parameter.grad
    assert loss.item() < 0.01
