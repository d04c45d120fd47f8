"""``einsum`` in PyTorch's notations, and ``tensordot``."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

from autograd import dtypes
from autograd.api.arguments import tensor_of
from autograd.api.export import export
from autograd.kernels.einsum import split
from autograd.kernels.products import BATCHES, check_dtypes
from autograd.ops.einsum import diagonal
from autograd.ops.einsum import einsum as einsum_op
from autograd.out import copy_back
from autograd.tensor import Tensor

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DOTS = -1  # stands for "..." in a list of labels


@export(method=False)
def einsum(*args: Any) -> Tensor:
    """The Einstein sum: products of the operands' elements, summed over the letters that the result does not have.

    ``einsum(equation, *operands)`` or ``einsum(operand, sublist, ..., [result])``. A letter repeated in one operand
    takes its diagonal, ``...`` stands for dimensions that broadcast; without ``->`` the result has the letters that
    occur once, in alphabetical order. Operands that share a summed dimension have one dtype, others are promoted.
    RuntimeError for an equation that does not fit the operands. As ``torch.einsum``.

    >>> import autograd
    >>> a = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> autograd.einsum("ij,kj->ik", a, a)
    tensor([[ 5., 11.],
            [11., 25.]])
    >>> autograd.einsum("ii", a)
    tensor(5.)
    """
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    if isinstance(args[0], str):
        operands = list(args[1]) if len(args) == 2 and isinstance(args[1], (list, tuple)) else list(args[1:])
        terms, out = _parse(args[0])
    else:
        operands = list(args[0::2]) if len(args) % 2 == 0 else list(args[0:-1:2])
        terms = tuple(_labels(sub) for sub in args[1::2][: len(operands)])
        out = _labels(args[-1]) if len(args) % 2 else None
    if not operands:
        raise RuntimeError("einsum(): must provide at least one operand")
    for i, operand in enumerate(operands):
        if not isinstance(operand, Tensor):
            raise TypeError(f"einsum(): operand {i} must be a Tensor, but got {type(operand).__name__}")
    if len(terms) != len(operands):
        more = "fewer" if len(operands) < len(terms) else "more"
        raise RuntimeError(f"einsum(): {more} operands were provided than specified in the equation")
    arrays = [o._array for o in operands]
    equation, ranks = _plan(terms, out, tuple([a.shape for a in arrays]))
    for array in arrays:
        if array.dtype is not arrays[0].dtype:
            operands = _promoted(operands, equation)
            break
    if ranks is not None:
        operands = [o if r is None else diagonal.function(o, r) for o, r in zip(operands, ranks, strict=True)]
    return einsum_op.function(operands, equation)


@functools.lru_cache(maxsize=256)
def _plan(terms: tuple, out: tuple | None, shapes: tuple) -> tuple[str, list | None]:
    """The explicit equation for operands of these shapes, and the patterns of those whose diagonal is to be taken."""
    patterns, equation = _canonical(terms, out, tuple([len(shape) for shape in shapes]))
    _check_sizes(patterns, shapes)
    ranks = [None if len(set(p)) == len(p) else _ranks(p) for p in patterns]
    return equation, None if ranks == [None] * len(ranks) else ranks


def _promoted(operands: list[Tensor], equation: str) -> list[Tensor]:
    """Operands of several dtypes in a common one; RuntimeError where two of them share a dimension that is summed."""
    terms, out = split(equation)
    for i, (term, operand) in enumerate(zip(terms, operands, strict=True)):
        for other, partner in zip(terms[:i], operands[:i], strict=True):
            if partner.dtype != operand.dtype and set(term) & set(other) - set(out):
                check_dtypes(partner._array, operand._array, BATCHES)
    dtype = dtypes.result_dtype(*[o._array for o in operands])
    return [o if o.dtype == dtype else o.to(dtype) for o in operands]


@functools.lru_cache(maxsize=256)
def _parse(equation: str) -> tuple[tuple, tuple | None]:
    """The labels of the operands and of the result (None where the equation leaves it open)."""
    left, arrow, right = equation.partition("->")
    terms = tuple(_term(part, f"for operand {i}", equation) for i, part in enumerate(left.split(",")))
    return terms, _term(right, "in the output", equation) if arrow else None


def _term(text: str, where: str, equation: str) -> tuple[int, ...]:
    """The labels of one operand's subscripts."""
    labels: list[int] = []
    rest = text.replace(" ", "")
    while rest:
        if rest.startswith("..."):
            if DOTS in labels:
                raise RuntimeError(f"einsum(): found a second ellipsis {where}")
            labels.append(DOTS)
            rest = rest[3:]
            continue
        if rest[0] == ".":
            raise RuntimeError(f"einsum(): found '.' {where} that is not part of any ellipsis")
        if rest[0] not in LETTERS:
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {equation.index(rest[0])} in the equation string, "
                "subscripts must be in [a-zA-Z]"
            )
        labels.append(LETTERS.index(rest[0]))
        rest = rest[1:]
    return tuple(labels)


