"""NumPy's functions on Tensors give NumPy's values, record, and never return an object array."""

import io

import numpy as np
import pytest

import autograd as ag

RNG = np.random.default_rng(0)
A = RNG.uniform(0.2, 0.9, (3, 4))
B = RNG.uniform(0.2, 0.9, (3, 4))
S = RNG.uniform(0.2, 0.9, (3, 3)) + 2 * np.eye(3)
V = RNG.uniform(0.2, 0.9, 3)
T = RNG.uniform(0.2, 0.9, (2, 3, 4))
C = RNG.uniform(0.2, 0.9, (2, 4, 5))
I = np.array([[3, 1, 2], [4, 7, 5]])

# Universal functions of real arguments in (0, 1), by number of arguments.
UNARY = [
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "square", "reciprocal", "sin", "cos", "tan",
    "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arctanh", "negative", "positive",
    "absolute", "fabs", "sign", "floor", "ceil", "trunc", "rint", "deg2rad", "rad2deg", "degrees", "radians",
    "conjugate",
]  # fmt: skip
BINARY = [
    "add", "subtract", "multiply", "divide", "true_divide", "power", "float_power", "maximum", "minimum", "fmax",
    "fmin", "remainder", "mod", "fmod", "floor_divide", "arctan2", "hypot", "logaddexp", "logaddexp2",
    "copysign",
]  # fmt: skip
TRUTHS_1 = [
    "isnan", "isinf", "isfinite", "signbit", "logical_not",
]  # fmt: skip
TRUTHS_2 = [
    "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or",
    "logical_xor",
]  # fmt: skip
INTEGERS_2 = [
    "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift",
]  # fmt: skip

