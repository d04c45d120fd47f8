"""Random numbers as functions of the parameters they were drawn with: gamma and Dirichlet.

An operation here takes the parameter and the number drawn, and returns the number. Its rule is the implicit
reparameterisation gradient: how the number moves with the parameter when its quantile is held.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.kernels import sample_gradients as kernel
from autograd.op import Op, elementwise, general
from autograd.ops._about import hidden, positive, unit
from autograd.ops.elementwise import digamma
from autograd.samples import Bad, Draw, const, real, s


def _fixed(low: float, high: float) -> Callable[..., Draw]:
    """Parameters that are not to be differentiated by finite differences: the quantile would not be held."""
    return lambda *shape: Draw(shape, lambda rng, size: rng.uniform(low, high, size), grad=False)


def _simplex(*shape: int) -> Draw:
    """Points inside the simplex."""
    return Draw(shape, lambda rng, size: rng.dirichlet(np.full(size[-1], 3.0), size[:-1]), grad=False)


_SHAPES = _fixed(0.3, 3.0)
_TOTALS = _fixed(3.5, 6.0)
_POINTS = _fixed(0.1, 0.9)


def _no_third(g: Any) -> Any:
    raise RuntimeError("the third derivative of a gamma, beta or Dirichlet sample is not implemented")


# fmt: off

# -- gamma ----------------------------------------------------------------------------------------------------------------

standard_gamma_curve = elementwise(
    "standard_gamma_curve", kernel.gamma_curve, tensors=("concentration", "sample"), promotes="float", public=False,
    samples=[s(_SHAPES(2, 3), _SHAPES(3)), s(_SHAPES(), _SHAPES()), s(_SHAPES(0, 3), _SHAPES(3))],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4))],
    concentration=_no_third, sample=_no_third,
    doc=hidden("_standard_gamma", "The partial derivative of ``standard_gamma_grad`` by ``concentration``."))
standard_gamma_grad: Op = elementwise(
    "standard_gamma_grad", kernel.gamma_gradient, tensors=("concentration", "sample"), promotes="float", public=False,
    samples=[s(_SHAPES(2, 3), positive(2, 3)), s(_SHAPES(2, 1), positive(3)), s(_SHAPES(), positive()),
             s(_SHAPES(0, 3), positive(3))],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4))],
    concentration=lambda g, concentration, sample: g * standard_gamma_curve(concentration, sample),
    sample=lambda g, concentration, sample, out:
        g * (digamma(concentration) - np.log(sample) - out * ((concentration - 1) / sample - 1)),
    doc=hidden("_standard_gamma", "How a standard gamma number moves with its shape: ``−(∂F/∂concentration) / f``."))
standard_gamma = elementwise(
    "standard_gamma", lambda concentration, sample: sample, promotes=None, broadcasts=False, public=False, symbol="gamma",
    samples=[s(_SHAPES(2, 3), positive(2, 3)), s(_SHAPES(), positive()), s(_SHAPES(0, 3), positive(0, 3))],
    concentration=lambda g, concentration, out: g * standard_gamma_grad(concentration, out),
    sample=lambda g: g,
    doc=hidden("_standard_gamma", "``sample`` as a function of the shape it was drawn with."))

# -- Dirichlet ------------------------------------------------------------------------------------------------------------

dirichlet_curve = elementwise(
    "dirichlet_curve", lambda x, concentration, total: kernel.dirichlet_curves(x, concentration, total)[0],
    promotes="float", public=False,
    samples=[s(_POINTS(2, 3), _SHAPES(3), _TOTALS(2, 1)), s(_POINTS(), _SHAPES(), _TOTALS()),
             s(_POINTS(0, 3), _SHAPES(3), _TOTALS())],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4), real())],
    x=_no_third, concentration=_no_third, total=_no_third,
    doc=hidden("_sample_dirichlet", "The partial derivative of ``dirichlet_grad`` by ``concentration``, ``total`` held."))
dirichlet_curve_total = elementwise(
    "dirichlet_curve_total", lambda x, concentration, total: kernel.dirichlet_curves(x, concentration, total)[1],
    promotes="float", public=False,
    samples=[s(_POINTS(2, 3), _SHAPES(3), _TOTALS(2, 1)), s(_POINTS(), _SHAPES(), _TOTALS()),
             s(_POINTS(0, 3), _SHAPES(3), _TOTALS())],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4), real())],
    x=_no_third, concentration=_no_third, total=_no_third,
    doc=hidden("_sample_dirichlet", "The partial derivative of ``dirichlet_grad`` by ``total``."))


def _by_coordinate(g: Any, x: Any, concentration: Any, total: Any, out: Any) -> Any:
    """``out = V / (1 − x)``, where V is how the coordinate moves with its parameter, differentiated by x."""
    rest, moved = 1 - x, out * (1 - x)
    score = np.log(x) - digamma(concentration) + digamma(total)
    slope = -score - moved * ((concentration - 1) / x - (total - concentration - 1) / rest)
    return g * ((slope + out) / rest)


dirichlet_grad: Op = elementwise(
    "dirichlet_grad", kernel.dirichlet_gradient, tensors=("x", "concentration", "total"), promotes="float", public=False,
    samples=[s(unit(2, 3), _SHAPES(3), _TOTALS(2, 1)), s(unit(), _SHAPES(), _TOTALS()), s(unit(0, 3), _SHAPES(3), _TOTALS())],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4), real())],
    x=_by_coordinate,
    concentration=lambda g, x, concentration, total: g * dirichlet_curve(x, concentration, total),
    total=lambda g, x, concentration, total: g * dirichlet_curve_total(x, concentration, total),
    doc=hidden("_sample_dirichlet", "How a coordinate moves with its own parameter, over ``1 − x``."))


def _moves(out: Any, concentration: Any) -> Any:
    """``dirichlet_grad`` of each coordinate of the points ``out``."""
    return dirichlet_grad(out, concentration, np.sum(concentration, axis=-1, keepdims=True))


def _pull(g: Any, concentration: Any, out: Any) -> Any:
    """The other coordinates shrink in proportion when one grows, so the gradient is centred."""
    return _moves(out, concentration) * (g - np.sum(g * out, axis=-1, keepdims=True))


def _push(t: Any, concentration: Any, out: Any) -> Any:
    moved = t[1]
    if t[0] is not None:
        step = _moves(out, concentration) * t[0]
        by_shape = step - out * np.sum(step, axis=-1, keepdims=True)
        moved = by_shape if moved is None else moved + by_shape
    return moved


sample_dirichlet = general(
    "sample_dirichlet", lambda concentration, sample: sample, public=False, symbol="Dirichlet",
    samples=[
        s(_SHAPES(2, 3), real(2, 3, low=0.1, high=0.9)), s(_SHAPES(3), _simplex(3)), s(_SHAPES(0, 3), _simplex(0, 3)),
        s(_SHAPES(), const(1.0)),
    ],
    concentration=_pull,
    sample=lambda g: g,
    jvp=_push,
    doc=hidden("_sample_dirichlet", "``sample`` as a function of the parameters it was drawn with."))
# fmt: on
