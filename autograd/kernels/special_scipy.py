"""Special functions that NumPy lacks and that SciPy computes: Airy, Bessel, incomplete gamma. Loaded on first use."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np


def scipy_special(name: str) -> Any:
    """The module ``scipy.special``; ImportError that names the function and the extra where SciPy is not installed.

    >>> hasattr(scipy_special("bessel_j0"), "j0")
    True
    """
    try:
        return importlib.import_module("scipy.special")
    except ImportError as error:
        raise ImportError(
            f"{name}: this function is computed by SciPy, which is not installed: pip install 'chainrule[special]'"
        ) from error


def by_scipy(name: str, theirs: str, part: int | None = None) -> Callable[..., Any]:
    """The kernel of one or two floating arrays that SciPy has under the name ``theirs``; ``part`` of several results.

    float16 is computed as float32, integers as float64.

    >>> by_scipy("bessel_j0", "j0")(np.array([0.0, 1.0])).round(4).tolist()
    [1.0, 0.7652]
    """

    def evaluate(*arrays: Any) -> Any:
        function = getattr(scipy_special(name), theirs)
        dtype = np.result_type(*arrays)
        if dtype.kind != "f":
            dtype = np.dtype(np.float64)
        wide = np.float32 if dtype.itemsize < 4 else dtype
        with np.errstate(all="ignore"):
            result = function(*[np.asarray(a, wide) for a in arrays])
            result = result if part is None else result[part]
            return result.astype(dtype, copy=False)

    evaluate.__name__ = name
    if theirs in {"gammainc", "gammaincc"}:
        return lambda x, y: evaluate(x, y)
    return lambda x: evaluate(x)
