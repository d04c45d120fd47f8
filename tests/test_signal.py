"""Windows: PyTorch as an oracle for every window, length, form and dtype; known values; errors."""

import numpy as np
import pytest

import autograd as ag
from autograd.signal import windows

MODERN = {name: [{}] for name in windows.__all__} | {
    "exponential": [{}, {"tau": 3.0}, {"tau": 0.5}],
    "gaussian": [{}, {"std": 0.4}, {"std": 7.0}],
    "general_cosine": [{"a": [0.5, 0.5]}, {"a": (0.4, 0.3, 0.2, 0.1)}, {"a": [1.0]}],
    "general_hamming": [{}, {"alpha": 0.7}],
    "kaiser": [{}, {"beta": 0.0}, {"beta": 3.5}, {"beta": 20}],
}
CLASSIC = {
    "bartlett_window": [()],
    "blackman_window": [()],
    "hamming_window": [(), (0.5,), (0.5, 0.4)],
    "hann_window": [()],
    "kaiser_window": [(), (3.0,)],
}
LENGTHS = (0, 1, 2, 3, 8, 51)


@pytest.mark.torch
@pytest.mark.parametrize("name", MODERN)
def test_windows_against_torch(name):
    torch = pytest.importorskip("torch")
    for options in MODERN[name]:
        for length in LENGTHS:
            for sym in (True, False):
                for dtype in ("float32", "float64"):
                    got = getattr(windows, name)(length, sym=sym, dtype=getattr(ag, dtype), **options)
                    theirs = getattr(torch.signal.windows, name)
                    expected = theirs(length, sym=sym, dtype=getattr(torch, dtype), **options).numpy()
                    assert got.dtype == dtype
                    np.testing.assert_allclose(
                        got.numpy(), expected, rtol=1e-12, atol=2e-6 if dtype == "float32" else 1e-14
                    )


@pytest.mark.torch
@pytest.mark.parametrize("name", CLASSIC)
def test_older_windows_against_torch(name):
    torch = pytest.importorskip("torch")
    for parameters in CLASSIC[name]:
        for length in LENGTHS:
            for periodic in (True, False):
                for dtype in ("float32", "float64"):
                    got = getattr(ag, name)(length, periodic, *parameters, dtype=getattr(ag, dtype))
                    expected = getattr(torch, name)(length, periodic, *parameters, dtype=getattr(torch, dtype))
                    np.testing.assert_allclose(
                        got.numpy(), expected.numpy(), rtol=1e-12, atol=2e-6 if dtype == "float32" else 1e-14
                    )


def test_symmetry_and_periods():
    for name, choices in MODERN.items():
        make = getattr(windows, name)
        for options in choices:
            window = make(9, dtype=ag.float64, **options).numpy()
            np.testing.assert_allclose(window, window[::-1], rtol=1e-13, atol=1e-15)
            longer = make(10, dtype=ag.float64, **options).numpy()
            np.testing.assert_array_equal(make(9, sym=False, dtype=ag.float64, **options).numpy(), longer[:-1])


def test_known_values():
    assert windows.hann(5).tolist() == [0.0, 0.5, 1.0, 0.5, 0.0]
    assert ag.hann_window(4).tolist() == [0.0, 0.5, 1.0, 0.5]
    assert windows.exponential(3, center=0.0, sym=False).tolist()[0] == 1.0
    assert windows.bartlett(1).tolist() == [1.0]
    assert windows.kaiser(0).shape == (0,)


def test_options():
    window = windows.gaussian(4, requires_grad=True, device="cpu", layout=ag.strided)
    assert window.requires_grad
    assert window.is_leaf
    assert window.dtype is ag.float32
    assert ag.hann_window(window_length=4, periodic=False, requires_grad=True).requires_grad
    ag.set_default_dtype(ag.float64)
    try:
        assert windows.hamming(3).dtype is ag.float64
    finally:
        ag.set_default_dtype(ag.float32)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: windows.hann(-1), ValueError, "hann requires non-negative window length, got M=-1"),
        (lambda: windows.hann(2.0), TypeError, "'M' must be int, not float"),
        (lambda: windows.hann(3, dtype=ag.int64), ValueError, "float32 or float64 dtypes, got: int64"),
        (lambda: windows.hann(3, dtype=ag.float16), ValueError, "got: float16"),
        (lambda: windows.gaussian(3, std=0), ValueError, "standard deviation must be positive"),
        (lambda: windows.exponential(3, tau=-1.0), ValueError, "tau must be positive"),
        (lambda: windows.exponential(3, center=1.0), ValueError, "center must be None"),
        (lambda: windows.kaiser(3, beta=-1), ValueError, "beta must be non-negative"),
        (lambda: windows.general_cosine(3, a=[]), ValueError, "cannot be empty"),
        (lambda: windows.general_cosine(3, a=0.5), TypeError, "list or tuple, but got float"),
        (lambda: ag.hann_window(-1), RuntimeError, "window_length=-1"),
        (lambda: ag.kaiser_window(3.0), TypeError, "'window_length' must be int, not float"),
        (lambda: ag.hamming_window(3, dtype=ag.int32), RuntimeError, "floating point dtypes, got: int32"),
    ],
)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()