# What is called, on one Tensor or array.
RECORDED = {
    "sum": (A, lambda a: np.sum(a)),
    "sum axis": (A, lambda a: np.sum(a, axis=0)),
    "sum axes": (T, lambda a: np.sum(a, axis=(0, 2), keepdims=True)),
    "sum dtype": (A, lambda a: np.sum(a, dtype=np.float32)),
    "sum keepdims": (A, lambda a: np.sum(a, keepdims=True)),
    "sum of no axis": (A, lambda a: np.sum(a, axis=())),
    "mean": (A, lambda a: np.mean(a, axis=-1)),
    "mean of all": (A, lambda a: np.mean(a)),
    "max": (A, lambda a: np.max(a, axis=1)),
    "amax of all": (A, lambda a: np.amax(a)),
    "min": (T, lambda a: np.min(a, axis=(0, 1), keepdims=True)),
    "amin of all": (A, lambda a: np.amin(a)),
    "ptp": (A, lambda a: np.ptp(a, axis=0)),
    "prod": (A, lambda a: np.prod(a, axis=1)),
    "prod of all": (A, lambda a: np.prod(a)),
    "prod axes": (T, lambda a: np.prod(a, axis=(0, 2))),
    "var": (A, lambda a: np.var(a, axis=0)),
    "var ddof": (A, lambda a: np.var(a, ddof=1)),
    "std": (A, lambda a: np.std(a)),
    "std ddof": (A, lambda a: np.std(a, axis=1, ddof=1, keepdims=True)),
    "cumsum": (A, lambda a: np.cumsum(a, axis=1)),
    "cumsum flat": (A, lambda a: np.cumsum(a)),
    "cumprod": (A, lambda a: np.cumprod(a, axis=0)),
    "median": (A, lambda a: np.median(a, axis=1)),
    "quantile": (A, lambda a: np.quantile(a, 0.3)),
    "quantiles": (A, lambda a: np.quantile(a, [0.3, 0.6], axis=0)),
    "percentile": (A, lambda a: np.percentile(a, 30, axis=1)),
    "average": (A, lambda a: np.average(a, axis=0)),
    "average weights": (A, lambda a: np.average(a, axis=0, weights=[1.0, 2.0, 3.0])),
    "nansum": (A, lambda a: np.nansum(a, axis=0)),
    "nanmean": (A, lambda a: np.nanmean(a, axis=0)),
    "trapezoid": (A, lambda a: np.trapezoid(a, dx=0.5, axis=0)),
    "reshape": (A, lambda a: np.reshape(a, (2, 6))),
    "reshape to one": (A, lambda a: np.reshape(a, -1)),
    "ravel": (A, lambda a: np.ravel(a)),
    "transpose": (T, lambda a: np.transpose(a)),
    "transpose axes": (T, lambda a: np.transpose(a, (1, 0, 2))),
    "swapaxes": (T, lambda a: np.swapaxes(a, 0, -1)),
    "matrix_transpose": (T, lambda a: np.matrix_transpose(a)),
    "moveaxis": (T, lambda a: np.moveaxis(a, 0, -1)),
    "moveaxis several": (T, lambda a: np.moveaxis(a, (0, 1), (-1, 0))),
    "expand_dims": (A, lambda a: np.expand_dims(a, 1)),
    "expand_dims several": (A, lambda a: np.expand_dims(a, (0, -1))),
    "squeeze": (A[None, :, None], lambda a: np.squeeze(a)),
    "squeeze axis": (A[None, :, None], lambda a: np.squeeze(a, axis=0)),
    "broadcast_to": (V, lambda a: np.broadcast_to(a, (2, 3))),
    "atleast_1d": (np.array(0.5), lambda a: np.atleast_1d(a)),
    "atleast_2d": (V, lambda a: np.atleast_2d(a)),
    "atleast_3d": (A, lambda a: np.atleast_3d(a)),
    "atleast_3d of a vector": (V, lambda a: np.atleast_3d(a)),
    "concatenate": (A, lambda a: np.concatenate([a, B, a], axis=1)),
    "concatenate flat": (A, lambda a: np.concatenate((a, V), axis=None)),
    "stack": (A, lambda a: np.stack([a, B], axis=1)),
    "vstack": (V, lambda a: np.vstack([a, V])),
    "hstack": (V, lambda a: np.hstack([a, V])),
    "hstack matrices": (A, lambda a: np.hstack([a, B])),
    "dstack": (A, lambda a: np.dstack([a, B])),
    "column_stack": (V, lambda a: np.column_stack([a, S])),
    "append": (A, lambda a: np.append(a, V)),
    "split": (A, lambda a: np.split(a, 2, axis=1)[1]),
    "split at": (A, lambda a: np.split(a, [1, 3], axis=1)[1]),
    "array_split": (A, lambda a: np.array_split(a, 3, axis=1)[0]),
    "hsplit": (A, lambda a: np.hsplit(a, 2)[0]),
    "vsplit": (A, lambda a: np.vsplit(a, 3)[2]),
    "tile": (V, lambda a: np.tile(a, 2)),
    "tile 2d": (V, lambda a: np.tile(a, (2, 2))),
    "repeat": (A, lambda a: np.repeat(a, 2)),
    "repeat axis": (A, lambda a: np.repeat(a, [1, 2, 0], axis=0)),
    "flip": (A, lambda a: np.flip(a)),
    "flip axis": (A, lambda a: np.flip(a, 0)),
    "flipud": (A, lambda a: np.flipud(a)),
    "fliplr": (A, lambda a: np.fliplr(a)),
    "rot90": (A, lambda a: np.rot90(a)),
    "roll": (A, lambda a: np.roll(a, 2)),
    "roll axis": (A, lambda a: np.roll(a, 1, axis=1)),
    "roll axes": (A, lambda a: np.roll(a, (1, 2), axis=(0, 1))),
    "pad": (A, lambda a: np.pad(a, 1)),
    "pad values": (A, lambda a: np.pad(a, ((1, 2), (0, 1)), constant_values=7)),
    "pad edge": (A, lambda a: np.pad(a, ((1, 2), (0, 1)), mode="edge")),
    "pad reflect": (A, lambda a: np.pad(a, 2, mode="reflect")),
    "pad wrap": (A, lambda a: np.pad(a, 2, mode="wrap")),
    "where": (A, lambda a: np.where(A > 0.5, a, 0)),
    "where swapped": (A, lambda a: np.where(a > 0.5, 0.0, a * 2)),
    "take": (A, lambda a: np.take(a, [0, 2, 2, -1], axis=1)),
    "take flat": (A, lambda a: np.take(a, np.array([[0, 5], [7, 1]]))),
    "take_along_axis": (A, lambda a: np.take_along_axis(a, np.argsort(A, axis=1), axis=1)),
    "clip": (A, lambda a: np.clip(a, 0.3, 0.6)),
    "clip below": (A, lambda a: np.clip(a, 0.3, None)),
    "clip by keywords": (A, lambda a: np.clip(a, min=0.3)),
    "nan_to_num": (A, lambda a: np.nan_to_num(a)),
    "round": (A, lambda a: np.round(a)),
    "around decimals": (A, lambda a: np.around(a, 2)),
    "fix": (A, lambda a: np.fix(a)),
    "sinc": (A, lambda a: np.sinc(a)),
    "diff": (A, lambda a: np.diff(a, n=2)),
    "modf": (A * 3, lambda a: np.modf(a)[0]),
    "real": (A, lambda a: np.real(a)),
    "copy": (A, lambda a: np.copy(a)),
    "sort": (A, lambda a: np.sort(a, axis=0)),
    "sort flat": (A, lambda a: np.sort(a, axis=None)),
    "meshgrid": (V, lambda a: np.meshgrid(a, [1.0, 2.0])[0]),
    "meshgrid ij": (V, lambda a: np.meshgrid(a, [1.0, 2.0], indexing="ij", sparse=True)[0]),
    "matmul": (A, lambda a: np.matmul(a, B.T)),
    "@ array": (A, lambda a: a @ B.T),
    "array @": (A, lambda a: B.T @ a),
    "dot": (A, lambda a: np.dot(a, B.T)),
    "dot vectors": (V, lambda a: np.dot(a, V)),
    "dot numbers": (V, lambda a: np.dot(a, 3.0)),
    "dot 3d": (T, lambda a: np.dot(a, C)),
    "inner": (A, lambda a: np.inner(a, B)),
    "outer": (V, lambda a: np.outer(a, A)),
    "vdot": (A, lambda a: np.vdot(a, B)),
    "tensordot": (T, lambda a: np.tensordot(a, A, 2)),
    "tensordot axes": (T, lambda a: np.tensordot(a, A, axes=([1], [0]))),
    "tensordot axis": (T, lambda a: np.tensordot(a, A, axes=(1, 0))),
    "einsum": (A, lambda a: np.einsum("ij,kj->ik", a, B)),
    "kron": (A, lambda a: np.kron(a, S)),
    "cross": (S, lambda a: np.cross(a, V)),
    "inv": (S, lambda a: np.linalg.inv(a)),
    "solve": (S, lambda a: np.linalg.solve(a, A)),
    "solve vector": (S, lambda a: np.linalg.solve(a, V)),
    "det": (S, lambda a: np.linalg.det(a)),
    "slogdet": (S, lambda a: np.linalg.slogdet(a)[1]),
    "cholesky": (S @ S.T, lambda a: np.linalg.cholesky(a)),
    "eigvalsh": (S + S.T, lambda a: np.linalg.eigvalsh(a)),
    "eigh": (S + S.T, lambda a: np.linalg.eigh(a)[0]),
    "svd": (S, lambda a: np.linalg.svd(a)[1]),
    "svd values": (S, lambda a: np.linalg.svd(a, compute_uv=False)),
    "qr": (S, lambda a: np.abs(np.linalg.qr(a)[1])),
    "pinv": (A, lambda a: np.linalg.pinv(a)),
    "matrix_power": (S, lambda a: np.linalg.matrix_power(a, 3)),
    "multi_dot": (A, lambda a: np.linalg.multi_dot([a, B.T, A])),
    "norm": (A, lambda a: np.linalg.norm(a)),
    "norm axis": (A, lambda a: np.linalg.norm(a, axis=1)),
    "norm 1": (A, lambda a: np.linalg.norm(a, 1, axis=0, keepdims=True)),
    "vector_norm": (A, lambda a: np.linalg.vector_norm(a, axis=0)),
    "matrix_norm": (A, lambda a: np.linalg.matrix_norm(a)),
    "diagonal": (T, lambda a: np.diagonal(a, 1, 1, 2)),
    "diag": (S, lambda a: np.diag(a)),
    "diag of a vector": (V, lambda a: np.diag(a, 1)),
    "diagflat": (V, lambda a: np.diagflat(a)),
    "trace": (S, lambda a: np.trace(a)),
    "trace axes": (T, lambda a: np.trace(a, axis1=1, axis2=2)),
    "tril": (S, lambda a: np.tril(a)),
    "triu": (S, lambda a: np.triu(a, 1)),
    "add.reduce": (A, lambda a: np.add.reduce(a)),
    "add.reduce all": (A, lambda a: np.add.reduce(a, axis=None)),
    "multiply.reduce": (A, lambda a: np.multiply.reduce(a, axis=1, keepdims=True)),
    "maximum.reduce": (A, lambda a: np.maximum.reduce(a, 1)),
    "minimum.reduce": (A, lambda a: np.minimum.reduce(a)),
    "add.accumulate": (A, lambda a: np.add.accumulate(a)),
    "multiply.accumulate": (A, lambda a: np.multiply.accumulate(a, axis=1)),
    "maximum.accumulate": (A, lambda a: np.maximum.accumulate(a)),
    "subtract.outer": (V, lambda a: np.subtract.outer(a, A)),
    "ufunc dtype": (A, lambda a: np.exp(a, dtype=np.float32)),
    "list operand": (V, lambda a: np.add(a, [1.0, 2.0, 3.0])),
    "scalar operand": (V, lambda a: np.float64(2.0) * a),
}
UNRECORDED = {
    "all": (A > 0.5, lambda a: np.all(a, axis=0)),
    "any": (T > 0.5, lambda a: np.any(a, axis=(0, 1))),
    "logical_and.reduce": (A > 0.5, lambda a: np.logical_and.reduce(a)),
    "argmax": (A, lambda a: np.argmax(a, axis=1)),
    "argmin of all": (A, lambda a: np.argmin(a)),
    "argsort": (A, lambda a: np.argsort(a)),
    "count_nonzero": (A > 0.5, lambda a: np.count_nonzero(a, axis=0)),
    "nonzero": (A > 0.5, lambda a: np.nonzero(a)[1]),
    "where alone": (A > 0.5, lambda a: np.where(a)[0]),
    "argwhere": (A > 0.5, lambda a: np.argwhere(a)),
    "flatnonzero": (A > 0.5, lambda a: np.flatnonzero(a)),
    "isclose": (A, lambda a: np.isclose(a, A + 1e-9)),
    "searchsorted": (np.sort(V), lambda a: np.searchsorted(a, A)),
    "unique": (I, lambda a: np.unique(a)),
    "bincount": (I.reshape(-1), lambda a: np.bincount(a, minlength=9)),
    "zeros_like": (A, lambda a: np.zeros_like(a)),
    "ones_like": (I, lambda a: np.ones_like(a, dtype=np.float32)),
    "full_like": (A, lambda a: np.full_like(a, 7)),
    "imag": (A, lambda a: np.imag(a)),
    "matrix_rank": (S, lambda a: np.linalg.matrix_rank(a)),
    "sum of ints": (I, lambda a: np.sum(a)),
    "sum of bools": (A > 0.5, lambda a: np.sum(a, axis=0)),
    "divmod": (I, lambda a: np.divmod(a, 3)[1]),
}
QUESTIONS = {
    "shape": lambda a: np.shape(a),
    "ndim": lambda a: np.ndim(a),
    "size": lambda a: np.size(a),
    "size of an axis": lambda a: np.size(a, 1),
    "result_type": lambda a: np.result_type(a, np.float32),
    "iscomplexobj": lambda a: np.iscomplexobj(a),
    "isrealobj": lambda a: np.isrealobj(a),
    "allclose": lambda a: np.allclose(a, A),
    "array_equal": lambda a: np.array_equal(a, A),
    "array_equiv": lambda a: np.array_equiv(a, A),
    "shares_memory": lambda a: np.shares_memory(a, a),
    "may_share_memory": lambda a: np.may_share_memory(a, I),
    "array_str": lambda a: np.array_str(a),
    "broadcast_arrays": lambda a: [tuple(x.shape) for x in np.broadcast_arrays(a, A[0])],
}


