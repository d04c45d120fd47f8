"""Reductions, scans and sorting against PyTorch: argument forms, dtypes, edges, errors, gradients at ties and zeros."""

import itertools
import math
import warnings

import numpy as np
import pytest

import autograd as ag

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

INF, NAN = math.inf, math.nan


class Values:
    """The same tensors for either library."""

    def __init__(self, lib):
        self.lib = lib
        self.x = self.t([[0.0, 1, 2], [3, 4, 5]])
        self.y = self.t([[5.0, 1, 0], [3, -4, 7]])
        self.v = self.t([3.0, 1, 1, 2, 5])
        self.one = self.t(3.0)
        self.e = self.t(np.zeros((0, 3)))
        self.e1 = self.t(np.zeros(0))
        self.m = self.t([3.0, NAN, 1, NAN, INF, -INF, 1])
        self.i = self.t([[0, 1, 2], [3, 4, 5]], "int64")
        self.b = self.t([[0, 1, 0], [1, 1, 1]], "bool")
        self.u = self.t([[0, 1, 2], [3, 4, 5]], "uint8")
        self.h = self.t([[0, 1, 2], [3, 4, 5]], "float16")
        self.k = self.t([1, 2, 1, 7], "int64")

    def t(self, values, dtype="float32"):
        return self.lib.tensor(np.asarray(values).tolist(), dtype=getattr(self.lib, dtype)).reshape(np.shape(values))


def run(expression, lib):
    """The value of an expression over ``T`` (the library) and the values above, or the exception it raises."""
    values = Values(lib)
    names = {**vars(values), "T": lib, "t": values.t, "inf": INF, "nan": NAN}
    try:
        return eval(expression, names)
    except Exception as error:  # noqa: BLE001 - compared
        return error


def parts(value):
    return list(value) if isinstance(value, tuple) else [value]


def check(expression, tolerance=1e-6):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = run(expression, torch)
    got = run(expression, ag)
    if isinstance(expected, Exception):
        assert isinstance(got, type(expected)), f"{expression}: {got!r} for {expected!r}"
        return
    assert not isinstance(got, Exception), f"{expression}: {got!r} for {expected!r}"
    assert len(parts(got)) == len(parts(expected))
    for mine, theirs in zip(parts(got), parts(expected), strict=True):
        assert str(mine.dtype) == str(theirs.dtype).removeprefix("torch."), expression
        assert tuple(mine.shape) == tuple(theirs.shape), expression
        limit = 2e-3 if mine.dtype == np.float16 else tolerance
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=limit, atol=limit, err_msg=expression)


ANY_DIMS = ["sum", "nansum", "mean", "nanmean", "amax", "amin", "all", "any", "var", "std", "var_mean", "std_mean"]
ONE_DIM = ["prod", "max", "min", "argmax", "argmin", "median", "nanmedian"]
LINES = ["cumsum", "cumprod", "logcumsumexp", "cummax", "cummin", "softmax", "log_softmax", "sort", "argsort", "mode"]
OPERANDS = ["x", "one", "e", "e1", "i", "b", "u", "h", "m"]


@pytest.mark.filterwarnings("ignore:.*degrees of freedom")
@pytest.mark.parametrize("name", [*ANY_DIMS, *ONE_DIM, "norm", "count_nonzero"])
def test_all_elements(name):
    for operand in OPERANDS:
        check(f"T.{name}({operand})")


@pytest.mark.filterwarnings("ignore:.*degrees of freedom")
@pytest.mark.parametrize("name", [*ANY_DIMS, "logsumexp", "norm"])
def test_several_dimensions(name):
    dims = ["0", "-1", "2", "(0, 1)", "[0]", "(0, 0)", "(0, -2)", "1.0"]
    dims += ["None"] if name != "logsumexp" else []
    dims += ["()", "[]"] if name != "logsumexp" else []
    for dim, keep in itertools.product(dims, ["", ", keepdim=True"]):
        check(f"T.{name}(x, dim={dim}{keep})")
    for operand, dim in itertools.product(["e", "one", "h", "i", "m"], ["0", "1", "-1"]):
        check(f"T.{name}({operand}, dim={dim})")
        check(f"T.{name}({operand}, dim={dim}, keepdim=True)")


