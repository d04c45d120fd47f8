"""Arguments in every form that PyTorch takes: 0-d tensors for numbers, other keywords, the old positional overloads."""

import warnings

import pytest

import autograd
from autograd.api import arguments
from tests.ops.expressions import compare, listed, run

NUMBERS = r"""
lib.isclose(x, x + 0.1, T(0.), T(0.5)) || lib.isclose(x, x, T(0.1)) || lib.allclose(x, x, rtol=T(0.1)) || lib.isclose(x, x, v)
lib.isclose(x, x, T([0.1])) || x.sigmoid().logit(T(0.1)) || x.logit(eps=v) || x.logit(z) || (x + 5).mvlgamma(T(1))
(x + 5).mvlgamma(p=T(2)) || lib.celu(x, T(0.5)) || lib.celu(x, v) || lib.threshold(x, T(0.1), T(2)) || lib.threshold(x, v, 2)
lib.nn.functional.hardshrink(x, T(0.5)) if hasattr(lib, "nn") else lib.hardshrink(x, T(0.5))
x.exp().polygamma(T(2)) || lib.polygamma(T([1]), x) || lib.polygamma(T(1.5), x)
lib.norm(x, T(3.)) || x.norm(T(1.)) || x.norm(T(1.), 0) || lib.linalg.vector_norm(x, T(3.)) || lib.linalg.norm(x, T(1.))
lib.linalg.matrix_norm(x, T(1.)) || lib.linalg.vector_norm(x, v) || lib.linalg.cond(x[:, :3], T(1.))
x.clamp(T(-1.), 1) || x.clamp(0, T(1.)) || x.clamp(min=T(0.)) || x.add(x, alpha=T(2.)) || x.sub(x, alpha=T(0.5))
x.add(x, alpha=v) || x.addcmul(x, x, value=T(2.)) || x.addcmul(x, x, value=v) || x.addcdiv(x, x + 9, value=T(3))
lib.addmm(x[:, :3], x, x.T, beta=T(2.), alpha=T(0.5)) || lib.addmm(x[:, :3], x, x.T, beta=v)
x.sum(T(1)) || x.sum(dim=T(0)) || x.cumsum(T(1)) || x.softmax(T(1)) || x.argmax(T(0)) || x.var(correction=T(2)) || x.sum(v)
lib.cdist(x, x + 1, T(1.)) || lib.pdist(x, T(3.)) || lib.dist(x, x + 1, T(1.)) || lib.pairwise_distance(x, x + 1, T(1.), T(0.1))
lib.cosine_similarity(x, x + 1, eps=T(9.)) || x.renorm(T(2), 0, T(1.)) || x.renorm(v, 0, 1) || x.bernoulli(T(1.))
x.detach().clone().normal_(T(2.), T(0.)) || x.nan_to_num(T(0.)) || x.round(decimals=T(1)) || x.tril(T(1)) || x.roll(T(1), T(0))
"""
KEYWORDS = r"""
lib.det(input=x[:, :3]) || lib.inverse(input=x[:, :3]) || lib.slogdet(input=x[:, :3])[1] || lib.matrix_exp(input=x[:, :3])
lib.linalg.norm(input=x) || lib.linalg.matrix_norm(input=x) || lib.linalg.vector_norm(input=x) || lib.linalg.cond(input=x)
lib.linalg.matrix_rank(input=x) || lib.linalg.pinv(input=x) || lib.linalg.eigvalsh(input=x[:, :3]) || lib.linalg.eig(input=i)
lib.linalg.cholesky(input=x @ x.T) || lib.linalg.cholesky_ex(input=x @ x.T) || lib.linalg.matrix_exp(input=x[:, :3])
lib.linalg.norm(A=x, input=x) || lib.cholesky_solve(input=x, input2=(x @ x.T).detach())
lib.orgqr(x.T, input2=v) || lib.cholesky_inverse(input=lib.eye(2) * 2)
lib.frexp(x.detach(), out=(lib.empty(0), lib.empty(0, dtype=lib.int32))) || lib.frexp(x.detach(), out=lib.empty(0))
lib.hann_window(4, pin_memory=False) || lib.bartlett_window(4, pin_memory=False) || lib.kaiser_window(4, pin_memory=False)
"""
OLD = r"""
x.add(2, x) || lib.add(x, -0.5, v[:, None]) || x.clone().add_(-0.1, x) || x.clone().add_(T(2.), x) || x.add(2, x, alpha=3)
lib.sub(x, 2, x) || x.clone().sub_(0.5, x) || lib.add(x, x, x) || x.add(2, 3, x) || x.clone().add_(2, x, x)
lib.add(x.detach(), 2, x.detach(), out=lib.empty(0)) || lib.add(i, 2, i) || lib.add(i, 0.5, i)
x.addcmul(3, x, x) || lib.addcmul(x, 0.5, x, v[:, None]) || x.clone().addcmul_(0.5, x, x) || x.addcmul(x, 3, x)
lib.addcmul(x, 2, tensor1=x, tensor2=x) || x.clone().addcdiv_(2, x, tensor2=x + 9) || x.addcmul(x, x, tensor2=x)
x.addcdiv(3, x, x + 9) || x.clone().addcdiv_(-0.1, x, x + 9) || x.clone().addcdiv_(-0.1, x, x + 9, x)
w=x[:, :3]; lib.addmm(2, w, 3, x, x.T) || w=x[:, :3]; lib.addmm(2, w, x, x.T) || w=x[:, :3]; w.addmm(2, 3, x, x.T)
w=x[:, :3]; w.addmm(0.5, x, x.T) || w=x[:, :3].clone(); w.addmm_(2, 3, x, x.T) || w=x[:, :3]; lib.addmm(2, w, 3, x)
lib.addmv(2, v, 3, x, x[0]) || v.addmv(2, 3, x, x[0]) || v.clone().addmv_(2, x, x[0]) || lib.addmv(2, v, x, x[0])
w=x[:, :3]; lib.addr(2, w, 3, v, v) || w=x[:, :3].clone(); w.addr_(2, 3, v, v) || w=x[:, :3]; w.addr(2, v, v)
lib.baddbmm(2, e, 3, e, lib.ones(2, 4, 4)) || e.baddbmm(2, e, lib.ones(2, 4, 4)) || e.clone().baddbmm_(2, 3, e, lib.ones(2, 4, 4))
lib.addbmm(2, x, 3, e, lib.ones(2, 4, 4)) || x.addbmm(2, 3, e, lib.ones(2, 4, 4)) || x.clone().addbmm_(2, e, lib.ones(2, 4, 4))
"""
EDGES = r"""
x.sum(dtype=L) || x.sum(0, dtype=L) || x.prod(dtype=lib.bool) || x.cumsum(0, dtype=L) || x.cumprod(0, dtype=L) || x.nansum(dtype=L)
m.clamp(m) || m.clamp(max=m) || m.clamp(m, m) || m.clone().clamp_(m) || m.clamp(0) || m.clamp(True) || m.clamp_min(m)
z.topk(0, 0) || z.topk(1, 0) || z.topk(2, 0) || z.prod() || (z * float("nan")).prod() || (z * 0).prod(0) || z.prod(0, True)
"""
SHAPES = r"""
x.unsqueeze(0).unsqueeze(0).squeeze(0, 1) || x.unsqueeze(0).squeeze(dim=(0, 1)) || lib.zeros(1, 1, 2).squeeze_(0, 1)
x.squeeze(0, 5) || lib.split(tensor=x, split_size_or_sections=2) || lib.split(tensor=x, split_size_or_sections=[1, 3], dim=1)
z.unflatten(0, (1, 1)) || z.unflatten(0, (1,)) || z.unflatten(1, (1,)) || z.unflatten(0, ())
z.index_add(0, T([], dtype=L), z) || z.index_add(0, T([0, 0]), z) || z.index_add(0, T([0]), z) || v[:1].index_add(0, T([0, 0]), z)
z.index_add(0, T([0, 0]), v[:2]) || z.index_copy(0, T([], dtype=L), z) || z.index_reduce(0, T([], dtype=L), z, 'mean')
z.take_along_dim(T(0), 0) || z.take_along_dim(T(0), -1) || z.take_along_dim(T(0))
y=v.clone(); y.diff(n=0).mul_(2); y || v.diff(n=0) || y=v.clone(); y.repeat_interleave(1, 0).mul_(2); y
y=lib.zeros(2, dtype=lib.uint8); y[np.array([0])] = -1.5; y || y=lib.zeros(2, dtype=lib.uint8); y[0] = -1; y
y=lib.zeros(2, dtype=lib.uint8); y[0] = -255; y || y=lib.zeros(2, dtype=lib.uint8); y[:] = -256; y
y=lib.zeros(2, dtype=lib.uint8); y[0] = -1.0; y || y=lib.zeros(2, dtype=lib.uint8); y.fill_(-0.5); y
y=lib.zeros(2, dtype=lib.int8); y[0] = 200; y || y=lib.zeros(2, dtype=lib.int8); y[0] = -128; y
lib.vander(T([1, 2], dtype=lib.uint8)) || lib.vander(T([1, 2], dtype=lib.int32), 3) || lib.vander(T([], dtype=lib.int32))
lib.vander(T([1, 2], dtype=lib.uint8), 0) || lib.vander(T([1, 100], dtype=lib.int8), 3) || lib.vander(T([True]), 1)
lib.trapezoid(lib.empty(0, dtype=L)) || lib.trapezoid(lib.empty(0, 2, dtype=lib.uint8), dim=0, dx=0.5) || lib.trapezoid(T([1]))
lib.trapezoid(T([True, False])) || lib.trapezoid(v, v > 0) || lib.trapezoid(v, v[:2]) || lib.trapezoid(x, v) || lib.trapezoid(x, v, dim=0)
lib.trapezoid(lib.empty(0), v[:2]) || lib.trapezoid(x, x * 2) || lib.trapezoid(x, x[:1]) || lib.trapezoid(x, x[:, :1])
lib.trapezoid(x, x[:, :2]) || lib.trapezoid(v, x) || lib.trapezoid(x, z) || lib.trapezoid(e, x) || lib.trapezoid(e, x, dim=1)
lib.trapezoid(e, x, dim=0) || lib.trapezoid(e, v, dim=-2) || lib.trapezoid(z) || lib.trapezoid(x, dim=2) || lib.trapezoid(x, v, dx=1)
x.scatter_add(0, lib.empty(0, 4, dtype=L), x) || x.scatter(0, lib.empty(0, 4, dtype=L), x)
x.scatter_reduce(0, lib.empty(0, 4, dtype=L), x, 'sum') || x.scatter_reduce(0, lib.empty(0, 4, dtype=L), x, 'amax')
"""


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@pytest.mark.torch
@pytest.mark.parametrize("code", listed(NUMBERS + KEYWORDS + OLD + EDGES + SHAPES))
def test_as_in_pytorch(torch, code):
    compare(torch, code)


