"""Max pooling over windows at random places, and values put back to where max pooling found them."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor, fused
from nn._sizes import each_or_one

# -- fractional max pooling -------------------------------------------------------------------------------------------


def _fractional(
    dims: int, input: Tensor, kernel_size: Any, output_size: Any, output_ratio: Any, samples: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Fractional max pooling over ``dims`` dimensions, its arguments checked."""
    name = f"fractional_max_pool{dims}d"
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    if input.dim() not in {dims + 1, dims + 2}:
        kind: Any = IndexError if input.dim() < dims + 1 else RuntimeError
        raise kind(f"{name}(): Expected {dims + 1}D or {dims + 2}D tensor, but got: {list(input.shape)}")
    sizes = input.shape[-dims:]
    if output_size is None:
        ratios = each_or_one(output_ratio, dims)
        if len(ratios) != dims:
            raise ValueError(f"{name} requires output_ratio to be one number or {dims} of them, but got {output_ratio}")
        output_size = [int(n * r) for n, r in zip(sizes, ratios, strict=True)]
    kernel, out = each_or_one(kernel_size, dims), each_or_one(output_size, dims)
    for word, value in (("kernel_size", kernel), ("output_size", out)):
        if len(value) != dims:
            raise RuntimeError(f"{name}: {word} must either be a single int or tuple of {dims} ints, but got {value}")
    for side, size, k, count in zip(("time", "height", "width")[-dims:], sizes, kernel, out, strict=True):
        if k < 1 or count < 1:
            raise RuntimeError(f"{name}(): kernel_size and output_size must be positive, but got {kernel} and {out}")
        if count + k - (1 if dims == 2 else 0) > size:  # volumes need one more, as in PyTorch
            raise RuntimeError(f"{name}(): pool {side} {k} too large relative to input {side} {size}")
    batch = 1 if input.dim() == dims + 1 else input.shape[0]
    if samples is None:
        samples = autograd.rand(batch, input.shape[-dims - 1], dims, dtype=input.dtype)
    _check_samples(name, samples, (batch, input.shape[-dims - 1], dims), input.dtype)
    return fused.fractional_max_pool(input, samples, kernel, out)


def _check_samples(name: str, samples: Tensor, shape: tuple[int, int, int], dtype: Any) -> None:
    """RuntimeError unless random numbers have the shape and dtype that pooling needs."""
    if samples.dtype != dtype:
        raise RuntimeError(
            f"{name}: Expect _random_samples to have the same dtype as input ({dtype}), not {samples.dtype}"
        )
    if samples.dim() != 3:
        raise RuntimeError(f"{name}: Expect _random_samples to have 3 dimensions got {samples.dim()}")
    if samples.shape[0] < shape[0]:
        raise RuntimeError(f"{name}: Expect _random_samples.size(0) no less then input batch size.")
    if tuple(samples.shape[1:]) != shape[1:]:
        raise RuntimeError(f"{name}: Expect _random_samples of shape {shape}, but got {list(samples.shape)}")


