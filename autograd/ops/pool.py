"""Pooling over windows: the largest element, and the mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.dtypes import BFLOAT16
from autograd.errors import dim_message
from autograd.kernels import pool as kernel
from autograd.kernels import pool_average, resample
from autograd.kernels.pool_windows import Windows, apart, frozen, windows
from autograd.op import Op, general, linear
from autograd.samples import Bad, bools, const, distinct, ints, real, s

_SPATIAL = {1: (5,), 2: (3, 4), 3: (2, 3, 2)}


def check_dtype(x: Any, function: str, integers: bool = False) -> None:
    """NotImplementedError for bool, and for integers unless they are allowed."""
    if x.dtype.kind != "f" and x.dtype.char != BFLOAT16 and not (integers and x.dtype.kind in "iu"):
        raise NotImplementedError(f'"{function}" not implemented for {x.dtype}; convert to a floating dtype first')


# -- places in planes ---------------------------------------------------------------------------------------------------

pick_places: Op = general(
    "pick_places", kernel.pick_places, tensors=("x", "places"), public=False, symbol="pick",
    samples=[
        s(real(2, 4), const([[1, 1, 0], [0, 3, 2]]), 1), s(real(2, 2, 2), const([[[3, 0]], [[1, 1]]]), 2),
        s(real(0, 3), ints(0, 2), 1),
    ],
    doc="The elements of each plane, of the last ``dims`` dimensions, at ``places``: row-major positions in the plane.",
    x=lambda g, places, x_shape, dims: put_places(g, places, tuple(x_shape[-dims:]), False),
    jvp=lambda t, places, dims: pick_places(t[0], places, dims),
)  # fmt: skip
put_places: Op = general(
    "put_places", kernel.put_places, tensors=("x", "places"), public=False, symbol="∂ pick",
    samples=[
        s(real(2, 3), const([[1, 1, 0], [0, 3, 2]]), (4,)), s(real(2, 1, 2), const([[[3, 0]], [[1, 2]]]), (2, 2), True),
        s(real(0, 3), ints(0, 3), (2,)),
    ],
    doc="Planes of zeros of the given sizes with ``x`` added at ``places``; ``apart`` promises that no place comes twice.",
    x=lambda g, places, sizes: pick_places(g, places, len(sizes)),
    jvp=lambda t, places, sizes, apart: put_places(t[0], places, sizes, apart),
)  # fmt: skip

# -- max pooling ------------------------------------------------------------------------------------------------------


def max_windows(function: str, integers: bool, x: Any, *numbers: Any) -> Windows:
    """The windows of a max pooling function over ``x``, whose shape and dtype are checked."""
    check_dtype(x, function, integers)
    return windows(function, tuple(x.shape), *[frozen(n) for n in numbers])


def _max_pool(dims: int) -> Op:
    """Max pooling over ``dims`` dimensions with the places of the elements."""
    function, sizes = f"max_pool{dims}d", _SPATIAL[dims]

    def with_places(
        x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
    ) -> Any:
        return kernel.max_pool(x, max_windows(function, True, x, kernel_size, stride, padding, dilation, ceil_mode))

    def pull(g: Any, indices: Any, x_shape: Any, kernel_size: Any, stride: Any, dilation: Any) -> Any:
        alone = apart(function, *map(frozen, (kernel_size, stride, dilation)))
        return put_places(g, indices, tuple(x_shape[-dims:]), alone)

    samples = [
        s(distinct(2, *sizes), 2), s(distinct(1, 2, *sizes), 2, 1, 1, 1, True), s(distinct(0, 1, *sizes), 2),
        s(distinct(1, *sizes[:-1], 6), (1,) * (dims - 1) + (3,), 2, 0, 2),
    ]  # fmt: skip
    errors = [
        Bad(RuntimeError, "Output size is too small", real(2, *sizes), 9),
        Bad(RuntimeError, rf"Expected {dims + 1}D or {dims + 2}D", real(*sizes[1:], 2), 2),
        Bad(RuntimeError, "stride should not be zero", real(2, *sizes), 2, 0),
        Bad(RuntimeError, "pad must be non-negative", real(2, *sizes), 2, 2, -1),
        Bad(RuntimeError, "half of", real(2, *sizes), 2, 2, 2),
        Bad(TypeError, "'kernel_size' must be tuple of ints", real(2, *sizes), 2.0),
        Bad(NotImplementedError, "not implemented for bool", bools(2, *sizes), 2),
    ]
    return general(
        f"{function}_with_indices", with_places, tensors=("x",), outputs=("values", "indices"), samples=samples,
        differentiable=("values",), errors=errors, public=False, symbol="max pool", x=pull,
        jvp=lambda t, indices: pick_places(t[0], indices, dims),
        doc=f"The largest element of each window and its place in the plane; see ``nn.functional.{function}``.",
    )  # fmt: skip


max_pool1d_with_indices = _max_pool(1)
max_pool2d_with_indices = _max_pool(2)
max_pool3d_with_indices = _max_pool(3)

# What is recorded where nobody asks for places: the numbers of elements within their windows, an eighth of the memory.
# ``windows`` is a tuple of the fields of ``kernels.pool_windows.Windows``.

_LINE = ((5,), (2,), (2,), (0,), (1,), (2,))
_PLANE = ((3, 4), (2, 3), (1, 2), (0, 1), (1, 1), (2, 2))
_CODES = const(np.array([[0, 1], [1, 1]], np.uint8))

max_pool: Op = general(
    "max_pool", lambda x, windows: kernel.max_codes(x, Windows(*windows)), tensors=("x",), public=False,
    outputs=("values", "codes"), differentiable=("values",), symbol="max pool",
    samples=[s(distinct(2, 5), _LINE), s(distinct(1, 2, 3, 4), _PLANE), s(distinct(0, 5), _LINE)],
    doc="The largest element of each window, and which element of its window it is; see ``nn.functional.max_pool2d``.",
    x=lambda g, codes, windows: put_codes(g, codes, windows),
    jvp=lambda t, codes, windows: pick_codes(t[0], codes, windows),
)  # fmt: skip
max_values: Op = general(
    "max_values", lambda x, windows: kernel.max_codes(x, Windows(*windows), with_codes=False)[0], tensors=("x",),
    public=False, differentiable=(), symbol="max pool",
    samples=[s(distinct(2, 5), _LINE), s(distinct(1, 2, 3, 4), _PLANE), s(distinct(0, 5), _LINE)],
    doc="The largest element of each window, where no gradient is wanted.",
)  # fmt: skip
pick_codes: Op = general(
    "pick_codes", lambda x, codes, windows: kernel.pick_codes(x, codes, Windows(*windows)), tensors=("x", "codes"),
    public=False, symbol="pick", samples=[s(real(2, 5), _CODES, _LINE), s(real(0, 5), const(np.zeros((0, 2), np.uint8)), _LINE)],
    doc="The elements with these numbers in their windows: what ``max_pool`` found, of another array.",
    x=lambda g, codes, windows: put_codes(g, codes, windows),
    jvp=lambda t, codes, windows: pick_codes(t[0], codes, windows),
)  # fmt: skip
put_codes: Op = general(
    "put_codes", lambda x, codes, windows: kernel.put_codes(x, codes, Windows(*windows)), tensors=("x", "codes"),
    public=False, symbol="∂ max pool",
    samples=[s(real(2, 2), _CODES, _LINE), s(real(1, 2, 2), const(np.array([[[1, 3], [5, 2]]], np.uint8)), _PLANE),
             s(real(0, 2), const(np.zeros((0, 2), np.uint8)), _LINE)],
    doc="Zeros with elements added where these numbers say: the transpose of ``pick_codes``.",
    x=lambda g, codes, windows: pick_codes(g, codes, windows),
    jvp=lambda t, codes, windows: put_codes(t[0], codes, windows),
)  # fmt: skip


def _adaptive_max_pool(x: Any, output_size: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    check_dtype(x, f"adaptive_max_pool{len(output_size)}d")
    return kernel.adaptive_max_pool(x, output_size)


adaptive_max_pool = general(
    "adaptive_max_pool", _adaptive_max_pool, tensors=("x",), public=False, symbol="max pool",
    outputs=("values", "indices"), differentiable=("values",),
    samples=[
        s(distinct(2, 5), (3,)), s(distinct(2, 4), (2,)), s(distinct(1, 2, 4, 3), (2, 2)), s(distinct(1, 2, 3, 3), (1, 2, 2)),
        s(distinct(0, 1, 4), (2,)), s(distinct(1, 4), (0,)),
    ],
    errors=[Bad(NotImplementedError, "not implemented for int64", ints(2, 4), (2,))],
    doc="The largest element of each of the windows that share out a plane evenly, and its place; see "
    "``nn.functional.adaptive_max_pool2d``.",
    x=lambda g, indices, x_shape, output_size: put_places(g, indices, tuple(x_shape[-len(output_size):]), False),
    jvp=lambda t, indices, output_size: pick_places(t[0], indices, len(output_size)),
)  # fmt: skip


def _fractional(x: Any, samples: Any, kernel_size: tuple[int, ...], output_size: tuple[int, ...]) -> tuple:
    check_dtype(x, f"fractional_max_pool{len(output_size)}d")
    return kernel.fractional_max_pool(x, np.asarray(samples), kernel_size, output_size)


def _share(*shape: int) -> Any:
    """Random numbers of fractional pooling, which have no gradient."""
    draw = real(*shape, low=0.0, high=1.0)
    draw.grad = False
    return draw


fractional_max_pool = general(
    "fractional_max_pool", _fractional, tensors=("x", "samples"), public=False, symbol="max pool",
    outputs=("values", "indices"), differentiable=("values",),
    samples=[
        s(distinct(2, 5, 4), _share(1, 2, 2), (2, 2), (3, 2)), s(distinct(1, 1, 3, 3, 5), _share(1, 1, 3), (2, 1, 2), (1, 2, 3)),
        s(distinct(0, 2, 3, 3), _share(0, 2, 2), (2, 2), (2, 2)),
    ],
    errors=[Bad(NotImplementedError, "not implemented for int64", ints(2, 4, 4), _share(1, 2, 2), (2, 2), (2, 2))],
    doc="The largest element of each window, and its place; the windows start where random ``samples`` say. See "
    "``nn.functional.fractional_max_pool2d``.",
    x=lambda g, indices, x_shape, output_size: put_places(g, indices, tuple(x_shape[-len(output_size):]), False),
    jvp=lambda t, indices, output_size: pick_places(t[0], indices, len(output_size)),
)  # fmt: skip

# -- average pooling --------------------------------------------------------------------------------------------------


def _avg_pool(dims: int) -> tuple[Op, Op]:
    """Average pooling over ``dims`` dimensions, and its transpose."""
    function, sizes = f"avg_pool{dims}d", _SPATIAL[dims]

    def forward(
        x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> Any:  # fmt: skip
        check_dtype(x, function, integers=True)
        if dims == 2 and x.ndim < 3:  # PyTorch looks for the channels first
            raise IndexError(f"{function}: {dim_message(-3, x.ndim)}")
        if divisor_override == 0:
            raise RuntimeError("divisor must be not zero")
        found = windows(function, x.shape, *map(frozen, (kernel_size, stride, padding)), 1, ceil_mode)
        return pool_average.avg_pool(x, found, count_include_pad, divisor_override)

    def backward(
        x: Any, sizes: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> Any:  # fmt: skip
        found = windows(function, (1, *sizes), *map(frozen, (kernel_size, stride, padding)), 1, ceil_mode)
        return pool_average.avg_spread(x, found, count_include_pad, divisor_override)

    spread: Op = linear(
        f"{function}_backward", backward, tensors=("x",), public=False, symbol="∂ avg pool",
        samples=[
            s(real(1, *[n // 2 for n in sizes]), sizes, 2),
            s(real(1, *[n // 2 + 1 for n in sizes]), sizes, 2, 2, 1, False, False),
            s(real(0, 2, *[n // 2 for n in sizes]), sizes, 2),
        ],
        doc=f"Each element divided and added to the whole of its window: the transpose of ``{function}``.",
        x=lambda g, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: pooled(
            g, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        ),
    )  # fmt: skip
    pooled: Op = linear(
        function, forward, tensors=("x",), public=False, symbol="avg pool",
        samples=[
            s(real(2, *sizes), 2), s(real(1, 2, *sizes), 2, 1, 1), s(real(1, *sizes), 2, 2, 1, True, False),
            s(real(1, *sizes), 2, None, 0, True, True, None if dims == 1 else 3), s(real(0, 1, *sizes), 2),
            s(real(1, 1, *sizes), sizes),
        ],
        errors=[
            Bad(RuntimeError, "smaller than|too small", real(2, *sizes), 9),
            Bad(IndexError if dims == 2 else RuntimeError, "Expected|out of range", real(*sizes[1:], 2), 2),
            Bad(RuntimeError, "stride should not be zero", real(2, *sizes), 2, 0),
            Bad(RuntimeError, "divisor must be not zero", real(2, *sizes), 2, 2, 0, False, True, 0),
            Bad(NotImplementedError, "not implemented for bool", bools(2, *sizes), 2),
        ],
        doc=f"The mean of each window; see ``nn.functional.{function}``.",
        x=lambda g, x_shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: spread(
            g, tuple(x_shape[-dims:]), kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        ),
    )  # fmt: skip
    return pooled, spread


avg_pool1d, avg_pool1d_backward = _avg_pool(1)
avg_pool2d, avg_pool2d_backward = _avg_pool(2)
avg_pool3d, avg_pool3d_backward = _avg_pool(3)


def _tiles(sizes: tuple[int, ...], out: tuple[int, ...]) -> Windows | None:
    """The windows of adaptive pooling where they are all alike."""
    if 0 in out or any([n % m for n, m in zip(sizes, out, strict=True)]):
        return None
    sides = tuple([n // m for n, m in zip(sizes, out, strict=True)])
    return Windows(sizes, sides, sides, (0,) * len(out), (1,) * len(out), out)


def _adaptive_avg_pool(x: Any, output_size: tuple[int, ...]) -> np.ndarray:
    check_dtype(x, f"adaptive_avg_pool{len(output_size)}d")
    found = _tiles(x.shape[x.ndim - len(output_size) :], output_size)
    if found is None:
        return resample.resample(x, output_size, "area")
    return pool_average.avg_pool(x, found, True, None)


def _adaptive_spread(x: Any, sizes: tuple[int, ...]) -> np.ndarray:
    found = _tiles(sizes, x.shape[x.ndim - len(sizes) :])
    return resample.resample_back(x, sizes, "area") if found is None else pool_average.avg_spread(x, found, True, None)


adaptive_avg_pool: Op = linear(
    "adaptive_avg_pool", _adaptive_avg_pool, tensors=("x",), public=False, symbol="avg pool",
    samples=[
        s(real(2, 5), (3,)), s(real(2, 4), (2,)), s(real(1, 2, 4, 3), (1, 1)), s(real(1, 2, 3, 3), (1, 2, 2)),
        s(real(0, 1, 4), (2,)), s(real(1, 4), (0,)), s(real(1, 2, 3), (4, 1)),
    ],
    errors=[Bad(NotImplementedError, "not implemented for int64", ints(2, 4), (2,))],
    doc="The means of the windows that share out a plane evenly; see ``nn.functional.adaptive_avg_pool2d``.",
    x=lambda g, x_shape, output_size: adaptive_avg_pool_backward(g, tuple(x_shape[-len(output_size):])),
)  # fmt: skip
adaptive_avg_pool_backward: Op = linear(
    "adaptive_avg_pool_backward", _adaptive_spread, tensors=("x",), public=False, symbol="∂ avg pool",
    samples=[s(real(2, 3), (5,)), s(real(2, 1, 1), (3, 2)), s(real(1, 2, 2), (3, 5)), s(real(0, 2), (3,))],
    doc="Each element shared out over its window: the transpose of ``adaptive_avg_pool``.",
    x=lambda g, x_shape, sizes: adaptive_avg_pool(g, tuple(x_shape[-len(sizes):])),
)  # fmt: skip
