"""Shapes: argument forms, errors, values, dtypes and gradients as in PyTorch; which results are views; in-place forms."""

import numpy as np
import pytest

import autograd
from tests.ops.expressions import compare, listed, run

TABLE = r"""
lib.cat([x,v]) || lib.cat([x,lib.zeros(3,3)]) || lib.cat([x,lib.zeros(3,3)],1) || lib.cat([lib.zeros(0),x])
lib.cat([]) || lib.cat([z,z]) || lib.cat([x,x],2) || lib.cat([x,x.int()]) || lib.cat(x) || lib.stack([x,v])
lib.stack([]) || lib.stack([x,x],3) || lib.stack([x,x.float()]) || lib.hstack([z,z]) || lib.hstack([x,v])
lib.vstack([v,v]) || lib.dstack([v,v]) || lib.column_stack([v,x]) || lib.column_stack([z,z]) || lib.flip(x,(0,0))
lib.flip(x,(2,)) || x.flip(0) || x.flip() || lib.fliplr(v) || lib.rot90(x,1,[0,0]) || lib.rot90(x,1,[0])
lib.rot90(v,1,[0,1]) || lib.roll(x,1) || lib.roll(x,(1,2),0) || lib.roll(x,(1,2)) || lib.roll(x,1,5) || x.repeat(2)
x.repeat(2,3) || x.repeat(-1,3) || x.tile(2) || x.tile((2,2,2)) || x.repeat_interleave(2) || x.repeat_interleave(2,1)
x.repeat_interleave(T([1,2,3]),0) || x.repeat_interleave(T([1,2]),0) || x.repeat_interleave(T([1,2,-3]),0)
x.repeat_interleave(-1) || lib.repeat_interleave(T([1,2])) || x.repeat_interleave(T([2]),0)
x.repeat_interleave(T(2),1) || lib.meshgrid(v,v) || lib.meshgrid(x,v,indexing='ij') || lib.meshgrid(v,v,indexing='zz')
lib.meshgrid(v,z,indexing='xy')[0] || lib.tril(v) || lib.tril_indices(3,3) || lib.diag(z) || lib.diag(e)
lib.diag(v,1) || lib.diag_embed(v,0,0,0) || lib.diag_embed(z) || lib.diagflat(z) || lib.block_diag(x,v,z)
lib.block_diag(e) || lib.block_diag() || lib.broadcast_tensors(x,v) || lib.broadcast_tensors(x,z)[1]
lib.broadcast_to(z,(2,2)) || lib.cartesian_prod(v) || lib.cartesian_prod(x,v) || lib.combinations(x)
lib.combinations(v,r=-1) || lib.combinations(v,0) || lib.combinations(v,5) || lib.trapezoid(v,dx=2,x=v)
lib.trapezoid(z) || lib.trapezoid(v,x) || lib.diff(z) || lib.diff(v,5) || lib.diff(v,-1) || lib.diff(v,0)
lib.diff(v,prepend=x) || lib.diff(v>0) || lib.atleast_2d(z) || lib.atleast_3d(v) || lib.atleast_3d(x) || F.pad(x,(1,))
F.pad(x,(1,1,1,1,1,1)) || F.pad(x,(-3,-3)) || F.pad(x,(1,1),'reflect') || F.pad(x,(5,1),'reflect')
F.pad(e,(1,1,1,1),'reflect') || F.pad(e,(1,1,1,1,1,1),'reflect') || F.pad(e,(4,1),'reflect')
F.pad(e,(9,1),'replicate') || F.pad(e,(5,1),'circular') || F.pad(e,(-1,1),'circular') || F.pad(e,(-1,1),'reflect')
F.pad(e,(1,1),'foo') || F.pad(e,(1,1),'reflect',1.) || F.pad(e.int(),(1,1),value=1.5) || x.resize_(2,2)
x.clone().requires_grad_().resize_(2,2) || lib.zeros(2,2).requires_grad_().unsqueeze_(0)
lib.zeros(2,2).requires_grad_().clone().resize_(4) || lib.zeros(3)[:2].resize_(3) || lib.adjoint(x) || lib.adjoint(v)
lib.ravel(x.t()) || lib.ravel(x) || lib.unravel_index(T(5),(2,3)) || lib.narrow_copy(x,0,0,1) || lib.hsplit(x,[1,2])
lib.swapaxes(x,axis0=0,axis1=1) || lib.moveaxis(x,source=0,destination=1) || lib.chunk(x,2,dim=1)
lib.reshape(x,(2,-1)) || lib.permute(x,dims=(1,0)) || x.expand(size=(3,4)) || x.view(size=(4,3))
x.reshape(shape=(4,3)) || lib.squeeze(x,dim=0) || x.split(split_size=2) || lib.split(x,split_size_or_sections=2)
x.swapaxes(0,1) || lib.t(x) || lib.vander(v) || lib.flatten(x,start_dim=0,end_dim=1) || x.T || v.T || z.T || e.T
e.mT || v.mT || v.mH || e.H || v.H || x.H || x.real || x.view(5) || x.t().view(12) || x.view(-1,-1) || x.view(-2,6)
x.view(-1,5) || lib.zeros(0).view(-1,0) || lib.zeros(0,3).view(-1,3) || x.reshape(5) || x.reshape(-1,-1)
x.reshape(-2,6) || x.reshape([2,6]) || x.reshape(lib.Size([2,6])) || x.reshape(2.,6) || x.reshape('a') || x.reshape()
z.reshape(()) || z.reshape([]) || z.view(()) || x.expand(2,3,4) || x.expand(3) || x.expand(3,5) || x.expand(-1,3,4)
x.expand(2,-1,4) || x.expand(-1,4) || x.view(lib.int32) || x.view(lib.float32) || x.view(lib.int16)
x.t().view(lib.int16) || x.t().view(lib.float32) || x.squeeze(5) || x.squeeze((0,1)) || z.squeeze(0) || z.squeeze(1)
z.unsqueeze(-1) || z.unsqueeze(1) || x.unsqueeze(3) || x.transpose(0,2) || z.transpose(0,-1) || z.t() || v.t()
e.t() || x.permute(0) || x.permute(0,0) || x.permute(0,5) || z.permute(()) || x.movedim(0,1) || e.movedim((0,1),(2,0))
x.movedim((0,1),(1,)) || x.movedim((0,0),(0,1)) || x.movedim(0,5) || x.flatten(1,0) || z.flatten() || x.flatten(0,5)
e.flatten(1) || x.unflatten(1,(2,2)) || x.unflatten(1,(2,-1)) || x.unflatten(1,(3,2)) || x.unflatten(1,())
x.unbind(3) || x.unbind(1) || z.unbind() || x.chunk(0) || x.chunk(2) || x.chunk(5) || x.chunk(3,1) || z.chunk(2)
lib.zeros(0,2).chunk(3) || x.split(0) || x.split(-1) || x.split(2) || x.split(2,dim=1) || x.split([1,1])
x.split([1,2]) || x.split([1,-1,3]) || x.split(lib.Size([1,2])) || z.split(1) || lib.zeros(0,2).split(0)
lib.zeros(0,2).split(2) || x.narrow(0,2,2) || x.narrow(0,-1,1) || x.narrow(0,4,0) || x.narrow(0,0,-1)
x.narrow(0,T(1),1) || z.narrow(0,0,1) || x.select(0,3) || x.select(2,0) || x.select(1,-1) || z.select(0,0)
x.diagonal(0,0,0) || x.diagonal(9) || x.diagonal(-1) || e.diagonal(1,-1,0) || v.diagonal() || x.unfold(0,4,1)
x.unfold(0,2,0) || x.unfold(0,-1,1) || x.unfold(1,2,2) || x.unfold(1,0,1) || z.unfold(0,1,1) || z.unfold(0,2,1)
z.unfold(0,0,1) || x.as_strided((2,2),(1,1,1)) || x.as_strided((2,2),(1,2)) || x.as_strided((2,2),(1,2),3)
x.t().as_strided((2,2),(1,2)) || x.as_strided((9,9),(4,1))
x.as_strided((2,2),(-1,1)) || x.tensor_split(0) || x.tensor_split([1,2]) || x.tensor_split([2,1])
x.tensor_split([1,20]) || x.tensor_split([-1]) || x.tensor_split(5) || x.tensor_split(3,dim=1) || z.tensor_split(2)
x.tensor_split(T(2)) || x.tensor_split(T([1,2])) || z.hsplit(2) || v.hsplit(2) || x.hsplit(2) || x.hsplit(3)
v.vsplit(1) || x.vsplit(3) || x.dsplit(1) || e.dsplit([1,3]) || lib.flip(e,(0,2)) || e.roll((1,-2),(0,2))
e.rot90(1,(1,2)) || e.rot90(2,(1,2)) || e.rot90(3,(0,2)) || e.rot90(-1) || x.repeat_interleave(T([1,0,2]),0)
x.tril(1) || x.triu(-1) || e.tril() || lib.tril_indices(3,4,1) || lib.triu_indices(3,4,-1) || lib.triu_indices(3,3)
lib.tril_indices(0,3) || lib.diag(x,1) || lib.diag(x,-5) || lib.diag_embed(x,1,0,2)
lib.meshgrid(v,T([1,2.]),indexing='xy') || lib.combinations(v,3,True) || lib.diff(e,dim=1) || lib.diff(x,2,0)
lib.diff(v,prepend=T([1.]),append=T([2.,3])) || lib.diff(T([1,2,5],dtype=lib.int16)) || lib.trapezoid(x)
lib.trapezoid(x,dim=0) || lib.trapezoid(x,v,dim=0) || lib.trapezoid(x,x) || lib.trapezoid(T([1,2,3]))
lib.trapz(v,dx=2) || lib.trapezoid(v[:1]) || lib.vander(v,2,increasing=True)
lib.vander(v,0) || lib.atleast_1d(z,v) || lib.atleast_2d([z,v]) || lib.atleast_3d(v,x,e)
lib.broadcast_shapes((2,1),(3,)) || lib.unravel_index(T([5,1]),(2,3)) || y=x.clone(); y[[0,2]]=T([1.,2,3,4]); y
y=x.clone(); y[[0,2]]=T([1.,2,3,4],dtype=lib.float32); y || y=x.clone(); y[0,[1,2]]=T([7.,8]); y
y=x.clone(); y[:,[5]]=1; y || y=x.clone(); y[T([0,1]),T([1,1])]=T(9.); y || y=e.clone(); y[0,:,[0,1]]=lib.ones(3,2); y
y=e.clone(); y[:,0,[0,1]]+=1; y || y=x.clone(); y.t_(); y || y=x.clone(); y.unsqueeze_(1); y.squeeze_(); y
y=x.clone(); y.swapaxes_(0,1); y || y=x.clone(); y.resize_(2,2); y || y=x.clone(); y.resize_as_(v); y
y=x.clone(); y.tril_(); y || x.contiguous().is_contiguous() || [a.sum() for a in x] || list(v) || list(z)
x.view(dtype=lib.int32) || x.swapdims(0,1) || x.moveaxis(0,1) || lib.moveaxis(e,0,-1) || lib.concat([x,x],dim=1)
lib.concatenate([x,x],axis=1) || lib.cat((x,x.float())) || lib.cat((x,T([[1,2,3,4]]))) || lib.row_stack([v,v])
lib.stack((x,x),-1) || lib.cat([x],out=lib.empty(0)) || lib.stack([x,x],dim=-4) || lib.split(x,2,1)
x.split_with_sizes([1,2]) || lib.unbind(x,-1) || lib.squeeze(e[:1]) || x.unsqueeze(-3) || x.broadcast_to(2,3,4)
x.broadcast_to((2,3,4)) || x.expand_as(e) || e.view_as(lib.zeros(6,4)) || F.pad(e,(1,-1),'circular')
"""