@pytest.mark.parametrize("name", ONE_DIM)
def test_one_dimension(name):
    for dim, keep in itertools.product(["0", "-1", "2", "(0, 1)", "1.0"], ["", ", keepdim=True"]):
        check(f"T.{name}(x, dim={dim}{keep})")
    for operand, dim in itertools.product(["e", "one", "h", "i", "u", "b", "m", "v", "y"], ["0", "1", "-1"]):
        check(f"T.{name}({operand}, dim={dim})")
        check(f"{operand}.{name}({dim}, True)")


@pytest.mark.parametrize("name", LINES)
def test_lines(name):
    for operand, dim in itertools.product(["x", "one", "e", "e1", "i", "h", "v", "y", "b"], ["0", "1", "-1", "2"]):
        if not (name.startswith("cumm") and operand[0] == "e"):  # PyTorch does not look at dim there
            check(f"T.{name}({operand}, dim={dim})")
    if name != "mode":  # PyTorch's order of NaN in mode is that of an unstable sort
        check(f"T.{name}(m, dim=0)")
    check(f"T.{name}(x, 0)")
    check(f"x.{name}(1)")


FORMS = """
T.sum(x, 0, True) | x.sum(axis=0, keepdims=True) | T.sum(x, dim=0, dtype=T.float64) | T.sum(i, dtype=T.float32)
T.sum(x, dim=0, dtype=T.int32) | T.mean(i, dtype=T.float32) | T.mean(i, dim=0, dtype=T.float64) | T.mean(x, dtype=T.int32)
T.prod(i, 0, dtype=T.float32) | T.prod(x, dtype=T.float64) | T.nansum(m[:4], dtype=T.float64)
T.cumsum(i, 0, dtype=T.float32) | T.cumprod(x, 1, dtype=T.float64) | T.cumsum(x, 1, dtype=T.int32) | T.cumsum(x, None)
T.softmax(i, 0, dtype=T.float32) | T.log_softmax(x, dim=-1, dtype=T.float64) | T.softmax(x, 0, dtype=T.int32)
T.cumsum(x, 0, out=T.empty(0)) | T.sum(x, 0, out=T.empty(0)) | T.mean(x, 1, out=T.empty(0))
T.max(x, 0, out=(T.empty(0), T.empty(0, dtype=T.int64))) | T.sort(y, out=(T.empty(0), T.empty(0, dtype=T.int64)))
T.max(x, y) | T.min(x, y) | T.max(x, other=y) | x.max(y) | T.max(input=x, dim=0) | x.max(axis=1) | T.max(x, 1, True)
T.max(x, dim=0, keepdims=True) | T.max(x, keepdim=True) | T.max(x, "a") | T.max(x, (0, 1)) | T.min(y, -1)
T.max(m, 0) | T.min(m, 0) | T.max(v, 0) | T.min(v, 0)
T.aminmax(x) | T.aminmax(x, dim=0) | T.aminmax(x, dim=1, keepdim=True) | T.aminmax(x, dim=(0, 1)) | T.aminmax(e)
T.aminmax(e, dim=0) | T.aminmax(e, dim=1) | T.aminmax(m) | T.aminmax(x, 0) | x.aminmax(dim=0)
T.var(x, False) | T.var(x, 0, False) | T.var(x, (0,), True, True) | T.var(x, correction=0) | T.var(x, dim=1, correction=None)
T.var(x, 1, unbiased=True, correction=1) | T.std(x, unbiased=False) | x.std(dim=0, keepdim=True, unbiased=False)
x.var(0, keepdim=True) | x.var((0, 1), True) | T.var(x, None) | T.std(x, correction=0.5) | T.std_mean(x, False)
T.var_mean(x, correction=0) | T.std_mean(x, 1, keepdim=True) | T.var(t([inf, 1.0])) | T.std(one, correction=0)
T.norm(x, 1) | T.norm(x, 2, 0) | T.norm(x, inf, 1) | T.norm(y, -inf, 0) | T.norm(x, 0, 1) | T.norm(x, 3) | T.norm(x, 0.5)
T.norm(y, -1) | T.norm(x, "fro", dim=(0, 1)) | T.norm(x, None) | T.norm(x, "foo") | T.norm(x, keepdim=True) | T.norm(m)
T.norm(x, 2, [0, 1], True) | T.norm(x, inf, dtype=T.float64) | x.norm(1) | x.norm(dim=1) | T.norm(h, 2, dtype=T.float32)
T.norm(e1, inf) | T.norm(e, inf, dim=0) | T.norm(e, -1, dim=0) | T.norm(e, 2, dim=0) | T.norm(e1, 1) | T.norm(e, inf, dim=1)
T.norm(T.ones(2, 2, 2), "fro", dim=(0, 1, 2)) | T.norm(i, 2) | T.dist(x, y) | T.dist(x, t([1.0, 2, 3]), 1) | T.dist(i, i)
T.logsumexp(i, 0) | T.logsumexp(t([-inf, -inf]), 0) | T.logsumexp(t([inf, 1.0]), 0) | T.logsumexp(t([1000.0, 1000]), 0)
T.softmax(t([-inf, 1.0]), 0) | T.softmax(t([-inf, -inf]), 0) | T.log_softmax(t([inf, 1.0]), 0) | T.logcumsumexp(t([-inf, 1.0]), 0)
T.all(u, dim=1) | T.any(u, 0, True) | T.all(x, dim=(0, 1)) | T.count_nonzero(x, (0, 1)) | T.count_nonzero(m) | T.count_nonzero(x, 2)
T.count_nonzero(x, dim=0) | T.count_nonzero(e, 0) | T.count_nonzero(b, 1)
T.median(t([3.0, 1, 1, 1, 5]), 0) | T.median(m, 0) | T.nanmedian(m, 0) | T.nanmedian(t([nan, nan]), 0) | T.median(x, keepdim=True)
T.nanmedian(t([nan, nan])) | T.nanmedian(t([[3.0, nan, 1], [nan, nan, nan]]), 1, True) | T.median(t([3.0, 1, 2, 0]))
T.mode(t([5, 4, 4, 5, 3], "int64")) | T.mode(x, 0, True) | T.mode(v) | T.mode(T.zeros(3, 0)) | T.mode(b, 1)
T.kthvalue(v, 2).values | T.kthvalue(m, 6) | T.kthvalue(x, 0) | T.kthvalue(x, 9) | T.kthvalue(x, 2, 0, True) | T.kthvalue(e, 1, 0)
T.kthvalue(e, 1, 1) | T.kthvalue(one, 1) | T.kthvalue(b, 1) | T.kthvalue(x, k=1, dim=0)
T.sort(m) | T.sort(m, descending=True) | T.sort(y, 0, True) | T.sort(x, stable=True) | T.sort(y, stable=True, dim=0, descending=True)
T.sort(u, descending=True) | T.sort(b) | T.sort(one) | T.argsort(m, 0, True) | T.argsort(y, stable=True) | T.msort(y) | T.msort(one)
T.topk(m, 2)[0] | T.topk(m, 4, largest=False)[0] | T.topk(y, 2) | T.topk(y, 2, 0, False) | T.topk(x, 9) | T.topk(x, 0) | T.topk(x, -1)
T.topk(one, 1) | T.topk(b, 1) | T.topk(e, 1, dim=1) | T.topk(e, 1, dim=0) | T.topk(i, k=1, dim=0, largest=False) | y.topk(3)
T.unique(k) | T.unique(m, return_counts=True) | T.unique(y, return_inverse=True, return_counts=True) | T.unique(one, return_inverse=True)
T.unique(t([[3, 1], [3, 1], [1, 2]]), dim=0, return_inverse=True, return_counts=True) | T.unique(t([[3, 1, 3], [3, 1, 3]]), dim=1)
T.unique(k, sorted=False) | T.unique(e, return_inverse=True) | T.unique(b, return_counts=True) | T.unique(e, dim=0) | T.unique(e, dim=1)
T.unique(one, dim=0) | y.unique(True, True) | T.unique(T.ones(2, 3, 2), dim=1, return_counts=True)
T.unique_consecutive(k, return_inverse=True, return_counts=True) | T.unique_consecutive(m) | T.unique_consecutive(e1, return_inverse=True)
T.unique_consecutive(t([[1, 1], [1, 1], [2, 2], [1, 1]]), dim=0, return_inverse=True, return_counts=True) | k.unique_consecutive()
T.histc(v, 4) | T.histc(t([1.0, 2, 1, 5, -3, 0]), 4, 0, 3) | T.histc(i, 3) | T.histc(t([2.0, 2]), 4) | T.histc(v, 4, 3, 1) | T.histc(e1, 4)
T.histc(v, 0) | T.histc(x.double(), bins=3, min=1, max=4) | T.histc(h, 3) | T.histc(m, 3) | T.histc(v, 3, 2, 2)
T.bincount(k) | T.bincount(k, t([0.5, 1, 2, 1])) | T.bincount(k, k) | T.bincount(k, minlength=9) | T.bincount(t([1, -2], "int64")) | T.bincount(v)
T.bincount(i) | T.bincount(t([], "int64"), minlength=3) | T.bincount(k, v) | T.bincount(k, minlength=-1) | T.bincount(b[0])
T.searchsorted(t([1.0, 3, 3, 5]), m) | T.searchsorted(t([1.0, 3, 3, 5]), x, right=True) | T.searchsorted(t([1.0, 3]), 3)
T.searchsorted(t([1.0, 3]), one, side="right") | T.searchsorted(t([1.0, 3]), v, out_int32=True) | T.searchsorted(v, x, side="up")
T.searchsorted(v, x, right=True, side="left") | T.searchsorted(x, y) | T.searchsorted(x, v) | T.searchsorted(one, v)
T.searchsorted(v, x, sorter=T.argsort(v)) | T.searchsorted(v, x, sorter=T.argsort(v).int()) | T.searchsorted(sorted_sequence=x, input=y)
T.bucketize(x, t([1.0, 3, 5])) | T.bucketize(x, t([1.0, 3, 5]), right=True) | T.bucketize(3.0, t([1.0, 3])) | T.bucketize(x, y)
T.bucketize(i, t([1, 3], "int64"), out_int32=True)
T.quantile(x, 0.3) | T.quantile(x, t([0.1, 0.5]), dim=1, keepdim=True) | T.quantile(x, t([0.1, 0.5]), dim=0) | T.quantile(m, 0.5)
T.nanquantile(t([[1.0, nan, 3.0], [nan, nan, nan]]), 0.4, dim=1) | T.nanquantile(m, t([0.2, 0.9])) | T.quantile(x, 1.5) | T.quantile(h, 0.5)
T.quantile(x, 0.5, interpolation="foo") | T.quantile(e, 0.5) | T.quantile(x, t([[0.5]])) | T.quantile(x, t([1.5])) | T.quantile(i, 0.5)
T.quantile(x, t(0.5, "float64")) | T.quantile(x, 0.5, keepdim=True) | T.quantile(x, t([0.5]), keepdim=True) | T.quantile(one, 0.5, 0)
T.quantile(one, t([0.5]), 0, True) | T.quantile(t([1.0, inf]), 0.5) | T.quantile(t([1.0, 2, inf]), 0.25) | T.quantile(x, 0.2, -1)
"""


