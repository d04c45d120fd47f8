"""Whether tensors are equal, or nearly."""

from __future__ import annotations

import numpy as np

from autograd.api.arguments import tensor_of
from autograd.api.export import export
from autograd.dispatch import number
from autograd.ops import compare
from autograd.tensor import Tensor


@export("isclose")
def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Whether ``|input − other| ≤ atol + rtol · |other|``, element by element. As ``torch.isclose``.

    Infinities are close to themselves, NaN to NaN with ``equal_nan``. RuntimeError for different dtypes and negative
    tolerances.

    >>> import autograd
    >>> autograd.isclose(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0 + 1e-7, 2.1]))
    tensor([ True, False])
    """
    x, y = tensor_of(input, "isclose"), tensor_of(other, "isclose", "other")
    if x._array.dtype is not y._array.dtype:
        raise RuntimeError(f"isclose: {x._array.dtype} did not match {y._array.dtype}")
    rtol, atol = number(rtol, "isclose", "rtol"), number(atol, "isclose", "atol")
    for name, value in (("rtol", rtol), ("atol", atol)):
        if not value >= 0:
            raise RuntimeError(f"isclose: {name} must be greater than or equal to zero, but got {value}")
    return compare.isclose.function(x, y, rtol, atol, equal_nan)


@export("allclose")
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether all elements are close, as ``isclose`` has it: a Python bool. As ``torch.allclose``.

    >>> import autograd
    >>> autograd.allclose(autograd.tensor([1.0]), autograd.tensor([1.0 + 1e-7]))
    True
    """
    return bool(np.all(isclose(input, other, rtol, atol, equal_nan)._array))


@export("equal")
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and equal elements: a Python bool. As ``torch.equal``.

    >>> import autograd
    >>> autograd.equal(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 2.0]))
    True
    """
    x, y = tensor_of(input, "equal"), tensor_of(other, "equal", "other")
    return x._array.shape == y._array.shape and bool(np.all(x._array == y._array))
