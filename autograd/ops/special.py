"""Special functions that have no name of their own in ``autograd``: ``autograd.special`` publishes them.

PyTorch has no derivatives of the Airy and Bessel functions and of the polynomials; here they have theirs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.kernels import special
from autograd.kernels.elementwise import float_pairs
from autograd.kernels.special_calls import widened, widened_pair
from autograd.kernels.special_polynomials import FAMILIES, polynomial
from autograd.kernels.special_scipy import by_scipy
from autograd.op import Op, elementwise
from autograd.ops._about import (
    FLOAT,
    QUOTIENT,
    REALS,
    about,
    edged,
    hidden,
    nonzero,
    one,
    positive,
)
from autograd.ops.elementwise import i0, i1, keep, lgamma
from autograd.samples import Bad, Draw, const, each, ints, real, s

TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)


def _missing(name: str, argument: str) -> Callable:
    """The rule of an argument that has no derivative, as in PyTorch."""

    def rule(g: Any) -> Any:
        raise NotImplementedError(f"{name}: the derivative for {argument!r} is not implemented (nor in PyTorch)")

    return rule


def _over(out: Any, x: Any, limit: float) -> Any:
    """``out / x``, and its ``limit`` at and next to 0."""
    origin = np.abs(x) < 1e-8
    return np.where(origin, x * 0 + limit, out / (x + origin))


def _orders(*shape: int) -> Draw:
    """Orders above 1 that are not to be differentiated."""
    return Draw(shape, lambda rng, size: rng.uniform(1.5, 5.0, size), grad=False)


def _degrees(*shape: int) -> Draw:
    """Whole degrees from −1 to 6."""
    return Draw(shape, lambda rng, size: rng.integers(-1, 7, size).astype(np.float64), grad=False)


SCIPY = FLOAT + "\nNeeds SciPy (``pip install 'chainrule[special]'``): ImportError without it."


# fmt: off

# -- error function, zeta and incomplete gamma -------------------------------------------------------------------------

erfcx = elementwise(
    "erfcx", widened(special.erfcx), x=lambda g, x, out: g * (x * out * 2 - TWO_OVER_ROOT_PI),
    promotes="float", public=False, samples=each(edges=[0.0, -0.0, 1e-30, 0.5, -3.0, 8.0]),
    doc=one("special.erfcx", "The scaled complementary error function ``exp(x²) erfc(x)``.", "[0.0, 10.0]", "[1.0000, 0.0561]"))
zeta: Op = elementwise(
    "zeta", widened_pair(special.zeta), tensors=("x", "y"), promotes="float", public=False,
    x=_missing("zeta", "input"),
    y=lambda g, x, y: -g * (x * zeta(x + 1, y)),
    samples=[s(_orders(2, 3), positive(3)), s(_orders(), positive(2)), s(_orders(2, 1), positive()), s(_orders(), positive()),
             s(_orders(0, 3), positive(3)), s(const([1.0, 2.0, 0.5, 3.0, 2.5]), const([2.0, 0.0, 1.0, -1.0, -0.5]))],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4))],
    doc=about("special.zeta", "Hurwitz' zeta function ``Σ (other + k)⁻ⁱⁿᵖᵘᵗ`` over k = 0, 1, …",
              QUOTIENT + " No gradient for ``input``: NotImplementedError in backward.",
              "autograd.special.zeta(autograd.tensor([2.0, 4.0]), 1)", "tensor([1.6449, 1.0823])"))
_GAMMA_EDGES = s(const([0.0, 1.0, 2.0, 3.0, 0.0, -1.0, np.inf, 2.0]), const([1.0, 0.0, np.inf, 1e4, 0.0, 1.0, 2.0, -1.0]))
_GAMMA_SAMPLES = [s(_orders(2, 3), positive(3)), s(_orders(3), positive()), s(_orders(), positive(2, 1)), s(_orders(), positive()),
                  s(_orders(0, 3), positive(3)), _GAMMA_EDGES]
_NO_INTS = [Bad(NotImplementedError, "int64", ints(2), ints(2))]


def _gamma_density(x: Any, y: Any) -> Any:
    """The derivative of ``gammainc(x, y)`` in ``y``: ``yˣ⁻¹ e⁻ʸ / Γ(x)``."""
    return np.exp((x - 1) * np.log(y) - y - lgamma(x))


igamma = elementwise(
    "igamma", float_pairs("igamma", by_scipy("igamma", "gammainc")), inplace=True, samples=_GAMMA_SAMPLES, errors=_NO_INTS,
    x=_missing("igamma", "input"),
    y=lambda g, x, y: g * _gamma_density(x, y),
    doc=about("igamma", "The regularized lower incomplete gamma function ``1/Γ(input) ∫ t^(input − 1) e⁻ᵗ dt`` from 0 to ``other``.",
              REALS + " No gradient for\n``input``: NotImplementedError in backward. Needs SciPy (``pip install 'chainrule[special]'``).",
              "autograd.igamma(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 2.0]))", "tensor([0.6321, 0.5940])"))
igammac = elementwise(
    "igammac", float_pairs("igammac", by_scipy("igammac", "gammaincc")), inplace=True, samples=_GAMMA_SAMPLES, errors=_NO_INTS,
    x=_missing("igammac", "input"),
    y=lambda g, x, y: -g * _gamma_density(x, y),
    doc=about("igammac", "The regularized upper incomplete gamma function, ``1 − igamma(input, other)``.",
              REALS + " No gradient for\n``input``: NotImplementedError in backward. Needs SciPy (``pip install 'chainrule[special]'``).",
              "autograd.igammac(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 2.0]))", "tensor([0.3679, 0.4060])"))

# -- Airy and Bessel functions -------------------------------------------------------------------------------------------

airy_ai: Op = elementwise(
    "airy_ai", by_scipy("airy_ai", "airy", 0), x=lambda g, x: g * airy_ai_slope(x),
    promotes="float", public=False, samples=edged(),
    doc=one("special.airy_ai", "The Airy function Ai, a solution of ``y″ = x y``.", "[0.0, 1.0]", "[0.3550, 0.1353]", SCIPY))
airy_ai_slope: Op = elementwise(
    "airy_ai_slope", by_scipy("airy_ai", "airy", 1), x=lambda g, x: g * (x * airy_ai(x)),
    promotes="float", public=False, samples=each(),
    doc=hidden("special.airy_ai", "The derivative of the Airy function Ai."))
bessel_j0: Op = elementwise(
    "bessel_j0", by_scipy("bessel_j0", "j0"), x=lambda g, x: -g * bessel_j1(x),
    promotes="float", public=False, samples=edged(),
    doc=one("special.bessel_j0", "The Bessel function of the first kind, order 0.", "[0.0, 1.0]", "[1.0000, 0.7652]", SCIPY))
bessel_j1: Op = elementwise(
    "bessel_j1", by_scipy("bessel_j1", "j1"), x=lambda g, x, out: g * (bessel_j0(x) - _over(out, x, 0.5)),
    promotes="float", public=False, samples=edged(),
    doc=one("special.bessel_j1", "The Bessel function of the first kind, order 1.", "[0.0, 1.0]", "[0.0000, 0.4401]", SCIPY))
bessel_y0: Op = elementwise(
    "bessel_y0", by_scipy("bessel_y0", "y0"), x=lambda g, x: -g * bessel_y1(x),
    promotes="float", public=False, samples=edged(positive),
    doc=one("special.bessel_y0", "The Bessel function of the second kind, order 0; −∞ at 0, NaN below.", "[1.0, 2.0]", "[0.0883, 0.5104]",
            SCIPY))
bessel_y1: Op = elementwise(
    "bessel_y1", by_scipy("bessel_y1", "y1"), x=lambda g, x, out: g * (bessel_y0(x) - out / x),
    promotes="float", public=False, samples=edged(positive),
    doc=one("special.bessel_y1", "The Bessel function of the second kind, order 1; −∞ at 0, NaN below.", "[1.0, 2.0]",
            "[-0.7812, -0.1070]", SCIPY))
modified_bessel_i0 = elementwise(
    "modified_bessel_i0", i0.forward, x=lambda g, x: g * i1(x), promotes="float", public=False, samples=edged(),
    doc=one("special.modified_bessel_i0", "The modified Bessel function of the first kind, order 0, as ``i0``.", "[0.0, 1.0]",
            "[1.0000, 1.2661]"))
modified_bessel_i1 = elementwise(
    "modified_bessel_i1", i1.forward, x=lambda g, x, out: g * (i0(x) - _over(out, x, 0.5)),
    promotes="float", public=False, samples=edged(),
    doc=one("special.modified_bessel_i1", "The modified Bessel function of the first kind, order 1, as ``i1``.", "[0.0, 1.0]",
            "[0.0000, 0.5652]"))
modified_bessel_k0: Op = elementwise(
    "modified_bessel_k0", by_scipy("modified_bessel_k0", "k0"), x=lambda g, x: -g * modified_bessel_k1(x),
    promotes="float", public=False, samples=edged(positive),
    doc=one("special.modified_bessel_k0", "The modified Bessel function of the second kind, order 0; ∞ at 0, NaN below.",
            "[1.0, 2.0]", "[0.4210, 0.1139]", SCIPY))
modified_bessel_k1: Op = elementwise(
    "modified_bessel_k1", by_scipy("modified_bessel_k1", "k1"), x=lambda g, x, out: -g * (modified_bessel_k0(x) + out / x),
    promotes="float", public=False, samples=edged(positive),
    doc=one("special.modified_bessel_k1", "The modified Bessel function of the second kind, order 1; ∞ at 0, NaN below.",
            "[1.0, 2.0]", "[0.6019, 0.1399]", SCIPY))
scaled_modified_bessel_k0: Op = elementwise(
    "scaled_modified_bessel_k0", by_scipy("scaled_modified_bessel_k0", "k0e"),
    x=lambda g, x, out: g * (out - scaled_modified_bessel_k1(x)), promotes="float", public=False, samples=edged(positive),
    doc=one("special.scaled_modified_bessel_k0", "``exp(x) modified_bessel_k0(x)``.", "[1.0, 2.0]", "[1.1445, 0.8416]",
            SCIPY))
scaled_modified_bessel_k1: Op = elementwise(
    "scaled_modified_bessel_k1", by_scipy("scaled_modified_bessel_k1", "k1e"),
    x=lambda g, x, out: g * (out - scaled_modified_bessel_k0(x) - out / x), promotes="float", public=False, samples=edged(positive),
    doc=one("special.scaled_modified_bessel_k1", "``exp(x) modified_bessel_k1(x)``.", "[1.0, 2.0]", "[1.6362, 1.0335]",
            SCIPY))
spherical_bessel_j0 = elementwise(
    "spherical_bessel_j0", widened(special.spherical_bessel_j0),
    x=lambda g, x, out: keep(g * ((np.cos(x) - out) / x), x != 0), promotes="float", public=False, samples=edged(nonzero),
    doc=one("special.spherical_bessel_j0", "The spherical Bessel function of order 0, ``sin(x) / x``, and 1 at 0.",
            "[0.0, 1.0]", "[1.0000, 0.8415]"))
# fmt: on

# -- orthogonal polynomials -----------------------------------------------------------------------------------------------


def _polynomial(name: str) -> Op:
    """The operation of one family; ``order`` says which derivative, so that the rule is one more of it."""
    found: Op = elementwise(
        name,
        polynomial(name),
        tensors=("x", "n"),
        promotes="float",
        public=False,
        x=lambda g, x, n, order: g * found(x, n, order + 1),
        samples=[
            s(real(2, 3, low=-0.4, high=1.2), _degrees(3)),
            s(real(low=-0.4, high=1.2), _degrees(4)),
            s(real(4, low=-0.4, high=1.2), const(3.0)),
            s(real(), const(5.0)),
            s(real(0, 3), _degrees(3)),
            s(const([-1.0, 0.0, 1.0, 2.0]), const([4.0, 1.0, 0.0, 7.9])),
        ],
        errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4))],
        doc=hidden(f"special.{name}", "A derivative of the polynomial of degree ``n``."),
    )
    return found


POLYNOMIALS = {name: _polynomial(name) for name in FAMILIES}