def leaf(array):
    return ag.tensor(array, requires_grad=array.dtype.kind == "f")


def check(result, expected, tolerance=1e-12):
    assert isinstance(result, ag.Tensor), type(result)
    assert tuple(result.shape) == np.shape(expected)
    assert result.dtype == expected.dtype
    np.testing.assert_allclose(result.detach().numpy(), expected, rtol=tolerance, atol=tolerance)


# -- values and records -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", UNARY)
def test_unary_ufuncs_record(name):
    function = getattr(np, name)
    for _ in range(2):  # the first call looks the operation up, the second finds it in the table
        result = function(leaf(A))
        check(result, function(A))
        assert result.requires_grad


@pytest.mark.parametrize("name", BINARY)
def test_binary_ufuncs_record_with_tensors_arrays_and_numbers(name):
    function = getattr(np, name)
    a = leaf(A)
    for _ in range(2):
        for args, plain in (
            ((a, leaf(B)), (A, B)), ((a, B), (A, B)), ((B, a), (B, A)), ((a, B[0]), (A, B[0])),
            ((a, 0.5), (A, 0.5)), ((0.5, a), (0.5, A)), ((np.float64(0.5), a), (0.5, A)),
        ):  # fmt: skip
            result = function(*args)
            check(result, function(*plain))
            assert result.requires_grad


