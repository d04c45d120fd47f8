"""Orthogonal polynomials by their three-term recurrences, and their derivatives of any order by the recurrences' own.

Each family is P₀ = 1, P₁ = a x + b and Pₖ₊₁ = (aₖ x + bₖ) Pₖ − cₖ Pₖ₋₁ (Abramowitz and Stegun, 22.7). Differentiated m
times, Pₖ₊₁⁽ᵐ⁾ = (aₖ x + bₖ) Pₖ⁽ᵐ⁾ + m aₖ Pₖ⁽ᵐ⁻¹⁾ − cₖ Pₖ₋₁⁽ᵐ⁾, so that one loop serves values and derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.kernels.special_parts import Array, check_floating

Step = Callable[[int], tuple[float, float, float]]


def _chebyshev(k: int) -> tuple[float, float, float]:
    return 2.0, 0.0, 1.0


def _shifted(k: int) -> tuple[float, float, float]:
    return 4.0, -2.0, 1.0


# Name → (a, b) of P₁ and (aₖ, bₖ, cₖ).
FAMILIES: dict[str, tuple[tuple[float, float], Step]] = {
    "chebyshev_polynomial_t": ((1.0, 0.0), _chebyshev),
    "chebyshev_polynomial_u": ((2.0, 0.0), _chebyshev),
    "chebyshev_polynomial_v": ((2.0, -1.0), _chebyshev),
    "chebyshev_polynomial_w": ((2.0, 1.0), _chebyshev),
    "shifted_chebyshev_polynomial_t": ((2.0, -1.0), _shifted),
    "shifted_chebyshev_polynomial_u": ((4.0, -2.0), _shifted),
    "shifted_chebyshev_polynomial_v": ((4.0, -3.0), _shifted),
    "shifted_chebyshev_polynomial_w": ((4.0, -1.0), _shifted),
    "hermite_polynomial_h": ((2.0, 0.0), lambda k: (2.0, 0.0, 2.0 * k)),
    "hermite_polynomial_he": ((1.0, 0.0), lambda k: (1.0, 0.0, float(k))),
    "laguerre_polynomial_l": ((-1.0, 1.0), lambda k: (-1 / (k + 1), (2 * k + 1) / (k + 1), k / (k + 1))),
    "legendre_polynomial_p": ((1.0, 0.0), lambda k: ((2 * k + 1) / (k + 1), 0.0, k / (k + 1))),
}
HERMITE_LIMIT = {2: 128, 4: 128, 8: 512}  # by itemsize: PyTorch gives NaN above this degree


def _degrees(x: Array, name: str, order: int) -> Iterator[Array]:
    """P₀⁽ᵐ⁾(x), P₁⁽ᵐ⁾(x), … for m = ``order``."""
    (a, b), step = FAMILIES[name]
    before: list[Any] = [np.ones_like(x)] + [0.0] * order
    yield before[order] + np.zeros_like(x) if order else before[0]
    now: list[Any] = [a * x + b if b else a * x, a, *[0.0] * order][: order + 1]
    yield now[order] + np.zeros_like(x) if order else now[0]
    k = 1
    while True:
        a, b, c = step(k)
        factor = a * x + b if b else a * x
        after = [factor * now[0] - c * before[0]]
        after += [factor * now[m] + (m * a) * now[m - 1] - c * before[m] for m in range(1, order + 1)]
        before, now = now, after
        yield now[order]
        k += 1


def polynomial(name: str) -> Callable[..., Any]:
    """The kernel ``f(x, n, order=0)``: the derivative of that order of the polynomial of degree ``n`` at ``x``.

    The arguments broadcast; ``n`` is cut to a whole number, negative degrees give 0. Computed in float64.

    >>> polynomial("legendre_polynomial_p")(np.array([0.5, 1.0]), np.array(2.0)).tolist()
    [-0.125, 1.0]
    >>> polynomial("legendre_polynomial_p")(np.array([0.5]), np.array(2.0), 1).tolist()
    [1.5]
    """

    def evaluate(x: Any, n: Any, order: int = 0) -> Any:
        points, given = np.asarray(x), np.asarray(n)
        check_floating(name, points, given)
        degrees = np.where(np.isfinite(given), np.trunc(given), -1)
        shape, dtype = np.broadcast_shapes(points.shape, given.shape), np.result_type(points, given)
        with np.errstate(all="ignore"):
            out = np.zeros(shape, np.float64)
            wide = points.astype(np.float64)
            _fill(out, wide, degrees, name, order)
            if name.startswith("hermite"):
                out = np.where(degrees > HERMITE_LIMIT[dtype.itemsize], np.nan, out)
            out = out.astype(dtype, copy=False)
        return out[()] if isinstance(x, np.generic) and isinstance(n, np.generic) else out

    evaluate.__name__ = name
    return evaluate


def _fill(out: Array, x: Array, degrees: Array, name: str, order: int) -> None:
    """Write the polynomials of these degrees into ``out``."""
    if not out.size:
        return
    highest = int(degrees.max())
    if name.startswith("hermite"):
        highest = min(highest, HERMITE_LIMIT[8])
    one = degrees.size == 1
    for k, values in zip(range(highest + 1), _degrees(x, name, order), strict=False):
        if one:
            if k == highest:
                out[...] = values
        else:
            np.copyto(out, values, where=degrees == k)