def fractional_max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """``fractional_max_pool2d`` with its indices. As ``torch.nn.functional.fractional_max_pool2d_with_indices``.

    >>> import autograd, nn.functional as F
    >>> F.fractional_max_pool2d_with_indices(autograd.arange(4.0).reshape(1, 2, 2), 2, output_size=1)
    (tensor([[[3.]]]), tensor([[[3]]]))
    """
    return _fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """``fractional_max_pool3d`` with its indices. As ``torch.nn.functional.fractional_max_pool3d_with_indices``.

    >>> import autograd, nn.functional as F
    >>> F.fractional_max_pool3d_with_indices(autograd.arange(27.0).reshape(1, 3, 3, 3), 2, output_size=1)[1]
    tensor([[[[26]]]])
    """
    return _fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool2d(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The largest elements of windows whose distances are random: (N, C, H, W) or (C, H, W) to (…, *output_size).

    Graham, "Fractional max-pooling", 2014. ``output_ratio``, below 1, gives the output's size from the input's. One random
    number for each plane and dimension, after the same ``manual_seed`` PyTorch's, or ``_random_samples`` (N, C, 2).
    ValueError without a size, RuntimeError for one that does not fit. As ``torch.nn.functional.fractional_max_pool2d``.

    >>> import autograd, nn.functional as F
    >>> F.fractional_max_pool2d(autograd.rand(1, 3, 8, 8), 2, output_ratio=(0.5, 0.5)).shape
    autograd.Size([1, 3, 4, 4])
    """
    found = fractional_max_pool2d_with_indices(input, kernel_size, output_size, output_ratio, True, _random_samples)
    return found if return_indices else found[0]


def fractional_max_pool3d(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The largest elements of windows whose distances are random, of (N, C, D, H, W) or (C, D, H, W).

    See ``fractional_max_pool2d``; ``_random_samples`` are (N, C, 3). As ``torch.nn.functional.fractional_max_pool3d``.

    >>> import autograd, nn.functional as F
    >>> F.fractional_max_pool3d(autograd.rand(1, 3, 4, 4, 4), 2, output_size=2).shape
    autograd.Size([1, 3, 2, 2, 2])
    """
    found = fractional_max_pool3d_with_indices(input, kernel_size, output_size, output_ratio, True, _random_samples)
    return found if return_indices else found[0]


# -- unpooling --------------------------------------------------------------------------------------------------------


def _unpooled_size(input: Tensor, kernel: tuple, stride: tuple, padding: tuple, output_size: Any) -> tuple[int, ...]:
    """The size of an unpooled output: what the windows come to, or one near it that is given."""
    dims = len(kernel)
    usual = [(n - 1) * s + k - 2 * p for n, k, s, p in zip(input.shape[-dims:], kernel, stride, padding, strict=True)]
    if output_size is None:
        return tuple(usual)
    sizes = tuple(output_size)
    if len(sizes) == dims + 2:
        sizes = sizes[2:]
    if len(sizes) != dims:
        raise ValueError(
            f"output_size should be a sequence containing {dims} or {dims + 2} elements, but it has a length of '{len(sizes)}'"
        )
    for dim, (size, near, step) in enumerate(zip(sizes, usual, stride, strict=True)):
        if not near - step < size < near + step:
            raise ValueError(
                f'invalid output_size "{sizes}" (dim {dim} must be between {near - step} and {near + step})'
            )
    return sizes


def _unpool(
    dims: int, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Tensor:
    """Unpooling over ``dims`` dimensions, its arguments checked."""
    if input.dim() not in {dims + 1, dims + 2}:
        raise RuntimeError(
            f"Input to max_unpooling{dims}d should be a {dims + 1}d or {dims + 2}d Tensor, but got a tensor with "
            f"{input.dim()} dimensions."
        )
    kernel = each_or_one(kernel_size, dims)
    steps = kernel if stride is None else each_or_one(stride, dims)
    size = _unpooled_size(input, kernel, steps, each_or_one(padding, dims), output_size)
    return fused.max_unpool(input, indices, size)


def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Zeros with the elements of ``input`` at ``indices``, as ``max_pool1d`` gives them: (…, L) to (…, L_out).

    L_out = (L − 1)·stride + kernel_size − 2·padding, or ``output_size``, less than a stride from that. ValueError for
    another size, RuntimeError for an index outside. As ``torch.nn.functional.max_unpool1d``.

    >>> import autograd, nn.functional as F
    >>> F.max_unpool1d(autograd.tensor([[3.0, 4.0]]), autograd.tensor([[1, 3]]), 2)
    tensor([[0., 3., 0., 4.]])
    """
    return _unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Zeros with the elements of ``input`` at ``indices``, as ``max_pool2d`` gives them: (…, H, W) to (…, H_out, W_out).

    Sizes and errors as in ``max_unpool1d``. As ``torch.nn.functional.max_unpool2d``.

    >>> import autograd, nn.functional as F
    >>> F.max_unpool2d(autograd.tensor([[[5.0]]]), autograd.tensor([[[2]]]), 2)
    tensor([[[0., 0.],
             [5., 0.]]])
    """
    return _unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Zeros with the elements of ``input`` at ``indices``, as ``max_pool3d`` gives them; see ``max_unpool1d``.

    As ``torch.nn.functional.max_unpool3d``.

    >>> import autograd, nn.functional as F
    >>> F.max_unpool3d(autograd.ones(1, 1, 1, 1), autograd.tensor([[[[7]]]]), 2).sum((0, 1))
    tensor([[0., 0.],
            [0., 1.]])
    """
    return _unpool(3, input, indices, kernel_size, stride, padding, output_size)


__all__ = [
    "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
]
