"""Sequences of several lengths: padded to one length, or packed one step after another. As ``torch.nn.utils.rnn``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

import autograd
from autograd import Tensor


class _Packed(NamedTuple):
    """The fields of a ``PackedSequence``."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Sequences packed step after step: ``data`` holds the first elements of all, then the second ones, …

    ``batch_sizes[t]`` (int64) sequences have a step t, the longest come first; ``sorted_indices`` and
    ``unsorted_indices`` lead to that order and back, None where it is the given one. Made by ``pack_padded_sequence`` and
    ``pack_sequence``, taken by ``nn.RNN``, ``nn.LSTM`` and ``nn.GRU``. As ``torch.nn.utils.rnn.PackedSequence``.

    >>> import autograd, nn
    >>> packed = nn.utils.rnn.pack_sequence([autograd.tensor([1.0, 2.0]), autograd.tensor([3.0])])
    >>> packed.data, packed.batch_sizes
    (tensor([1., 3., 2.]), tensor([2, 1]))
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> Self:
        """From the fields, or from the pair of the first two; ``unsorted_indices`` follow from ``sorted_indices``."""
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            if not isinstance(data, (list, tuple)) or len(data) != 2:
                raise AssertionError("Expected data to be a list or tuple of length 2: the data and the batch sizes")
            data, batch_sizes = data
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """With ``data`` converted as by ``Tensor.to``; itself where that changes nothing."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def cpu(self, *args: Any, **kwargs: Any) -> Self:
        """Itself: everything is on the CPU."""
        return self.to(*args, **({"device": "cpu"} | kwargs))

    def cuda(self, *args: Any, **kwargs: Any) -> Self:
        """What ``Tensor.cuda`` does: an error, as there is no GPU."""
        return type(self)(self.data.cuda(*args, **kwargs), *self[1:])

    def double(self) -> Self:
        """With float64 data."""
        return self.to(dtype=autograd.float64)

    def float(self) -> Self:
        """With float32 data."""
        return self.to(dtype=autograd.float32)

    def half(self) -> Self:
        """With float16 data."""
        return self.to(dtype=autograd.float16)

    def long(self) -> Self:
        """With int64 data."""
        return self.to(dtype=autograd.int64)

    def int(self) -> Self:
        """With int32 data."""
        return self.to(dtype=autograd.int32)

    def short(self) -> Self:
        """With int16 data."""
        return self.to(dtype=autograd.int16)

    def char(self) -> Self:
        """With int8 data."""
        return self.to(dtype=autograd.int8)

    def byte(self) -> Self:
        """With uint8 data."""
        return self.to(dtype=autograd.uint8)

    @property
    def is_cuda(self) -> bool:
        """False: everything is on the CPU."""
        return self.data.is_cuda

    def is_pinned(self) -> bool:
        """Whether the data is in pinned memory."""
        return self.data.is_pinned()

    def pin_memory(self) -> Self:
        """What ``Tensor.pin_memory`` does."""
        pinned = [None if t is None else t.pin_memory() for t in self[2:]]
        return type(self)(self.data.pin_memory(), self.batch_sizes, *pinned)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes ``permutation``; None for None.

    >>> import autograd, nn
    >>> nn.utils.rnn.invert_permutation(autograd.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    return autograd.empty_like(permutation).scatter_(0, permutation, autograd.arange(permutation.numel()))


def _checked_lengths(lengths: Any, batch: int) -> Tensor:
    if not isinstance(lengths, Tensor):
        lengths = autograd.as_tensor(lengths, dtype=autograd.int64)
    lengths = lengths.to(dtype=autograd.int64)
    if lengths.dim() != 1:
        raise RuntimeError(f"'lengths' argument should be a 1D CPU int64 tensor, but got {lengths.dim()}D")
    if len(lengths) != batch:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(lengths)} (batch_size={batch})"
        )
    return lengths


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | list[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Padded sequences (T, N, …), or (N, T, …) for ``batch_first``, packed without their padding.

    ``lengths`` are those of the N sequences; they must not increase unless ``enforce_sorted=False``. RuntimeError for
    lengths that do, are not positive, or are not N. As ``torch.nn.utils.rnn.pack_padded_sequence``.

    >>> import autograd, nn
    >>> padded = autograd.tensor([[1.0, 2.0], [3.0, 0.0]])
    >>> nn.utils.rnn.pack_padded_sequence(padded, [2, 1], batch_first=True).data
    tensor([1., 3., 2.])
    """
    if input.numel() == 0:
        raise RuntimeError("pack_padded_sequence: Cannot pack empty tensors.")
    if input.dim() < 2:
        raise IndexError(f"pack_padded_sequence: input must have a step and a batch dimension, got {input.dim()}-D")
    batch_dim = 0 if batch_first else 1
    batch, steps = input.shape[batch_dim], input.shape[1 - batch_dim]
    found, order = _checked_lengths(lengths, batch), None
    if not enforce_sorted:
        found, order = autograd.sort(found, descending=True)
    sizes = found.tolist()
    if sizes[-1] <= 0:
        raise RuntimeError(f"Length of all samples has to be greater than 0, but found {sizes[-1]} in 'lengths'")
    if sorted(sizes, reverse=True) != sizes:
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. Pass enforce_sorted=False "
            f"to have it sorted; got {sizes}"
        )
    batch_sizes = (found.unsqueeze(0) > autograd.arange(sizes[0]).unsqueeze(1)).sum(1)
    if sizes[0] > steps:
        raise RuntimeError(f"pack_padded_sequence: a length of {sizes[0]} does not fit input of {steps} steps")
    rows = input.reshape(batch * steps, *input.shape[2:])
    return PackedSequence(rows.index_select(0, _places(found, order, batch_dim, steps, batch)), batch_sizes, order)


