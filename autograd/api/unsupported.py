"""Names of PyTorch's that have no meaning for dense tensors of real numbers on the CPU: each says so when it is called.

A missing name would look like a slip of the pen; these errors tell what there is not, and what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.api.arguments import tensor_of
from autograd.api.export import add, export
from autograd.tensor import Tensor

SPARSE = "tensors are dense only; keep the values in a dense tensor, or as indices and values with index_add"
QUANTIZED = "there are no quantized tensors; keep floating-point numbers"
COMPLEX = "complex numbers are not supported yet; keep real and imaginary parts as two tensors"
DEVICE = "tensors live in the CPU's memory; leave the call out"
GONE = "PyTorch has removed it"

# what is missing: (functions, methods that PyTorch can run on dense tensors, methods that raise RuntimeError there too)
NAMES: dict[str, tuple[str, str, str]] = {
    SPARSE: (
        """sparse_coo_tensor sparse_csr_tensor sparse_csc_tensor sparse_bsr_tensor sparse_bsc_tensor
        sparse_compressed_tensor""",
        """to_sparse to_sparse_coo to_sparse_csr to_sparse_csc to_sparse_bsr to_sparse_bsc to_mkldnn sparse_mask
        sparse_resize_ sparse_resize_and_clear_ resize_as_sparse_ to_padded_tensor""",
        "coalesce is_coalesced indices values crow_indices col_indices ccol_indices row_indices smm sspaddmm",
    ),
    QUANTIZED: (
        "quantize_per_tensor quantize_per_channel quantize_per_tensor_dynamic",
        "int_repr q_scale q_zero_point q_per_channel_axis q_per_channel_scales q_per_channel_zero_points qscheme",
        "",
    ),
    COMPLEX: ("complex polar view_as_complex", "cfloat cdouble chalf", ""),
    DEVICE: ("", "", "xpu ipu mtia record_stream"),
    GONE: ("", "", "reinforce"),
}


def _raising(name: str, text: str, kind: type[RuntimeError], of: str) -> Callable:
    """A function that raises ``kind``."""

    def function(*args: Any, **named: Any) -> Any:
        raise kind(f"{name}(): {text}")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""{kind.__name__}: {text}. In place of ``torch.{of}{name}``.

    >>> import autograd
    >>> try:
    ...     autograd.{"ones(1)." if of else ""}{name}()
    ... except {kind.__name__} as error:
    ...     print("{name}()" in str(error))
    True
    """
    return function


for _text, (_functions, _methods, _both) in NAMES.items():
    for _name in _functions.split():
        add(_name, _raising(_name, _text, NotImplementedError, ""), True, False, False)
    for _name in _methods.split():
        add(_name, _raising(_name, _text, NotImplementedError, "Tensor."), False, True, False)
    for _name in _both.split():
        add(_name, _raising(_name, _text, RuntimeError, "Tensor."), False, True, False)


@export(method=False)
def view_as_real(input: Tensor) -> Tensor:
    """RuntimeError: the tensor is real. As ``torch.view_as_real`` of real tensors.

    >>> import autograd
    >>> try:
    ...     autograd.view_as_real(autograd.ones(2))
    ... except RuntimeError as error:
    ...     print("only supported for complex tensors" in str(error))
    True
    """
    raise RuntimeError(
        f"view_as_real is only supported for complex tensors, but got {tensor_of(input, 'view_as_real').dtype}"
    )


@export(function=False)
def to_dense(self: Tensor, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
    """The tensor itself (with ``dtype``, converted): it is dense. As ``torch.Tensor.to_dense``.

    >>> import autograd
    >>> autograd.ones(2).to_dense()
    tensor([1., 1.])
    """
    return self if dtype is None else self.to(dtype)


@export(function=False)
def dense_dim(self: Tensor) -> int:
    """The number of dimensions: all are dense. As ``torch.Tensor.dense_dim``.

    >>> import autograd
    >>> autograd.ones(2, 3).dense_dim()
    2
    """
    return self._array.ndim


@export(function=False)
def sparse_dim(self: Tensor) -> int:
    """0: no dimension is sparse. As ``torch.Tensor.sparse_dim``.

    >>> import autograd
    >>> autograd.ones(2, 3).sparse_dim()
    0
    """
    return 0


@export()
def dequantize(input: Tensor) -> Tensor:
    """The tensor as float32, since it is not quantized. As ``torch.dequantize``.

    >>> import autograd
    >>> autograd.tensor([1, 2]).dequantize()
    tensor([1., 2.])
    """
    return tensor_of(input, "dequantize").float()
