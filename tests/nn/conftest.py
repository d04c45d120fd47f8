"""PyTorch beside this package: the same layer or function, the same numbers, the same results and gradients."""

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


def plain(text):
    """A module's text without the name of the library."""
    return text.replace("torch.", "").replace("autograd.", "")


@pytest.fixture
def same_layer(torch, same):
    """Check a layer against PyTorch's: initial state, text, and results and gradients in training and evaluation."""

    def check(name, *args, inputs, tolerances=None, **kwargs):
        autograd.manual_seed(3)
        ours = getattr(nn, name)(*args, **kwargs)
        torch.manual_seed(3)
        theirs = getattr(torch.nn, name)(*args, **kwargs)
        assert plain(repr(ours)) == plain(repr(theirs))
        assert list(ours.state_dict()) == list(theirs.state_dict())
        for key, value in theirs.state_dict().items():
            close(ours.state_dict()[key], value, rtol=0, atol=1e-6)
        ours.double()
        theirs.double()
        theirs.load_state_dict({key: torch.tensor(numbers(value)) for key, value in ours.state_dict().items()})
        for mode in (True, False):
            ours.train(mode).zero_grad()
            theirs.train(mode).zero_grad()
            same(ours, theirs, *inputs, tolerances=tolerances)
            for (key, one), (other, two) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
                assert key == other
                close(one.grad, two.grad, **(tolerances or {}))

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