@pytest.mark.parametrize("code", ["x.clone().add_(-0.1, x)", "x.addcmul(3, x, x)", "lib.addmv(2, v, 3, x, x[0])"])
def test_old_forms_warn_once(code, monkeypatch):
    monkeypatch.setattr(arguments, "_warned", set())
    _, _, caught = run(autograd, code)
    assert [w.category for w in caught] == [UserWarning]
    assert "deprecated" in str(caught[0].message)
    assert caught[0].filename == "<string>"
    assert not run(autograd, code)[2]


def test_an_old_form_that_is_refused_does_not_warn(monkeypatch):
    monkeypatch.setattr(arguments, "_warned", set())
    x = autograd.ones(2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(TypeError, match=r"add\(input, other, alpha=...\)"):
            autograd.add(x, x, x)


@pytest.mark.parametrize("name", ["sum", "prod", "nansum"])
def test_integer_results_of_an_input_with_grad(name):
    x = autograd.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="does not support dtype int64"):
        getattr(x, name)(dtype=autograd.int64)
    assert getattr(x.detach(), name)(dtype=autograd.int64).dtype == autograd.int64
    with autograd.no_grad():
        assert not getattr(x, name)(dtype=autograd.int64).requires_grad


def test_a_number_with_grad_is_refused():
    eps = autograd.tensor(0.1, requires_grad=True)
    with pytest.raises(TypeError, match="argument 'eps' must be a number, which has no gradient"):
        autograd.ones(2).logit(eps)
    with pytest.raises(TypeError, match=r"argument 'eps' must be a number or a 0-d Tensor, not one of shape \(2,\)"):
        autograd.ones(2).logit(autograd.ones(2))


@pytest.mark.parametrize("reduce", ["sum", "prod", "mean", "amax"])
def test_scatter_reduce_of_nothing_has_the_gradient_0(reduce):  # PyTorch's fails for "prod"
    x = autograd.ones(3, 2, requires_grad=True)
    source = autograd.ones(3, 2, requires_grad=True)
    x.scatter_reduce(0, autograd.zeros(0, 2, dtype=autograd.int64), source, reduce).sum().backward()
    assert x.grad.tolist() == [[1, 1]] * 3
    assert source.grad.tolist() == [[0, 0]] * 3