@pytest.mark.filterwarnings("ignore:.*degrees of freedom")
@pytest.mark.parametrize("line", FORMS.strip().splitlines())
def test_forms(line):
    for expression in line.split(" | "):
        check(expression)


@pytest.mark.parametrize("interpolation", ["linear", "lower", "higher", "midpoint", "nearest"])
def test_quantile_interpolation(interpolation):
    check(f"T.quantile(t([1.0, 2, 4, 8]), t([0.0, 0.1, 0.5, 0.9, 1.0]), interpolation={interpolation!r})")
    check(f"T.nanquantile(t([[1.0, nan, 4, 8], [1, 2, 3, 4]]), 0.4, dim=1, interpolation={interpolation!r})")


GRADIENTS = """
max(x) | [1.0, 3.0, 3.0, 1.0]
max(x) | [1.0, nan, nan]
min(x) | [1.0, 3.0, 3.0, 1.0]
max(x, 0)[0] | [1.0, 3.0, 3.0, nan, nan]
min(x, 0)[0] | [1.0, 3.0, 1.0]
amax(x) | [1.0, 3.0, 3.0, 1.0]
amax(x) | [1.0, nan]
amin(x, 0) | [1.0, 3.0, 3.0, 1.0]
median(x) | [1.0, 3.0, 3.0, 1.0]
median(x) | [1.0, nan, nan]
nanmedian(x) | [1.0, nan, nan]
median(x, 0)[0] | [1.0, 3.0, 3.0, 1.0]
cummax(x, 0)[0] | [1.0, 3.0, 3.0, 2.0, 3.0, nan, 1.0, nan]
cummin(x, 0)[0] | [3.0, 1.0, 1.0, 2.0]
prod(x) | [2.0, 0.0, 3.0]
prod(x) | [0.0, 0.0, 3.0]
cumprod(x, 0) | [2.0, 0.0, 3.0, 0.0, 5.0]
var(x) | [2.0, 2.0, 2.0]
std(x) | [2.0, 2.0, 2.0]
var(x) | [2.0]
var(x, correction=3) | [2.0, 3.0]
std(x, correction=3) | [2.0, 3.0]
logsumexp(x, 0) | [-inf, -inf]
logsumexp(x, 0) | [inf, 1.0]
logcumsumexp(x, 0) | [-inf, 1.0, 2.0]
logcumsumexp(x, 0) | [800.0, -800.0, 3.0, 801.0]
softmax(x, 0)[0] | [-inf, 1.0]
log_softmax(x, 0)[0] | [-inf, 1.0]
nansum(x) | [nan, 1.0]
nanmean(x) | [nan, 1.0, 2.0]
topk(x, 2)[0] | [1.0, 4.0, 3.0]
sort(x, descending=True)[0] | [1.0, 4.0, 3.0]
kthvalue(x, 2)[0] | [1.0, 4.0, 3.0]
mode(x)[0] | [1.0, 4.0, 4.0]
quantile(x, 0.3) | [1.0, 4.0, 3.0]
nanquantile(x, 0.3) | [1.0, nan, 3.0]
aminmax(x).min + 2 * T.aminmax(x).max | [1.0, 3.0, 3.0]
dist(x, 2 * x) | [0.0, 0.0]
"""


