"""Finding where a gradient becomes NaN, and the source line that recorded an operation."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import dispatch, dtypes, inplace
from autograd.node import Node
from autograd.tensor import Tensor


def check_nan(node: Node, gradients: Iterable) -> None:
    """Raise RuntimeError where one of the gradients that ``node`` handed on has a NaN."""
    for place, back in enumerate(gradients):
        if back is None:
            continue
        array = back._array if isinstance(back, Tensor) else back
        if dtypes.is_differentiable(array.dtype) and np.isnan(array).any():
            line = f" It was recorded at {node.meta}." if isinstance(node.meta, str) else ""
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {place}th output.{line}")


def source_line() -> str:
    """The innermost source line outside this package, as ``file:line in function: text``."""
    import linecache  # noqa: PLC0415 - only while anomalies are looked for

    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "autograd":
        frame = frame.f_back
    if frame is None:
        return "unknown"
    file, line = frame.f_code.co_filename, frame.f_lineno
    return f"{file}:{line} in {frame.f_code.co_name}: {linecache.getline(file, line).strip()}"


def _remember_line(node: Node, args: Any, output: Tensor) -> None:
    node.meta = source_line()


class detect_anomaly:
    """Find where a gradient becomes NaN: the error names the operation and the source line that recorded it.

    Also a write into a saved value is then reported with both lines. Slow; use while debugging. As
    ``torch.autograd.detect_anomaly``.

    >>> import autograd
    >>> x = autograd.tensor(0.0, requires_grad=True)
    >>> with autograd.detect_anomaly():
    ...     try:
    ...         (autograd.sqrt(x) * 0).backward()
    ...     except RuntimeError as error:
    ...         print("SqrtBackward0" in str(error))
    True
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan

    def __enter__(self) -> None:
        inplace.anomaly[0] += 1
        inplace.anomaly[1] += self.check_nan
        dispatch.observers.append(_remember_line)

    def __exit__(self, *exc: object) -> None:
        inplace.anomaly[0] -= 1
        inplace.anomaly[1] -= self.check_nan
        dispatch.observers.remove(_remember_line)


class set_detect_anomaly(detect_anomaly):
    """Look for anomalies from now on, by a flag; as a context manager, until its end. As ``torch.autograd.set_detect_anomaly``.

    >>> import autograd
    >>> with autograd.set_detect_anomaly(True):
    ...     autograd.is_anomaly_enabled()
    True
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        super().__init__(check_nan)
        self.before = dispatch.observers.count(_remember_line)
        while dispatch.observers.count(_remember_line) > bool(mode):
            super().__exit__()
        if mode and not self.before:
            super().__enter__()

    def __enter__(self) -> None:
        """Nothing more to do: the mode was set when this was made."""

    def __exit__(self, *exc: object) -> None:
        while dispatch.observers.count(_remember_line) > self.before:
            super().__exit__()
        while dispatch.observers.count(_remember_line) < self.before:
            super().__enter__()


def is_anomaly_enabled() -> bool:
    """Whether anomalies are looked for. As ``torch.is_anomaly_enabled``.

    >>> import autograd
    >>> autograd.is_anomaly_enabled()
    False
    """
    return inplace.anomaly[0] > 0
