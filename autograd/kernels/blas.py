"""Vector updates that BLAS makes in one pass where NumPy takes three.

NumPy calls BLAS for products only. Its wheels bring OpenBLAS, whose other functions can be called in the loaded library
too; where there is another BLAS, NumPy computes the same in more passes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.kernels import threads

SMALL = 8192  # elements below which NumPy's three passes take less than the call


def axpby(a: Any, x: np.ndarray, b: Any, y: np.ndarray, scratch: np.ndarray) -> None:
    """``y ← a · x + b · y`` for contiguous vectors of one floating dtype and length; may use ``scratch``.

    >>> y = np.array([1.0, 2.0])
    >>> axpby(10.0, np.array([1.0, 1.0]), 0.5, y, np.empty(2))
    >>> y
    array([10.5, 11. ])
    """
    if x.size >= SMALL:
        call = _functions("axpby").get(x.dtype.char)
        if call is not None:
            call(x.size, float(a), _address(x), 1, float(b), _address(y), 1)
            return
    np.multiply(x, a, out=scratch)
    np.multiply(y, b, out=y)
    np.add(y, scratch, out=y)


def axpy(a: Any, x: np.ndarray, y: np.ndarray, scratch: np.ndarray) -> None:
    """``y ← a · x + y``, likewise.

    >>> y = np.array([1.0, 2.0])
    >>> axpy(10.0, np.array([1.0, 1.0]), y, np.empty(2))
    >>> y
    array([11., 12.])
    """
    if x.size >= SMALL:
        call = _functions("axpy").get(x.dtype.char)
        if call is not None:
            call(x.size, float(a), _address(x), 1, _address(y), 1)
            return
    np.add(y, np.multiply(x, a, out=scratch), out=y)


def _address(x: np.ndarray) -> int:
    """Where the elements of ``x`` lie."""
    import ctypes  # noqa: PLC0415 - takes time, and most programs are small

    if x.flags.writeable:
        memory: Any = x  # a buffer, which the type hints of some NumPy do not say
        return ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return x.ctypes.data  # the same, four times slower


@functools.cache
def _functions(name: str) -> dict[str, Callable]:
    """OpenBLAS's functions ``name`` by dtype; none where NumPy has another BLAS."""
    import ctypes  # noqa: PLC0415 - takes time, and most programs are small

    found = threads.openblas()
    if found is None:
        return {}
    library, prefix, suffix = found
    integer = ctypes.c_int64 if "64" in suffix else ctypes.c_int
    calls = {}
    for char, letter, number in (("f", "s", ctypes.c_float), ("d", "d", ctypes.c_double)):
        call = getattr(library, f"{prefix.removesuffix('openblas')}cblas_{letter}{name}{suffix}", None)
        if call is not None:
            vectors = [ctypes.c_void_p, integer]
            middle = [number] if name == "axpby" else []
            call.argtypes, call.restype = [integer, number, *vectors, *middle, *vectors], None
            calls[char] = call
    return calls
