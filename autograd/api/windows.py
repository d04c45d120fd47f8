"""Window functions: ``autograd.signal.windows`` and the older ``hann_window`` and its kin.

A window of length M is sampled at k = 0 … M − 1. A symmetric one has N = M − 1 steps between its ends; a periodic one is
the symmetric one of length M + 1 without its last sample, N = M. Everything is computed in float64 and rounded once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.api.arguments import plain
from autograd.api.export import add as enter
from autograd.factory import check_options, made, pick_dtype
from autograd.kernels.special import i0
from autograd.tensor import Tensor

BLACKMAN = (0.42, 0.5, 0.08)
NUTTALL = (0.3635819, 0.4891775, 0.1365995, 0.0106411)
Shape = Callable[[np.ndarray, float], np.ndarray]  # of the samples k and the number of steps N


def cosines(coefficients: Sequence[float]) -> Shape:
    """``Σ (−1)ⁱ aᵢ cos(2πik / N)``.

    >>> cosines((0.5, 0.5))(np.arange(3.0), 2.0).tolist()
    [0.0, 1.0, 0.0]
    """

    def shape(k: np.ndarray, n: float) -> np.ndarray:
        angle = 2 * math.pi * k / n
        return np.asarray(sum((-1) ** i * a * np.cos(i * angle) for i, a in enumerate(coefficients)))

    return shape


def triangle(k: np.ndarray, n: float) -> np.ndarray:
    """``1 − |2k/N − 1|``.

    >>> triangle(np.arange(3.0), 2.0).tolist()
    [0.0, 1.0, 0.0]
    """
    return 1 - np.abs(2 * k / n - 1)


def bessel(beta: float) -> Shape:
    """``I₀(β √(1 − (2k/N − 1)²)) / I₀(β)``.

    >>> bessel(0.0)(np.arange(3.0), 2.0).tolist()
    [1.0, 1.0, 1.0]
    """

    def shape(k: np.ndarray, n: float) -> np.ndarray:
        inside = np.maximum(1 - np.square(2 * k / n - 1), 0)
        return i0(beta * np.sqrt(inside)) / i0(np.float64(beta))

    return shape


def window(name: str, shape: Shape, length: int, periodic: bool, dtype: np.dtype, requires_grad: bool) -> Tensor:
    """The samples of ``shape`` as a leaf; a window of one sample is 1."""
    if length < 2:
        return made(np.ones(length, dtype), requires_grad)
    k = np.arange(length, dtype=np.float64)
    with np.errstate(all="ignore"):
        values = shape(k, float(length if periodic else length - 1))
    return made(values.astype(dtype), requires_grad)


# -- autograd.signal.windows --------------------------------------------------------------------------------------------


def _modern(
    name: str, shape: Shape, M: Any, sym: bool, dtype: Any, layout: Any, device: Any, requires_grad: bool
) -> Tensor:
    """A window of ``autograd.signal.windows``, its common arguments checked."""
    M = plain(M, name, "M")
    if not hasattr(M, "__index__"):
        raise TypeError(f"{name}(): argument 'M' must be int, not {type(M).__name__}")
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    chosen = pick_dtype(dtype) or dtypes.get_default_dtype()
    if chosen not in (dtypes.float32, dtypes.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {chosen}")
    check_options(name, device, layout)
    return window(name, shape, int(M), not sym, chosen, requires_grad)


_COMMON = (
    "``sym=False`` gives the periodic window for spectra. ``dtype`` is float32 or float64 (ValueError otherwise), by\n"
    "default the default dtype; ValueError for a negative ``M``."
)


def _plain(name: str, shape: Shape, what: str, example: str, result: str) -> Callable[..., Tensor]:
    """A window without parameters of its own."""

    def front(
        M: int,
        *,
        sym: bool = True,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        requires_grad: bool = False,
    ) -> Tensor:
        return _modern(name, shape, M, sym, dtype, layout, device, requires_grad)

    front.__name__ = front.__qualname__ = name
    front.__doc__ = (
        f"{what}, of length ``M``. As\n``torch.signal.windows.{name}``.\n\n{_COMMON}\n\n"
        f">>> import autograd\n>>> autograd.signal.windows.{name}({example}\ntensor({result})\n"
    )
    return front


bartlett = _plain("bartlett", triangle, "The triangle ``1 − |2k/N − 1|``", "3)", "[0., 1., 0.]")
blackman = _plain(
    "blackman",
    cosines(BLACKMAN),
    "Blackman's window ``0.42 − 0.5 cos(2πk/N) + 0.08 cos(4πk/N)``",
    "4, sym=False)[1:]",
    "[0.3400, 1.0000, 0.3400]",
)
cosine = _plain(
    "cosine",
    lambda k, n: np.sin(math.pi * (k + 0.5) / (n + 1)),
    "Half a wave of the sine, ``sin(π (k + ½) / (N + 1))``",
    "2)",
    "[0.7071, 0.7071]",
)
hamming = _plain(
    "hamming", cosines((0.54, 0.46)), "Hamming's window ``0.54 − 0.46 cos(2πk/N)``", "3)", "[0.0800, 1.0000, 0.0800]"
)
hann = _plain("hann", cosines((0.5, 0.5)), "Hann's window ``½ − ½ cos(2πk/N)``", "3)", "[0., 1., 0.]")
nuttall = _plain(
    "nuttall",
    cosines(NUTTALL),
    "Nuttall's window, four cosines with a continuous first derivative",
    "3)",
    "[3.6280e-04, 1.0000e+00, 3.6280e-04]",
)


def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The window ``exp(−|k − center| / tau)`` of length ``M``; the center is N/2. As ``torch.signal.windows.exponential``.

    ``sym=False`` gives the periodic window, which may have another ``center``. ``dtype`` is float32 or float64.
    ValueError for a negative ``M``, ``tau ≤ 0``, another dtype, and a ``center`` of a symmetric window.

    >>> import autograd
    >>> autograd.signal.windows.exponential(3)
    tensor([0.3679, 1.0000, 0.3679])
    """
    if not tau > 0:
        raise ValueError(f"exponential: tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError(f"exponential: center must be None for symmetric windows, but got {center}")

    def shape(k: np.ndarray, n: float) -> np.ndarray:
        return np.exp(-np.abs(k - (n / 2 if center is None else center)) / tau)

    return _modern("exponential", shape, M, sym, dtype, layout, device, requires_grad)


def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The bell ``exp(−(k − N/2)² / (2 std²))`` of length ``M``. As ``torch.signal.windows.gaussian``.

    ``sym=False`` gives the periodic window. ``dtype`` is float32 or float64. ValueError for a negative ``M``, ``std ≤ 0``
    and another dtype.

    >>> import autograd
    >>> autograd.signal.windows.gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    if not std > 0:
        raise ValueError(f"gaussian: standard deviation must be positive, got: {std} instead.")
    return _modern(
        "gaussian",
        lambda k, n: np.exp(-0.5 * np.square((k - n / 2) / std)),
        M,
        sym,
        dtype,
        layout,
        device,
        requires_grad,
    )


def general_cosine(
    M: int,
    *,
    a: Sequence[float],
    sym: bool = True,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The window ``Σ (−1)ⁱ aᵢ cos(2πik/N)`` of length ``M``. As ``torch.signal.windows.general_cosine``.

    ``sym=False`` gives the periodic window. ``dtype`` is float32 or float64. TypeError where ``a`` is no list or tuple,
    ValueError where it is empty, for a negative ``M`` and another dtype.

    >>> import autograd
    >>> autograd.signal.windows.general_cosine(3, a=[0.5, 0.25, 0.25])
    tensor([0.5000, 1.0000, 0.5000])
    """
    if not isinstance(a, (list, tuple)):
        raise TypeError(f"general_cosine: the coefficients 'a' must be a list or tuple, but got {type(a).__name__}")
    if not a:
        raise ValueError("general_cosine: the coefficients 'a' cannot be empty")
    shape = cosines([float(value) for value in a])
    return _modern("general_cosine", shape, M, sym, dtype, layout, device, requires_grad)


def general_hamming(
    M: int,
    *,
    alpha: float = 0.54,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The window ``alpha − (1 − alpha) cos(2πk/N)`` of length ``M``. As ``torch.signal.windows.general_hamming``.

    ``sym=False`` gives the periodic window. ``dtype`` is float32 or float64. ValueError for a negative ``M`` and another
    dtype.

    >>> import autograd
    >>> autograd.signal.windows.general_hamming(3, alpha=0.75)
    tensor([0.5000, 1.0000, 0.5000])
    """
    shape = cosines((alpha, 1 - alpha))
    return _modern("general_hamming", shape, M, sym, dtype, layout, device, requires_grad)


def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Kaiser's window ``I₀(beta √(1 − (2k/N − 1)²)) / I₀(beta)`` of length ``M``. As ``torch.signal.windows.kaiser``.

    ``sym=False`` gives the periodic window. ``dtype`` is float32 or float64. ValueError for a negative ``M`` or ``beta``
    and another dtype.

    >>> import autograd
    >>> autograd.signal.windows.kaiser(3, beta=2.0)
    tensor([0.4387, 1.0000, 0.4387])
    """
    if beta < 0:
        raise ValueError(f"kaiser: beta must be non-negative, got: {beta} instead.")
    return _modern("kaiser", bessel(beta), M, sym, dtype, layout, device, requires_grad)


# -- autograd.hann_window and its kin -----------------------------------------------------------------------------------


def _classic(
    name: str, shape: Shape, length: Any, periodic: bool, dtype: Any, layout: Any, device: Any, requires_grad: bool
) -> Tensor:
    """A window by its older name, periodic unless said otherwise."""
    length = plain(length, name, "window_length")
    if not hasattr(length, "__index__"):
        raise TypeError(f"{name}(): argument 'window_length' must be int, not {type(length).__name__}")
    if length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={length}")
    chosen = pick_dtype(dtype) or dtypes.get_default_dtype()
    if not dtypes.is_real_float(chosen):
        raise RuntimeError(f"{name} expects floating point dtypes, got: {chosen}")
    check_options(name, device, layout)
    return window(name, shape, int(length), periodic, chosen, requires_grad)


def _enter(name: str, shape: Shape, what: str, result: str) -> None:
    """Enter an older window without parameters of its own."""

    def front(
        window_length: int,
        periodic: bool = True,
        *,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        pin_memory: bool = False,
        requires_grad: bool = False,
    ) -> Tensor:
        return _classic(name, shape, window_length, periodic, dtype, layout, device, requires_grad)

    front.__name__ = front.__qualname__ = name
    front.__doc__ = (
        f"{what} window of length ``window_length``, ``periodic`` or symmetric. As ``torch.{name}``.\n\n"
        f"See ``autograd.signal.windows.{name.removesuffix('_window')}``. RuntimeError for a negative length and a dtype "
        f"that\nis not floating.\n\n>>> import autograd\n>>> autograd.{name}(4)\ntensor({result})\n"
    )
    enter(name, front, function=True, method=False, inplace=False)


_enter("bartlett_window", triangle, "Bartlett's", "[0.0000, 0.5000, 1.0000, 0.5000]")
_enter("blackman_window", cosines(BLACKMAN), "Blackman's", "[0.0000, 0.3400, 1.0000, 0.3400]")
_enter("hann_window", cosines((0.5, 0.5)), "Hann's", "[0.0000, 0.5000, 1.0000, 0.5000]")


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """The window ``alpha − beta cos(2πk/N)``, ``periodic`` or symmetric. As ``torch.hamming_window``.

    RuntimeError for a negative length and a dtype that is not floating.

    >>> import autograd
    >>> autograd.hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    shape = cosines((alpha, beta))
    return _classic("hamming_window", shape, window_length, periodic, dtype, layout, device, requires_grad)


def kaiser_window(
    window_length: int,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Kaiser's window, ``periodic`` or symmetric. As ``torch.kaiser_window``; see ``autograd.signal.windows.kaiser``.

    RuntimeError for a negative length and a dtype that is not floating.

    >>> import autograd
    >>> autograd.kaiser_window(4, beta=2.0)
    tensor([0.4387, 0.8348, 1.0000, 0.8348])
    """
    return _classic("kaiser_window", bessel(beta), window_length, periodic, dtype, layout, device, requires_grad)


for _front in (hamming_window, kaiser_window):
    enter(_front.__name__, _front, function=True, method=False, inplace=False)
