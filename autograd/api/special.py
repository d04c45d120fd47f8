"""Front ends of ``autograd.special``: polynomials by degree, and functions under PyTorch's second names."""

from __future__ import annotations

from collections.abc import Callable
from operator import index as as_int
from typing import Any

from autograd.api.arguments import tensor_of
from autograd.api.export import export
from autograd.dispatch import number
from autograd.op import registry
from autograd.ops import elementwise
from autograd.ops import special as ops
from autograd.ops._about import QUOTIENT, about, one
from autograd.tensor import Tensor

# Name → what it computes, by which recurrence, and its value at 2 for the degrees 2 and 3.
_POLYNOMIALS = {
    "chebyshev_polynomial_t": ("Chebyshev's polynomial of the first kind, ``Tₙ(cos t) = cos nt``", "[ 7., 26.]"),
    "chebyshev_polynomial_u": ("Chebyshev's polynomial of the second kind, ``Uₙ(cos t) sin t = sin (n + 1)t``", "[15., 56.]"),
    "chebyshev_polynomial_v": ("Chebyshev's polynomial of the third kind, ``Vₙ(cos t) cos t/2 = cos (n + ½)t``", "[11., 41.]"),
    "chebyshev_polynomial_w": ("Chebyshev's polynomial of the fourth kind, ``Wₙ(cos t) sin t/2 = sin (n + ½)t``", "[19., 71.]"),
    "shifted_chebyshev_polynomial_t": ("Chebyshev's polynomial of the first kind at ``2x − 1``", "[17., 99.]"),
    "shifted_chebyshev_polynomial_u": ("Chebyshev's polynomial of the second kind at ``2x − 1``", "[ 35., 204.]"),
    "shifted_chebyshev_polynomial_v": ("Chebyshev's polynomial of the third kind at ``2x − 1``", "[ 29., 169.]"),
    "shifted_chebyshev_polynomial_w": ("Chebyshev's polynomial of the fourth kind at ``2x − 1``", "[ 41., 239.]"),
    "hermite_polynomial_h": ("Hermite's polynomial of the physicists, ``Hₙ₊₁ = 2x Hₙ − 2n Hₙ₋₁``", "[14., 40.]"),
    "hermite_polynomial_he": ("Hermite's polynomial of the probabilists, ``Heₙ₊₁ = x Heₙ − n Heₙ₋₁``", "[3., 2.]"),
    "laguerre_polynomial_l": (
        "Laguerre's polynomial, ``(n + 1) Lₙ₊₁ = (2n + 1 − x) Lₙ − n Lₙ₋₁``",
        "[-1.0000, -0.3333]",
    ),
    "legendre_polynomial_p": ("Legendre's polynomial, ``(n + 1) Pₙ₊₁ = (2n + 1) x Pₙ − n Pₙ₋₁``", "[ 5.5000, 17.0000]"),
}  # fmt: skip
_REST = (
    f"{QUOTIENT} Degrees are cut to whole numbers; negative\n"
    "ones give 0. The gradient is that of ``input``, of any order; PyTorch has none."
)


def _polynomial(name: str, what: str, result: str) -> Callable[..., Tensor]:
    op = ops.POLYNOMIALS[name]

    def front(input: Any, n: Any, *, out: Tensor | None = None) -> Tensor:
        if isinstance(input, (int, float)) and isinstance(n, (int, float)):
            raise TypeError(f"{name}(): argument 'input' or 'n' must be a Tensor, but both are numbers")
        return op.function(input, n, out=out)

    front.__name__ = front.__qualname__ = name
    call = f"autograd.special.{name}(autograd.tensor(2.0), autograd.tensor([2, 3]))"
    front.__doc__ = about(f"special.{name}", what + ".", _REST, call, f"tensor({result})").replace(
        " As ``torch", " As\n``torch", 1
    )
    return front


polynomials = {name: _polynomial(name, *about_it) for name, about_it in _POLYNOMIALS.items()}


