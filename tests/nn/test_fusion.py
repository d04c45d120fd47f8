"""Batch norm folded into the layer before it."""

import numpy as np
import pytest

import autograd
import nn
from nn.utils import fuse_conv_bn_eval, fuse_conv_bn_weights, fuse_linear_bn_eval, fuse_linear_bn_weights


def used(bn):
    """A batch norm with statistics of its own, in evaluation."""
    rng = np.random.default_rng(0)
    for tensor in (*bn.parameters(), bn.running_mean):
        tensor.data = autograd.tensor(rng.uniform(-1, 1, tensor.shape).astype(np.float32))
    bn.running_var = autograd.tensor(rng.uniform(0.5, 2, bn.running_var.shape).astype(np.float32))
    return bn.eval()


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_one_layer_does_what_two_did(affine, bias):
    x = autograd.tensor(np.random.default_rng(1).standard_normal((2, 3, 5, 5)).astype(np.float32))
    bn = used(nn.BatchNorm2d(4, affine=affine))
    conv = nn.Conv2d(3, 4, 3, bias=bias).eval()
    transposed = nn.ConvTranspose2d(3, 4, 2, bias=bias).eval()
    linear, flat = nn.Linear(5, 4, bias=bias).eval(), used(nn.BatchNorm1d(4, affine=affine))
    for fused, expected in (
        (fuse_conv_bn_eval(conv, bn)(x), bn(conv(x))),
        (fuse_conv_bn_eval(transposed, bn, transpose=True)(x), bn(transposed(x))),
        (fuse_linear_bn_eval(linear, flat)(x[0, 0]), flat(linear(x[0, 0]))),
    ):
        np.testing.assert_allclose(fused.detach(), expected.detach(), rtol=1e-5, atol=1e-5)


def test_the_layer_given_stays_as_it_was():
    conv, bn = nn.Conv1d(2, 3, 1).eval(), used(nn.BatchNorm1d(3))
    conv.weight.requires_grad_(False)
    before = conv.weight.tolist()
    fused = fuse_conv_bn_eval(conv, bn)
    assert fused is not conv
    assert conv.weight.tolist() == before
    assert not fused.weight.requires_grad
    assert fused.bias.requires_grad
    assert isinstance(fused.weight, nn.Parameter)


def test_only_for_evaluation():
    conv, linear = nn.Conv1d(2, 3, 1), nn.Linear(2, 3)
    with pytest.raises(AssertionError, match="only for eval"):
        fuse_conv_bn_eval(conv, nn.BatchNorm1d(3))
    with pytest.raises(AssertionError, match="only for eval"):
        fuse_linear_bn_eval(linear.eval(), nn.BatchNorm1d(3))
    bare = nn.BatchNorm1d(3, track_running_stats=False).eval()
    with pytest.raises(AssertionError, match="must not be None"):
        fuse_conv_bn_eval(conv.eval(), bare)
    with pytest.raises(AssertionError, match="must not be None"):
        fuse_linear_bn_eval(linear.eval(), bare)
    with pytest.raises(AssertionError, match=r"got linear\.out_features=3 and bn\.num_features=2"):
        fuse_linear_bn_eval(linear, nn.BatchNorm1d(2).eval())


@pytest.mark.torch
def test_weights_beside_pytorch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(2)
    draw = lambda *shape: rng.uniform(0.5, 2, shape).astype(np.float32)
    weight, others = draw(4, 4, 2), [draw(4) for _ in range(5)]
    for name, w in (("fuse_conv_bn_weights", weight), ("fuse_linear_bn_weights", weight[..., 0])):
        for biased in (True, False):
            found = []
            for lib, utils in ((autograd, nn.utils), (torch, torch.nn.utils.fusion)):
                b, mean, var, scale, shift = map(lib.tensor, others)
                args = (lib.tensor(w).requires_grad_(), b if biased else None, mean, var, 0.1, scale, shift)
                found.append(getattr(utils, name)(*args))
            for ours, theirs in zip(*found, strict=True):
                np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-5)
                assert ours.requires_grad == theirs.requires_grad
    assert fuse_conv_bn_weights.__name__ in nn.utils.__all__
    assert fuse_linear_bn_weights.__name__ in nn.utils.__all__