def _labels(sublist: Any) -> tuple[int, ...]:
    """The labels of a list of numbers from 0 to 51 and at most one Ellipsis."""
    if not isinstance(sublist, (list, tuple)):
        raise TypeError(f"einsum(): a sublist must be a list of ints and Ellipsis, but got {type(sublist).__name__}")
    if list(sublist).count(Ellipsis) > 1:
        raise RuntimeError("einsum(): found a second ellipsis in a sublist")
    for label in sublist:
        if label is not Ellipsis and not hasattr(label, "__index__"):
            raise TypeError(f"einsum(): a subscript must be an int or Ellipsis, but got {type(label).__name__}")
        if label is not Ellipsis and not 0 <= label < len(LETTERS):
            raise ValueError(f"einsum(): subscripts in a sublist must be from 0 to 51, but got {label}")
    return tuple(DOTS if label is Ellipsis else int(label) for label in sublist)


def _canonical(terms: tuple, out: tuple | None, ndims: tuple) -> tuple[tuple, str]:
    """The operands' labels with ``...`` written out, and the explicit equation without repeated labels."""
    dots = 0
    for i, (term, ndim) in enumerate(zip(terms, ndims, strict=True)):
        named = len(term) - (DOTS in term)
        if named > ndim or (named < ndim and DOTS not in term):
            more = "" if DOTS in term else " and no ellipsis was given"
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({named}) "
                f"{'is more than' if DOTS in term else 'does not match'} the number of dimensions ({ndim}) "
                f"for operand {i}{more}"
            )
        dots = max(dots, ndim - named if DOTS in term else 0)
    every = tuple(range(len(LETTERS), len(LETTERS) + dots))
    patterns = tuple(
        _spread(term, every[dots - (ndim - len(term) + 1) :]) for term, ndim in zip(terms, ndims, strict=True)
    )
    if out is None:
        named_once = [c for c in range(len(LETTERS)) if sum(term.count(c) for term in terms) == 1]
        result = every + tuple(named_once)
    else:
        result = _spread(out, every)
        _check_output(out, {c for term in terms for c in term})
    order = sorted({c for pattern in patterns for c in pattern})
    if len(order) > len(LETTERS):
        raise RuntimeError(f"einsum(): more than {len(LETTERS)} different dimensions")
    letter = {c: LETTERS[i] for i, c in enumerate(order)}
    # The order within an operand without repetitions is its own; with them, that of ``diagonal``.
    unique = [p if len(set(p)) == len(p) else tuple(sorted(set(p))) for p in patterns]
    text = ",".join("".join(letter[c] for c in p) for p in unique)
    return patterns, f"{text}->{''.join(letter[c] for c in result)}"


def _spread(term: tuple, dots: tuple) -> tuple:
    """``term`` with the labels ``dots`` in place of the ellipsis."""
    if DOTS not in term:
        return term
    place = term.index(DOTS)
    return term[:place] + dots + term[place + 1 :]


