"""PyTorch beside this package: a function of each, the same results and gradients. Layers are in ``cases/``."""

import numpy as np
import pytest

import autograd
import nn


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def numbers(value):
    """The values of a tensor of either library, or of a tuple of them."""
    if isinstance(value, (tuple, list)):
        return [numbers(v) for v in value]
    return None if value is None else np.asarray(value.detach().numpy())


def close(ours, theirs, **tolerances):
    """Same shape, dtype and values."""
    a, b = numbers(ours), numbers(theirs)
    assert a.shape == b.shape
    assert a.dtype == b.dtype
    np.testing.assert_allclose(a, b, **({"rtol": 1e-10, "atol": 1e-12} | tolerances))


def tensors(library, arrays):
    """The arrays as tensors that require grad where they are floating point; other arguments as they are."""
    return [library.tensor(a, requires_grad=a.dtype.kind == "f") if isinstance(a, np.ndarray) else a for a in arrays]


def run(library, function, arrays, seed=0, **kwargs):
    """The result of a function and the gradients of its tensor arguments, weighted so that each element counts."""
    inputs = tensors(library, arrays)
    library.manual_seed(seed)
    out = function(*inputs, **kwargs)
    if out.requires_grad:
        weights = np.cos(np.arange(out.numel(), dtype=np.float64)).reshape(tuple(out.shape)).astype(numbers(out).dtype)
        out.backward(library.tensor(weights))
    return out, [i.grad for i in inputs if hasattr(i, "grad") and i.requires_grad]


@pytest.fixture
def same(torch):
    """Check that two functions, one of each library, do the same: ``same(ours, theirs, *arrays, **kwargs)``."""

    def check(ours, theirs, *arrays, tolerances=None, **kwargs):
        out, gradients = run(autograd, ours, arrays, **kwargs)
        expected, slopes = run(torch, theirs, arrays, **kwargs)
        close(out, expected, **(tolerances or {}))
        assert len(gradients) == len(slopes)
        for gradient, slope in zip(gradients, slopes, strict=True):
            assert (gradient is None) == (slope is None)
            if slope is not None:
                close(gradient, slope, **(tolerances or {}))

    return check


@pytest.fixture
def same_error(torch):
    """Check that both libraries raise the same type of error: ``same_error(function)``, called with each library."""

    def check(function, text):
        with pytest.raises(Exception) as expected:
            function(torch, torch.nn)
        with pytest.raises(type(expected.value), match=text):
            function(autograd, nn)

    return check
