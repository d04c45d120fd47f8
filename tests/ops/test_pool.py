"""Pooling and resampling as operations: what is saved, writes in place, forms of arguments, ``vmap``, second derivatives."""

import numpy as np
import pytest

import autograd as ag
import nn
import nn.functional as F
from autograd import func


def drawn(*shape):
    return ag.tensor(np.random.default_rng(0).normal(size=shape), requires_grad=True)


def test_the_result_may_be_written_in_place():
    x = drawn(1, 2, 4, 4)
    out = F.max_pool2d(x, 2)
    out.relu_()
    out.sum().backward()
    y = x.detach().clone().requires_grad_()
    F.max_pool2d(y, 2).relu().sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), y.grad.numpy())


@pytest.mark.parametrize(
    "rearrange",
    [
        lambda x: F.pixel_shuffle(x, 1),
        lambda x: F.pixel_unshuffle(x, 1),
        lambda x: F.channel_shuffle(x, 1),
        lambda x: F.channel_shuffle(x, 4),
        lambda x: F.pad(x, (0, 0, 0, 0), mode="reflect"),
        lambda x: F.pad(x, (0, 0, 0, 0), mode="circular"),
    ],
)
def test_a_result_where_nothing_moves_has_memory_of_its_own(rearrange):
    x = drawn(1, 4, 2, 2)
    middle = x * 1.0
    out = rearrange(middle)
    with ag.no_grad():
        middle.mul_(3.0)
    (out * out).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * x.detach().numpy())


def test_a_layer_without_gradient_finds_no_indices():
    x = drawn(1, 4, 4)
    with ag.no_grad():
        assert not F.max_pool2d(x, 2).requires_grad
    assert F.max_pool2d(x, 2).requires_grad
    np.testing.assert_array_equal(F.max_pool2d(x.detach(), 2).numpy(), F.max_pool2d(x, 2).detach().numpy())


def test_the_layers_input_may_be_written_afterwards():
    x = drawn(1, 4, 4)
    y = x * 1
    out = F.avg_pool2d(y, 2)
    y.zero_()
    out.sum().backward()
    assert x.grad.numpy().tolist() == np.full((1, 4, 4), 0.25).tolist()


def test_indices_are_places_in_the_plane_and_have_no_gradient():
    values, indices = F.max_pool2d(drawn(2, 3, 6, 6), 3, 2, 1, return_indices=True)
    assert (indices.dtype, indices.requires_grad, values.requires_grad) == (ag.int64, False, True)
    back = F.max_unpool2d(*F.max_pool2d(drawn(2, 3, 6, 6), 2, return_indices=True), 2)
    assert back.shape == (2, 3, 6, 6)
    assert int((back != 0).sum()) == 2 * 3 * 9


def test_views_and_other_layouts():
    x = drawn(4, 4, 2, 3)
    wide = x.permute(2, 3, 0, 1)
    np.testing.assert_array_equal(
        F.max_pool2d(wide, 2).detach().numpy(), F.max_pool2d(wide.contiguous(), 2).detach().numpy()
    )
    F.avg_pool2d(wide, 2).sum().backward()
    assert x.grad.shape == x.shape


SMOOTH = [
    lambda x: F.max_pool2d(x, 2, 1),
    lambda x: F.max_pool2d(x, 3, 2, 1, 1, True),
    lambda x: F.avg_pool2d(x, 3, 2, 1),
    lambda x: F.lp_pool2d(x * x + 0.1, 3.0, 2),
    lambda x: F.adaptive_avg_pool2d(x, (2, 3)),
    lambda x: F.adaptive_max_pool2d(x, (3, 2)),
    lambda x: F.interpolate(x, (3, 5), mode="bilinear"),
    lambda x: F.interpolate(x, scale_factor=1.5, mode="bicubic"),
    lambda x: F.interpolate(x, size=3),
    lambda x: F.fold(F.unfold(x, 2), (4, 4), 2),
    lambda x: F.pixel_unshuffle(x, 2) ** 2,
    lambda x: F.channel_shuffle(x, 2) ** 3,
    lambda x: F.pad(x, (1, 1, 1, 1), "reflect") ** 2,
]