@pytest.mark.parametrize("name", TRUTHS_1 + TRUTHS_2 + INTEGERS_2)
def test_ufuncs_without_derivative(name):
    function = getattr(np, name)
    operands = (I, I[::-1].copy() % 3 + 1) if name in INTEGERS_2 else (A - 0.5, B - 0.5)[: function.nin]
    check(function(*[leaf(o) for o in operands]), function(*operands))
    if len(operands) == 2:
        check(function(operands[0], leaf(operands[1])), function(*operands))


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "**", "@", "<", "==", "%", "//"])
def test_operators_with_arrays_on_either_side(operator):
    scope = {"x": leaf(S), "y": S + 1}
    plain = {"x": S, "y": S + 1}
    check(eval(f"x {operator} y", scope), eval(f"x {operator} y", plain))
    check(eval(f"y {operator} x", scope), eval(f"y {operator} x", plain))


@pytest.mark.filterwarnings("ignore:numpy.fix:DeprecationWarning")  # since NumPy 2.5; it still works
@pytest.mark.parametrize("name", RECORDED)
def test_functions_record(name):
    array, call = RECORDED[name]
    x = leaf(array)
    result, expected = call(x), np.asarray(call(array))
    check(result, expected, 1e-5 if expected.dtype == np.float32 else 1e-10)
    assert result.requires_grad
    result.sum().backward()
    assert x.grad.shape == x.shape