def _second_name(name: str, own: str, doc: str) -> Callable[..., Tensor]:
    """A function of one tensor under another name."""
    function = registry[own].function

    def front(input: Tensor, *, out: Tensor | None = None) -> Tensor:
        return function(tensor_of(input, name), out=out)

    front.__name__ = front.__qualname__ = name
    front.__doc__ = doc
    return front


expit = _second_name(
    "expit", "sigmoid", one("special.expit", "The logistic function, as ``sigmoid``.", "[0.0, 2.0]", "[0.5000, 0.8808]")
)
gammaln = _second_name(
    "gammaln", "lgamma", one("special.gammaln", "``log |Γ(x)|``, as ``lgamma``.", "[1.0, 4.0]", "[0.0000, 1.7918]")
)
psi = _second_name(
    "psi",
    "digamma",
    one("special.psi", "The derivative of ``log Γ``, as ``digamma``.", "[1.0, 2.0]", "[-0.5772,  0.4228]"),
)


def _pair(name: str, own: str, what: str, result: str) -> Callable[..., Tensor]:
    """An incomplete gamma function under its other name."""
    function = registry[own].function

    def front(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
        return function(tensor_of(input, name), tensor_of(other, name, "other"), out=out)

    front.__name__ = front.__qualname__ = name
    call = f"autograd.special.{name}(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 2.0]))"
    front.__doc__ = about(
        f"special.{name}", what, f"See ``autograd.{own}``, which needs SciPy.", call, f"tensor({result})"
    )
    return front


gammainc = _pair("gammainc", "igamma", "The regularized lower incomplete gamma function.", "[0.6321, 0.5940]")
gammaincc = _pair("gammaincc", "igammac", "The regularized upper incomplete gamma function.", "[0.3679, 0.4060]")


def multigammaln(input: Tensor, p: int, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the gamma function of ``p`` dimensions, as ``mvlgamma``. As ``torch.special.multigammaln``.

    >>> import autograd
    >>> autograd.special.multigammaln(autograd.tensor([3.0, 4.0]), 2)
    tensor([1.5502, 3.5651])
    """
    return registry["mvlgamma"].function(tensor_of(input, "multigammaln"), p, out=out)


def _numbers(name: str) -> Callable[..., Tensor]:
    """A function of two tensors, or of a tensor and a number."""
    function = registry[name].function

    def front(input: Any, other: Any, *, out: Tensor | None = None) -> Tensor:
        if isinstance(input, (int, float)) and isinstance(other, (int, float)):
            raise TypeError(f"{name}(): argument 'input' or 'other' must be a Tensor, but both are numbers")
        return function(input, other, out=out)

    front.__name__ = front.__qualname__ = name
    front.__doc__ = function.__doc__
    return front


xlog1py, xlogy, zeta = _numbers("xlog1py"), _numbers("xlogy"), _numbers("zeta")


@export("polygamma", method=False)
def polygamma(n: int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The ``n``-th derivative of ``digamma``. As ``torch.polygamma``.

    Integers are taken as the default floating dtype. RuntimeError for negative ``n``,
    TypeError where it is no int.

    >>> import autograd
    >>> autograd.polygamma(1, autograd.tensor([1.0, 0.5]))
    tensor([1.6449, 4.9348])
    """
    return elementwise.polygamma.function(input, _order(n), out=out)


@export("polygamma", function=False, inplace=True)
def polygamma_method(self: Tensor, n: int) -> Tensor:
    """The ``n``-th derivative of ``digamma``. As ``torch.Tensor.polygamma``."""
    return elementwise.polygamma.function(self, _order(n))


def _order(n: Any) -> int:
    """The order of a derivative; TypeError where it is no int."""
    n = number(n, "polygamma", "n") if isinstance(n, Tensor) else n
    if not hasattr(n, "__index__"):
        raise TypeError(f"polygamma(): argument 'n' must be int, not {type(n).__name__}")
    return as_int(n)