@pytest.mark.parametrize("function", SMOOTH)
def test_gradients_of_both_orders_and_forward_mode(function):
    x = drawn(1, 2, 4, 4)
    assert ag.gradcheck(function, (x,), check_forward_ad=True)
    assert ag.gradgradcheck(function, (x,))


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
def test_gradients_of_both_orders_of_grid_sample(mode, padding):
    image = drawn(1, 2, 3, 4)
    points = ag.tensor([[[[-0.83, 0.11], [0.29, -0.37]], [[1.31, 0.71], [-0.13, 1.17]]]], dtype=ag.float64)
    points.requires_grad_()

    def sample(x, grid):
        return F.grid_sample(x, grid, mode, padding, align_corners=False)

    assert ag.gradcheck(sample, (image, points), check_forward_ad=True)
    assert ag.gradgradcheck(sample, (image, points))


@pytest.mark.parametrize("function", SMOOTH)
def test_vmap_is_the_loop(function):
    x = drawn(3, 1, 2, 4, 4).detach()
    expected = ag.stack([function(one) for one in x])
    np.testing.assert_allclose(func.vmap(function)(x).numpy(), expected.numpy(), rtol=1e-12)
    flat = func.vmap(func.grad(lambda one: function(one).sin().sum()))(x)
    rows = ag.stack([func.grad(lambda one: function(one).sin().sum())(one) for one in x])
    np.testing.assert_allclose(flat.numpy(), rows.numpy(), rtol=1e-10, atol=1e-14)


def test_gradient_stays_float32():
    x = ag.rand(2, 3, 6, 6, requires_grad=True)
    for function in SMOOTH:
        if function in SMOOTH[9:10]:  # whose sizes are for a smaller image
            continue
        (slope,) = ag.grad(function(x[:, :2]).sum(), x)
        assert slope.dtype == ag.float32


def test_half_precision_is_averaged_in_single():
    x = ag.full((1, 64, 64), 100.0).half()
    assert F.avg_pool2d(x, 64).item() == 100.0
    assert F.adaptive_avg_pool2d(x, 1).dtype == ag.float16


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
def test_antialias_keeps_constants_and_averages_what_alternates(mode):
    flat = F.interpolate(ag.ones(1, 1, 7, 5), size=(3, 4), mode=mode, antialias=True)
    np.testing.assert_allclose(flat.numpy(), 1, rtol=1e-6)
    stripes = (ag.arange(24.0) % 2).expand(1, 1, 24, 24)
    assert (F.interpolate(stripes, size=4, mode=mode, antialias=True) - 0.5).abs()[..., 1:3].max() < 0.1
    plain, widened = (F.interpolate(stripes[..., :3, :3], size=6, mode="bilinear", antialias=a) for a in (False, True))
    np.testing.assert_allclose(plain.numpy(), widened.numpy(), rtol=1e-6)  # nothing to do where it grows


def test_lanczos_needs_antialias():
    with pytest.raises(ValueError, match="requires antialias=True"):
        F.interpolate(ag.ones(1, 1, 4, 4), size=2, mode="lanczos")
    with pytest.raises(ValueError, match="does not support align_corners"):
        F.interpolate(ag.ones(1, 1, 4, 4), size=2, mode="lanczos", antialias=True, align_corners=True)


def test_grid_sampler_names_the_number():
    image, grid = ag.ones(1, 1, 2, 2), ag.zeros(1, 1, 1, 2)
    with pytest.raises(RuntimeError, match="interpolation_mode must be 0, 1 or 2"):
        ag.grid_sampler(image, grid, 3, 0, False)
    with pytest.raises(TypeError, match="'padding_mode' must be int"):
        ag.grid_sampler(image, grid, 0, "zeros", False)


def test_floats_among_sizes_are_refused_also_after_equal_ints():
    x = ag.ones(1, 4, 4)
    F.max_pool2d(x, 2)
    F.max_pool2d(x, (2, 2))
    for size in (2.0, (2, 2.0), [2.0, 2]):
        with pytest.raises(TypeError, match="ints"):
            F.max_pool2d(x, size)
    with pytest.raises(TypeError, match="ints"):
        F.unfold(x, (2.0, 2))


def test_a_wrong_call_changes_nothing():
    layer = nn.FractionalMaxPool2d(2, output_size=9)
    ag.manual_seed(0)
    before = ag.get_rng_state()
    with pytest.raises(ValueError, match="requires specifying"):
        F.fractional_max_pool2d(ag.ones(1, 3, 3), 2)
    np.testing.assert_array_equal(before.numpy(), ag.get_rng_state().numpy())
    with pytest.raises(RuntimeError, match="too large"):
        layer(ag.ones(1, 3, 3))
    np.testing.assert_array_equal(before.numpy(), ag.get_rng_state().numpy())
