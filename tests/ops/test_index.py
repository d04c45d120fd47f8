"""Indexing, gathering and scattering: forms, errors, values, dtypes and gradients as in PyTorch; writes."""

import numpy as np
import pytest

import autograd
from autograd.kernels.index import (
    Places,
    add_rows,
    flat_positions,
    gather,
    index_add,
    nonzero,
    put_back,
    scatter,
    scatter_add,
)
from tests.ops.expressions import compare, listed

TABLE = r"""
lib.gather(x,0,i) || lib.gather(x,0,i.int()) || lib.gather(x,2,i) || lib.gather(x,0,T([0])) || lib.gather(x,0,i+5)
lib.gather(x,0,lib.zeros(2,5,dtype=L)) || lib.gather(z,0,T(0)) || lib.gather(x,0,-i) || x.scatter(0,i,1.5)
x.scatter(0,i,x) || x.scatter(0,i,x.float()) || x.scatter(0,i+9,x) || x.scatter(0,lib.zeros(2,5,dtype=L),1.)
x.scatter(0,lib.zeros(2,4,dtype=L),x[:1]) || x.scatter(0,i,x,reduce='add') || x.scatter(0,i,2,reduce='multiply')
x.scatter(0,i,2,reduce='foo') || x.scatter(0,i.float(),2) || x.scatter_add(0,i,x) || x.scatter_add(0,i,x.float())
x.scatter_add(0,i,2) || x.scatter_reduce(0,i,x,'foo') || x.scatter_reduce(0,i,x,'mean')
x.int().scatter_reduce(0,i,x.int(),'mean') || x.index_select(0,T([0,5])) || x.index_select(0,T([0,-1]))
x.index_select(0,i) || x.index_select(0,T(1)) || x.index_select(0,T([1.])) || z.index_select(0,T([0]))
z.index_select(0,T(0)) || x.index_select(2,T([0])) || x.index_add(0,T([0,1]),x) || x.index_add(0,T([0,1,2]),x,alpha=2)
x.index_add(0,T([0,1,9]),x) || x.index_add(0,T([0,1,2]),x.float()) || x.index_add(0,T([0,1,2]),lib.zeros(3,5))
x.index_add(0,i,x) || x.index_add(0,T([0,1,-1]),x) || x.int().index_add(0,T([0,1,2]),x.int(),alpha=1.5)
x.index_copy(0,T([0,1]),x) || x.index_copy(0,T([0,1,9]),x) || x.index_copy(0,T([0,1,2]),x.float())
x.index_fill(0,T([0,1]),2) || x.index_fill(0,T([0,1]),v) || x.index_fill(0,T([0,9]),1) || x.index_fill(0,T([0,-1]),1)
x.int().index_fill(0,T([0]),1.5) || x.take(T([0,50])) || x.take(T([[0,-1]])) || x.take(T([0.]))
x.put(T([0,1]),T([1.])) || x.put(T([0,1]),T([1.,2.])) || x.put(T([0,50]),T([1.,2.]))
x.put(T([0,0]),T([1.,2.]),accumulate=True) || lib.take_along_dim(x,T([0,5])) || lib.take_along_dim(x,T([0,5]),0)
lib.take_along_dim(x,i,0) || lib.take_along_dim(x,T([[0],[1],[2]]),1) || x.masked_fill(x>0,1) || x.masked_fill(x,1)
x.masked_fill(T([True,False]),1) || x.masked_fill(x>0,v) || x.masked_fill(x>0,T(1.,dtype=lib.float32))
x.int().masked_fill(x>0,1.5) || v.masked_fill(lib.ones(2,3)>0,1.) || v.masked_fill_(lib.ones(2,3)>0,1.)
x.masked_select(x>0) || x.masked_select(v[0]>-1) || x.masked_select(lib.ones(2,3,4)>0) || x.masked_select(x)
x.masked_scatter(x>-1,v) || x.masked_scatter(x>-1,lib.zeros(20)) || x.masked_scatter(x>-1,lib.zeros(20).double())
x.masked_scatter(T([True,False,True,False]),lib.zeros(20)) || lib.nonzero(z) || lib.nonzero(T(2.))
lib.nonzero(T(2.),as_tuple=True) || lib.argwhere(T(2.)) || lib.where(z) || lib.where(x>0) || x.select_scatter(v,0,0)
x.select_scatter(v,1,0) || x.select_scatter(v,1,9) || x.select_scatter(v.double(),1,0) || x.slice_scatter(x[:1],0,1,2)
x.slice_scatter(x[:1],0,1,3) || x.slice_scatter(x[:1],0,1,2,-1) || x.diagonal_scatter(v) || x.diagonal_scatter(v[:2])
x.index_put((T([0]),),T(1.)) || x.index_put((T([0]),),T(1.).double()) || x.index_put((T([0,1]),None),T(1.))
x.index_put([T([0,1])],lib.zeros(3)) || x.index_put((T([0,0]),T([0,0])),T([1.,2.]),accumulate=True)
x.index_put((slice(0,1),),T(1.)) || F.one_hot(i) || F.one_hot(i,1) || F.one_hot(i.float()) || F.one_hot(-i)
F.one_hot(lib.zeros(0,dtype=L)) || F.one_hot(lib.zeros(0,dtype=L),3) || F.one_hot(i.int()) || x.copy_(lib.zeros(5))
lib.zeros(3).fill_(lib.zeros(1)) || lib.zeros(3).fill_(lib.zeros(())) || lib.zeros(3).int().fill_(1.5)
lib.zeros(3).int().copy_(T([1.5,2.5,3])) || x[[[0,1],[1,2]]] || x[[0,1],[1,2]] || x[[0,slice(None)]] || x[[T([0]),1]]
x[(0,1),] || x[range(2)] || x[True] || x[False] || z[0] || z[None] || z[...] || z[()] || z[True] || z[T(True)]
x[1.5] || x[3] || x[-4] || x[0,4] || x[0,0,0] || x[T([0.])] || x[T([5])] || x[[5]] || x[[0,1],[0,1,2]]
x[T([True,False])] || x[T(1)] || x[np.array([0,1])] || x[np.int64(1)] || x[T([0,1,1],dtype=lib.uint8)]
x[T([0,1,1],dtype=lib.int16)] || x[T([0,1,1],dtype=lib.int32)] || x[::0] || x[...,...] || x[[]] || x[0,:,None]
e[0,:,[0,1]] || e[:,0,[0,1]] || e[[0,1],:,[0,1]] || e[0,:,T([0,1])] || e[[0],:,0] || e[lib.ones(2,3,dtype=lib.bool)]
e[:,lib.ones(3,4,dtype=lib.bool)] || e[:,m] || e[None,:,m] || e[0,m] || e[[0,1,1],None,:,[0,1,2]] || e[[True,False]]
e[True,[0]] || e[0,[True,False,True]] || e[...,[0,1],:] || e[...,[[0,1],[1,2]],1:] || e[:,1:,[0,2]] || e[1:,[0,2],::2]
e[T([[0],[1]]),T([0,2])] || e[T(1),T([0,2])] || e[T(1),1,T([0,2])] || x[1:2.5] || x[T(1):] || x[:,:,0] || x[None,None]
x[lib.zeros(2,2,dtype=L)] || x[m] || x[x>0] || x[m,None] || x[None,m] || x[m,0] || x[-1] || x[-1,-2:] || x[1:100]
x[5:] || x[:,-1] || x[..., -1] || x[(slice(None),0)] || x[1:].as_strided((2,2),(1,2))
x.gather(1,T([[0,3],[1,1],[2,2]])) || x.scatter(1,T([[0,3],[1,1],[2,2]]),x)
x.scatter(1,T([[0,3],[1,1],[2,2]]),7.) || x.scatter(0,T([[0,2,1,1]]),x,reduce='multiply')
x.scatter_add(0,T([[0,2,1,1],[0,2,1,0]]),x)
x.scatter_reduce(0,T([[0,2,1,1],[0,2,1,0]]),x,'prod',include_self=False)
x.scatter_reduce(0,T([[0,2,1,1],[0,2,1,0]]),x,'mean',include_self=False)
x.scatter_reduce(0,T([[0,2,1,1],[0,2,1,0]]),x,'amax',include_self=False)
x.scatter_reduce(0,T([[0,2,1,1],[0,2,1,0]]),x,'amin') || z.scatter(0,T(0),5.) || z.scatter_add(0,T([0,0]),T([1.,2.]))
z.index_copy(0,T([0]),T([2.])) || z.index_fill(0,T([0]),2.) || x.index_add(1,T([0,0,3]),lib.ones(3,3),alpha=-2)
x.index_copy(1,T([0,3]),lib.ones(3,2)) || x.index_fill(1,T([0,-1]),T(9.)) || x.clone().masked_fill_(m,2)
x.clone().index_add_(0,T([0,1,2]),x) || x.clone().scatter_(0,i,5)
x.clone().index_put_((T([0,2]),T([1,1])),T([7.,8.])) || x.clone().index_put_((m,),T(0.))
x.index_put((T([0,2]),T(1)),T([7.,8.])) || x.index_put((T(0),T(1)),T(8.))
x.index_put((T([0,0]),),T([1.,2,3,4]),True) || x.clone().put_(T([0,-1]),T([7.,8.])) || x.take(T([[0,-1],[3,4]]))
x.masked_select(v.unsqueeze(1)>0) || x.masked_scatter(v.unsqueeze(1)>0,lib.ones(12)) || lib.nonzero(x>0)
lib.nonzero(x>0,as_tuple=True) || lib.argwhere(e>1) || x.slice_scatter(lib.ones(3,2),1,0,4,2)
e.select_scatter(lib.ones(2,4),1,-1) || x.diagonal_scatter(lib.ones(3),1)
lib.take_along_dim(x,T([[0,1,2,1]]),0) || y=x.clone(); y[0]=5; y
y=x.clone(); y[0]=v[:1]; y || y=x.clone(); y[0]=v; y || y=x.clone(); y[:,1]=v; y || y=x.clone(); y[m]=1; y
y=x.clone(); y[m]=T([1.,2.]); y || y=x.clone(); y[0]=T([1.,2,3,4],dtype=lib.float32); y
y=x.clone(); y[0]=[1.,2,3,4]; y || y=x.clone(); y[None,0]=T([[[7.,8,1,1]]]); y || y=x.clone(); y[...]=0; y
y=x.clone(); y[True]=3; y || y=x.clone(); y[False]=3; y || y=x.clone(); y[5]=1; y || y=x.clone(); y[0,0]=T([1.]); y
y=x.clone(); y[0,0]=T([1.,2]); y || y=x.int(); y[0]=1.7; y || y=x.int(); y[0]=1e20; y || y=x.clone(); y[0]=1e300; y
y=x.clone(); y[0]=float('inf'); y || y=T([1,2,3],dtype=lib.uint8); y[0]=300; y
y=T([1,2,3],dtype=lib.uint8); y[0]=-1; y || y=T([1,2,3],dtype=lib.int8); y.fill_(-129); y || y=e.clone(); y[1]*=2; y
y=z.clone(); y[...]=3; y || y=z.clone(); y[()]=3; y || y=z.clone(); y[None]=3; y || y=z.clone(); y[0]=3; y
y=x.clone(); y.copy_(v[:,None]); y || y=x.clone(); y.copy_(lib.ones(2,3,4)); y
y=x.clone(); y.copy_(lib.ones(1,3,4)); y || y=x.clone(); y.copy_(5); y || y=x.clone(); y.copy_(x>0); y
y=x.clone(); y.zero_(); y || y=x.clone(); y.fill_(T(2)); y || y=x.clone(); y.fill_(v); y
"""


