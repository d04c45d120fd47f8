"""Products of vectors, matrices and batches of matrices, and the fused linear layer.

The rules call these operations themselves, not ``@``: on bare arrays that is the same product, through the kernels
that keep any strides in BLAS.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import modes
from autograd.dispatch import attach, forward_mode, quiet, record, retry, wrap
from autograd.inplace import share_constant
from autograd.kernels import products
from autograd.lanes import depth
from autograd.narrow import Narrow
from autograd.op import Op, general, linear, multilinear
from autograd.ops.reduce import sum_
from autograd.samples import Bad, real, s
from autograd.tensor import Tensor

# -- two operands ---------------------------------------------------------------------------------------------------

mm: Op = multilinear(
    "mm",
    products.mm,
    x=lambda g, mat2: mm(g, mat2.T),
    mat2=lambda g, x: mm(x.T, g),
    symbol="@",
    samples=[
        s(real(2, 3), real(3, 4)),
        s(real(1, 1), real(1, 1)),
        s(real(2, 0), real(0, 3)),
        s(real(0, 2), real(2, 3)),
    ],
    errors=[
        Bad(RuntimeError, "shapes cannot be multiplied", real(2, 3), real(4, 5)),
        Bad(RuntimeError, "mat2 must be a matrix", real(2, 3), real(3)),
    ],
    doc="""The product of two matrices, ``out[i, k] = Σ_j input[i, j] · mat2[j, k]``. As ``torch.mm``.

    Shapes ``(n, m)`` and ``(m, p)`` give ``(n, p)``; both of one dtype, not bool. RuntimeError for other shapes.

    >>> import autograd
    >>> autograd.mm(autograd.tensor([[1.0, 2.0]]), autograd.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """,
)
mv: Op = multilinear(
    "mv",
    products.mv,
    x=lambda g, vec: outer(g, vec),
    vec=lambda g, x: mv(x.T, g),
    symbol="@",
    samples=[s(real(2, 3), real(3)), s(real(2, 0), real(0)), s(real(0, 2), real(2))],
    errors=[Bad(RuntimeError, "size mismatch, got input", real(2, 3), real(4))],
    doc="""The product of a matrix ``(n, m)`` and a vector ``(m,)``. As ``torch.mv``; RuntimeError for other shapes.

    >>> import autograd
    >>> autograd.mv(autograd.eye(2), autograd.tensor([3.0, 4.0]))
    tensor([3., 4.])
    """,
)
dot = multilinear(
    "dot",
    products.dot,
    x=lambda g, tensor: g * tensor,
    tensor=lambda g, x: g * x,
    symbol="·",
    samples=[s(real(3), real(3)), s(real(0), real(0))],
    errors=[
        Bad(RuntimeError, "1D tensors expected, but got 2D and 1D tensors", real(2, 3), real(3)),
        Bad(RuntimeError, "inconsistent tensor size", real(3), real(4)),
    ],
    doc="""The scalar product ``Σ_i input[i] · tensor[i]`` of two vectors of one length and dtype. As ``torch.dot``.

    RuntimeError for other shapes.

    >>> import autograd
    >>> autograd.dot(autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0]))
    tensor(11.)
    """,
)
bmm: Op = multilinear(
    "bmm",
    products.bmm,
    x=lambda g, mat2: bmm(g, mat2.swapaxes(1, 2)),
    mat2=lambda g, x: bmm(x.swapaxes(1, 2), g),
    symbol="@",
    samples=[s(real(2, 3, 4), real(2, 4, 1)), s(real(0, 3, 4), real(0, 4, 2)), s(real(2, 3, 0), real(2, 0, 2))],
    errors=[
        Bad(RuntimeError, "batch1 must be a 3D tensor", real(2, 3), real(2, 3)),
        Bad(RuntimeError, "Expected size for first two dimensions", real(2, 2, 3), real(3, 3, 4)),
    ],
    doc="""The products of two batches of matrices, ``(b, n, m)`` and ``(b, m, p)`` to ``(b, n, p)``. As ``torch.bmm``.

    Nothing is broadcast; RuntimeError for other shapes.

    >>> import autograd
    >>> autograd.bmm(autograd.ones(2, 1, 3), autograd.ones(2, 3, 1))
    tensor([[[3.]],
    <BLANKLINE>
            [[3.]]])
    """,
)
outer: Op = multilinear(
    "outer",
    products.outer,
    x=lambda g, vec2: mv(g, vec2),
    vec2=lambda g, x: mv(g.T, x),
    promotes="same",
    broadcasts=False,
    symbol="⊗",
    samples=[s(real(2), real(3)), s(real(0), real(3))],
    errors=[Bad(RuntimeError, "Expected 1-D argument self, but got 2-D", real(2, 3), real(3))],
    public=False,
    doc="The outer product of two vectors; as ``torch.outer``.",
)


def _matmul_x(g: Any, y: Any, x_shape: tuple) -> Any:
    """The gradient of a product's first factor, up to the broadcasting that the engine undoes."""
    if y.ndim == 1:
        return g[..., None] * y
    if len(x_shape) == 1:
        return matmul(y, g[..., None])[..., 0]
    if len(x_shape) == 2 and y.ndim > 2:  # one matrix times many: the sum over the batch is one product
        (n, m), rows = y.shape[-2:], math.prod(y.shape[:-2])
        wide = g.reshape((rows, x_shape[0], m)).swapaxes(0, 1).reshape((x_shape[0], rows * m))
        return mm(wide, y.reshape((rows, n, m)).swapaxes(1, 2).reshape((rows * m, n)))
    return matmul(g, y.swapaxes(-1, -2))