@pytest.mark.parametrize("name", UNRECORDED)
def test_functions_without_derivative(name):
    array, call = UNRECORDED[name]
    result = call(leaf(array))
    check(result, np.asarray(call(array)))
    assert not result.requires_grad


@pytest.mark.parametrize("name", QUESTIONS)
def test_questions(name):
    assert QUESTIONS[name](leaf(A)) == QUESTIONS[name](A)


def test_gradient_through_numpys_functions_and_through_itself():
    def f(x):
        return np.sum(np.exp(x) * np.where(x > 0.5, x, 0) + np.log(x) @ B.T @ A)

    x = leaf(A)
    (g,) = ag.grad(f(x), x, create_graph=True)
    step = 1e-6
    for place in ((0, 0), (2, 3)):
        shift = np.zeros_like(A)
        shift[place] = step
        slope = (f(A + shift) - f(A - shift)) / (2 * step)
        np.testing.assert_allclose(g.detach().numpy()[place], slope, rtol=1e-6)
    (h,) = ag.grad(np.sum(np.square(g)), x)
    assert np.all(np.isfinite(h.numpy()))


def test_var_and_std_are_numpys():
    x = ag.tensor(A)
    assert np.var(x).item() == pytest.approx(A.var())
    assert x.var().item() == pytest.approx(A.var(ddof=1))
    assert np.std(x).item() == pytest.approx(A.std())


def test_integers_become_floats_where_the_function_needs_it():
    assert np.mean(ag.tensor(I)).item() == pytest.approx(I.mean())
    assert np.exp(ag.tensor(I)).dtype == np.float32


def test_products_promote_as_in_numpy():
    x = ag.ones(3, 3, requires_grad=True)
    for result in (S @ x, np.dot(S, x), np.einsum("ij,jk", x, S), np.linalg.solve(S, x)):
        assert result.dtype == np.float64
        assert result.requires_grad


