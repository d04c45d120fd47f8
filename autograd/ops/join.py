"""Joining and parting: several tensors into one, and one tensor into several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import lanes, modes
from autograd.dispatch import attach, record, wrap
from autograd.errors import explain
from autograd.kernels.shape import wrap_dim
from autograd.op import Op, linear
from autograd.samples import Bad, real, s
from autograd.tensor import Tensor, materialise


def filled(parts: Sequence, shapes: Sequence[tuple[int, ...]]) -> tuple:
    """``parts`` with zeros where one is missing, as arrays or Tensors like the others."""
    one = next(p for p in parts if p is not None)
    found = []
    for part, shape in zip(parts, shapes, strict=True):
        if part is None:
            zero = np.zeros(shape, one.dtype)
            found.append(wrap(zero) if isinstance(one, Tensor) else zero)
        else:
            found.append(part)
    return tuple(found)


# -- joining ----------------------------------------------------------------------------------------------------------


def _cat(tensors: tuple, dim: int = 0) -> np.ndarray:
    try:
        made = np.concatenate(tensors, dim)
    except ValueError:  # also what PyTorch takes and NumPy does not: an empty vector beside others
        return _cat_slowly(tensors, dim)
    return made if made.flags.c_contiguous else np.ascontiguousarray(made)  # NumPy keeps column-major order


def _cat_slowly(tensors: tuple, dim: int) -> np.ndarray:
    if not tensors:
        raise ValueError("cat: expected a non-empty list of Tensors")
    for i, t in enumerate(tensors):
        if t.ndim == 0:
            raise RuntimeError(f"zero-dimensional tensor (at position {i}) cannot be concatenated")
    arrays = [t for t in tensors if t.shape != (0,)] or list(tensors)  # an empty vector fits everywhere
    axis = wrap_dim(dim, arrays[0].ndim)
    try:
        return np.concatenate(arrays, axis)
    except ValueError:
        raise RuntimeError(_uneven(arrays, axis)) from None


def _uneven(arrays: list, axis: int) -> str:
    first = arrays[0].shape
    for i, array in enumerate(arrays):
        if array.ndim != len(first):
            return f"Tensors must have same number of dimensions: got {len(first)} and {array.ndim}"
        for d, (have, want) in enumerate(zip(array.shape, first, strict=True)):
            if have != want and d != axis:
                return (
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {want} but got size {have} "
                    f"for tensor number {i} in the list."
                )
    return f"shapes {[a.shape for a in arrays]} cannot be concatenated"


def _uncat(g: Any, shapes: Sequence[tuple[int, ...]], dim: int) -> list:
    """The part of ``g`` that each operand of ``cat`` has filled."""
    axis = dim % len(g.shape)
    whole = len(g.shape) == 1
    sizes = tuple([0 if shape == (0,) and not whole else shape[axis] for shape in shapes])
    parts = list(split(g, sizes, axis))
    return [None if shape == (0,) and not whole else p for p, shape in zip(parts, shapes, strict=True)]


cat: Op = linear(
    "cat", _cat, tensors=("tensors",), variadic=True, promotes="same", broadcasts=False, public=False,
    samples=[
        s([real(2, 3), real(1, 3)]), s([real(2, 3), real(2, 1), real(2, 2)], 1), s([real(2, 3), real(2, 2)], -1),
        s([real(2)]), s([real(0, 2), real(3, 2)]), s([real(0), real(2, 2)]),
    ],
    errors=[
        Bad(RuntimeError, "must match except in dimension 0", [real(2, 3), real(2, 2)]),
        Bad(RuntimeError, "zero-dimensional tensor", [real(2), real()]),
    ],
    doc="The operands one after another along ``dim``.",
    joint=lambda g, tensors_shapes, dim, needs: _uncat(g, tensors_shapes, dim),
    jvp=lambda t, tensors_shapes, dim: cat(filled(t, tensors_shapes), dim),
)  # fmt: skip


def _stack(tensors: tuple, dim: int = 0) -> np.ndarray:
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    shape = tensors[0].shape
    axis = wrap_dim(dim, len(shape) + 1)
    for i, t in enumerate(tensors):
        if t.shape != shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 and {list(t.shape)} "
                f"at entry {i}"
            )
    out = np.empty((*shape[:axis], len(tensors), *shape[axis:]), tensors[0].dtype)
    lead: tuple[Any, ...] = (slice(None),) * axis
    for i, t in enumerate(tensors):
        out[(*lead, i)] = t
    return out


def joined(op: Op, tensors: list[Tensor], dim: int) -> Tensor:
    """``cat`` or ``stack`` of Tensors of one dtype: what ``record`` does, without the questions they answer."""
    arrays = tuple([t._array for t in tensors])
    if lanes.depth[0]:
        return record(op, tensors, (dim,))
    try:
        made = op.forward(arrays, dim)
    except Exception as error:  # noqa: BLE001 - every error is explained
        explain(error, op.name, arrays)
    out = wrap(made)
    if not modes.off or modes.state.enabled:
        parents = tuple([t._node for t in tensors])
        if any(parents):
            attach(out, op, parents, (None, None, tuple([a.shape for a in arrays])), (dim,), tensors)
    return out


stack: Op = linear(
    "stack", _stack, tensors=("tensors",), variadic=True, promotes="same", broadcasts=False, public=False,
    samples=[s([real(2, 3), real(2, 3)]), s([real(2), real(2), real(2)], -1), s([real(), real()]), s([real(0)], 1)],
    errors=[Bad(RuntimeError, "to be equal size", [real(2, 3), real(2)])],
    doc="The operands side by side along a new dimension ``dim``.",
    joint=lambda g, dim, needs: unbind(g, dim),
    jvp=lambda t, tensors_shapes, dim: stack(filled(t, tensors_shapes), dim),
)  # fmt: skip


def parted(op: Op, x: Tensor, static: tuple) -> tuple[Tensor, ...]:
    """``unbind`` or ``split`` of a Tensor; what ``record`` asks is not asked where nothing is to be recorded."""
    if x._node is not None or lanes.depth[0]:
        return record(op, [x], static)
    try:
        return tuple([wrap(part) for part in op.forward(materialise(x), *static)])
    except Exception as error:  # noqa: BLE001 - every error is explained
        explain(error, op.name, (x._array,))


# -- parting: each result is a view, all together are one operation, so that backward is one pass over the gradient ---


def _unbind(x: np.ndarray, dim: int = 0) -> list:
    if x.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    axis = wrap_dim(dim, x.ndim)
    lead: tuple[Any, ...] = (slice(None),) * axis
    return [x[(*lead, i, ...)] for i in range(x.shape[axis])]


def _bound(g: list, x_shape: tuple[int, ...], dim: int) -> Any:
    axis = dim % len(x_shape)
    shape = tuple(x_shape[:axis]) + tuple(x_shape[axis + 1 :])
    return stack(filled(g, [shape] * len(g)), axis)


unbind: Op = linear(
    "unbind", _unbind, tensors=("x",), many=True, public=False,
    samples=[s(real(3, 2)), s(real(3, 2), 1), s(real(3)), s(real(2, 0), -1)],
    errors=[Bad(IndexError, "has no dimensions", real())],
    doc="The slices of ``x`` along ``dim``.",
    x=lambda g, x_shape, dim: _bound(g, x_shape, dim),
)  # fmt: skip


def _split(x: np.ndarray, sizes: tuple[int, ...], dim: int = 0) -> list:
    axis = wrap_dim(dim, x.ndim)
    lead = (slice(None),) * axis
    parts, start = [], 0
    for size in sizes:
        parts.append(x[(*lead, slice(start, start + size))])
        start += size
    return parts


def _joined(g: list, x_shape: tuple[int, ...], sizes: tuple[int, ...], dim: int) -> Any:
    axis = dim % len(x_shape)
    shapes = [(*x_shape[:axis], n, *x_shape[axis + 1 :]) for n in sizes]
    rest = x_shape[axis] - sum(sizes)
    if rest:  # tensor_split need not reach the end
        g, shapes = [*g, None], [*shapes, (*x_shape[:axis], rest, *x_shape[axis + 1 :])]
    return cat(filled(g, shapes), axis)


split: Op = linear(
    "split", _split, tensors=("x",), many=True, public=False,
    samples=[s(real(5, 2), (2, 2, 1)), s(real(2, 4), (1, 3), 1), s(real(3), (0, 3)), s(real(0, 2), (0,))],
    errors=[Bad(IndexError, "Dimension out of range", real(2, 3), (1,), 2)],
    doc="Parts of ``x`` of the given ``sizes`` along ``dim``.",
    x=lambda g, x_shape, sizes, dim: _joined(g, x_shape, sizes, dim),
)  # fmt: skip