def gradient(expression, values, lib):
    x = lib.tensor(eval(values, {"nan": NAN, "inf": INF}), dtype=lib.float64, requires_grad=True)
    result = eval(f"T.{expression}", {"T": lib, "x": x})
    weights = lib.tensor(np.arange(1.0, result.numel() + 1).reshape(tuple(result.shape)).tolist(), dtype=lib.float64)
    (result * weights).sum().backward()
    return x.grad.numpy()


@pytest.mark.filterwarnings("ignore:.*degrees of freedom")
@pytest.mark.parametrize("line", GRADIENTS.strip().splitlines())
def test_gradients_at_edges(line):
    expression, values = line.split(" | ")
    np.testing.assert_allclose(
        gradient(expression, values, ag), gradient(expression, values, torch), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("p", [2, 1, INF, -INF, 3, 1.5, 0.5, -1, 2.5, -2])
@pytest.mark.parametrize("values", ["[0.0, 0.0]", "[3.0, -4.0]", "[0.0, 2.0, -2.0]", "[nan, 1.0]", "[inf, 1.0]"])
def test_gradients_of_norms(p, values):
    expression = f"norm(x, float('{p}'))"
    np.testing.assert_allclose(
        gradient(expression, values, ag), gradient(expression, values, torch), rtol=1e-9, atol=1e-12
    )


def test_gradients_convert_dtype():
    for expression in ["sum(x, dtype=T.float64)", "mean(x, dtype=T.float64)", "prod(x, dtype=T.float64)",
                       "cumsum(x, 0, dtype=T.float64)", "cumprod(x, 0, dtype=T.float64)",
                       "softmax(x, 0, dtype=T.float64)", "norm(x, 3, dtype=T.float64)"]:  # fmt: skip
        for lib in (ag, torch):
            x = lib.tensor([1.0, 2.0], requires_grad=True)
            result = eval(f"T.{expression}", {"T": lib, "x": x})
            assert result.dtype == lib.float64
            result.sum().backward()
            assert x.grad.dtype == lib.float32


def test_quantile_has_a_gradient_in_q():
    results = []
    for lib in (ag, torch):
        x = lib.tensor([1.0, 2.0, 4.0], dtype=lib.float64)
        q = lib.tensor([0.3, 0.6], dtype=lib.float64, requires_grad=True)
        lib.quantile(x, q).sum().backward()
        results.append(q.grad.numpy())
    np.testing.assert_allclose(*results)


SHAPES = [(40, 50), (4, 5, 600), (7, 3, 5000, 3), (9000, 2), (3, 9000, 5), (20000,), (600, 30)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32"])
def test_large_sums_along_any_dimensions(shape, dtype):
    rng = np.random.default_rng(0)
    data = (rng.uniform(-1, 2, shape) * 3).astype(dtype)
    for array in [data] + ([data.T, data[..., ::-1], np.swapaxes(data, 0, 1)] if data.ndim > 1 else []):
        mine = ag.tensor(array)
        for size in range(1, array.ndim + 1):
            for dim in itertools.combinations(range(array.ndim), size):
                got = ag.sum(mine, dim).numpy()
                with np.errstate(over="ignore"):  # float16 ends at 65504
                    exact = array.sum(axis=dim, dtype=np.float64).astype(got.dtype)
                limit = 1e-3 if dtype == "float16" else 1e-5
                np.testing.assert_allclose(got, exact, rtol=limit, atol=limit * math.sqrt(array.size))


def test_sums_of_many_rows_are_accurate():
    data = np.random.default_rng(0).random((300_000, 3)).astype(np.float32)
    exact = data.sum(0, dtype=np.float64)
    for total in (ag.tensor(data).sum(0), ag.tensor(data.T.copy()).sum(1)):
        np.testing.assert_allclose(total.numpy(), exact, rtol=1e-6)
    np.testing.assert_allclose(ag.tensor(data).var(0).numpy(), data.astype(np.float64).var(0, ddof=1), rtol=1e-5)


@pytest.mark.parametrize("shape", [(3000, 10), (7, 5000), (40, 30, 50), (2, 3, 40000)])
def test_large_variances_and_softmaxes(shape):
    data = np.random.default_rng(0).normal(5, 1, shape).astype(np.float32)
    mine, theirs = ag.tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    for dim in range(len(shape)):
        for name in ("softmax", "log_softmax", "var", "logsumexp", "cumsum", "sort"):
            stable = {"stable": True} if name == "sort" else {}
            results = [getattr(t, name)(dim=dim, **stable) for t in (mine, theirs)]
            got, expected = (r[0] if name == "sort" else r for r in results)
            np.testing.assert_allclose(got.detach().numpy(), expected.detach().numpy(), rtol=2e-5, atol=2e-5)
            weights = np.random.default_rng(1).random(tuple(expected.shape)).astype(np.float32)
            (back,) = ag.grad(got, mine, ag.tensor(weights))
            (expected_back,) = torch.autograd.grad(expected, theirs, torch.tensor(weights))
            np.testing.assert_allclose(back.numpy(), expected_back.numpy(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", [1500, 5000])
def test_selection_from_long_lines(size):
    data = np.random.default_rng(0).permutation(size * 2).reshape(2, size).astype(np.float32)
    data[0, :5] = NAN
    mine, theirs = ag.tensor(data), torch.tensor(data)
    for name, args in [("topk", (7,)), ("kthvalue", (40,)), ("median", (1,)), ("nanmedian", (1,)), ("mode", (1,))]:
        got, expected = getattr(ag, name)(mine, *args), getattr(torch, name)(theirs, *args)
        if name != "mode":
            np.testing.assert_array_equal(got.values.numpy(), expected.values.numpy())
        taken = np.take_along_axis(data, np.atleast_2d(got.indices.numpy().T).T.reshape(2, -1), 1)
        np.testing.assert_array_equal(taken.reshape(got.values.shape), got.values.numpy())
    lowest = ag.topk(mine, 9, largest=False)
    np.testing.assert_array_equal(lowest.values.numpy(), torch.topk(theirs, 9, largest=False).values.numpy())


def test_named_tuples_print_as_in_pytorch():
    x = [[1.0, 5.0], [7.0, 2.0]]
    for name, args in [("max", (0,)), ("sort", ()), ("median", (0,)), ("cummax", (0,)), ("topk", (1,)), ("mode", ())]:
        mine, theirs = getattr(ag, name)(ag.tensor(x), *args), getattr(torch, name)(torch.tensor(x), *args)
        assert repr(mine) == repr(theirs).replace("torch.", "autograd.")
        values, indices = mine
        assert values is mine.values
        assert indices is mine.indices
    assert ag.aminmax(ag.tensor(x))._fields == ("min", "max")


def test_in_place_scans():
    results = []
    for lib in (ag, torch):
        leaf = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
        x = leaf * 2
        assert x.cumsum_(0) is x
        x.sum().backward()
        results.append((x.detach().numpy(), leaf.grad.numpy()))
        assert lib.tensor([2.0, 3.0]).cumprod_(0).tolist() == [2, 6]
    np.testing.assert_allclose(results[0], results[1])


def test_overwritten_indices_are_noticed():
    x = ag.tensor([3.0, 1.0, 2.0], requires_grad=True)
    values, indices = x.sort()
    indices += 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        values.sum().backward()


def test_degrees_of_freedom_warn():
    for name in ("var", "std", "var_mean", "std_mean"):
        with pytest.warns(UserWarning, match="degrees of freedom"):
            getattr(ag, name)(ag.tensor([1.0]))


def test_results_share_no_memory():
    for name in ("sum", "amax", "cumsum", "softmax", "sort", "median", "cummax"):
        x = ag.tensor([1.0])
        found = getattr(ag, name)(x, 0)
        found = found[0] if isinstance(found, tuple) else found
        x += 1
        assert found.item() == 1.0


def test_covariances():
    rng = np.random.default_rng(0)
    x, times, weight = rng.standard_normal((3, 6)), rng.integers(1, 4, 6), rng.random(6)
    for make in (
        lambda lib, x, f, a: lib.cov(x),
        lambda lib, x, f, a: lib.cov(x[0], correction=0),
        lambda lib, x, f, a: lib.cov(x, fweights=f, aweights=a),
        lambda lib, x, f, a: x.cov(aweights=a, correction=2),
        lambda lib, x, f, a: lib.corrcoef(x),
        lambda lib, x, f, a: x[1].corrcoef(),
    ):
        results = []
        for lib in (ag, torch):
            leaf = lib.tensor(x, requires_grad=True)
            found = make(lib, leaf, lib.tensor(times), lib.tensor(weight))
            (found * found).sum().backward()
            results.append((found.detach().numpy(), leaf.grad.numpy()))
        for mine, theirs in zip(*results, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-14)
            assert mine.shape == theirs.shape
    counts = [[1, 2, 4], [0, 5, 1]]
    assert ag.cov(ag.tensor(counts)).tolist() == pytest.approx(np.array(torch.cov(torch.tensor(counts)).tolist()))
    with pytest.warns(UserWarning, match="degrees of freedom"):
        ag.cov(ag.ones(2, 1))
    with pytest.raises(RuntimeError, match="two or fewer dimensions but got 3"):
        ag.cov(ag.ones(2, 1, 1))
    with pytest.raises(RuntimeError, match=r"fweights to have one element for each of 3 observations, but got 2"):
        ag.cov(ag.ones(2, 3), fweights=ag.ones(2, dtype=ag.int64))


def test_membership():
    for lib in (ag, torch):
        x = lib.tensor([[1, 2], [3, 4]])
        assert lib.isin(x, lib.tensor([2, 3])).tolist() == [[False, True], [True, False]]
        assert lib.isin(x, 4, invert=True).tolist() == [[True, True], [True, False]]
        assert lib.isin(3, x).item() is True
        assert lib.isin(x, x[:0]).dtype == lib.bool
        with pytest.raises(TypeError):
            lib.isin([1], [1])
