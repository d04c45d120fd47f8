"""The named tuples that functions with several results return. As ``torch.return_types``."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from autograd.tensor import Tensor


class Result(tuple):  # noqa: SLOT001 - its subclasses have annotations, which are no slots
    """A tuple whose places have names: those that a subclass annotates. Printed as PyTorch prints its own.

    ``collections.namedtuple`` does the same, but compiles code for each class: a tenth of the time of importing all.
    """

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)
        for place, name in enumerate(cls._fields):
            setattr(cls, name, property(itemgetter(place)))

    def __new__(cls, *values: Any) -> Self:
        """The tuple of ``values``, one for each field; TypeError for another number of them."""
        if len(values) != len(cls._fields):
            raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}, but got {len(values)} values")
        return tuple.__new__(cls, values)

    def __repr__(self) -> str:
        parts = ",\n".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
        return f"{type(self).__module__}.{type(self).__name__}(\n{parts})"

    def __getnewargs__(self) -> tuple:
        return tuple(self)

    def _asdict(self) -> dict[str, Any]:
        """The values by the names of their fields."""
        return dict(zip(self._fields, self, strict=True))

    def _replace(self, **changes: Any) -> Self:
        """The same with some fields changed."""
        return type(self)(*{**self._asdict(), **changes}.values())


class max(Result):
    """What ``max(x, dim)`` returns."""

    values: Tensor
    indices: Tensor


class min(Result):
    """What ``min(x, dim)`` returns."""

    values: Tensor
    indices: Tensor


class aminmax(Result):
    """What ``aminmax`` returns."""

    min: Tensor
    max: Tensor


class median(Result):
    """What ``median(x, dim)`` returns."""

    values: Tensor
    indices: Tensor


class nanmedian(Result):
    """What ``nanmedian(x, dim)`` returns."""

    values: Tensor
    indices: Tensor


class mode(Result):
    """What ``mode`` returns."""

    values: Tensor
    indices: Tensor


class kthvalue(Result):
    """What ``kthvalue`` returns."""

    values: Tensor
    indices: Tensor


class sort(Result):
    """What ``sort`` returns."""

    values: Tensor
    indices: Tensor


class topk(Result):
    """What ``topk`` returns."""

    values: Tensor
    indices: Tensor


class cummax(Result):
    """What ``cummax`` returns."""

    values: Tensor
    indices: Tensor


class cummin(Result):
    """What ``cummin`` returns."""

    values: Tensor
    indices: Tensor


class histogram(Result):
    """What ``histogram`` returns."""

    hist: Tensor
    bin_edges: Tensor


class histogramdd(Result):
    """What ``histogramdd`` returns."""

    hist: Tensor
    bin_edges: Tensor


class geqrf(Result):
    """What ``geqrf`` returns."""

    a: Tensor
    tau: Tensor


class linalg_cholesky_ex(Result):
    """What ``cholesky_ex`` returns."""

    L: Tensor
    info: Tensor


class linalg_eig(Result):
    """What ``eig`` returns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class linalg_eigh(Result):
    """What ``eigh`` returns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class linalg_inv_ex(Result):
    """What ``inv_ex`` returns."""

    inverse: Tensor
    info: Tensor


class linalg_ldl_factor(Result):
    """What ``ldl_factor`` returns."""

    LD: Tensor
    pivots: Tensor


class linalg_ldl_factor_ex(Result):
    """What ``ldl_factor_ex`` returns."""

    LD: Tensor
    pivots: Tensor
    info: Tensor


class linalg_lstsq(Result):
    """What ``lstsq`` returns."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


class linalg_lu(Result):
    """What ``linalg.lu`` returns."""

    P: Tensor
    L: Tensor
    U: Tensor


class linalg_lu_factor(Result):
    """What ``lu_factor`` returns."""

    LU: Tensor
    pivots: Tensor


class linalg_lu_factor_ex(Result):
    """What ``lu_factor_ex`` returns."""

    LU: Tensor
    pivots: Tensor
    info: Tensor


class linalg_qr(Result):
    """What ``qr`` returns."""

    Q: Tensor
    R: Tensor


class linalg_slogdet(Result):
    """What ``slogdet`` returns."""

    sign: Tensor
    logabsdet: Tensor


class linalg_solve_ex(Result):
    """What ``solve_ex`` returns."""

    result: Tensor
    info: Tensor


class linalg_svd(Result):
    """What ``linalg.svd`` returns."""

    U: Tensor
    S: Tensor
    Vh: Tensor


class lu_unpack(Result):
    """What ``lu_unpack`` returns."""

    P: Tensor
    L: Tensor
    U: Tensor


class svd(Result):
    """What ``svd`` returns: with ``V``, not its transpose."""

    U: Tensor
    S: Tensor
    V: Tensor


class triangular_solve(Result):
    """What ``triangular_solve`` returns."""

    solution: Tensor
    cloned_coefficient: Tensor


class frexp(Result):
    """What ``frexp`` returns."""

    mantissa: Tensor
    exponent: Tensor
