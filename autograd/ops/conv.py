"""Convolution: three operations, linear in each of their tensors, that are each other's derivatives.

With ``y = convolution(x, w)`` and any ``g`` of the shape of ``y``, the number ``Σ g · y`` is linear in ``x``, ``w`` and
``g``. Its gradients are ``convolution_spread(g, w)``, ``convolution_weight(g, x)`` and ``y``, whichever of the three stands
outside; so derivatives of every order stay among them. Inputs have a batch; settings are tuples.
"""

from __future__ import annotations

from typing import Any

from autograd.kernels import conv as kernel
from autograd.op import Op, general, multilinear
from autograd.ops.reduce import sum_
from autograd.ops.shape import expand
from autograd.samples import real, s

_SAMPLES = [  # input, weight, bias; stride, padding, dilation
    s(real(2, 2, 4), real(3, 2, 3), real(3), (1,), (1,), (1,)),
    s(real(2, 3, 5), real(2, 3, 2), None, (2,), (0,), (2,)),
    s(real(2, 2, 4, 3), real(2, 2, 2, 3), real(2), (1, 1), (1, 2), (2, 1)),
    s(real(1, 4, 4, 5), real(4, 2, 3, 2), real(4), (2, 1), (1, 0), (1, 2)),
    s(real(2, 2, 3, 3), real(4, 1, 2, 2), None, (1, 1), (0, 0), (1, 1)),
    s(real(2, 2, 2, 2), real(3, 2, 1, 1), real(3), (1, 1), (0, 0), (1, 1)),
    s(real(1, 1, 3, 3, 2), real(2, 1, 2, 2, 2), real(2), (1, 2, 1), (1, 0, 0), (1, 1, 1)),
    s(real(0, 2, 4), real(3, 2, 3), real(3), (1,), (1,), (1,)),
]
_SPREAD = [  # g, weight, bias; spatial shape of the result, stride, padding, dilation, groups
    s(real(2, 2, 4), real(2, 3, 3), real(3), (4,), (1,), (1,), (1,), 1),
    s(real(1, 2, 2, 3), real(2, 1, 2, 3), real(2), (4, 7), (2, 1), (0, 0), (1, 2), 2),
    s(real(2, 3, 2, 2), real(3, 2, 1, 1), real(2), (2, 2), (1, 1), (0, 0), (1, 1), 1),
    s(real(1, 2, 2, 2, 2), real(2, 1, 2, 2, 2), None, (3, 4, 2), (1, 2, 1), (0, 0, 1), (1, 1, 2), 1),
    s(real(1, 1, 2), real(1, 1, 2), None, (5,), (1,), (0,), (2,), 1),
    s(real(0, 2, 4), real(2, 3, 3), real(3), (6,), (1,), (0,), (1,), 1),
]
_WEIGHT = [  # g, input; shape of the weight, stride, padding, dilation
    s(real(2, 3, 4), real(2, 2, 4), (3, 2, 3), (1,), (1,), (1,)),
    s(real(1, 4, 2, 2), real(1, 2, 4, 4), (4, 1, 3, 2), (2, 1), (1, 0), (1, 2)),
    s(real(1, 1, 2, 2, 1), real(1, 1, 3, 2, 2), (1, 1, 2, 1, 2), (1, 1, 1), (0, 0, 0), (1, 1, 1)),
    s(real(0, 3, 4), real(0, 2, 4), (3, 2, 3), (1,), (1,), (1,)),
]


def _convolve(
    x: Any, weight: Any, bias: Any = None, stride: tuple = (), padding: tuple = (), dilation: tuple = ()
) -> Any:
    return kernel.convolve(x, weight, bias, stride, padding, dilation)


def _spread(
    x: Any,
    weight: Any,
    bias: Any = None,
    size: tuple = (),
    stride: tuple = (),
    padding: tuple = (),
    dilation: tuple = (),
    groups: int = 1,
) -> Any:
    return kernel.spread(x, weight, bias, size, stride, padding, dilation, groups)


def _weight_sums(x: Any, y: Any, shape: tuple, stride: tuple, padding: tuple, dilation: tuple) -> Any:
    return kernel.weight_sums(x, y, shape, stride, padding, dilation)


