"""Einstein sums as an operation: linear in each operand, and each gradient again an Einstein sum."""

from __future__ import annotations

from typing import Any

from autograd.kernels import einsum as kernel
from autograd.op import Op, linear, multilinear
from autograd.ops.shape import reshape
from autograd.samples import real, s


def _gradient(g: Any, operands: tuple, equation: str, index: int) -> Any:
    """The sum of ``g`` and the other operands over what the operand does not have; the engine broadcasts the rest."""
    terms, out = kernel.split(equation)
    own = terms.pop(index)
    known = set(out).union(*terms)
    others = operands[:index] + operands[index + 1 :]
    back = einsum((g, *others), ",".join([out, *terms]) + "->" + "".join(c for c in own if c in known))
    if known.issuperset(own):
        return back
    sizes = iter(back.shape)
    return reshape(back, tuple([next(sizes) if c in known else 1 for c in own]))


einsum: Op = multilinear(
    "einsum",
    lambda operands, equation: kernel.contract(operands, equation),
    tensors=("operands",),
    operands=_gradient,
    variadic=True,
    broadcasts=True,
    symbol="Σ",
    samples=[
        s((real(2, 3), real(3, 4)), "ab,bc->ac"),
        s((real(2, 3),), "ab->ba"),
        s((real(2, 3),), "ab->"),
        s((real(2, 3), real(4)), "ab,c->a"),
        s((real(2, 3, 4), real(2, 4, 2)), "abc,acd->adb"),
        s((real(2, 3), real(2, 3)), "ab,ab->a"),
        s((real(2, 1), real(1, 3)), "ab,ab->b"),
        s((real(2, 3), real(3, 4), real(4, 2)), "ab,bc,cd->ad"),
        s((real(0, 3), real(3, 4)), "ab,bc->ac"),
        s((real(), real(3)), ",a->a"),
    ],
    public=False,
    doc="The Einstein sum of the operands by an explicit equation; as ``torch.einsum``.",
)
diagonal = linear(
    "einsum_diagonal",
    kernel.diagonal,
    tensors=("x",),
    x=lambda g, pattern: embed(g, pattern),
    samples=[s(real(3, 3), (0, 0)), s(real(2, 3, 2), (0, 1, 0)), s(real(0, 0), (0, 0))],
    symbol="diagonal",
    public=False,
    doc="The elements at which the dimensions with one number in ``pattern`` have one index.",
)
embed: Op = linear(
    "einsum_embed",
    kernel.embed,
    tensors=("x",),
    x=lambda g, pattern: diagonal(g, pattern),
    samples=[s(real(3), (0, 0)), s(real(2, 3), (0, 1, 0)), s(real(0), (0, 0))],
    symbol="embed",
    public=False,
    doc="Zeros with ``x`` on the diagonal of the dimensions that have one number in ``pattern``.",
)
