"""``out=``: results written into a Tensor that the caller gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import modes
from autograd.inplace import check_cast, put, recording
from autograd.tensor import Tensor


def check_out(out: Any, count: int, name: str) -> tuple:
    """The tuple of Tensors that ``out=`` must be for an operation with ``count`` results."""
    if not isinstance(out, (tuple, list)) or len(out) != count or not all(isinstance(o, Tensor) for o in out):
        raise TypeError(f"{name}(): out= must be a tuple of {count} Tensors, but got {type(out).__name__}")
    return tuple(out)


def copy_back(result: Tensor, out: Any, name: str, args: Any) -> None:
    """Write ``result`` into ``out``, which is resized to fit; nothing is recorded, so grad may not be wanted."""
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): out= must be a Tensor, but got {type(out).__name__}")
    if recording() and any(isinstance(t, Tensor) and t._node is not None for t in (*args, out)):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )
    check_cast(result, out, name)
    if out._array.shape != result._array.shape:
        _resize(out, result._array.shape, name)
    with modes.no_grad():
        put(out, result, f"{name}(out=)")


def _resize(out: Tensor, shape: tuple, name: str) -> None:
    """Give ``out`` new memory of ``shape``; PyTorch warns where it held something."""
    if out._array.size:
        import warnings  # noqa: PLC0415 - rare

        warnings.warn(
            f"{name}(): an output with one or more elements was resized since it had shape "
            f"{list(out._array.shape)}, which does not match the required output shape {list(shape)}. Pass a tensor "
            "of the right shape, or out=autograd.empty(0).",
            UserWarning,
            stacklevel=4,
        )
    out._array = np.empty(shape, out._array.dtype)
