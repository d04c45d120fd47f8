"""How tensors are printed: PyTorch's rules for widths, scientific notation, line breaks and summaries."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.tensor import Tensor

__all__ = ["set_printoptions"]


class Options:
    """How tensors are printed now."""

    __slots__ = ("edgeitems", "linewidth", "precision", "sci_mode", "threshold")

    def __init__(self) -> None:
        self.precision: int = 4
        self.threshold: float = 1000
        self.edgeitems: int = 3
        self.linewidth: int = 80
        self.sci_mode: bool | None = None


PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}
options = Options()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """How tensors are printed from now on. As ``torch.set_printoptions``.

    ``precision`` digits after the point (4), a summary above ``threshold`` elements (1000) with ``edgeitems`` at each
    end (3), lines of ``linewidth`` characters (80), scientific notation always, never, or (None) where it is needed.
    ``profile`` is "default", "short" or "full", from which the others depart; another is a ValueError.

    >>> import autograd
    >>> autograd.set_printoptions(precision=2)
    >>> autograd.tensor([0.123456])
    tensor([0.12])
    >>> autograd.set_printoptions(profile="default")
    """
    if profile is not None:
        if profile not in PROFILES:
            raise ValueError(f"set_printoptions: profile must be one of {', '.join(PROFILES)}, but got {profile!r}")
        for name, value in PROFILES[profile].items():
            setattr(options, name, value)
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    for name, value in given.items():
        if value is not None:
            setattr(options, name, value)
    options.sci_mode = sci_mode


# -- one element --------------------------------------------------------------------------------------------------------


def _formatter(values: np.ndarray) -> tuple[Callable[[Any], str], int]:
    """How to write each element of ``values``, and the width of a column."""
    if not dtypes.is_real_float(values.dtype):
        width = max((len(str(v)) for v in values.reshape(-1).tolist()), default=0)
        return (lambda v: str(v).rjust(width)), width
    digits = options.precision
    finite = values[np.isfinite(values) & (values != 0)].astype(np.float64)
    whole = bool(np.all(finite == np.ceil(finite)))
    scientific = False
    style, width = ".0f", 1
    if finite.size:
        sizes = np.abs(finite)
        largest, smallest = float(sizes.max()), float(sizes.min())
        scientific = largest / smallest > 1000 or largest > 1e8 or (not whole and smallest < 1e-4)
        if options.sci_mode is not None:
            scientific = options.sci_mode
        style = f".{digits}e" if scientific else ".0f" if whole else f".{digits}f"
        width = max(len(format(v, style)) for v in finite.tolist()) + (whole and not scientific)

    def write(value: float) -> str:
        if scientific:
            text = format(value, f"{width}.{digits}e")
        elif whole:
            text = format(value, ".0f") + ("." if math.isfinite(value) else "")
        else:
            text = format(value, f".{digits}f")
        return text.rjust(width)

    return write, width


# -- the whole array ----------------------------------------------------------------------------------------------------


def _edges(values: np.ndarray) -> np.ndarray:
    """The elements that a summary shows."""
    edge = options.edgeitems
    for dim, size in enumerate(values.shape):
        if size > 2 * edge:
            ends = np.r_[np.arange(edge), np.arange(size - edge, size)]
            values = np.take(values, ends, axis=dim)
    return values


def _row(values: np.ndarray, indent: int, summary: bool, write: Callable[[Any], str], width: int) -> str:
    """A vector, broken into lines."""
    per_line = max(1, (options.linewidth - indent) // (width + 2))
    edge = options.edgeitems
    if summary and not edge:
        texts = ["..."]
    elif summary and len(values) > 2 * edge:
        texts = [write(v) for v in values[:edge].tolist()]
        texts += [" ...", *(write(v) for v in values[len(values) - edge :].tolist())]
    else:
        texts = [write(v) for v in values.tolist()]
    lines = [", ".join(texts[i : i + per_line]) for i in range(0, len(texts), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _block(values: np.ndarray, indent: int, summary: bool, write: Callable[[Any], str], width: int) -> str:
    """An array with its nested brackets; as deep as it has dimensions."""
    if values.ndim == 0:
        return write(values.item())
    if values.ndim == 1:
        return _row(values, indent, summary, write, width)
    edge = options.edgeitems
    if summary and len(values) > 2 * edge:
        shown = [*range(edge), *range(len(values) - edge, len(values))]
    else:
        shown = list(range(len(values)))
    parts = [_block(values[i], indent + 1, summary, write, width) for i in shown]
    if len(shown) < len(values):
        parts.insert(edge, "...")
    return "[" + ("," + "\n" * (values.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def _suffixes(tensor: Tensor) -> list[str]:
    """What is said after the values: size of an empty tensor, dtype, history."""
    found = []
    default = dtypes.get_default_dtype()
    if options.edgeitems == 0 or (tensor.numel() == 0 and tensor.ndim != 1):
        found.append(f"size={tuple(tensor.shape)}")
    if tensor.numel() == 0:
        if tensor.dtype is not default:
            found.append(f"dtype={tensor.dtype}")
    elif tensor.dtype not in (default, dtypes.int64, dtypes.bool_):
        found.append(f"dtype={tensor.dtype}")
    if tensor.grad_fn is not None:
        found.append(f"grad_fn=<{tensor.grad_fn.name()}>")
    elif tensor.requires_grad:
        found.append("requires_grad=True")
    return found


def tensor_repr(tensor: Tensor, prefix: str = "tensor(") -> str:
    """The text of ``repr(tensor)``, in PyTorch's form.

    >>> import autograd
    >>> print(tensor_repr(autograd.tensor([1.0, 0.5], requires_grad=True)))
    tensor([1.0000, 0.5000], requires_grad=True)
    """
    values = np.asarray(tensor._array)
    if values.dtype == np.float16 or values.dtype.char == dtypes.BFLOAT16:
        values = values.astype(np.float32)
    indent = len(prefix)
    if values.size == 0:
        text = "[]"
    else:
        summary = values.size > options.threshold
        write, width = _formatter(_edges(values) if summary else values)
        text = _block(values, indent, summary, write, width)
    out = prefix + text
    column = len(out) - (out.rfind("\n") + 1)
    for suffix in _suffixes(tensor):
        if column + len(suffix) + 2 > options.linewidth:
            out += ",\n" + " " * indent + suffix
            column = indent + len(suffix)
        else:
            out += ", " + suffix
            column += len(suffix) + 2
    return out + ")"
