"""Sliding blocks as columns and back: linear, each the transpose of the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import fold as kernel
from autograd.kernels.pool_windows import frozen, spread
from autograd.op import Op, linear
from autograd.samples import Bad, ints, real, s


def _numbers(*values: Any) -> tuple:
    return tuple([frozen(v) for v in values])


def _im2col(x: np.ndarray, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> np.ndarray:
    if x.ndim not in {3, 4} or 0 in x.shape[-3:]:
        raise RuntimeError(
            "unfold: Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for "
            f"input, but got: {list(x.shape)}"
        )
    if x.dtype.kind != "f":
        raise NotImplementedError(f"unfold: not implemented for {x.dtype}; convert to a floating dtype first")
    windows = kernel.blocks("unfold", x.shape[-2:], *_numbers(kernel_size, dilation, padding, stride))
    kernel.check_unfold(windows)
    return kernel.unfold(x, windows)


def _col2im(
    x: np.ndarray, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> np.ndarray:
    if x.ndim not in {2, 3} or 0 in x.shape[-2:]:
        raise RuntimeError(
            "fold: Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions "
            f"for input, but got: {list(x.shape)}"
        )
    if x.dtype.kind != "f":
        raise NotImplementedError(f"fold: not implemented for {x.dtype}; convert to a floating dtype first")
    size = spread(output_size, 2, "output_size", "fold")
    windows = kernel.blocks("fold", size, *_numbers(kernel_size, dilation, padding, stride))
    kernel.check_fold(x.shape, windows)
    return kernel.fold(x, windows)


im2col: Op = linear(
    "im2col", _im2col, tensors=("x",), public=False, symbol="unfold",
    samples=[
        s(real(2, 3, 4), 2), s(real(1, 2, 4, 5), (2, 3), (2, 1), (0, 1), 2), s(real(0, 2, 3, 3), 2),
        s(real(1, 1, 3, 3), 1, 1, 1, 1),
    ],
    errors=[
        Bad(RuntimeError, "at least one", real(1, 2, 2), 3), Bad(RuntimeError, "3D or 4D", real(2, 2), 1),
        Bad(RuntimeError, "kernel size should be greater", real(1, 2, 2), 0),
        Bad(NotImplementedError, "not implemented for int64", ints(1, 2, 2), 1),
    ],
    doc="The blocks of ``kernel_size`` that slide over an image, as columns; see ``nn.functional.unfold``.",
    x=lambda g, x_shape, kernel_size, dilation, padding, stride: col2im(
        g, x_shape[-2:], kernel_size, dilation, padding, stride
    ),
)  # fmt: skip
col2im: Op = linear(
    "col2im", _col2im, tensors=("x",), public=False, symbol="fold",
    samples=[
        s(real(4, 6), (3, 4), 2), s(real(1, 12, 3), (4, 5), (2, 3), (2, 1), (0, 1), 2), s(real(0, 4, 4), 3, 2),
        s(real(1, 1, 25), 3, 1, 1, 1, 1),
    ],
    errors=[
        Bad(RuntimeError, "number of sliding blocks", real(4, 5), (3, 4), 2),
        Bad(RuntimeError, "divisible by the product", real(3, 6), (3, 4), 2), Bad(RuntimeError, "2D or 3D", real(3), 2, 1),
        Bad(RuntimeError, "stride should be greater", real(4, 6), (3, 4), 2, 1, 0, 0),
    ],
    doc="Columns added up where their blocks lie in an image of ``output_size``; see ``nn.functional.fold``.",
    x=lambda g, kernel_size, dilation, padding, stride: im2col(g, kernel_size, dilation, padding, stride),
)  # fmt: skip