@pytest.mark.torch
@pytest.mark.parametrize("code", listed(TABLE))
def test_as_in_pytorch(code):
    compare(pytest.importorskip("torch"), code)


VIEWS = r"""
y.reshape(6,4) || y.view(4,6) || y.transpose(0,2) || y.permute(2,0,1) || y.mT || y[0].T || y.movedim(0,2) || y.flatten()
y.ravel() || y.unflatten(2,(2,2)) || y.expand(2,2,3,4)[0] || y.squeeze() || y.unsqueeze(1) || y.unbind(1)[2] || y.split(2,2)[1]
y.chunk(2,1)[0] || y.tensor_split(3,2)[1] || y.narrow(1,1,2) || y.select(2,3) || y.diagonal(1,1,2) || y.unfold(2,2,2)
y.as_strided((2,3),(3,1),2) || y[0] || y[0,1,2] || y[1:,::2] || y[...,None,1] || y.detach() || y.contiguous() || y.real
y.view_as(y) || y.reshape_as(y) || y.swapaxes(0,1) || y.t() if y.ndim < 3 else y || lib.atleast_1d(y) || y.expand_as(y)
lib.meshgrid(y[0,0],y[0,1],indexing='ij')[0][:,0] || y.hsplit(3)[1] || y.dsplit([1])[0] || lib.broadcast_tensors(y,z)[0]
y.clone() || y.flip(0) || y.roll(1) || y.repeat(1,1,1) || y[[0,1]] || y[y > 0] || y.tril() || y.permute(1,0,2).reshape(-1)
y.permute(1,0,2).contiguous() || lib.cat([y]) || y.index_select(0,T([0,1])) || y.float().view(lib.int32) || y.gather(0,T([[[0]]]))
"""


