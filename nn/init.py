"""Initial values for weights, equal to PyTorch's after the same ``manual_seed``. As ``torch.nn.init``.

Every function fills its tensor in place without recording and returns it.
"""

from __future__ import annotations

import contextlib
import functools
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import autograd
from autograd import Tensor, linalg, no_grad

LINEAR = frozenset(
    f"{stem}{n}d" for stem in ("conv", "conv_transpose") for n in (1, 2, 3)
) | {"linear", "sigmoid"}  # fmt: skip


_skipping: list[None] = []  # not empty while ``skipped()`` is on


@contextlib.contextmanager
def skipped() -> Iterator[None]:
    """Inside, the functions that fill a tensor leave it as it is: what ``nn.utils.skip_init`` uses.

    >>> import autograd, nn
    >>> with nn.init.skipped():
    ...     nn.init.ones_(autograd.zeros(2))
    tensor([0., 0.])
    """
    _skipping.append(None)
    try:
        yield
    finally:
        _skipping.pop()


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which ``nonlinearity`` shrinks its input's spread: "linear", "relu", "leaky_relu", "tanh", "selu", …

    ``param`` is the slope of "leaky_relu" (0.01). ValueError for another name or a slope that is no number. As
    ``torch.nn.init.calculate_gain``.

    >>> import nn
    >>> nn.init.calculate_gain("leaky_relu", 1.0), nn.init.calculate_gain("selu")
    (1.0, 0.75)
    """
    if nonlinearity in LINEAR:
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "selu":
        return 3.0 / 4
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {slope!r} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


# -- from a distribution ----------------------------------------------------------------------------------------------


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with values drawn evenly from ``a`` to ``b``. As ``torch.nn.init.uniform_``.

    >>> import autograd, nn
    >>> bool((nn.init.uniform_(autograd.empty(9), 2, 3) >= 2).all())
    True
    """
    if _skipping:
        return tensor
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with values of the normal distribution with ``mean`` and ``std``. As ``torch.nn.init.normal_``.

    >>> import autograd, nn
    >>> nn.init.normal_(autograd.empty(2), 5.0, 0.0)
    tensor([5., 5.])
    """
    if _skipping:
        return tensor
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def _normal_cdf(x: float) -> float:
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """Fill with values of the normal distribution, those outside [a, b] drawn again. As ``torch.nn.init.trunc_normal_``.

    Where [a, b] holds less than three tenths of the distribution, even values are drawn and accepted by their density.
    Warns where the mean is more than two ``std`` outside.

    >>> import autograd, nn
    >>> bool((nn.init.trunc_normal_(autograd.empty(99), a=-1, b=1).abs() <= 1).all())
    True
    """
    if _skipping:
        return tensor
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            f"trunc_normal_: mean {mean} is more than 2 std from [a, b] = [{a}, {b}]; "
            "the distribution of values may be incorrect.",
            UserWarning,
            stacklevel=2,
        )
    with no_grad():
        if _normal_cdf((b - mean) / std) - _normal_cdf((a - mean) / std) > 0.3:
            return _redraw_outside(tensor, mean, std, a, b, generator)
        return _accept_by_density(tensor, mean, std, a, b, generator)


def _redraw_outside(tensor: Tensor, mean: float, std: float, a: float, b: float, generator: Any) -> Tensor:
    low, high = (autograd.full((), v, dtype=tensor.dtype).item() for v in (a, b))
    values = tensor.normal_(mean, std, generator=generator).clone()
    while bool((outside := (values < low) | (values > high)).any()):
        values = autograd.where(outside, autograd.empty_like(values).normal_(mean, std, generator=generator), values)
    return tensor.copy_(values)


def _accept_by_density(tensor: Tensor, mean: float, std: float, a: float, b: float, generator: Any) -> Tensor:
    top = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2  # the largest log-density in [a, b]

    def rejected(candidates: Tensor) -> Tensor:
        level = ((candidates - mean) / std) ** 2 * -0.5 - top
        return autograd.empty_like(tensor).uniform_(generator=generator).log() > level

    values = tensor.uniform_(a, b, generator=generator).clone()
    pending = rejected(values)
    while bool(pending.any()):
        candidates = autograd.empty_like(values).uniform_(a, b, generator=generator)
        values = autograd.where(pending, candidates, values)
        pending = autograd.logical_and(pending, rejected(candidates))
    return tensor.copy_(values)


# -- constants ----------------------------------------------------------------------------------------------------------


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with ``val``. As ``torch.nn.init.constant_``.

    >>> import autograd, nn
    >>> nn.init.constant_(autograd.empty(2), 3)
    tensor([3., 3.])
    """
    if _skipping:
        return tensor
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with 1. As ``torch.nn.init.ones_``.

    >>> import autograd, nn
    >>> nn.init.ones_(autograd.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with 0. As ``torch.nn.init.zeros_``.

    >>> import autograd, nn
    >>> nn.init.zeros_(autograd.empty(2))
    tensor([0., 0.])
    """
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Fill a matrix with the identity. ValueError for another number of dimensions. As ``torch.nn.init.eye_``.

    >>> import autograd, nn
    >>> nn.init.eye_(autograd.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    if _skipping:
        return tensor
    if tensor.dim() != 2:
        raise ValueError(f"eye_: Only tensors with 2 dimensions are supported, but got {tensor.dim()}")
    with no_grad():
        return tensor.copy_(autograd.eye(*tensor.shape, dtype=tensor.dtype))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Fill a convolution's weight (3 to 5 dimensions) so that it hands its channels through. As ``torch.nn.init.dirac_``.

    ValueError for other dimensions, or output channels that ``groups`` does not divide.

    >>> import autograd, nn
    >>> nn.init.dirac_(autograd.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    if _skipping:
        return tensor
    if tensor.dim() not in {3, 4, 5}:
        raise ValueError(f"dirac_: Only tensors with 3, 4, or 5 dimensions are supported, but got {tensor.dim()}")
    shape = tensor.shape
    if shape[0] % groups:
        raise ValueError(f"dirac_: dim 0 must be divisible by groups, but got {shape[0]} and {groups}")
    each = shape[0] // groups
    middle = tuple(size // 2 for size in shape[2:])
    with no_grad():
        tensor.zero_()
        for group in range(groups):
            for channel in range(min(each, shape[1])):
                tensor[(group * each + channel, channel, *middle)] = 1
    return tensor


# -- by the number of connections -----------------------------------------------------------------------------------------


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs each output of the layer has, and how many outputs each input."""
    if tensor.dim() < 2:
        raise ValueError(
            f"Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, got {tuple(tensor.shape)}"
        )
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    mode = mode.lower()
    if mode not in {"fan_in", "fan_out"}:
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return _calculate_fan_in_and_fan_out(tensor)[mode == "fan_out"]


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill evenly within ``±gain √(6 / (fan_in + fan_out))``. As ``torch.nn.init.xavier_uniform_`` (Glorot and Bengio, 2010).

    ValueError for fewer than two dimensions.

    >>> import autograd, nn
    >>> bool((nn.init.xavier_uniform_(autograd.empty(3, 3)).abs() <= 1).all())
    True
    """
    bound = math.sqrt(3.0) * (gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor)))))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill from the normal distribution with ``std = gain √(2 / (fan_in + fan_out))``. As ``torch.nn.init.xavier_normal_``.

    ValueError for fewer than two dimensions.

    >>> import autograd, nn
    >>> nn.init.xavier_normal_(autograd.empty(2, 3), gain=0.0).sum()
    tensor(0.)
    """
    std = gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor))))
    return normal_(tensor, 0.0, std, generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float | None:
    """The standard deviation, or None (with a warning) where there is nothing to fill."""
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", UserWarning, stacklevel=3)
        return None
    fan = _calculate_correct_fan(tensor, mode)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Fill evenly within ``±gain √(3 / fan)``, ``a`` being the slope of leaky ReLU. As ``torch.nn.init.kaiming_uniform_``.

    He et al., 2015. ``mode``: "fan_in" keeps the spread of values, "fan_out" that of gradients; ValueError for another.

    >>> import autograd, nn
    >>> bool((nn.init.kaiming_uniform_(autograd.empty(2, 6)).abs() <= 1).all())
    True
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    if std is None:
        return tensor
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Fill from the normal distribution with ``std = gain / √fan``. As ``torch.nn.init.kaiming_normal_`` (He et al., 2015).

    Arguments and errors as ``kaiming_uniform_``.

    >>> import autograd, nn
    >>> tuple(nn.init.kaiming_normal_(autograd.empty(2, 6), nonlinearity="relu").shape)
    (2, 6)
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    return tensor if std is None else normal_(tensor, 0, std, generator)


# -- matrices -------------------------------------------------------------------------------------------------------------


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """Fill with ``gain`` times a random matrix of orthonormal rows or columns. As ``torch.nn.init.orthogonal_``.

    Saxe et al., 2013; dimensions after the first are taken together. ValueError for fewer than two.

    >>> import autograd, nn
    >>> w = nn.init.orthogonal_(autograd.empty(2, 3))
    >>> bool((w @ w.T - autograd.eye(2)).abs().max() < 1e-6)
    True
    """
    if _skipping:
        return tensor
    if tensor.dim() < 2:
        raise ValueError(f"orthogonal_: Only tensors with 2 or more dimensions are supported, but got {tensor.dim()}")
    if tensor.numel() == 0:
        return tensor
    rows, cols = tensor.shape[0], tensor.numel() // tensor.shape[0]
    with no_grad():
        flat = autograd.empty(rows, cols, dtype=tensor.dtype).normal_(0, 1, generator=generator)
        q, r = linalg.qr(flat.T if rows < cols else flat)
        q = q * r.diagonal().sign()  # makes the choice unique, so that all rotations are equally likely
        return tensor.copy_((q.T if rows < cols else q).reshape(tensor.shape) * gain)


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Fill a matrix from the normal distribution and zero the share ``sparsity`` of each column. As ``torch.nn.init.sparse_``.

    Martens, 2010. ValueError unless there are two dimensions.

    >>> import autograd, nn
    >>> (nn.init.sparse_(autograd.empty(10, 2), sparsity=0.3) == 0).sum(0)
    tensor([3, 3])
    """
    if _skipping:
        return tensor
    if tensor.dim() != 2:
        raise ValueError(f"sparse_: Only tensors with 2 dimensions are supported, but got {tensor.dim()}")
    rows, cols = tensor.shape
    with no_grad():
        tensor.normal_(0, std, generator=generator)
        for col in range(cols):
            chosen = autograd.randperm(rows, generator=generator)[: math.ceil(sparsity * rows)]
            tensor[chosen, col] = 0
    return tensor


# -- the names of old -------------------------------------------------------------------------------------------------------


def _renamed(function: Callable) -> Callable:
    """``function`` under its name without the underscore, with PyTorch's warning."""
    old = function.__name__.rstrip("_")

    @functools.wraps(function)
    def deprecated(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(
            f"`nn.init.{old}` is now deprecated in favor of `nn.init.{function.__name__}`.", FutureWarning, stacklevel=2
        )
        return function(*args, **kwargs)

    deprecated.__name__ = deprecated.__qualname__ = old
    deprecated.__doc__ = f"The old name of ``{function.__name__}``; warns (FutureWarning).\n\n>>> import nn\n>>> nn.init.{old}.__name__\n'{old}'\n"
    return deprecated


uniform = _renamed(uniform_)
normal = _renamed(normal_)
constant = _renamed(constant_)
eye = _renamed(eye_)
dirac = _renamed(dirac_)
xavier_uniform = _renamed(xavier_uniform_)
xavier_normal = _renamed(xavier_normal_)
kaiming_uniform = _renamed(kaiming_uniform_)
kaiming_normal = _renamed(kaiming_normal_)
orthogonal = _renamed(orthogonal_)
sparse = _renamed(sparse_)

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "dirac",
    "dirac_",
    "eye",
    "eye_",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "sparse",
    "sparse_",
    "trunc_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]