def _matmul_y(g: Any, x: Any, y_shape: tuple) -> Any:
    """The gradient of a product's second factor, up to the broadcasting that the engine undoes."""
    if x.ndim == 1:
        return g * x if len(y_shape) == 1 else x[:, None] * g[..., None, :]
    if len(y_shape) == 1:
        return mv(_flat(x).T, g.reshape((math.prod(g.shape),)))
    if len(y_shape) == 2:
        return mm(_flat(x).T, _flat(g))
    return matmul(x.swapaxes(-1, -2), g)


matmul: Op = multilinear(
    "matmul",
    products.matmul,
    x=_matmul_x,
    y=_matmul_y,
    broadcasts=True,
    symbol="@",
    samples=[
        s(real(2, 3), real(3, 4)),
        s(real(3), real(3)),
        s(real(2, 3), real(3)),
        s(real(3), real(3, 4)),
        s(real(2, 2, 3), real(3)),
        s(real(3), real(2, 3, 4)),
        s(real(2, 2, 3), real(3, 4)),
        s(real(2, 3), real(2, 3, 4)),
        s(real(2, 1, 2, 3), real(3, 3, 2)),
        s(real(2, 0), real(0, 3)),
        s(real(0, 2, 3), real(3, 4)),
    ],
    errors=[
        Bad(RuntimeError, "shapes cannot be multiplied", real(2, 3), real(4, 5)),
        Bad(RuntimeError, "shapes cannot be multiplied", real(2, 2, 3), real(4, 5)),
        Bad(RuntimeError, "at least 1D, but they are 0D and 1D", real(), real(3)),
        Bad(RuntimeError, "must match the size of tensor b", real(2, 2, 3), real(3, 3, 4)),
    ],
    public=False,
    doc="The product of vectors, matrices and batches of matrices, the batches broadcast; as ``torch.matmul``.",
)
cross: Op = multilinear(
    "linalg_cross",
    products.cross,
    x=lambda g, y, dim: cross(y, g, dim),
    y=lambda g, x, dim: cross(g, x, dim),
    broadcasts=True,
    symbol="×",
    samples=[
        s(real(3), real(3)),
        s(real(2, 3), real(1, 3)),
        s(real(3, 2), real(3, 2), dim=0),
        s(real(0, 3), real(0, 3)),
    ],
    errors=[Bad(RuntimeError, "must have length 3. Got 2 and 2", real(2), real(2))],
    public=False,
    doc="The vector product along ``dim``; as ``torch.linalg.cross``.",
)
trace = linear(
    "trace",
    products.trace,
    x=lambda g, x_shape: g * np.eye(*x_shape, dtype=g.dtype),
    samples=[s(real(3, 3)), s(real(2, 3)), s(real(0, 0))],
    errors=[Bad(RuntimeError, "expected a matrix, but got tensor with dim 1", real(3))],
    doc="""The sum of the diagonal of a matrix. As ``torch.trace``; integers give int64, RuntimeError for other shapes.

    >>> import autograd
    >>> autograd.trace(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(5.)
    """,
)