@pytest.mark.torch
@pytest.mark.parametrize("code", listed(TABLE))
def test_as_in_pytorch(code):
    compare(pytest.importorskip("torch"), code)


@pytest.mark.parametrize("width", [1, 3, 24, 127, 128, 300])
@pytest.mark.parametrize(("rows", "count"), [(1, 50), (5, 100), (200, 90), (7, 0), (4, 6), (200, 1500)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_rows_add_up(width, rows, count, dtype):
    rng = np.random.default_rng(0)
    places, values = rng.integers(0, rows, count), rng.integers(-9, 9, (count, width)).astype(dtype)
    out = np.ones((rows, width), dtype)
    expected = out.copy()
    np.add.at(expected, places, values)
    add_rows(out, places, values)
    assert out.dtype == dtype
    np.testing.assert_array_equal(out, expected)


def test_rows_of_more_than_16_bits():
    out, places = np.zeros((70_000, 128), np.float32), np.array([69_999, 5, 69_999, 65_541] * 3)
    add_rows(out, places, np.ones((12, 128), np.float32))
    assert [out[5, 0], out[65_541, 1], out[69_999, 127], out.sum()] == [3, 3, 6, 12 * 128]


def test_wide_rows_with_one_index_many_times():
    out = np.zeros((2, 200), np.float32)
    add_rows(out, np.zeros(500, np.int64), np.ones((500, 200), np.float32))
    assert out.tolist() == [[500] * 200, [0] * 200]


def test_index_add_along_every_dimension():
    rng = np.random.default_rng(0)
    x = rng.integers(-9, 9, (3, 40, 30)).astype(np.float64)
    for dim, count in ((0, 2), (1, 40), (1, 90), (2, 30), (2, 700)):
        for index in (rng.integers(0, x.shape[dim], count), rng.permutation(x.shape[dim])[:count]):
            source = rng.integers(-9, 9, (*x.shape[:dim], len(index), *x.shape[dim + 1 :])).astype(np.float64)
            expected = x.copy()
            np.add.at(np.moveaxis(expected, dim, 0), index, np.moveaxis(source, dim, 0))
            np.testing.assert_array_equal(index_add(x, index, source, dim), expected)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dim", [0, 1, 2])
def test_large_gathers_and_scatters_go_by_blocks(dim, order):
    rng = np.random.default_rng(0)
    x = np.array(rng.standard_normal((50, 40, 60)), order=order)
    size = [30, 40, 50]
    size[dim] = 70
    index = np.array(rng.integers(0, x.shape[dim], size), order=order)
    part = x[tuple([slice(n) if d != dim else slice(None) for d, n in enumerate(size)])]
    picked = np.take_along_axis(part, index, dim)
    np.testing.assert_array_equal(gather(x, index, dim), picked)
    once = np.argsort(rng.standard_normal(x.shape), dim)
    expected = np.zeros(x.shape)
    np.put_along_axis(expected, once, x, dim)
    np.testing.assert_array_equal(scatter(np.zeros(x.shape), once, x, dim), expected)
    np.testing.assert_array_equal(scatter_add(np.zeros(x.shape), once, x, dim), expected)


def test_nonzero_of_large_arrays_is_in_row_major_order():
    x = np.random.default_rng(0).integers(0, 2, (40, 30, 20))
    for array in (x, x.astype(bool), x.T, x.astype(np.float32)):
        np.testing.assert_array_equal(nonzero(array), np.array(array.nonzero()))


@pytest.mark.parametrize(
    "index",
    [
        (np.array([0, -1, 0]),),
        (slice(None), np.array([[0, 1], [2, 2]])),
        (slice(None), np.array([0, 1]), np.array([3, 3])),
        (np.array([0, 1, 1]), slice(None), np.array([3, 3, 3])),
        (np.array([[0], [1]]), slice(None), np.array([3, 0, 3])),
        (np.array([1, 1]), np.array([0, 0]), np.array([2, 2])),
        (np.array(1),),
    ],
)
def test_put_back_is_the_sum_over_equal_places(index):
    x = np.arange(24.0).reshape(2, 3, 4)
    g = np.random.default_rng(0).uniform(-1, 1, x[index].shape)
    expected = np.zeros(x.shape)
    np.add.at(expected, index, g)
    np.testing.assert_allclose(put_back(g, x.shape, Places(*index)), expected)


def test_flat_positions_count_negative_indices_from_the_end():
    places = flat_positions([np.array([0, -1]), np.array([[1], [-2]])], (3, 4))
    assert places.tolist() == [1, 9, 2, 10]


def test_an_index_is_kept_as_it_was():
    x = autograd.arange(4.0).requires_grad_()
    for index in (autograd.tensor([0, 1]), np.array([0, 1])):
        x.grad = None
        y = x[index]
        index[0] = 3
        y.sum().backward()
        assert x.grad.tolist() == [1, 1, 0, 0]


def test_augmented_assignment_is_recorded_once():
    x = autograd.ones(3, requires_grad=True)
    y = x * 1
    y[0] *= 3
    y[1:] += y[:2]
    assert y.tolist() == [3, 4, 2]
    y.sum().backward()
    assert x.grad.tolist() == [6, 2, 1]


def test_a_mixed_index_writes_where_it_reads():
    x = autograd.zeros(2, 3, 4)
    x[1, :, [0, 2]] = autograd.ones(3, 2)
    assert x[1, :, [0, 2]].tolist() == [[1, 1]] * 3
    assert x.sum().item() == 6
    leaf = autograd.zeros(2, 2, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf Variable"):
        leaf[0, [1]] = 1.0
    assert leaf.tolist() == [[0, 0], [0, 0]]


def test_a_value_takes_the_gradient_of_its_region():
    value = autograd.tensor([[2.0]], requires_grad=True)
    x = autograd.zeros(2, 3)
    x[:, 1:] = value
    assert x.requires_grad
    (x * autograd.arange(6.0).reshape(2, 3)).sum().backward()
    assert value.grad.tolist() == [[1 + 2 + 4 + 5]]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e10, 300])
def test_a_number_that_does_not_fit_is_refused(value):
    x = autograd.tensor([1, 2], dtype=autograd.int8)
    with pytest.raises(RuntimeError, match="without overflow"):
        x[0] = value
    assert x.tolist() == [1, 2]


def test_scatter_reduce_ties_and_zeros_second_order():
    index = autograd.tensor([0, 0, 1])
    x = autograd.tensor([2.0, 0.0], dtype=autograd.float64, requires_grad=True)
    src = autograd.tensor([0.0, 3.0, 5.0], dtype=autograd.float64, requires_grad=True)
    out = x.scatter_reduce(0, index, src, "prod")
    gx, gs = autograd.grad(out.sum(), [x, src], create_graph=True)
    assert gx.tolist() == [0, 5]
    assert gs.tolist() == [6, 0, 0]
    ties = autograd.tensor([3.0, 1.0], requires_grad=True)
    top = ties.scatter_reduce(0, index[:2], autograd.tensor([3.0, 3.0]), "amax")
    (g,) = autograd.grad(top.sum(), ties)
    assert g.tolist() == [pytest.approx(1 / 3), 1]