def _back(g: Any, weight: Any, x_shape: tuple, stride: tuple, padding: tuple, dilation: tuple) -> Any:
    """The gradient of the input."""
    return spread(g, weight, None, x_shape[2:], stride, padding, dilation, x_shape[1] // weight.shape[1])


def _to_weight(g: Any, x: Any, weight_shape: tuple, stride: tuple, padding: tuple, dilation: tuple) -> Any:
    """The gradient of the weight."""
    return weight_sums(g, x, weight_shape, stride, padding, dilation)


def _cropped(y: Any, size: tuple) -> Any:
    """``y`` without what ``output_padding`` added beyond the last window."""
    return (
        y if tuple(y.shape[2:]) == tuple(size[2:]) else y[(slice(None), slice(None), *[slice(0, n) for n in size[2:]])]
    )


def _to_bias(g: Any) -> Any:
    """The gradient of the bias: what is not the channel is summed."""
    return sum_(g, (0, *range(2, g.ndim)))


def _of_bias(t: Any, shape: tuple) -> Any:
    """The tangent of the bias in every place of the result."""
    return expand(t.reshape((shape[1], *[1] * (len(shape) - 2))), shape)


def _added(terms: list) -> Any:
    return sum(terms[1:], terms[0])


def _push(t: tuple, x: Any, weight: Any, stride: tuple, padding: tuple, dilation: tuple) -> Any:
    terms = [] if t[0] is None else [convolution(t[0], weight, None, stride, padding, dilation)]
    if t[1] is not None:
        terms.append(convolution(x, t[1], None, stride, padding, dilation))
    if t[2] is not None:
        size = kernel.output_size(x.shape[2:], weight.shape[2:], stride, padding, dilation)
        terms.append(_of_bias(t[2], (x.shape[0], weight.shape[0], *size)))
    return _added(terms)


def _push_spread(
    t: tuple, x: Any, weight: Any, size: tuple, stride: tuple, padding: tuple, dilation: tuple, groups: int
) -> Any:
    settings = (None, size, stride, padding, dilation, groups)
    terms = [] if t[0] is None else [spread(t[0], weight, *settings)]
    if t[1] is not None:
        terms.append(spread(x, t[1], *settings))
    if t[2] is not None:
        terms.append(_of_bias(t[2], (x.shape[0], weight.shape[1] * groups, *size)))
    return _added(terms)


_TENSORS = ("x", "weight", "bias")
convolution: Op = general(
    "convolution",
    _convolve,
    tensors=_TENSORS,
    x=_back,
    weight=_to_weight,
    bias=_to_bias,
    jvp=_push,
    public=False,
    symbol="conv",
    samples=_SAMPLES,
    doc="The convolution of ``x`` (N, C, …) with ``weight`` (O, C / groups, …) plus ``bias``; as ``torch.convolution``.",
)
spread: Op = general(
    "convolution_spread",
    _spread,
    tensors=_TENSORS,
    x=lambda g, weight, x_shape, stride, padding, dilation: _cropped(
        convolution(g, weight, None, stride, padding, dilation), x_shape
    ),
    weight=lambda g, x, weight_shape, stride, padding, dilation: weight_sums(
        x, g, weight_shape, stride, padding, dilation
    ),
    bias=_to_bias,
    jvp=_push_spread,
    public=False,
    symbol="transposed conv",
    samples=_SPREAD,
    doc="The transposed convolution of ``x`` (N, O, …) with ``weight`` (O, C / groups, …) plus ``bias``, with the spatial "
    "shape given: what ``convolution`` does backwards to its input.",
)
weight_sums: Op = multilinear(
    "convolution_weight",
    _weight_sums,
    tensors=("x", "y"),
    x=lambda g, y, x_shape, stride, padding, dilation: _cropped(
        convolution(y, g, None, stride, padding, dilation), x_shape
    ),
    y=lambda g, x, y_shape, stride, padding, dilation: _back(x, g, y_shape, stride, padding, dilation),
    public=False,
    symbol="∂ conv",
    samples=_WEIGHT,
    doc="What ``convolution`` does backwards to its weight: the sums of ``x`` (N, O, …) times what its windows see of ``y`` "
    "(N, C, …), for each element of a weight of the shape given.",
)
