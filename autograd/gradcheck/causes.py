"""Guesses at why a gradient is wrong, from the pattern of what differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from autograd.gradcheck.jacobian import as_outputs, difference_quotient, moved, values
from autograd.gradcheck.report import Comparison, Mismatch
from autograd.tensor import Tensor, materialise


def patterns(analytic: np.ndarray, numeric: np.ndarray, comparison: Comparison) -> list[str]:
    """What the two Jacobians say by themselves."""
    found = []
    if not np.isfinite(numeric).all():
        found.append("func itself gives inf or NaN near this input")
    elif not np.isfinite(analytic).all():
        found.append("backward gives inf or NaN where func is finite (0 · inf, or a division by 0)")
    elif not analytic.any():
        found.append(_NOTHING)
    else:
        found += _factor(analytic, numeric)
        one, two = comparison.output_shape, comparison.input_shape
        if one == two and len(one) == 2 and one[0] == one[1] > 1:
            found += _transposed(analytic, numeric, one)
    return found


_NOTHING = (
    "no gradient arrives at all: the input was detached, rounded, compared or converted to NumPy on the way, "
    "or backward returns None or zeros for it"
)


def _factor(analytic: np.ndarray, numeric: np.ndarray) -> list[str]:
    """A constant factor between the two."""
    large = np.abs(numeric) > 1e-3 * np.max(np.abs(numeric), initial=0)
    if large.sum() < 2 or np.any(np.abs(analytic[~large]) > 1e-3 * np.max(np.abs(analytic))):
        return []
    ratios = analytic[large] / numeric[large]
    ratio = float(np.median(ratios))
    if abs(ratio - 1) > 1e-3 and np.allclose(ratios, ratio, rtol=1e-3):
        what = "the sign is wrong" if abs(ratio + 1) < 1e-3 else f"a factor of {1 / ratio:.6g} is missing"
        return [f"analytic = {ratio:.6g} · numeric everywhere: {what}"]
    return []


def _transposed(analytic: np.ndarray, numeric: np.ndarray, shape: tuple) -> list[str]:
    n = shape[0]
    turned = numeric.reshape(n, n, n, n).transpose(0, 1, 3, 2).reshape(numeric.shape)
    if np.allclose(analytic, turned, rtol=1e-3, atol=1e-6):
        return ["the gradient is that of the transposed matrix: a transpose is missing or too many"]
    return []


def at_the_worst(func: Callable, inputs: Sequence, places: Sequence[int], worst: Mismatch, eps: float) -> list[str]:
    """What the function does around the element that differs most."""
    found = _one_sided(func, inputs, places, worst, eps)
    if not found:
        found = _unstable(func, inputs, places, worst, eps)
    return found


def _one_sided(func: Callable, inputs: Sequence, places: Sequence[int], worst: Mismatch, eps: float) -> list[str]:
    """A kink or a jump: the slopes to the left and to the right differ."""
    array = materialise(inputs[worst.input])
    place = list(places).index(worst.output)

    def value() -> float:
        return float(values([as_outputs(func(*inputs))[places[place]]])[0][worst.output_element])

    middle = value()
    with moved(array, worst.input_element, eps):
        right = (value() - middle) / eps
    with moved(array, worst.input_element, -eps):
        left = (middle - value()) / eps
    size = max(abs(left), abs(right))
    if not np.isfinite(size) or abs(right - left) <= 1e-2 * size + 1e-4:
        return []
    if size > 1e-2 / eps:
        return [
            f"a jump at this point: the difference quotients are {left:.4g} to the left and {right:.4g} to the right"
        ]
    kink = f"a kink at this point: the slope is {left:.6g} to the left and {right:.6g} to the right"
    return [f"{kink}; choose inputs away from it"]


def _unstable(func: Callable, inputs: Sequence, places: Sequence[int], worst: Mismatch, eps: float) -> list[str]:
    """A numeric derivative that depends on the step."""
    place = list(places).index(worst.output)

    def slope(step: float) -> float:
        return float(
            difference_quotient(func, inputs, places, worst.input, worst.input_element, step)[place][
                worst.output_element
            ]
        )

    wider = slope(10 * eps)
    if abs(wider - worst.numeric) > 10 * worst.allowed:
        steps = f"{worst.numeric:.6g} for eps={eps:g}, {wider:.6g} for {10 * eps:g}"
        return [f"the numeric derivative depends on the step ({steps}): func is rough, steep, or in low precision here"]
    return []


def precision(inputs: Sequence, outputs: Sequence[Tensor]) -> list[str]:
    """Values in low precision, where differences of 1e-6 drown in rounding."""
    low = [
        f"input {i} ({t.dtype})"
        for i, t in enumerate(inputs)
        if isinstance(t, Tensor) and _is_low(t) and t.requires_grad
    ]
    low += [f"output {i} ({t.dtype})" for i, t in enumerate(outputs) if _is_low(t)]
    if not low:
        return []
    return [f"{', '.join(low)} in low precision: rounding drowns differences of this size; use float64"]


def _is_low(tensor: Tensor) -> bool:
    return tensor.is_floating_point() and tensor.element_size() < 8