def _check_output(out: tuple, known: set) -> None:
    for label in out:
        if label == DOTS:
            continue
        if out.count(label) > 1:
            raise RuntimeError(f"einsum(): output subscript {LETTERS[label]} appears more than once in the output")
        if label not in known:
            raise RuntimeError(
                f"einsum(): output subscript {LETTERS[label]} does not appear in the equation for any input operand"
            )


def _check_sizes(patterns: tuple, shapes: tuple) -> None:
    sizes: dict[int, int] = {}
    for i, (pattern, shape) in enumerate(zip(patterns, shapes, strict=True)):
        own: dict[int, int] = {}
        for label, size in zip(pattern, shape, strict=True):
            name = LETTERS[label] if label < len(LETTERS) else "..."
            if own.setdefault(label, size) != size:
                raise RuntimeError(
                    f"einsum(): subscript {name} is repeated for operand {i} but the sizes don't match, "
                    f"{size} != {own[label]}"
                )
            if sizes.get(label, 1) == 1:
                sizes[label] = size
            elif size not in (1, sizes[label]):
                raise RuntimeError(
                    f"einsum(): subscript {name} has size {size} for operand {i} which does not broadcast with "
                    f"previously seen size {sizes[label]}"
                )


def _ranks(pattern: tuple) -> tuple[int, ...]:
    """The labels of ``pattern`` counted from 0 in their order."""
    order = sorted(set(pattern))
    return tuple(order.index(c) for c in pattern)


@export(method=False)
def tensordot(a: Tensor, b: Tensor, dims: Any = 2, out: Tensor | None = None) -> Tensor:
    """The contraction of two tensors over several dimensions at once. As ``torch.tensordot``.

    ``dims`` is a number (the last ``dims`` of ``a`` with the first of ``b``) or two lists of dimensions. The result
    has the free dimensions of ``a``, then those of ``b``. RuntimeError where sizes or lists do not match.

    >>> import autograd
    >>> autograd.tensordot(autograd.ones(2, 3), autograd.ones(3, 4), dims=1).shape
    autograd.Size([2, 4])
    """
    a, b = tensor_of(a, "tensordot", "a"), tensor_of(b, "tensordot", "b")
    if a.dtype != b.dtype:
        raise RuntimeError(f"tensordot: both inputs should have same dtype, but got {a.dtype} and {b.dtype}")
    first, second = _contracted(a, b, dims)
    for i, j in zip(first, second, strict=True):
        if a.shape[i] != b.shape[j]:
            if 1 not in (a.shape[i], b.shape[j]):
                raise RuntimeError(
                    f"tensordot: contracted dimensions need to match, but first has size {a.shape[i]} in dim {i} and "
                    f"second has size {b.shape[j]} in dim {j}"
                )
            if a.shape[i] == 1:
                b = b.sum(j, True)
            else:
                a = a.sum(i, True)
    first, second = [i % a.ndim for i in first], [j % b.ndim for j in second]
    left = [i for i in range(a.ndim) if i not in first]
    right = [j for j in range(b.ndim) if j not in second]
    inner = math.prod(a.shape[i] for i in first)
    rows, columns = [a.shape[i] for i in left], [b.shape[j] for j in right]
    x = a.permute(left + first).reshape(math.prod(rows), inner)
    y = b.permute(second + right).reshape(inner, math.prod(columns))
    result = (x @ y).reshape(tuple(rows + columns))
    if out is None:
        return result
    copy_back(result, out, "tensordot", (a, b))
    return out


def _contracted(a: Tensor, b: Tensor, dims: Any) -> tuple[Sequence[int], Sequence[int]]:
    """The dimensions of each operand over which to sum."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        return list(range(-dims, 0)), list(range(dims))
    first, second = ([d] if isinstance(d, int) else list(d) for d in dims)
    if len(first) != len(second):
        raise RuntimeError("tensordot: both dimension lists should have same length")
    for t, name, places in ((a, "a", first), (b, "b", second)):
        for d in places:
            if not -t.ndim <= d < t.ndim:
                from autograd.errors import dim_message  # noqa: PLC0415 - an error path

                raise IndexError(f"tensordot: {dim_message(d, t.ndim)} in the dims of {name}")
    return first, second
