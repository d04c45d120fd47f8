"""Convolutions through the public functions: argument forms beside PyTorch's, derivatives of all kinds, lazy layers."""

import itertools

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
import nn.grad
from autograd.func import grad, jvp, vmap

REAL = autograd.float64


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def leaf(array):
    return autograd.tensor(array, requires_grad=True)


def compare(torch, name, arrays, *args, **kwargs):
    """Values and gradients of ``name`` here and in PyTorch."""
    mine = [None if a is None else leaf(a) for a in arrays]
    theirs = [None if a is None else torch.tensor(a, requires_grad=True) for a in arrays]
    ours, expected = (
        getattr(F, name)(*mine, *args, **kwargs),
        getattr(torch.nn.functional, name)(*theirs, *args, **kwargs),
    )
    assert tuple(ours.shape) == tuple(expected.shape)
    np.testing.assert_allclose(ours.detach().numpy(), expected.detach().numpy(), rtol=1e-10, atol=1e-10)
    (ours * ours).sum().backward()
    (expected * expected).sum().backward()
    for a, b in zip(mine, theirs, strict=True):
        if a is not None:
            np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.torch
@pytest.mark.parametrize("kernel", [(1,), (2,), (3,), (1, 2), (3, 2), (3, 3)], ids=str)
@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_convolutions_against_pytorch(torch, kernel):
    n = len(kernel)
    for stride, padding, dilation, groups in itertools.product((1, 2), (0, 1, "same", "valid"), (1, 2), (1, 2)):
        if not (padding == "same" and stride > 1):
            x, w = numbers(2, 4, *(7, 6)[:n]), numbers(6, 4 // groups, *kernel, seed=1)
            bias = numbers(6, seed=2) if stride == 1 else None
            compare(torch, f"conv{n}d", [x, w, bias], stride, padding, dilation, groups)


@pytest.mark.torch
@pytest.mark.parametrize("kernel", [(1,), (2,), (3,), (1, 2), (3, 2), (3, 3)], ids=str)
def test_transposed_convolutions_against_pytorch(torch, kernel):
    n = len(kernel)
    for stride, padding, extra, dilation, groups in itertools.product((1, 2, 3), (0, 1), (0, 1), (1, 2), (1, 2)):
        if extra < max(stride, dilation):
            x, w = numbers(2, 4, *(5, 4)[:n]), numbers(4, 6 // groups, *kernel, seed=1)
            bias = numbers(6, seed=2) if stride == 1 else None
            compare(torch, f"conv_transpose{n}d", [x, w, bias], stride, padding, extra, groups, dilation)


@pytest.mark.torch
def test_volumes_against_pytorch(torch):
    x, w = numbers(1, 2, 4, 3, 5), numbers(2, 2, 2, 3, 2, seed=1)
    compare(torch, "conv3d", [x, w, numbers(2)], (1, 2, 1), (1, 1, 0), (1, 1, 2))
    compare(torch, "conv_transpose3d", [x, w, numbers(2)], (1, 2, 1), (1, 1, 0), (0, 1, 0))
    compare(torch, "conv3d", [x[0], numbers(4, 1, 2, 2, 2), None], 2, groups=2)


def test_forms_of_arguments():
    x, w = autograd.tensor(numbers(2, 3, 5, 5)), autograd.tensor(numbers(4, 3, 2, 2))
    expected = F.conv2d(x, w, None, (2, 2), (1, 1))
    for found in (
        F.conv2d(x, w, stride=2, padding=1),
        F.conv2d(input=x, weight=w, bias=None, stride=[2, 2], padding=(1,)),
        F.conv2d(x, w, stride=autograd.tensor(2), padding=np.int64(1)),
        F.conv2d(x.numpy(), w, stride=[2], padding=[1, 1]),
        autograd.convolution(x, w, None, [2, 2], [1, 1], [1, 1], False, [0, 0], 1),
        autograd.stack([F.conv2d(one, w, stride=2, padding=1) for one in x]),
    ):
        assert autograd.allclose(found, expected)
    assert F.conv2d is autograd.conv2d
    assert "ConvolutionBackward0" in repr(F.conv2d(x.requires_grad_(), w).grad_fn)


def test_what_same_and_valid_mean():
    x = autograd.arange(1.0, 5.0).reshape(1, 4)
    sums = autograd.ones(1, 1, 2)
    assert F.conv1d(x, sums, padding="same").tolist() == [[3.0, 5.0, 7.0, 4.0]]  # one zero, and it stands at the end
    assert F.conv1d(x, sums, padding="valid").tolist() == [[3.0, 5.0, 7.0]]
    assert F.conv1d(x, sums, padding="same", dilation=2).tolist() == [[2.0, 4.0, 6.0, 3.0]]


def test_integers_and_halves():
    x, w = autograd.arange(4).reshape(1, 4), autograd.tensor([[[1, 10]]])
    assert F.conv1d(x, w).tolist() == [[10, 21, 32]]
    assert F.conv_transpose1d(x, w).tolist() == [[0, 1, 12, 23, 30]]
    assert F.conv1d(x.half(), w.half()).dtype is autograd.float16
    with pytest.raises(NotImplementedError, match="Bool"):
        F.conv1d(x.bool(), w.bool())
    with pytest.raises(RuntimeError, match="should be the same"):
        F.conv1d(x.double(), w.float())


def test_a_transposed_convolution_is_the_adjoint():
    x, w = autograd.tensor(numbers(2, 3, 6, 5)), autograd.tensor(numbers(4, 3, 3, 2))
    y = F.conv2d(x, w, stride=(2, 1), padding=1)
    g = autograd.tensor(numbers(*y.shape, seed=3))
    back = F.conv_transpose2d(g, w, stride=(2, 1), padding=1, output_padding=(1, 0))
    assert (y * g).sum().item() == pytest.approx((x * back).sum().item())


SECOND = [
    (F.conv1d, [(2, 2, 5), (4, 1, 3), (4,)], {"stride": 2, "padding": 1, "groups": 2}),
    (F.conv2d, [(1, 2, 4, 3), (2, 2, 2, 2), (2,)], {"padding": "same", "dilation": 1}),
    (F.conv_transpose2d, [(1, 2, 2, 3), (2, 1, 2, 3), (2,)], {"stride": (2, 1), "groups": 2, "output_padding": (1, 0)}),
]


@pytest.mark.parametrize(("function", "shapes", "settings"), SECOND, ids=["1d", "2d", "transposed"])
def test_derivatives_of_both_orders(function, shapes, settings):
    leaves = tuple(leaf(numbers(*shape, seed=i)) for i, shape in enumerate(shapes))

    def call(*tensors):
        return function(*tensors, **settings)

    assert autograd.gradcheck(call, leaves, check_forward_ad=True)
    assert autograd.gradgradcheck(call, leaves)
    tangents = tuple(autograd.tensor(numbers(*shape, seed=5 + i)) for i, shape in enumerate(shapes))
    _, pushed = jvp(call, tuple(t.detach() for t in leaves), tangents)
    step = 1e-6
    ahead, behind = (call(*(p.detach() + s * t for p, t in zip(leaves, tangents, strict=True))) for s in (step, -step))
    assert autograd.allclose(pushed, (ahead - behind) / (2 * step), rtol=1e-6, atol=1e-8)


def test_large_float32_convolutions_have_the_gradients_of_float64():
    arrays = [numbers(2, 16, 24, 22), numbers(12, 16, 3, 3, seed=1), numbers(12, seed=2)]

    def slopes(dtype):
        leaves = [autograd.tensor(a, dtype=dtype, requires_grad=True) for a in arrays]
        first = autograd.grad((F.conv2d(*leaves, padding=1) ** 2).sum(), leaves, create_graph=True)
        second = autograd.grad(sum((g * g).sum() for g in first), leaves)
        return [t.detach().double().numpy() for t in (*first, *second)]

    for found, expected in zip(slopes(autograd.float32), slopes(REAL), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-5 * abs(expected).max())


def test_an_empty_batch():
    x, w, b = leaf(numbers(0, 2, 5, 5)), leaf(numbers(3, 2, 3, 3)), leaf(numbers(3))
    y = F.conv2d(x, w, b)
    assert y.shape == (0, 3, 3, 3)
    y.sum().backward()
    assert x.grad.shape == (0, 2, 5, 5)
    assert not w.grad.any()
    assert not b.grad.any()
    assert F.conv_transpose2d(x, w.detach().transpose(0, 1), stride=2).shape == (0, 3, 11, 11)


def test_no_channels():
    y = F.conv1d(autograd.ones(2, 0, 5), autograd.ones(3, 0, 2), autograd.ones(3))
    assert y.tolist() == autograd.ones(2, 3, 4).tolist()


def test_slopes_of_each_example():
    x, w, b = autograd.tensor(numbers(3, 2, 5, 4)), autograd.tensor(numbers(4, 1, 3, 2)), autograd.tensor(numbers(4))

    def loss(weight, bias, image):
        return (F.conv2d(image, weight, bias, padding=1, groups=2) ** 2).sum()

    found = vmap(grad(loss, argnums=(0, 1)), in_dims=(None, None, 0))(w, b, x)
    for i, image in enumerate(x):
        for slopes, own in zip(found, grad(loss, argnums=(0, 1))(w, b, image), strict=True):
            assert autograd.allclose(slopes[i], own)


def test_weights_of_each_example():
    x, w = autograd.tensor(numbers(3, 1, 2, 6)), autograd.tensor(numbers(3, 2, 4, 3, seed=1))
    found = vmap(lambda a, k: F.conv_transpose1d(a, k, stride=2, padding=1))(x, w)
    expected = [F.conv_transpose1d(a, k, stride=2, padding=1) for a, k in zip(x, w, strict=True)]
    assert autograd.allclose(found, autograd.stack(expected))
    shared = vmap(lambda k: F.conv1d(x[:, 0], k))(autograd.tensor(numbers(3, 4, 2, 3)))
    assert shared.shape == (3, 3, 4, 4)


def test_errors_change_nothing():
    layer = nn.Conv2d(2, 3, 3)
    before = {k: v.tolist() for k, v in layer.state_dict().items()}
    x = leaf(numbers(1, 2, 2, 2).astype(np.float32))
    with pytest.raises(RuntimeError, match=r"padded input size per channel: \(2 x 2\). Kernel size: \(3 x 3\)"):
        layer(x)
    assert {k: v.tolist() for k, v in layer.state_dict().items()} == before
    assert x.grad is None
    assert x.grad_fn is None


# -- lazy layers --------------------------------------------------------------------------------------------------------

LAZY = [
    ("LazyConv1d", (4, 3), {"padding": 1}, (2, 3, 6)),
    ("LazyConv2d", (4, (3, 2)), {"groups": 2, "bias": False}, (2, 6, 5, 4)),
    ("LazyConv3d", (2, 2), {"padding_mode": "circular", "padding": 1}, (2, 3, 3, 2)),
    ("LazyConvTranspose1d", (4, 3), {"stride": 2, "output_padding": 1}, (2, 6)),
    ("LazyConvTranspose2d", (4, 2), {"groups": 2}, (2, 6, 3, 4)),
    ("LazyConvTranspose3d", (2, 2), {"dilation": 2, "bias": False}, (1, 3, 3, 2, 2)),
]


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature")
@pytest.mark.parametrize(("name", "args", "settings", "shape"), LAZY, ids=[case[0] for case in LAZY])
def test_lazy_layers_against_pytorch(torch, name, args, settings, shape):
    array = numbers(*shape).astype(np.float32)

    def run(library, package):
        library.manual_seed(5)
        layer = getattr(package, name)(*args, **settings)
        texts = [repr(layer), list(layer.state_dict())]
        out = layer(library.tensor(array))
        return [*texts, repr(layer), type(layer).__name__], [out, *layer.state_dict().values()]

    (ours, mine), (theirs, expected) = run(autograd, nn), run(torch, torch.nn)
    assert ours == theirs
    for a, b in zip(mine, expected, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_lazy_layers_take_the_shape_of_a_state_dict():
    source, layer = nn.Conv2d(6, 4, 3, groups=2), nn.LazyConv2d(4, 3, groups=2)
    layer.load_state_dict(source.state_dict())
    x = autograd.ones(1, 6, 4, 4)
    assert layer(x).tolist() == source(x).tolist()
    assert repr(layer) == repr(source)


def test_lazy_layers_say_what_does_not_fit():
    layer = nn.LazyConv2d(4, 3, groups=2)
    with pytest.raises(RuntimeError, match=r"Expected 3D \(unbatched\) or 4D \(batched\) input to LazyConv2d"):
        layer(autograd.ones(3, 5))
    with pytest.raises(ValueError, match="in_channels must be divisible by groups"):
        layer(autograd.ones(3, 5, 5))


# -- what convolutions do backwards -------------------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.parametrize("n", [1, 2, 3])
def test_functions_for_gradients_against_pytorch(torch, n):
    x, w, g = numbers(2, 4, *[5] * n), numbers(6, 2, *[3] * n), numbers(2, 6, *[3] * n)
    settings = {"stride": 2, "padding": 1, "groups": 2}

    def run(library, package):
        leaves = [library.tensor(a, requires_grad=True) for a in (x, w, g)]
        back = getattr(package, f"conv{n}d_input")(x.shape, leaves[1], leaves[2], **settings)
        slopes = getattr(package, f"conv{n}d_weight")(leaves[0], w.shape, leaves[2], **settings)
        ((back**2).sum() + (slopes**2).sum()).backward()
        return [t.detach().numpy() for t in (back, slopes, *[leaf.grad for leaf in leaves])]

    for a, b in zip(run(autograd, nn.grad), run(torch, torch.nn.grad), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)
    with autograd.no_grad():
        assert not nn.grad.conv1d_input((1, 1, 3), autograd.ones(1, 1, 2), autograd.ones(1, 1, 2)).requires_grad
