"""Comparisons, predicates, logic and bits: operations without derivatives."""

from __future__ import annotations

import numpy as np

from autograd.kernels import elementwise as kernel
from autograd.op import predicate
from autograd.ops._about import EDGES, ONE, TRUTH, TWO, hidden, one, two
from autograd.samples import PAIRS, Bad, bools, const, ints, real, s

_FLOATS = [
    s(const(np.repeat(EDGES, len(EDGES))), const(np.tile(EDGES, len(EDGES)))),
    s(real(2, 3), real(3)),
    s(real(), real(0, 2)),
]
_INTS = [s(ints(2, 3), ints(3)), s(ints(), ints(2)), s(ints(0, 3), ints(3))]
_TRUTHS = [s(bools(2, 3), bools(3)), s(bools(), bools())]
_CLASH = [Bad(RuntimeError, "must match the size", real(2, 3), real(4))]
_ONLY_INTS = [Bad(NotImplementedError, "only for integers", real(2), real(2))]
_ONE = [s(const(EDGES)), s(real()), s(real(0, 2)), s(ints(3))]
_X, _Y = "[1.0, 2.0]", "[1.0, 3.0]"

# fmt: off

# -- comparisons (the front ends stand in autograd/api/operators.py) --------------------------------------------------

eq = predicate("eq", np.equal, symbol="=", public=False, samples=_FLOATS + _INTS + _TRUTHS, errors=_CLASH,
               doc=hidden("eq", "Whether the operands are equal."))
ne = predicate("ne", np.not_equal, symbol="≠", public=False, samples=_FLOATS + _INTS + _TRUTHS, errors=_CLASH,
               doc=hidden("ne", "Whether the operands differ."))
lt = predicate("lt", np.less, symbol="<", public=False, samples=_FLOATS + _INTS + _TRUTHS, errors=_CLASH,
               doc=hidden("lt", "Whether ``x`` is less than ``y``."))
le = predicate("le", np.less_equal, symbol="≤", public=False, samples=_FLOATS + _INTS + _TRUTHS, errors=_CLASH,
               doc=hidden("le", "Whether ``x`` is at most ``y``."))
gt = predicate("gt", np.greater, symbol=">", public=False, samples=_FLOATS + _INTS + _TRUTHS, errors=_CLASH,
               doc=hidden("gt", "Whether ``x`` is greater than ``y``."))
ge = predicate("ge", np.greater_equal, symbol="≥", public=False, samples=_FLOATS + _INTS + _TRUTHS, errors=_CLASH,
               doc=hidden("ge", "Whether ``x`` is at least ``y``."))
isclose = predicate(
    "isclose", kernel.close, tensors=("x", "y"), public=False,
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4), 0.0, 0.0, False)],
    samples=[*[s(real(*x), real(*y), 1e-5, 1e-8, False) for x, y in PAIRS],
             s(const([1.0, 1.0, np.inf, np.nan]), const([1.0 + 1e-9, 1.1, np.inf, np.nan]), 1e-5, 1e-8, False),
             s(const([np.nan, 1.0]), const([np.nan, 2.0]), 0.5, 0.0, True), s(ints(3), ints(3), 0.0, 1.0, False)],
    doc=hidden("isclose", "Whether ``|x − y| ≤ atol + rtol · |y|``."))

# -- predicates of one operand ------------------------------------------------------------------------------------------

isnan = predicate("isnan", np.isnan, samples=_ONE,
    doc=one("isnan", "Whether each element is NaN.", "[1.0, float('nan')]", "[False,  True]", TRUTH))
isinf = predicate("isinf", np.isinf, samples=_ONE,
    doc=one("isinf", "Whether each element is ∞ or −∞.", "[1.0, float('inf')]", "[False,  True]", TRUTH))
isfinite = predicate("isfinite", np.isfinite, samples=_ONE,
    doc=one("isfinite", "Whether each element is neither infinite nor NaN.", "[1.0, float('inf')]", "[ True, False]", TRUTH))
isposinf = predicate("isposinf", lambda x: x == np.inf, samples=_ONE,
    doc=one("isposinf", "Whether each element is ∞.", "[1.0, float('inf')]", "[False,  True]", TRUTH))
isneginf = predicate("isneginf", lambda x: x == -np.inf, samples=_ONE,
    doc=one("isneginf", "Whether each element is −∞.", "[1.0, float('-inf')]", "[False,  True]", TRUTH))
isreal = predicate("isreal", lambda x: np.ones(x.shape, np.bool_), samples=_ONE,
    doc=one("isreal", "Whether each element is real: True, as there are no complex tensors.", "[1.0, 2.0]", "[True, True]", TRUTH))
