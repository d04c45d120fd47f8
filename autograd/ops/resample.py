"""Images at other sizes: linear, and its transpose."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import resample as kernel
from autograd.op import Op, linear
from autograd.samples import Bad, ints, real, s


def _resample(x: Any, size: tuple[int, ...], mode: str, align_corners: bool = False, scales: Any = None) -> np.ndarray:
    sizes = tuple(x.shape[x.ndim - len(size) :])
    if min(sizes) < 1 or min(size) < 1:
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input {list(sizes)} output {list(size)}"
        )
    if x.dtype.kind != "f" and not (x.dtype == np.uint8 and mode.startswith("nearest")):
        raise NotImplementedError(f'"upsample_{mode}" not implemented for {x.dtype}; convert to a floating dtype first')
    return kernel.resample(x, size, mode, align_corners, scales)


resample: Op = linear(
    "resample", _resample, tensors=("x",), public=False, symbol="interpolate",
    samples=[
        s(real(2, 3), (5,), "nearest"), s(real(1, 3), (2,), "nearest-exact"), s(real(1, 2, 3), (4, 4), "linear"),
        s(real(1, 3, 2), (5, 3), "linear", True), s(real(1, 3, 3), (5, 2), "cubic"), s(real(1, 2, 3), (3, 4), "cubic", True),
        s(real(1, 2, 2, 3), (3, 1, 4), "linear"), s(real(1, 4), (6,), "linear", False, (1.6,)), s(real(0, 3), (2,), "nearest"),
    ],
    errors=[
        Bad(RuntimeError, "should be greater than 0", real(2, 3), (0,), "nearest"),
        Bad(NotImplementedError, "not implemented for int64", ints(2, 3), (2,), "linear"),
    ],
    doc="The last dimensions at other sizes: nearest elements, or linear or cubic between them; see "
    "``nn.functional.interpolate``.",
    x=lambda g, x_shape, size, mode, align_corners, scales: resample_backward(
        g, tuple(x_shape[-len(size):]), mode, align_corners, scales
    ),
)  # fmt: skip
resample_backward: Op = linear(
    "resample_backward", kernel.resample_back, tensors=("x",), public=False, symbol="∂ interpolate",
    samples=[
        s(real(2, 5), (3,), "nearest"), s(real(1, 4, 4), (2, 3), "linear"), s(real(1, 2, 2), (3, 3), "cubic", True),
        s(real(0, 2), (3,), "nearest-exact"),
    ],
    doc="Each element shared out to what it was made of: the transpose of ``resample``.",
    x=lambda g, x_shape, sizes, mode, align_corners, scales: resample(
        g, tuple(x_shape[-len(sizes):]), mode, align_corners, scales
    ),
)  # fmt: skip