@pytest.mark.torch
@pytest.mark.parametrize("code", listed(VIEWS))
def test_a_write_into_a_view_reaches_the_base_and_into_a_copy_does_not(code):
    torch = pytest.importorskip("torch")
    program = f"y = e.detach().clone(); v = {code}; v.mul_(2) if v.dtype == lib.float64 else v; (y, v)"
    compare(torch, program)


@pytest.mark.parametrize("part", ["unbind", "split", "chunk", "tensor_split"])
def test_several_outputs_are_one_node_and_can_be_written(part):
    x = autograd.arange(6.0).reshape(3, 2).requires_grad_()
    y = x * 1
    parts = y.unbind() if part == "unbind" else getattr(y, part)(1 if part == "split" else 3)
    nodes = {p.grad_fn.next_functions[0][0] for p in parts}
    assert len(nodes) == 1
    (parts[0] * 3 + parts[2] * 5).sum().backward()
    assert x.grad.tolist() == [[3, 3], [0, 0], [5, 5]]
    x.grad = None
    y = x * 1
    parts = y.unbind() if part == "unbind" else getattr(y, part)(1 if part == "split" else 3)
    parts[0].mul_(10)
    assert y[0].tolist() == [0, 10]
    (y.sum() + parts[0].sum() + parts[1].sum()).backward()
    assert x.grad.tolist() == [[20, 20], [2, 2], [1, 1]]


