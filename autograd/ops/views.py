"""Writes into parts of a tensor, as operations on its history."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.dispatch import wrap
from autograd.op import Op, linear
from autograd.samples import real, s
from autograd.tensor import Tensor


def follow(array: Any, path: tuple) -> Any:
    """``array`` through the view operations of ``path``; works on Tensors too."""
    for op, static in path:
        array = op(array, *static)
    return array


def _tail(x: Any) -> Any:
    """A view for the samples."""
    return x[1:]


def places(shape: tuple[int, ...], path: tuple) -> np.ndarray:
    """The flat positions, in a base of ``shape``, of the elements that ``path`` leads to."""
    return follow(np.arange(int(np.prod(shape))).reshape(shape), path)


def _copy_slices(base: np.ndarray, values: np.ndarray, path: tuple) -> np.ndarray:
    out = np.array(base, order="C")
    part = follow(out, path)
    if np.may_share_memory(part, out):
        part[...] = values
    else:  # a reshape that copies in row-major order, although it was a view of the base's own layout
        out.reshape(-1)[places(base.shape, path)] = values
    return out


OVERLAPPING = frozenset({"expand", "unfold", "as_strided"})  # views that may show one element several times


def _spread_back(g: Any, base_shape: tuple[int, ...], path: tuple) -> Any:
    """The gradient of a base from that of its part: ``g`` where the part stands, added up where it overlaps itself."""
    from autograd.kernels.index import Places  # noqa: PLC0415 - indexing stands on this module
    from autograd.ops.index import put_back  # noqa: PLC0415
    from autograd.ops.shape import reshape  # noqa: PLC0415

    if not any([getattr(op, "name", "") in OVERLAPPING for op, _ in path]):
        zeros = np.zeros(base_shape, g.dtype)
        return copy_slices(wrap(zeros) if isinstance(g, Tensor) else zeros, g, path)
    where = places(base_shape, path).reshape(-1)
    flat = put_back(reshape(g, where.shape), (math.prod(base_shape),), Places(where))
    return reshape(flat, base_shape)


region = linear(
    "region",
    lambda base, path: follow(base, path),
    tensors=("base",),
    base=lambda g, base_shape, path: _spread_back(g, base_shape, path),
    symbol="view",
    samples=[s(real(3, 2), ((_tail, ()),)), s(real(), ()), s(real(3, 0), ((_tail, ()),))],
    doc="The part of ``base`` that a view shows, read again after ``base`` was written.",
    public=False,
)
copy_slices: Op = linear(
    "copy_slices",
    _copy_slices,
    tensors=("base", "values"),
    base=lambda g, path: copy_slices(g, g.dtype.type(0), path),
    values=lambda g, path: region(g, path),
    symbol="write view",
    samples=[
        s(real(3, 2), real(2, 2), ((_tail, ()),)),
        s(real(3), real(1), ((_tail, ()), (_tail, ()))),
        s(real(), real(), ()),
        s(real(3, 0), real(2, 0), ((_tail, ()),)),
    ],
    doc="``base`` with ``values`` written where the view of ``path`` stands.",
    public=False,
)
overwrite = linear(
    "overwrite",
    lambda x, src: src,
    tensors=("x", "src"),
    x=lambda g: np.zeros(g.shape, g.dtype),
    src=lambda g: g,
    samples=[s(real(3, 2), real(3, 2)), s(real(), real()), s(real(0, 3), real(0, 3))],
    doc="``src`` in the place of ``x``, whose own values have no influence any more.",
    public=False,
)
