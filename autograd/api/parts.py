"""Parts of a tensor as views: one, or all of them at once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from operator import index as as_int
from typing import Any

from autograd.api.arguments import int_tuple, plain, spelled, tensor_of
from autograd.api.export import export
from autograd.inplace import View, link
from autograd.kernels import shape as kernel
from autograd.kernels.shape import wrap_dim
from autograd.ops import index as indexing
from autograd.ops import join
from autograd.ops import shape as ops
from autograd.ops.shape import show
from autograd.tensor import Tensor, materialise

# -- parts ------------------------------------------------------------------------------------------------------------


@export()
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """The slice at ``index`` along ``dim``, without that dimension: a view. As ``torch.select``.

    IndexError where there is no such dimension or index.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).select(1, 0)
    tensor([1, 3])
    """
    return show(indexing.select, input, as_int(dim), as_int(index))


@export()
def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """The ``length`` slices from ``start`` on along ``dim``: a view. As ``torch.narrow``.

    IndexError or RuntimeError where they leave the tensor.

    >>> import autograd
    >>> autograd.arange(5).narrow(0, 1, 3)
    tensor([1, 2, 3])
    """
    return show(indexing.narrow, input, as_int(dim), as_int(start), as_int(length))


@export()
def narrow_copy(input: Tensor, dim: int, start: int, length: int, *, out: Tensor | None = None) -> Tensor:
    """``narrow`` that copies. As ``torch.narrow_copy``.

    >>> import autograd
    >>> autograd.arange(5).narrow_copy(0, 1, 3)
    tensor([1, 2, 3])
    """
    return ops.clone.function(narrow(input, dim, start, length), out=out)


@export()
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of the planes of ``dim1`` and ``dim2``, as a last dimension: a view. As ``torch.diagonal``.

    ``offset`` above 0 means above the main diagonal. RuntimeError where both dimensions are the same.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).diagonal()
    tensor([1, 4])
    """
    return show(ops.diagonal, input, as_int(offset), as_int(dim1), as_int(dim2))


