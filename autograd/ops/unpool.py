"""Max unpooling: values put back to where max pooling found them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import pool as kernel
from autograd.op import Op, general
from autograd.ops.pool import pick_places
from autograd.samples import Bad, const, ints, real, s


def _max_unpool(x: Any, indices: Any, sizes: tuple[int, ...]) -> np.ndarray:
    if indices.dtype != np.int64:
        raise RuntimeError(f"elements in indices should be type int64 but got: {indices.dtype}")
    if indices.shape != x.shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(x.shape)}) but got indices "
            f"tensor with shape: {list(indices.shape)}"
        )
    return kernel.max_unpool(x, indices, sizes)


max_unpool: Op = general(
    "max_unpool", _max_unpool, tensors=("x", "indices"), public=False, symbol="max unpool",
    samples=[
        s(real(2, 3), const([[0, 2, 3], [3, 0, 1]]), (4,)), s(real(1, 1, 2), const([[[3, 1]]]), (2, 2)),
        s(real(1, 1, 1, 2), const([[[[3, 1]]]]), (2, 2, 1)), s(real(0, 2), ints(0, 2), (4,)),
    ],
    errors=[
        Bad(RuntimeError, "Found an invalid max index: 4", real(1, 2), const([[0, 4]]), (4,)),
        Bad(RuntimeError, "Found an invalid max index: -1", real(1, 2), const([[0, -1]]), (4,)),
        Bad(RuntimeError, "type int64", real(1, 2), real(1, 2), (4,)),
        Bad(RuntimeError, "Expected shape of indices", real(1, 2), ints(1, 3), (4,)),
    ],
    doc="Planes of zeros with the elements of ``x`` at ``indices``; see ``nn.functional.max_unpool2d``.",
    x=lambda g, indices, sizes: pick_places(g, indices, len(sizes)),
    jvp=lambda t, indices, sizes: max_unpool(t[0], indices, sizes),
)  # fmt: skip
