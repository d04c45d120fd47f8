"""``grad_fn.name()`` of layers' operations is PyTorch's."""

import importlib

import pytest

import autograd

pytestmark = pytest.mark.torch


def line(t):
    return t.rand(2, 4, 8, requires_grad=True)


def plane(t):
    return t.rand(2, 4, 8, 8, requires_grad=True)


def space(t):
    return t.rand(1, 2, 4, 4, 4, requires_grad=True)


CALLS = {
    "conv1d": lambda t, F: F.conv1d(line(t), t.rand(3, 4, 3)),
    "conv3d": lambda t, F: F.conv3d(space(t), t.rand(3, 2, 2, 2, 2)),
    "conv_transpose2d": lambda t, F: F.conv_transpose2d(plane(t), t.rand(4, 3, 3, 3)),
    "max_pool2d": lambda t, F: F.max_pool2d(plane(t), 2),
    "max_pool3d": lambda t, F: F.max_pool3d(space(t), 2),
    "avg_pool2d": lambda t, F: F.avg_pool2d(plane(t), 2),
    "avg_pool3d": lambda t, F: F.avg_pool3d(space(t), 2),
    "adaptive_avg_pool2d": lambda t, F: F.adaptive_avg_pool2d(plane(t), 2),
    "adaptive_avg_pool3d": lambda t, F: F.adaptive_avg_pool3d(space(t), 2),
    "adaptive_max_pool2d": lambda t, F: F.adaptive_max_pool2d(plane(t), 2),
    "adaptive_max_pool3d": lambda t, F: F.adaptive_max_pool3d(space(t), 2),
    "fractional_max_pool2d": lambda t, F: F.fractional_max_pool2d(plane(t), 2, output_size=3),
    "max_unpool2d": lambda t, F: F.max_unpool2d(*F.max_pool2d(plane(t), 2, return_indices=True), 2),
    "batch_norm": lambda t, F: F.batch_norm(plane(t), None, None, training=True),
    "layer_norm": lambda t, F: F.layer_norm(line(t), (8,)),
    "group_norm": lambda t, F: F.group_norm(plane(t), 2),
    "embedding": lambda t, F: F.embedding(t.tensor([1, 2]), t.rand(4, 3, requires_grad=True)),
    "embedding_bag": lambda t, F: F.embedding_bag(t.tensor([[1, 2]]), t.rand(4, 3, requires_grad=True)),
    "nearest": lambda t, F: F.interpolate(plane(t), scale_factor=2),
    "nearest-exact": lambda t, F: F.interpolate(plane(t), scale_factor=2, mode="nearest-exact"),
    "linear": lambda t, F: F.interpolate(line(t), scale_factor=2, mode="linear"),
    "bilinear": lambda t, F: F.interpolate(plane(t), scale_factor=2, mode="bilinear"),
    "bicubic": lambda t, F: F.interpolate(plane(t), scale_factor=2, mode="bicubic"),
    "trilinear": lambda t, F: F.interpolate(space(t), scale_factor=2, mode="trilinear"),
    "grid_sample": lambda t, F: F.grid_sample(plane(t), t.rand(2, 3, 3, 2), align_corners=False),
    "grid_sample 3d": lambda t, F: F.grid_sample(space(t), t.rand(1, 2, 2, 2, 3), align_corners=False),
    "fold": lambda t, F: F.fold(t.rand(1, 4, 9, requires_grad=True), (4, 4), 2),
    "unfold": lambda t, F: F.unfold(plane(t), 2),
    "pixel_shuffle": lambda t, F: F.pixel_shuffle(plane(t), 2),
    "reflect": lambda t, F: F.pad(plane(t), (1, 1, 1, 1), "reflect"),
    "replicate": lambda t, F: F.pad(space(t), (1,) * 6, "replicate"),
    "constant": lambda t, F: F.pad(space(t), (1,) * 6),
}


@pytest.mark.parametrize("call", CALLS)
def test_name(call):
    torch = pytest.importorskip("torch")
    ours = CALLS[call](autograd, importlib.import_module("nn.functional"))
    theirs = CALLS[call](torch, importlib.import_module("torch.nn.functional"))
    assert ours.grad_fn.name() == theirs.grad_fn.name()