# -- out= and in place --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda a, t: a.__iadd__(t),
        lambda a, t: np.exp(t, out=a),
        lambda a, t: np.sum(t, axis=0, out=a),
        lambda a, t: np.concatenate([t, t], out=a),
        lambda a, t: np.add.reduce(t, out=a),
        lambda a, t: np.matmul(t, t.T, out=a),
    ],
)
def test_arrays_are_not_written_with_results_of_tensors(write):
    array = np.ones((3, 4))
    for x in (leaf(A), ag.tensor(A)):
        with pytest.raises(TypeError, match="cut off from its history"):
            write(array, x)
    np.testing.assert_array_equal(array, np.ones((3, 4)))


def test_out_may_be_a_tensor_that_needs_no_grad():
    out = ag.zeros(3, 4, dtype=ag.float64)
    assert np.exp(ag.tensor(A), out=out) is out
    np.testing.assert_array_equal(out.numpy(), np.exp(A))
    total = ag.zeros(4, dtype=ag.float64)
    assert np.sum(ag.tensor(A), axis=0, out=total) is total
    np.testing.assert_allclose(total.numpy(), A.sum(0))
    with pytest.raises(RuntimeError, match="automatic differentiation"):
        np.exp(leaf(A), out=out)


def test_assigning_into_an_array_does_not_cut_the_graph_silently():
    array = np.zeros((3, 4))
    with pytest.raises(RuntimeError, match="requires grad"):
        array[...] = leaf(A)
    with pytest.raises(RuntimeError, match="requires grad"):
        np.copyto(array, leaf(A))
    array[...] = ag.tensor(A)
    np.testing.assert_array_equal(array, A)


# -- what is not supported ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("histogram", lambda t: np.histogram(t)),
        ("fft.fft", lambda t: np.fft.fft(t)),
        ("apply_along_axis", lambda t: np.apply_along_axis(np.sum, 0, t)),
        ("spacing", lambda t: np.spacing(t)),
        ("add.at", lambda t: np.add.at(t, [0], 1)),
        ("add.reduceat", lambda t: np.add.reduceat(t, [0, 1])),
        ("divide.reduce", lambda t: np.divide.reduce(t)),
        ("sum", lambda t: np.sum(t, where=A > 0.5)),
        ("sum", lambda t: np.sum(t, initial=3)),
        ("exp", lambda t: np.exp(t, where=A > 0.5)),
        ("add.reduce", lambda t: np.add.reduce(t, initial=3)),
        ("reshape", lambda t: np.reshape(t, (4, 3), order="F")),
        ("pad", lambda t: np.pad(t, 1, mode="linear_ramp")),
        ("copyto", lambda t: np.copyto(t, A)),
    ],
)
def test_unsupported_calls_say_so(name, call):
    for x in (leaf(A), ag.tensor(A)):
        with pytest.raises(TypeError, match=rf"numpy\.{name}"):
            call(x)


def test_other_libraries_arrays_are_left_to_them():
    class Duck:
        def __array_ufunc__(self, *args, **kwargs):
            return "duck"

        def __array_function__(self, *args, **kwargs):
            return "duck"

    for _ in range(2):
        assert np.add(ag.tensor(A), Duck()) == "duck"
    assert np.concatenate([ag.tensor(A), Duck()]) == "duck"


def test_no_object_arrays():
    x = leaf(V)
    for call in (lambda: np.array([x, x]), lambda: np.asarray(x), lambda: np.array(x)):
        with pytest.raises(RuntimeError, match="requires grad"):
            call()
    plain = ag.tensor(V)
    assert np.array([plain, plain]).dtype == np.float64
    assert np.asarray(plain, dtype=np.float32).dtype == np.float32


def test_files_take_tensors():
    file = io.BytesIO()
    np.save(file, ag.tensor(A))
    file.seek(0)
    np.testing.assert_array_equal(np.load(file), A)
    with pytest.raises(RuntimeError, match="requires grad"):
        np.save(io.BytesIO(), leaf(A))
    text = io.StringIO()
    np.savetxt(text, ag.tensor(A))
    assert text.getvalue().count("\n") == 3
