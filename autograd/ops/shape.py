"""Operations that show the same elements in another shape: views first, then those that copy."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dispatch, modes
from autograd.errors import explain
from autograd.inplace import link, view_of
from autograd.kernels import shape as kernel
from autograd.lanes import Lanes
from autograd.op import Op, general, linear
from autograd.ops.join import stack
from autograd.samples import Bad, real, s
from autograd.tensor import Tensor, materialise

__all__ = ["expand", "reshape", "show", "shown", "stack"]

new = object.__new__


def show(op: Op, x: Any, *static: Any) -> Tensor:
    """A view operation on a Tensor: what ``op.function`` does, without the questions that one argument answers."""
    if not isinstance(x, Tensor):
        x = dispatch.as_tensor(x, op, "input")
    array = x._array
    if type(array) is not np.ndarray:
        if type(array) is Lanes:
            return dispatch.record(op, [x], static)
        array = materialise(x)
    try:
        made = op.forward(array, *static)
    except Exception as error:  # noqa: BLE001 - every error is explained
        explain(error, op.name, (array,))
    return shown(op, x, made, static)


def shown(op: Op, x: Tensor, made: Any, static: tuple) -> Tensor:
    """The array ``made`` by a view operation from that of ``x``, as a Tensor with its history."""
    array = x._array
    out: Tensor = new(Tensor)
    out._array = made
    out._node = out._grad = out._view = None
    if type(made) is Lanes:
        view_of(x, out, op, static)
    else:
        base = made.base
        if (base is not None and (base is array or base is array.base)) or made is array:
            link(x, out, ((op, static),))
    node = x._node
    if node is not None and (not modes.off or modes.state.enabled):
        dispatch.attach(out, op, (node,), (None, None, array.shape) if op.extras else op.nothing, static, (x,))
    return out


def unexpand(g: Any, shape: tuple[int, ...]) -> Any:
    """``g`` summed over the dimensions along which ``shape`` was expanded."""
    from autograd.graph import unbroadcast  # noqa: PLC0415 - the graph stands on operations

    return unbroadcast(g, shape)


def inverse(dims: tuple[int, ...]) -> tuple[int, ...]:
    """The permutation that undoes ``dims``."""
    back = [0] * len(dims)
    for i, d in enumerate(dims):
        back[d % len(dims)] = i
    return tuple(back)


# -- views ------------------------------------------------------------------------------------------------------------

alias: Op = linear(
    "alias", lambda x: x[...], view=True, public=False,
    samples=[s(real(2, 3)), s(real()), s(real(0, 3))],
    doc="The same elements: a view of all of ``x``.",
    x=lambda g: g,
)  # fmt: skip
reshape: Op = linear(
    "reshape", kernel.reshape, tensors=("x",), view=True, pack=True, public=False,
    samples=[s(real(2, 3), (3, 2)), s(real(2, 3), (-1,)), s(real(), (1, 1)), s(real(0, 3), (3, 0)), s(real(1), ())],
    errors=[Bad(RuntimeError, "invalid for input of size 6", real(2, 3), (4,))],
    doc="The elements of ``x`` in row-major order in another shape.",
    x=lambda g, x_shape: reshape(g, x_shape),
)  # fmt: skip
view: Op = linear(
    "view", kernel.reshape, tensors=("x",), view=True, pack=True, public=False,
    samples=[s(real(2, 3), (3, 2)), s(real(2, 3), (-1,)), s(real(), (1, 1)), s(real(0, 3), (3, 0))],
    errors=[Bad(RuntimeError, "only one dimension can be inferred", real(2, 3), (-1, -1))],
    doc="``reshape`` of a tensor whose strides allow it without copying: the front end has looked.",
    x=lambda g, x_shape: reshape(g, x_shape),
)  # fmt: skip
expand: Op = linear(
    "expand", kernel.expand, tensors=("x",), view=True, pack=True, public=False,
    samples=[
        s(real(3), (2, 3)), s(real(2, 1), (2, 4)), s(real(), (2, 2)), s(real(2, 1), (3, -1, 4)), s(real(1), (0,)),
        s(real(1, 0), (3, 0)),
    ],
    errors=[Bad(RuntimeError, "must match the existing size", real(2, 3), (2, 4))],
    doc="``x`` repeated along dimensions of size 1 and along new leading ones, without copying.",
    x=lambda g, x_shape: unexpand(g, x_shape),
)  # fmt: skip
transpose: Op = linear(
    "transpose", kernel.transpose, tensors=("x",), view=True, public=False,
    samples=[s(real(2, 3), 0, 1), s(real(2, 3, 4), -1, 0), s(real(), 0, -1), s(real(0, 3), 0, 1)],
    errors=[Bad(IndexError, "Dimension out of range", real(2, 3), 0, 2)],
    doc="``x`` with dimensions ``dim0`` and ``dim1`` exchanged.",
    x=lambda g, dim0, dim1: transpose(g, dim0, dim1),
)  # fmt: skip
permute: Op = linear(
    "permute", kernel.permute, tensors=("x",), view=True, pack=True, public=False,
    samples=[s(real(2, 3, 4), (2, 0, 1)), s(real(2, 3), (-1, 0)), s(real(), ()), s(real(0, 3), (1, 0))],
    errors=[
        Bad(RuntimeError, "duplicate dims", real(2, 3), (0, 0)),
        Bad(RuntimeError, "number of dimensions", real(2, 3), (0,)),
    ],
    doc="``x`` with its dimensions in the order ``dims``.",
    x=lambda g, dims: permute(g, inverse(dims)),
)  # fmt: skip
squeeze: Op = linear(
    "squeeze", kernel.squeeze, tensors=("x",), view=True, public=False,
    samples=[
        s(real(2, 1, 3)), s(real(1, 2, 1), 0), s(real(1, 2, 1), (0, 2)), s(real(2, 3), 1), s(real()),
        s(real(1, 0)),
    ],
    errors=[Bad(IndexError, "Dimension out of range", real(2, 3), 2)],
    doc="``x`` without dimensions of size 1.",
    x=lambda g, x_shape: reshape(g, x_shape),
)  # fmt: skip
unsqueeze: Op = linear(
    "unsqueeze", kernel.unsqueeze, tensors=("x",), view=True, public=False,
    samples=[s(real(2, 3), 0), s(real(2, 3), -1), s(real(), 0), s(real(0, 3), 1)],
    errors=[Bad(IndexError, "Dimension out of range", real(2, 3), 3)],
    doc="``x`` with a new dimension of size 1.",
    x=lambda g, x_shape: reshape(g, x_shape),
)  # fmt: skip
diagonal: Op = linear(
    "diagonal", kernel.diagonal, tensors=("x",), view=True, public=False,
    samples=[s(real(2, 3)), s(real(3, 3), 1), s(real(2, 3, 4), -1, 2, 0), s(real(2, 3), 9), s(real(0, 3))],
    errors=[Bad(RuntimeError, "cannot be identical", real(2, 3), 0, 1, 1)],
    doc="A diagonal of the planes of two dimensions, as a last dimension.",
    x=lambda g, x_shape, offset, dim1, dim2: place_diagonal(g, x_shape, offset, dim1, dim2),
)  # fmt: skip
place_diagonal: Op = linear(
    "place_diagonal", kernel.place_diagonal, tensors=("g",), public=False, symbol="write diagonal",
    samples=[s(real(2), (2, 3), 0, 0, 1), s(real(2, 1), (2, 3, 2), -1, 2, 1), s(real(0), (0, 3), 0, 0, 1)],
    doc="Zeros of ``shape`` with ``g`` on a diagonal: the gradient of ``diagonal``.",
    g=lambda g, offset, dim1, dim2: diagonal(g, offset, dim1, dim2),
)  # fmt: skip
unfold: Op = linear(
    "unfold", kernel.unfold, tensors=("x",), view=True, public=False,
    samples=[
        s(real(5), 0, 2, 1), s(real(2, 7), 1, 3, 2), s(real(6, 2), 0, 2, 3), s(real(), 0, 1, 1),
        s(real(0, 3), 1, 2, 1), s(real(5, 0), 0, 2, 1),
    ],
    errors=[Bad(RuntimeError, "maximum size for tensor", real(3), 0, 4, 1)],
    doc="The windows of ``size`` along ``dimension``, ``step`` apart, as a last dimension.",
    x=lambda g, x_shape, dimension, size, step: fold_windows(g, x_shape, dimension, size, step),
)  # fmt: skip
fold_windows: Op = linear(
    "fold_windows", kernel.fold_windows, tensors=("g",), public=False, symbol="fold windows",
    samples=[
        s(real(4, 2), (5,), 0, 2, 1), s(real(2, 3, 3), (2, 7), 1, 3, 2),
        s(real(4, 0, 2), (5, 0), 0, 2, 1), s(real(3, 0, 1), (3, 0), 0, 1, 1),
    ],
    doc="The sum of windows where ``unfold`` took them: its gradient.",
    g=lambda g, dimension, size, step: unfold(g, dimension, size, step),
)  # fmt: skip
as_strided: Op = linear(
    "as_strided", kernel.as_strided, tensors=("x",), view=True, public=False,
    samples=[
        s(real(3, 4), (2, 2), (4, 1), 1), s(real(6), (4, 3), (1, 1)), s(real(2, 3), (3,), (0,), 2),
        s(real(), (2,), (0,)), s(real(0), (0,), (1,)),
    ],
    errors=[Bad(RuntimeError, "out of bounds", real(2, 3), (9, 9), (3, 1))],
    doc="Elements of ``x``, counted in row-major order, at given steps in elements.",
    x=lambda g, x_shape, size, stride, offset: place_strided(g, x_shape, size, stride, offset),
)  # fmt: skip
place_strided: Op = linear(
    "place_strided", kernel.place_strided, tensors=("g",), public=False, symbol="write strided",
    samples=[s(real(4, 3), (6,), (4, 3), (1, 1), 0), s(real(), (3,), (), (), 1), s(real(0), (3,), (0,), (1,), 0)],
    doc="Zeros of ``shape`` with ``g`` added where ``as_strided`` read: its gradient.",
    g=lambda g, size, stride, offset: as_strided(g, size, stride, offset),
)  # fmt: skip


# -- copies -----------------------------------------------------------------------------------------------------------

clone: Op = linear(
    "clone", kernel.clone, tensors=("x",), public=False,
    samples=[s(real(2, 3)), s(real()), s(real(0, 2))],
    doc="A copy of ``x`` in new memory.",
    x=lambda g: g,
)  # fmt: skip
contiguous: Op = linear(
    "contiguous", lambda x: np.ascontiguousarray(x) if x.ndim else x[()], tensors=("x",), public=False,
    samples=[s(real(2, 3)), s(real(3)), s(real()), s(real(0, 3))],
    doc="A copy of ``x`` in row-major order.",
    x=lambda g: g,
)  # fmt: skip
reorder: Op = linear(
    "reorder", kernel.reorder, tensors=("x",), public=False, symbol="memory order",
    samples=[s(real(2, 3), (1, 0)), s(real(1, 2, 3, 2), (0, 2, 3, 1)), s(real(0, 2), (0, 1)), s(real(), ())],
    errors=[Bad(IndexError, "Dimension out of range", real(2, 3), (0, 2))],
    doc="A copy of ``x`` whose dimensions lie in memory in the order ``dims``, the last next to each other.",
    x=lambda g: g,
)  # fmt: skip
flip: Op = linear(
    "flip", kernel.flip, tensors=("x",), pack=True, public=False,
    samples=[
        s(real(2, 3), (0,)), s(real(2, 3), (0, -1)), s(real(0, 3), (1,)), s(real(2), ()),
        s(real(), (0,)), s(real(), ()),
    ],
    errors=[Bad(RuntimeError, "multiple times", real(2, 3), (0, 0))],
    doc="``x`` with the order of the elements reversed along ``dims``.",
    x=lambda g, dims: flip(g, dims),
)  # fmt: skip
roll: Op = linear(
    "roll", kernel.roll, tensors=("x",), public=False,
    samples=[
        s(real(2, 3), (1,), (0,)), s(real(2, 3), (1, -2), (0, 1)), s(real(2, 3), (4,), ()), s(real(0, 3), (1,), (1,)),
        s(real(), (1,), ()),
    ],
    errors=[Bad(RuntimeError, "must align", real(2, 3), (1, 2), (0,))],
    doc="``x`` shifted cyclically by ``shifts`` along ``dims``; as one row where there are no ``dims``.",
    x=lambda g, shifts, dims: roll(g, tuple(-n for n in shifts), dims),
)  # fmt: skip


def _unrepeat(g: Any, x_shape: tuple[int, ...], repeats: tuple[int, ...]) -> Any:
    """The gradients of all copies, added."""
    from autograd.ops.reduce import sum_  # noqa: PLC0415 - reductions stand on shapes

    sizes = (1,) * (len(repeats) - len(x_shape)) + tuple(x_shape)
    parts = reshape(g, tuple([n for pair in zip(repeats, sizes, strict=True) for n in pair]))
    return reshape(sum_(parts, tuple(range(0, 2 * len(sizes), 2)), False), x_shape) if sizes else g


repeat: Op = linear(
    "repeat", kernel.repeat, tensors=("x",), pack=True, public=False,
    samples=[
        s(real(2, 3), (2, 1)), s(real(3), (2, 2)), s(real(), (3,)), s(real(2), (0,)), s(real(), ()),
        s(real(0, 2), (2, 1)),
    ],
    errors=[Bad(RuntimeError, "can not be smaller", real(2, 3), (2,))],
    doc="Copies of ``x`` side by side.",
    x=lambda g, x_shape, repeats: _unrepeat(g, x_shape, repeats),
)  # fmt: skip


def _collected(g: Any, x_shape: tuple[int, ...], times: int, dim: int) -> Any:
    """The gradients of neighbouring copies, added."""
    from autograd.ops.reduce import sum_  # noqa: PLC0415 - reductions stand on shapes

    return sum_(reshape(g, (*x_shape[: dim + 1], times, *x_shape[dim + 1 :])), (dim + 1,), False)


repeat_each: Op = linear(
    "repeat_each", lambda x, times, dim: x.repeat(times, dim), tensors=("x",), public=False, symbol="repeat each",
    samples=[s(real(2, 3), 2, 1), s(real(2, 3), 3, 0), s(real(3), 0, 0), s(real(0, 2), 2, 1)],
    doc="Each slice of ``x`` along ``dim``, ``times`` in a row.",
    x=lambda g, x_shape, times, dim: _collected(g, x_shape, times, dim),
)  # fmt: skip
tril: Op = linear(
    "tril", lambda x, diagonal=0: kernel.triangle(x, diagonal, lower=True, name="tril"), inplace=True,
    samples=[s(real(3, 3)), s(real(2, 3, 4), 1), s(real(4, 3), -1), s(real(0, 3))],
    errors=[Bad(RuntimeError, "at least 2 dimensions", real(3))],
    doc="""The lower triangles of the last two dimensions: ``x[..., i, j]`` where ``j - i <= diagonal``, else 0.

    RuntimeError below two dimensions. As ``torch.tril``.

    >>> import autograd
    >>> autograd.tril(autograd.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """,
    x=lambda g, diagonal: tril(g, diagonal),
)  # fmt: skip
triu: Op = linear(
    "triu", lambda x, diagonal=0: kernel.triangle(x, diagonal, lower=False, name="triu"), inplace=True,
    samples=[s(real(3, 3)), s(real(2, 3, 4), 1), s(real(4, 3), -1), s(real(0, 3))],
    errors=[Bad(RuntimeError, "at least 2 dimensions", real(3))],
    doc="""The upper triangles of the last two dimensions: ``x[..., i, j]`` where ``j - i >= diagonal``, else 0.

    RuntimeError below two dimensions. As ``torch.triu``.

    >>> import autograd
    >>> autograd.triu(autograd.ones(2, 2))
    tensor([[1., 1.],
            [0., 1.]])
    """,
    x=lambda g, diagonal: triu(g, diagonal),
)  # fmt: skip
diag_embed: Op = linear(
    "diag_embed", kernel.diag_embed, tensors=("x",), public=False,
    samples=[s(real(3)), s(real(2, 3), 1), s(real(2, 3), -1, 0, 2), s(real(0))],
    errors=[Bad(RuntimeError, "cannot be identical", real(3), 0, 1, 1)],
    doc="Zeros with the last dimension of ``x`` on a diagonal.",
    x=lambda g, offset, dim1, dim2: diagonal(g, offset, dim1, dim2),
)  # fmt: skip


# -- padding ----------------------------------------------------------------------------------------------------------


def _pad(x: np.ndarray, pad: tuple[int, ...], mode: str = "constant", value: Any = None) -> np.ndarray:
    pad = tuple(pad)
    if len(pad) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2, but got {len(pad)}")
    if len(pad) > 2 * x.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension "
            f"but got padding length {len(pad)} and input of dimension {x.ndim}"
        )
    if mode == "constant":
        return kernel.pad_constant(np.asarray(x), pad, value)
    kernel.check_padding(x.shape, pad, mode, value)
    out = x
    for dim, places in _padded(x.shape, pad, mode):
        out = out.take(places, dim)
    return x.copy() if out is x else out  # never the input's own memory


def _padded(shape: tuple[int, ...], pad: tuple[int, ...], mode: str) -> list[tuple[int, np.ndarray]]:
    """For each padded dimension, where its elements come from."""
    return [
        (len(shape) - 1 - i, kernel.pad_positions(shape[-1 - i], pad[2 * i], pad[2 * i + 1], mode))
        for i in range(len(pad) // 2)
        if pad[2 * i] or pad[2 * i + 1]
    ]


def _unpad(g: Any, x_shape: tuple[int, ...], pad_: tuple[int, ...], mode: str) -> Any:
    """The gradient of ``pad``: cropped, or every element added to where it came from."""
    if mode == "constant":
        return pad(g, tuple(-n for n in pad_), "constant", None)
    return unpad(g, tuple(x_shape[len(x_shape) - len(pad_) // 2 :]), tuple(pad_), mode)


pad: Op = general(
    "pad", _pad, tensors=("x",), public=False,
    jvp=lambda t, pad, mode: _pad_op(t[0], pad, mode),
    samples=[
        s(real(2, 3), (1, 2)), s(real(2, 3), (1, 2, 0, 1), "constant", 1.5), s(real(2, 4), (-1, 1)),
        s(real(1, 2, 5), (2, 1), "reflect"), s(real(1, 1, 3, 4), (1, 2, 2, 1), "reflect"),
        s(real(1, 2, 3), (4, 1), "replicate"), s(real(1, 2, 4), (2, 3), "circular"),
        s(real(), ()), s(real(0, 3), (1, 2)), s(real(0, 3), (0, 0, 1, 1)),
    ],
    errors=[Bad(RuntimeError, "Padding length", real(3), (1, 1, 1, 1))],
    doc="``x`` widened at both ends of its last dimensions; see ``nn.functional.pad``.",
    x=lambda g, x_shape, pad, mode: _unpad(g, x_shape, pad, mode),
)  # fmt: skip


def _pad_op(x: Any, pad_: tuple[int, ...], mode: str) -> Any:
    return pad(x, pad_, mode, None)


unpad: Op = linear(
    "unpad", kernel.unpad, tensors=("x",), public=False, symbol="∂ pad",
    samples=[
        s(real(1, 2, 8), (5,), (2, 1), "reflect"), s(real(1, 1, 6, 7), (3, 4), (1, 2, 2, 1), "replicate"),
        s(real(1, 2, 7), (4,), (1, 2), "circular"), s(real(0, 1, 5), (3,), (1, 1), "reflect"),
    ],
    doc="Each element added to where ``pad`` took it from: its transpose, other than for a constant border.",
    x=lambda g, pad, mode: _pad_op(g, pad, mode),
)  # fmt: skip