def test_iteration_is_linear_in_the_number_of_rows():
    x = autograd.ones(50, 3, requires_grad=True)
    rows = list(x)
    total = rows[0].sum()
    for row in rows[1:]:
        total = total + row.sum()
    assert len({row.grad_fn.next_functions[0][0] for row in rows}) == 1
    total.backward()
    assert x.grad.tolist() == [[1.0] * 3] * 50


def test_shape_changes_in_place_leave_earlier_views_alone():
    x = autograd.arange(6.0).reshape(2, 3).clone().requires_grad_()
    y = x * 1
    row = y[0]
    y.t_()
    y.unsqueeze_(0)
    assert tuple(y.shape) == (1, 3, 2)
    row.mul_(10)
    assert y[0, :, 0].tolist() == [0, 10, 20]
    y[0, 2, 1] = 7.0
    assert row.tolist() == [0, 10, 20]
    (y * 2).sum().backward()
    assert x.grad.tolist() == [[20, 20, 20], [2, 2, 0]]


def test_negative_steps_give_views():
    x = autograd.arange(4.0)
    x[::-2][0] = 9.0
    assert x.tolist() == [0, 1, 2, 9]


def test_a_view_of_another_dtype_shares_memory_and_has_no_gradient():
    x = autograd.ones(2, requires_grad=True)
    bits = (x * 1).view(autograd.int32)
    assert bits.tolist() == [0x3F800000] * 2
    assert not bits.requires_grad
    y = autograd.zeros(2)
    y.view(autograd.int32)[0] = 0x3F800000
    assert y.tolist() == [1, 0]


@pytest.mark.parametrize(
    "code", ["x.t_()", "x.unsqueeze_(0)", "x.squeeze_()", "x.resize_(2)", "x.fill_(1)", "x[0].zero_()"]
)
def test_refused_writes_change_nothing(code):
    x = autograd.arange(4.0).reshape(2, 2).clone().requires_grad_()
    with pytest.raises(RuntimeError):
        eval(code, {"x": x})
    assert x.tolist() == [[0, 1], [2, 3]]
    assert x.is_leaf


def test_strided_views_know_whose_memory_they_show():
    x = autograd.zeros(3, 4)
    y = x.t().diagonal()
    y.add_(1)
    loss_base = autograd.ones(3, 4, requires_grad=True) * 1
    square = loss_base * loss_base
    loss_base.t().unfold(0, 2, 1)[0].mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        square.sum().backward()
    assert np.array_equal(x.numpy(), np.eye(3, 4, dtype=np.float32))


def test_padding_modes_by_index():
    assert run(autograd, "F.pad(v[None],(2,2),'reflect')")[0].shape == (1, 7)
    x = autograd.arange(3.0)[None]
    pad = autograd.fused.pad
    assert pad(x, (2, 2), "reflect").tolist() == [[2, 1, 0, 1, 2, 1, 0]]
    assert pad(x, (2, 1), "replicate").tolist() == [[0, 0, 0, 1, 2, 2]]
    assert pad(x, (2, 1), "circular").tolist() == [[1, 2, 0, 1, 2, 0]]
    with pytest.raises(RuntimeError, match="wrapping around"):  # nothing is left to repeat
        pad(x[:, :1], (1, -1), "circular")