def _places(lengths: Tensor, order: Tensor | None, batch_dim: int, steps: int, batch: int) -> Tensor:
    """Where packed elements stand among the rows of padded sequences; ``lengths`` are sorted, ``order`` sorted them."""
    step, place = (lengths.unsqueeze(0) > autograd.arange(lengths.max().item()).unsqueeze(1)).nonzero(as_tuple=True)
    column = place if order is None else order[place]
    return column * steps + step if batch_dim == 0 else step * batch + column


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The inverse of ``pack_padded_sequence``: sequences padded with ``padding_value``, and their lengths (int64).

    ``total_length``: how many steps there are to be; ValueError for fewer than the longest sequence has. As
    ``torch.nn.utils.rnn.pad_packed_sequence``.

    >>> import autograd, nn
    >>> packed = nn.utils.rnn.pack_sequence([autograd.tensor([1.0, 2.0]), autograd.tensor([3.0])])
    >>> nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
    (tensor([[1., 2.],
            [3., 0.]]), tensor([2, 1]))
    """
    steps = sequence.batch_sizes.shape[0]
    if total_length is not None:
        if total_length < steps:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {steps}"
            )
        steps = total_length
    data, batch_dim = sequence.data, 0 if batch_first else 1
    batch = int(sequence.batch_sizes[0])
    lengths = (sequence.batch_sizes.unsqueeze(0) > autograd.arange(batch).unsqueeze(1)).sum(1)
    places = _places(lengths, invert_permutation(sequence.unsorted_indices), batch_dim, steps, batch)
    padded = data.new_full((batch * steps, *data.shape[1:]), padding_value).index_copy(0, places, data)
    shape = (batch, steps) if batch_first else (steps, batch)
    back = sequence.unsorted_indices
    return padded.reshape(*shape, *data.shape[1:]), lengths if back is None else lengths[back]


def _expanded(one: Tensor, trailing: tuple[int, ...]) -> Tensor:
    """A sequence with these sizes after the first; RuntimeError where it cannot be expanded to them."""
    own = one.shape[1:]
    fits = one.dim() == len(trailing) + 1 and all([a in {1, b} for a, b in zip(own, trailing, strict=True)])
    if not fits:
        raise RuntimeError(
            f"pad_sequence: all sequences need the sizes {list(trailing)} after the first, but got {list(one.shape)}"
        )
    return one if own == trailing else one.expand(len(one), *trailing)


def pad_sequence(
    sequences: Tensor | Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences (L_i, …) padded to the longest and stacked: (T, N, …), or (N, T, …) for ``batch_first``.

    ``padding_side`` is "right" or "left". RuntimeError for no sequences, other trailing sizes, another side. As
    ``torch.nn.utils.rnn.pad_sequence``.

    >>> import autograd, nn
    >>> nn.utils.rnn.pad_sequence([autograd.ones(2), autograd.ones(1)], batch_first=True)
    tensor([[1., 1.],
            [1., 0.]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    found = tuple(sequences)
    for i, one in enumerate(found):
        if not isinstance(one, Tensor):
            raise TypeError(f"pad_sequence: expected Tensor as element {i}, but got {type(one).__name__}")
    if not found:
        raise RuntimeError("pad_sequence: received an empty list of sequences")
    if padding_side not in {"left", "right"}:
        raise RuntimeError(f"pad_sequence: Expected padding_side to be one of left or right, but got {padding_side}.")
    trailing = found[0].shape[1:]
    found = tuple([_expanded(one, trailing) for one in found])
    batch, steps = len(found), max([len(one) for one in found])
    places = []
    for i, one in enumerate(found):
        step = autograd.arange(len(one)) + (steps - len(one) if padding_side == "left" else 0)
        places.append(i * steps + step if batch_first else step * batch + i)
    rows = autograd.cat([one.to(found[0].dtype) for one in found])
    padded = found[0].new_full((batch * steps, *trailing), padding_value).index_copy(0, autograd.cat(places), rows)
    return padded.reshape(*((batch, steps) if batch_first else (steps, batch)), *trailing)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The inverse of ``pad_sequence``: a list of the sequences without their padding, which stands at the end.

    ValueError unless there is one length for each. As ``torch.nn.utils.rnn.unpad_sequence``.

    >>> import autograd, nn
    >>> nn.utils.rnn.unpad_sequence(autograd.ones(2, 2), autograd.tensor([2, 1]))
    [tensor([1., 1.]), tensor([1.])]
    """
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[: max(int(length), 0)].clone() for row, length in zip(rows, lengths, strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (L_i, …) packed; the longest must come first unless ``enforce_sorted=False``.

    As ``torch.nn.utils.rnn.pack_sequence``; RuntimeError as ``pack_padded_sequence``.

    >>> import autograd, nn
    >>> nn.utils.rnn.pack_sequence([autograd.ones(1), autograd.ones(2)], enforce_sorted=False).sorted_indices
    tensor([1, 0])
    """
    lengths = autograd.as_tensor([one.shape[0] for one in sequences], dtype=autograd.int64)
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The inverse of ``pack_sequence``: a list of the sequences. As ``torch.nn.utils.rnn.unpack_sequence``.

    >>> import autograd, nn
    >>> nn.utils.rnn.unpack_sequence(nn.utils.rnn.pack_sequence([autograd.ones(2), autograd.ones(1)]))
    [tensor([1., 1.]), tensor([1.])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]
