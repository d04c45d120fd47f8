"""Special functions. As ``torch.special``.

The error, gamma and exponential functions and the polynomials are this package's own; the Airy and Bessel functions and
the incomplete gamma functions are SciPy's (``pip install 'chainrule[special]'``), loaded on first use. All have
gradients of any order except where a function says otherwise.

>>> import autograd
>>> x = autograd.tensor([0.5], requires_grad=True)
>>> autograd.special.legendre_polynomial_p(x, 2).backward()
>>> x.grad
tensor([1.5000])
"""

import autograd as _autograd
from autograd.api import special as _fronts
from autograd.api.special import expit, gammainc, gammaincc, gammaln, multigammaln, psi, xlog1py, xlogy, zeta
from autograd.ops import elementwise as _elementwise
from autograd.ops import special as _ops

__all__ = [
    "airy_ai",
    "bessel_j0",
    "bessel_j1",
    "bessel_y0",
    "bessel_y1",
    "chebyshev_polynomial_t",
    "chebyshev_polynomial_u",
    "chebyshev_polynomial_v",
    "chebyshev_polynomial_w",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammainc",
    "gammaincc",
    "gammaln",
    "hermite_polynomial_h",
    "hermite_polynomial_he",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "laguerre_polynomial_l",
    "legendre_polynomial_p",
    "log1p",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "modified_bessel_i0",
    "modified_bessel_i1",
    "modified_bessel_k0",
    "modified_bessel_k1",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "round",
    "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1",
    "shifted_chebyshev_polynomial_t",
    "shifted_chebyshev_polynomial_u",
    "shifted_chebyshev_polynomial_v",
    "shifted_chebyshev_polynomial_w",
    "sinc",
    "softmax",
    "spherical_bessel_j0",
    "xlog1py",
    "xlogy",
    "zeta",
]

# What the engine has under the same name.
digamma = _autograd.digamma
erf, erfc, erfinv = _autograd.erf, _autograd.erfc, _autograd.erfinv
exp2, expm1, log1p = _autograd.exp2, _autograd.expm1, _autograd.log1p
i0, sinc, logit, round = _autograd.i0, _autograd.sinc, _autograd.logit, _autograd.round
softmax, log_softmax, logsumexp = _autograd.softmax, _autograd.log_softmax, _autograd.logsumexp
polygamma = _autograd.polygamma
# What is an operation but has no public name there.
entr, i0e, i1, i1e = (getattr(_elementwise, _name).function for _name in ("entr", "i0e", "i1", "i1e"))
ndtr, log_ndtr, ndtri = (getattr(_elementwise, _name).function for _name in ("ndtr", "log_ndtr", "ndtri"))
erfcx, airy_ai, spherical_bessel_j0 = _ops.erfcx.function, _ops.airy_ai.function, _ops.spherical_bessel_j0.function
bessel_j0, bessel_j1 = _ops.bessel_j0.function, _ops.bessel_j1.function
bessel_y0, bessel_y1 = _ops.bessel_y0.function, _ops.bessel_y1.function
modified_bessel_i0, modified_bessel_i1 = _ops.modified_bessel_i0.function, _ops.modified_bessel_i1.function
modified_bessel_k0, modified_bessel_k1 = _ops.modified_bessel_k0.function, _ops.modified_bessel_k1.function
scaled_modified_bessel_k0 = _ops.scaled_modified_bessel_k0.function
scaled_modified_bessel_k1 = _ops.scaled_modified_bessel_k1.function
# Polynomials by degree.
chebyshev_polynomial_t = _fronts.polynomials["chebyshev_polynomial_t"]
chebyshev_polynomial_u = _fronts.polynomials["chebyshev_polynomial_u"]
chebyshev_polynomial_v = _fronts.polynomials["chebyshev_polynomial_v"]
chebyshev_polynomial_w = _fronts.polynomials["chebyshev_polynomial_w"]
hermite_polynomial_h = _fronts.polynomials["hermite_polynomial_h"]
hermite_polynomial_he = _fronts.polynomials["hermite_polynomial_he"]
laguerre_polynomial_l = _fronts.polynomials["laguerre_polynomial_l"]
legendre_polynomial_p = _fronts.polynomials["legendre_polynomial_p"]
shifted_chebyshev_polynomial_t = _fronts.polynomials["shifted_chebyshev_polynomial_t"]
shifted_chebyshev_polynomial_u = _fronts.polynomials["shifted_chebyshev_polynomial_u"]
shifted_chebyshev_polynomial_v = _fronts.polynomials["shifted_chebyshev_polynomial_v"]
shifted_chebyshev_polynomial_w = _fronts.polynomials["shifted_chebyshev_polynomial_w"]