# -- the linear layer -----------------------------------------------------------------------------------------------


def _flat(x: Any) -> Any:
    """``x`` as a matrix of its last dimension's vectors."""
    return x if x.ndim == 2 else x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


def _linear_x(g: Any, weight: Any) -> Any:
    """The gradient of the input: ``g W``."""
    if weight.ndim == 1:
        return g[..., None] * weight
    return mm(g, weight) if g.ndim == 2 else matmul(g, weight)


def _linear_weight(g: Any, x: Any) -> Any:
    """The gradient of the weight: ``gᵀ x``, summed over all leading dimensions."""
    if g.ndim == x.ndim - 1:  # a weight that is a vector
        return mv(_flat(x).T, g.reshape((math.prod(g.shape),))) if x.ndim > 1 else g * x
    return outer(g, x) if x.ndim == 1 else mm(_flat(g).T, _flat(x))


def _linear_bias(g: Any, bias_shape: tuple) -> Any:
    """The gradient of the bias: ``g`` summed over all leading dimensions; the engine does what is left."""
    if len(bias_shape) != 1 or g.ndim == 1:
        return g
    return sum_(_flat(g), 0)


def _linear_jvp(t: tuple, x: Any, weight: Any) -> Any:
    """The tangent of ``x Wᵀ + b``."""
    terms = [] if t[0] is None else [linear_(t[0], weight)]
    if t[1] is not None:
        terms.append(linear_(x, t[1]))
    if t[2] is not None:
        rows = x.shape[:-1] if weight.ndim == 1 else (*x.shape[:-1], weight.shape[0])
        terms.append(t[2] + np.zeros(rows, t[2].dtype))
    return sum(terms[1:], terms[0])


linear_ = general(
    "linear",
    products.linear,
    tensors=("x", "weight", "bias"),
    x=_linear_x,
    weight=_linear_weight,
    bias=_linear_bias,
    jvp=_linear_jvp,
    broadcasts=True,
    samples=[
        s(real(2, 3), real(4, 3), real(4)),
        s(real(2, 3), real(4, 3)),
        s(real(3), real(4, 3), real(4)),
        s(real(2, 2, 3), real(4, 3), real(4)),
        s(real(0, 3), real(4, 3), real(4)),
        s(real(2, 3), real(4, 3), real(1)),
        s(real(2, 3), real(4, 3), real(2, 4)),
        s(real(2, 3), real(3)),
        s(real(3), real(3), real()),
        s(real(2, 3), real(4, 3), real()),
        s(real(2, 2, 3), real(3), real(2, 2)),
    ],
    errors=[
        Bad(RuntimeError, "shapes cannot be multiplied", real(2, 3), real(4, 5)),
        Bad(RuntimeError, "mat2 must be a matrix", real(2, 3), real(3), real()),
        Bad(RuntimeError, "cannot be added", real(3), real(3), real(1, 1)),
    ],
    public=False,
    doc="The fully connected layer ``x Wᵀ + b`` in one step; as ``torch.nn.functional.linear``.",
)

# -- dispatchers: what the general one does, for the calls that every model makes ---------------------------------------