@export(function=False)
def unfold(self: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """All windows of ``size`` along ``dimension``, ``step`` apart, as a new last dimension: a view.

    RuntimeError where a window is larger than the dimension. As ``torch.Tensor.unfold``.

    >>> import autograd
    >>> autograd.arange(5).unfold(0, 3, 2)
    tensor([[0, 1, 2],
            [2, 3, 4]])
    """
    return show(ops.unfold, self, as_int(dimension), as_int(size), as_int(step))


@export()
def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """A view of ``input``'s memory with the given ``size``, and ``stride`` and offset counted in elements.

    RuntimeError where it would leave the memory of the tensor (of the whole base, where the tensor is a view that is
    not contiguous). As ``torch.as_strided``.

    >>> import autograd
    >>> autograd.arange(6).as_strided((2, 2), (3, 1), 1)
    tensor([[1, 2],
            [4, 5]])
    """
    array = materialise(tensor_of(input, "as_strided"))
    sizes, strides = int_tuple(size, "as_strided", "size"), int_tuple(stride, "as_strided", "stride")
    start, whole = 0, input
    if type(input._view) is View:  # offsets are counted from the beginning of the memory
        whole = input._view.base
        start = (kernel.address(array) - kernel.address(whole._array)) // array.itemsize
    offset = start if storage_offset is None else as_int(storage_offset)
    if array.flags.c_contiguous and 0 <= offset - start <= array.size - kernel.extent(sizes, strides):
        return show(ops.as_strided, input, sizes, strides, offset - start)
    if not whole._array.flags.c_contiguous or (input._node is not None and whole._node is None):
        raise RuntimeError("as_strided: the memory of the tensor is not in row-major order; use contiguous() first")
    return show(ops.as_strided, whole, sizes, strides, offset)


# -- all at once: one operation with several results, so that backward goes over the gradient once ----------------------


@export()
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All slices along ``dim``, without that dimension, as a tuple of views. As ``torch.unbind``.

    IndexError where there is no such dimension. Unlike in PyTorch, the results may be written in place.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).unbind()
    (tensor([1, 2]), tensor([3, 4]))
    """
    parts = join.parted(join.unbind, tensor_of(input, "unbind"), (as_int(dim),))
    axis = dim % input._array.ndim
    for i, part in enumerate(parts):
        link(input, part, ((indexing.select, (axis, i)),))
    return parts


def parted(input: Tensor, sizes: Sequence[int], axis: int) -> tuple[Tensor, ...]:
    """Views of the given ``sizes`` along ``axis``, one after another."""
    parts = join.parted(join.split, input, (tuple(sizes), axis))
    start = 0
    for part, size in zip(parts, sizes, strict=True):
        link(input, part, ((indexing.narrow, (axis, start, size)),))
        start += size
    return parts


@export()
@spelled(tensor="input")
def split(input: Tensor, split_size_or_sections: Any = None, dim: int = 0, **named: Any) -> tuple[Tensor, ...]:
    """Views of ``split_size`` slices each along ``dim`` (the last may be smaller), or of the sizes in a list.

    RuntimeError where the sizes are negative or do not sum to that of the dimension. As ``torch.split``.

    >>> import autograd
    >>> autograd.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    >>> autograd.arange(5).split([1, 4])
    (tensor([0]), tensor([1, 2, 3, 4]))
    """
    given = named.pop("split_size", split_size_or_sections)
    if named or given is None:
        raise TypeError(f"split() takes 'split_size_or_sections' and 'dim', but got {', '.join(named) or 'no size'}")
    shape = tensor_of(input, "split")._array.shape
    if not shape:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    axis = wrap_dim(dim, len(shape))
    count = shape[axis]
    if not hasattr(given, "__index__"):
        sizes = int_tuple(given, "split", "split_size_or_sections")
        if min(sizes, default=0) < 0:
            raise RuntimeError(f"split_with_sizes expects split_sizes have only non-negative entries, but got {sizes}")
        if sum(sizes) != count:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {count} (input tensor's size at dimension "
                f"{dim}), but got split_sizes={list(sizes)}"
            )
        return parted(input, sizes, axis)
    size = as_int(given)
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    if size == 0 and count:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {count}")
    return parted(input, [min(size, count - i) for i in range(0, count, size)] if count else [0], axis)


@export("split_with_sizes", "unsafe_split_with_sizes")
def split_with_sizes(input: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """``split`` with a list of sizes. As ``torch.split_with_sizes`` and ``torch.unsafe_split_with_sizes``.

    >>> import autograd
    >>> autograd.arange(3).split_with_sizes([1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    return split(input, list(split_sizes), dim)


@export()
def unsafe_split(input: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """``split``; PyTorch's form whose results autograd lets one write. Here all may be written.

    As ``torch.unsafe_split``; RuntimeError as ``split``.

    >>> import autograd
    >>> autograd.arange(3).unsafe_split(2)
    (tensor([0, 1]), tensor([2]))
    """
    return split(input, split_size, dim)


@export("chunk", "unsafe_chunk")
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most ``chunks`` views of equal size along ``dim`` (the last may be smaller). As ``torch.chunk``.

    RuntimeError unless ``chunks`` is positive.

    >>> import autograd
    >>> autograd.arange(5).chunk(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    shape = tensor_of(input, "chunk")._array.shape
    if not shape:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    chunks = plain(chunks, "chunk", "chunks")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    axis = wrap_dim(dim, len(shape))
    size = -(-shape[axis] // chunks)
    if size == 0:
        return parted(input, [0] * chunks, axis)
    return split(input, size, axis)


def _sections(shape: tuple[int, ...], axis: int, given: Any, name: str) -> list[tuple[int, int]]:
    """Where each part begins and ends, for a number of parts or the indices between them."""
    count = shape[axis]
    if isinstance(given, Tensor):
        given = given.tolist()
    if hasattr(given, "__index__"):
        parts = as_int(given)
        if parts <= 0:
            raise RuntimeError(f"{name}: number of sections must be larger than 0, got {parts}")
        sizes = [count // parts + (i < count % parts) for i in range(parts)]
        ends = [sum(sizes[: i + 1]) for i in range(parts)]
        return list(zip([0, *ends[:-1]], ends, strict=True))
    cuts = int_tuple(given, name, "indices_or_sections")
    bounds = [slice(a, b).indices(count)[:2] for a, b in zip((0, *cuts), (*cuts, None), strict=True)]
    return [(a, max(a, b)) for a, b in bounds]


@export()
def tensor_split(input: Tensor, indices_or_sections: Any = None, dim: int = 0, **named: Any) -> tuple[Tensor, ...]:
    """Views parted along ``dim`` at the given indices, or into so many parts of almost equal size.

    RuntimeError for a 0-d tensor or fewer than one part. As ``torch.tensor_split``.

    >>> import autograd
    >>> autograd.arange(5).tensor_split(3)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    >>> autograd.arange(5).tensor_split((1, 3))
    (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    given = _cuts(indices_or_sections, named, "tensor_split")
    shape = tensor_of(input, "tensor_split")._array.shape
    if not shape:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    axis = wrap_dim(dim, len(shape))
    bounds = _sections(shape, axis, given, "tensor_split")
    if all(end == start for (_, end), (start, _) in itertools.pairwise(bounds)):
        return parted(input, [b - a for a, b in bounds], axis)
    return tuple(narrow(input, axis, a, b - a) for a, b in bounds)


def _cuts(given: Any, named: dict[str, Any], name: str) -> Any:
    """Where to cut, or into how many parts, by place or by one of PyTorch's keywords."""
    for key in ("indices", "sections", "tensor_indices_or_sections"):
        given = named.pop(key, given)
    if named or given is None:
        raise TypeError(f"{name}() takes 'indices_or_sections', but got {', '.join(named) or 'no such argument'}")
    return given


def _evenly(input: Tensor, given: Any, dim: int, name: str, least: int) -> tuple[Tensor, ...]:
    shape = tensor_of(input, name)._array.shape
    if len(shape) < least:
        raise RuntimeError(
            f"{name} requires a tensor with at least {least} dimension, but got a tensor with {len(shape)} dimensions!"
        )
    if hasattr(given, "__index__") and (as_int(given) == 0 or shape[dim] % as_int(given)):
        raise RuntimeError(
            f"{name} attempted to split along dimension {dim}, but the size of the dimension {shape[dim]} is not "
            f"divisible by the split_size {given}!"
        )
    return tensor_split(input, given, dim)


@export()
def hsplit(input: Tensor, indices_or_sections: Any = None, **named: Any) -> tuple[Tensor, ...]:
    """``tensor_split`` along dimension 1 (0 for a vector), into equal parts. As ``torch.hsplit``.

    >>> import autograd
    >>> autograd.arange(4).hsplit(2)
    (tensor([0, 1]), tensor([2, 3]))
    """
    given = _cuts(indices_or_sections, named, "hsplit")
    return _evenly(input, given, 1 if tensor_of(input, "hsplit")._array.ndim > 1 else 0, "hsplit", 1)


@export()
def vsplit(input: Tensor, indices_or_sections: Any = None, **named: Any) -> tuple[Tensor, ...]:
    """``tensor_split`` along dimension 0 of at least two, into equal parts. As ``torch.vsplit``.

    >>> import autograd
    >>> autograd.tensor([[1], [2]]).vsplit(2)
    (tensor([[1]]), tensor([[2]]))
    """
    return _evenly(input, _cuts(indices_or_sections, named, "vsplit"), 0, "vsplit", 2)


@export()
def dsplit(input: Tensor, indices_or_sections: Any = None, **named: Any) -> tuple[Tensor, ...]:
    """``tensor_split`` along dimension 2 of at least three, into equal parts. As ``torch.dsplit``.

    >>> import autograd
    >>> [part.shape for part in autograd.zeros(1, 2, 4).dsplit([1])]
    [autograd.Size([1, 2, 1]), autograd.Size([1, 2, 3])]
    """
    return _evenly(input, _cuts(indices_or_sections, named, "dsplit"), 2, "dsplit", 3)
