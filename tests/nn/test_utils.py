"""Clipping and parameters as a vector, against PyTorch's."""

import math

import numpy as np
import pytest

import autograd
import nn

pytestmark = pytest.mark.torch
GRADIENTS = [np.array([3.0, -4.0]), np.array([[1.0], [12.0]]), None, np.array(0.5)]


def parameters(library, package):
    found = []
    for gradient in GRADIENTS:
        parameter = package.Parameter(library.zeros(np.shape(gradient), dtype=library.float64))
        if gradient is not None:
            parameter.grad = library.tensor(gradient)
        found.append(parameter)
    return found


def gradients(found):
    return [None if p.grad is None else p.grad.tolist() for p in found]


def check(torch, call):
    """Run ``call`` in both libraries; same result and same gradients afterwards."""
    ours, theirs = parameters(autograd, nn), parameters(torch, torch.nn)
    one, two = call(nn.utils, ours), call(torch.nn.utils, theirs)
    assert (one is None) == (two is None)
    if two is not None:
        np.testing.assert_allclose(one.item(), two.item(), rtol=1e-12)
    for a, b in zip(gradients(ours), gradients(theirs), strict=True):
        assert (a is None) == (b is None)
        if b is not None:
            np.testing.assert_allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3, 0.5, math.inf, "inf"])
@pytest.mark.parametrize("max_norm", [0.1, 5.0, 1e3])
def test_clip_grad_norm(torch, norm_type, max_norm):
    check(torch, lambda utils, p: utils.clip_grad_norm_(p, max_norm, norm_type))
    check(torch, lambda utils, p: utils.clip_grad_norm_(iter(p), max_norm, norm_type, foreach=False))
    check(torch, lambda utils, p: utils.clip_grad_norm_(p[0], max_norm, norm_type))


def test_clip_grad_value(torch):
    check(torch, lambda utils, p: utils.clip_grad_value_(p, 2.5))
    check(torch, lambda utils, p: utils.clip_grad_value_(p[1], 2.5))


def test_total_norm(torch):
    check(torch, lambda utils, p: utils.get_total_norm([q.grad for q in p if q.grad is not None]))
    check(torch, lambda utils, p: utils.get_total_norm([]))
    check(torch, lambda utils, p: utils.clip_grads_with_norm_(p, 3.0, p[0].grad.norm()))


def test_no_gradients():
    assert nn.utils.clip_grad_norm_([nn.Parameter(autograd.ones(2))], 1.0).item() == 0.0
    with pytest.warns(UserWarning, match="empty generator"):
        assert nn.utils.clip_grad_norm_([], 1.0).item() == 0.0


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_nonfinite(value):
    parameter = nn.Parameter(autograd.ones(2))
    parameter.grad = autograd.tensor([1.0, value])
    with pytest.raises(RuntimeError, match="non-finite"):
        nn.utils.clip_grad_norm_(parameter, 1.0, error_if_nonfinite=True)
    assert parameter.grad[0].item() == 1.0
    assert not math.isfinite(nn.utils.clip_grad_norm_(parameter, 1.0).item())


def test_old_name():
    parameter = nn.Parameter(autograd.ones(2))
    parameter.grad = autograd.tensor([3.0, 4.0])
    with pytest.warns(FutureWarning, match="clip_grad_norm_"):
        assert nn.utils.clip_grad_norm([parameter], 1.0).item() == 5.0


def test_vector():
    net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    vector = nn.utils.parameters_to_vector(net.parameters())
    assert vector.shape == (13,)
    assert vector.requires_grad
    other = autograd.arange(13.0)
    nn.utils.vector_to_parameters(other, net.parameters())
    assert nn.utils.parameters_to_vector(net.parameters()).tolist() == other.tolist()
    assert net[0].weight.shape == (3, 2)
    assert isinstance(net[0].weight, nn.Parameter)
    with pytest.raises(TypeError, match="expected a Tensor, but got list"):
        nn.utils.vector_to_parameters([1.0], net.parameters())
    with pytest.raises(RuntimeError, match="the vector has 5 elements, but the parameters need 13"):
        nn.utils.vector_to_parameters(autograd.ones(5), net.parameters())
    assert net[0].weight.tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