def _operand(value: Any, position: int) -> Tensor:
    """A factor of ``matmul``; TypeError for what is neither Tensor nor array."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, np.ndarray):
        return share_constant(value)
    name = ("input", "other")[position]
    raise TypeError(f"matmul(): argument {name!r} (position {position + 1}) must be Tensor, not {type(value).__name__}")


def product(x: Any, y: Any) -> Tensor:
    """The matrix product of two Tensors, recorded under the name that PyTorch gives to it."""
    one, two = _operand(x, 0), _operand(y, 1)
    dims = (one._array.ndim, two._array.ndim)
    if dims == (2, 1):
        return mv.function(one, two)
    if dims == (1, 1):
        return dot.function(one, two)
    return record(mm if dims == (2, 2) else matmul, [one, two], ())


def _straight(op: Op, kernel: Callable) -> None:
    """Give a product that keeps no more than its two factors a dispatcher without the general one's detours."""
    slow = op.function

    def function(*args: Any, **kwargs: Any) -> Tensor:
        try:
            x, y = args
            a, b = x._array, y._array
        except (ValueError, AttributeError):
            return slow(*args, **kwargs)
        if kwargs or depth[0]:
            return slow(*args, **kwargs)
        try:
            result = quiet(kernel, a, b)
        except Exception as error:  # noqa: BLE001 - explained or computed again
            if type(error) is Narrow:
                return slow(*args, **kwargs)
            result = retry(error, op.name, kernel, a, b)
        tensor = wrap(result)
        one, two = x._node, y._node
        if (one is None and two is None) or (modes.off and not modes.state.enabled):
            return tensor
        attach(tensor, op, (one, two), (None if two is None else a, None if one is None else b, None), (), args)
        return tensor

    op.function = functools.update_wrapper(function, slow)


for _op, _kernel in ((mm, products.mm), (mv, products.mv), (dot, products.dot), (bmm, products.bmm)):
    _straight(_op, _kernel)


def fast_product(x: Any, y: Any) -> Tensor:
    """``product``, straight through for two Tensors that are matrices."""
    try:
        a, b = x._array, y._array
        if a.ndim != 2 or b.ndim != 2 or depth[0]:
            return product(x, y)
    except AttributeError:
        return product(x, y)
    try:
        result = quiet(products.mm, a, b)
    except Exception as error:  # noqa: BLE001 - explained or computed again
        if type(error) is Narrow:
            return product(x, y)
        result = retry(error, "mm", products.mm, a, b)
    tensor = wrap(result)
    one, two = x._node, y._node
    if (one is None and two is None) or (modes.off and not modes.state.enabled):
        return tensor
    saved = (None if two is None else a, None if one is None else b, None)
    attach(tensor, mm, (one, two), saved, (), (x, y))
    return tensor


_linear_slow = linear_.function


def _linear_function(input: Any, weight: Any, bias: Any = None) -> Tensor:
    """``linear``, straight through for Tensors."""
    try:
        x, w = input._array, weight._array
        b = None if bias is None else bias._array
    except AttributeError:
        return _linear_slow(input, weight, bias)
    if forward_mode[0] or depth[0]:
        return _linear_slow(input, weight, bias)
    try:
        result = quiet(products.linear, x, w, b)
    except Exception as error:  # noqa: BLE001 - explained or computed again
        if type(error) is Narrow:
            return _linear_slow(input, weight, bias)
        result = retry(error, "linear", products.linear, x, w, b)
    tensor = wrap(result)
    one, two, three = input._node, weight._node, None if bias is None else bias._node
    if (one is None and two is None and three is None) or (modes.off and not modes.state.enabled):
        return tensor
    shape = None if b is None else b.shape
    saved = (None if two is None else x, None if one is None else w, None, None, shape)
    attach(tensor, linear_, (one, two, three), saved, (), (input, weight, bias))
    return tensor


linear_.function = _linear_function