signbit = predicate("signbit", lambda x: np.signbit(x) if x.dtype.kind == "f" else np.less(x, 0), samples=_ONE,
    doc=one("signbit", "Whether the sign bit is set, also of −0.", "[1.0, -0.0]", "[False,  True]", TRUTH))

# -- logic ----------------------------------------------------------------------------------------------------------------

logical_and = predicate("logical_and", np.logical_and, symbol="∧", inplace=True, samples=_FLOATS + _INTS + _TRUTHS, errors=_CLASH,
    doc=two("logical_and", "Whether both elements are non-zero.", "[1.0, 0.0]", "[2.0, 2.0]", "[ True, False]", TRUTH))
logical_or = predicate("logical_or", np.logical_or, symbol="∨", inplace=True, samples=_FLOATS + _INTS + _TRUTHS, errors=_CLASH,
    doc=two("logical_or", "Whether one of the elements is non-zero.", "[1.0, 0.0]", "[2.0, 0.0]", "[ True, False]", TRUTH))
logical_xor = predicate("logical_xor", np.logical_xor, symbol="⊻", inplace=True, samples=_FLOATS + _INTS + _TRUTHS, errors=_CLASH,
    doc=two("logical_xor", "Whether exactly one of the elements is non-zero.", "[1.0, 0.0]", "[2.0, 2.0]", "[False,  True]", TRUTH))
logical_not = predicate("logical_not", np.logical_not, symbol="¬", inplace=True, samples=_ONE,
    doc=one("logical_not", "Whether each element is 0.", "[1.0, 0.0]", "[False,  True]", TRUTH))

# -- bits -----------------------------------------------------------------------------------------------------------------

bitwise_and = predicate("bitwise_and", kernel.integers("bitwise_and", np.bitwise_and), symbol="&", inplace=True,
    samples=_INTS + _TRUTHS, errors=_ONLY_INTS,
    doc=two("bitwise_and", "The bits set in both integers.", "[6, 5]", "[3, 4]", "[2, 4]", TWO + " NotImplementedError for floats."))
bitwise_or = predicate("bitwise_or", kernel.integers("bitwise_or", np.bitwise_or), symbol="|", inplace=True,
    samples=_INTS + _TRUTHS, errors=_ONLY_INTS,
    doc=two("bitwise_or", "The bits set in one of the integers.", "[6, 5]", "[3, 4]", "[7, 5]", TWO + " NotImplementedError for floats."))
bitwise_xor = predicate("bitwise_xor", kernel.integers("bitwise_xor", np.bitwise_xor), symbol="^", inplace=True,
    samples=_INTS + _TRUTHS, errors=_ONLY_INTS,
    doc=two("bitwise_xor", "The bits in which the integers differ.", "[6, 5]", "[3, 4]", "[5, 1]", TWO + " NotImplementedError for floats."))
bitwise_left_shift = predicate(
    "bitwise_left_shift", kernel.integers("bitwise_left_shift", np.left_shift, bools=False), symbol="<<", inplace=True,
    samples=_INTS, errors=_ONLY_INTS,
    doc=two("bitwise_left_shift", "``input · 2**other`` of integers.", "[1, 3]", "[2, 1]", "[4, 6]", TWO + " NotImplementedError for floats."))
bitwise_right_shift = predicate(
    "bitwise_right_shift", kernel.integers("bitwise_right_shift", np.right_shift, bools=False), symbol=">>", inplace=True,
    samples=_INTS, errors=_ONLY_INTS,
    doc=two("bitwise_right_shift", "``input / 2**other`` of integers, rounded down.", "[8, -3]", "[2, 1]", "[ 2, -2]",
            TWO + " NotImplementedError for floats."))
gcd = predicate("gcd", kernel.integers("gcd", np.gcd, bools=False), inplace=True, samples=_INTS, errors=_ONLY_INTS,
    doc=two("gcd", "The greatest common divisor.", "[12, 7]", "[18, 0]", "[6, 7]", TWO + " NotImplementedError for floats."))
lcm = predicate("lcm", kernel.integers("lcm", np.lcm, bools=False), inplace=True, samples=_INTS, errors=_ONLY_INTS,
    doc=two("lcm", "The least common multiple.", "[4, 7]", "[6, 1]", "[12,  7]", TWO + " NotImplementedError for floats."))
bitwise_not = predicate("bitwise_not", kernel.invert, symbol="~", inplace=True, samples=[s(ints(2, 3)), s(bools(3)), s(ints()), s(ints(0, 3))],
    errors=[Bad(NotImplementedError, "only for integers", real(2))],
    doc=one("bitwise_not", "Each bit of the integers flipped; the negation of bools.", "[0, 5]", "[-1, -6]",
            ONE + " NotImplementedError for floats."))
# fmt: on
