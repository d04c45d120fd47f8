"""Joining, reducing by index, copies of views, layouts, and tensors' own methods: every form as in PyTorch."""

import pytest

from tests.ops.expressions import compare, listed

TABLE = r"""
x.index_reduce(0,T([2,0,1]),x,'prod') || x.index_reduce(0,T([0,0,1]),x,'prod') || x.index_reduce(0,T([0,0,1]),x,'mean')
x.index_reduce(0,T([0,0,1]),x,'amax') || x.index_reduce(1,T([0,0,3,3]),x,'amin') || x.index_reduce(-1,T([0,0,1,3]),x,'mean')
x.index_reduce(0,T([0,0,1]),x,'prod',include_self=False) || x.index_reduce(0,T([0,0,1]),x,'mean',include_self=False)
x.index_reduce(0,T([0,0,1]),x*2,'amax',include_self=False) || x.index_reduce(0,T([0,0,1]),x*2,'amin',include_self=False)
x.index_reduce(0,T([0,0,1]),x,'sum') || x.index_reduce(0,T([0,9,1]),x,'mean') || x.index_reduce(0,T([0,-1,1]),x,'mean')
x.index_reduce(0,T([0,0]),x,'mean') || x.index_reduce(0,i,x,'mean') || x.index_reduce(0,T([0,0,1]),x.float(),'mean')
x.int().index_reduce(0,T([0,0,1]),x.int(),'mean') || z.index_reduce(0,T([0]),z,'mean') || x.index_reduce(2,T([0]),x,'mean')
x.clone().index_reduce_(0,T([0,0,1]),x,'mean') || lib.index_reduce(x,dim=0,index=T([0,0,1]),source=x,reduce='amax')
lib.index_add(x,0,T([0,0,1]),x.detach(),out=lib.empty(0)) || lib.index_select(x.detach(),0,T([0,0]),out=lib.empty(0))
lib.index_select(x.detach(),0,T([0,0]),out=lib.empty(0,dtype=lib.float32)) || lib.take(x.detach(),T([0,1]),out=lib.empty(0))
lib.take_along_dim(x,T([[0,-1,2,1]]),0) || lib.take_along_dim(x,T([[0]]).int(),0) || z.index_select(0,T([0,0]))
lib.nonzero_static(x>0,size=3) || lib.nonzero_static(x>0,size=30,fill_value=7) || lib.nonzero_static(z,size=2)
lib.nonzero_static(x,size=-1) || lib.nonzero(x>0,out=lib.empty(0,dtype=L)) || lib.nonzero(x>0,out=lib.empty(0))
x.scatter(0,i,z) || x.scatter(0,i,value=T(2.)) || lib.zeros(0,0,1)[:,[0]] || lib.zeros(0,3)[:,[0]] || lib.zeros(0,3)[[0]]
v[T(1,dtype=lib.uint8)] || v[T(1,dtype=lib.int8)] || x['a'] || x[:,T([0,1]),0] || x[:,:,T([0])] || x[T([0]),T([0]),T([0])]
y=x.clone(); y.expand(2,3,4)[0]=1; y || y=x.clone(); y.expand(2,3,4)[:]=1; y || y=v.clone(); y.expand(2,3)[0,0]=1; y
lib.zeros(1).expand(3).fill_(2) || lib.zeros(1).expand(3).zero_() || lib.zeros(1).expand(3).add_(1)
lib.zeros(1).expand(3).copy_(v) || y=v.clone(); y.unfold(0,2,1)[0]=5; y || y=v.clone(); y.as_strided((2,2),(1,1))[0]=2; y
x.sum_to_size(4) || x.sum_to_size(1,4) || x.sum_to_size((3,1)) || x.sum_to_size([]) || x.sum_to_size() || x.sum_to_size(3)
x.sum_to_size(3,4) || e.sum_to_size(1,4) || v.repeat_interleave(2) || x.repeat_interleave(2,1) || x.repeat_interleave(0,0)
x.repeat_interleave(T([1,0,2]),0) || x.repeat_interleave(T([1,0,2]),0,output_size=3) || z.repeat_interleave(2,0)
x.repeat_interleave(T([1,0,2]),0,output_size=4) || x.repeat_interleave([1,0,2],0) || lib.repeat_interleave(T([1,2]).int())
lib.repeat_interleave(T([1.,2.])) || lib.repeat_interleave(i) || z.repeat_interleave(3) || x.repeat_interleave(-1)
v.roll(()) || z.roll(1,0) || z.roll(1) || x.roll((1,1),(0,0)) || x.roll((1,-2),(0,1)) || x.roll(9,1) || e.roll(2)
lib.meshgrid(v,v.float(),indexing='ij') || lib.meshgrid(indexing='ij') || lib.cartesian_prod(v,T([1,2])) || lib.hstack([])
lib.hstack([v.detach(),v.detach()],out=lib.empty(0)) || lib.vstack([v.detach(),v.detach()],out=lib.empty(0))
lib.dstack([v.detach(),v.detach()],out=lib.empty(0)) || lib.column_stack([v.detach(),v.detach()],out=lib.empty(0))
lib.cat([x.detach(),x.detach()],out=lib.empty(0,dtype=L)) || lib.cat([lib.zeros(0),x]) || lib.cat([x.T,x.T]).view(-1)
lib.cat([x,z]) || lib.cat([lib.zeros(0),v.float()]) || lib.stack([v,v],1) || lib.stack([z,z]) || lib.stack([x,x],-1)
lib.broadcast_shapes((-1,),(3,)) || lib.broadcast_shapes((2,1),3) || v.combinations() || lib.vander(T([True,False]))
lib.unravel_index(T([7,-1]),(2,3)) || lib.unravel_index(T([0.5]),(2,3)) || lib.unravel_index(T(4),()) || x.hsplit(sections=2)
x.hsplit(indices=(1,3)) || x.vsplit(sections=3) || e.dsplit(indices=[1]) || lib.tensor_split(x,T(2)) || x.unsafe_chunk(2)
lib.tensor_split(x,tensor_indices_or_sections=T([1])) || x.unsafe_split(2) || lib.unsafe_split_with_sizes(x,[1,2])
lib.split_with_sizes(x,[1,2],0) || z.mT || z.H || z.adjoint() || z.permute() || lib.narrow_copy(x.detach(),0,1,1,out=lib.empty(0))
lib.view_copy(x,(4,3)) || lib.view_copy(x,lib.int64) || lib.expand_copy(v,(2,3)) || lib.permute_copy(x,(1,0)) || lib.t_copy(x)
lib.transpose_copy(x,0,1) || lib.squeeze_copy(x[:1]) || lib.squeeze_copy(x[:1],0) || lib.unsqueeze_copy(v,0) || lib.alias_copy(v)
lib.select_copy(x,0,1) || lib.slice_copy(x,1,0,4,2) || lib.split_copy(x,2) || lib.split_with_sizes_copy(x,[1,2])
lib.unbind_copy(x) || lib.diagonal_copy(x,1) || lib.as_strided_copy(x,(2,),(1,)) || lib.unfold_copy(v,0,2,1) || lib.detach_copy(v)
lib.transpose_copy(x.detach(),0,1,out=lib.empty(0)) || lib.slice_copy(x,0,0,1,0) || lib.view_copy(x,(5,))
y=x.clone(); y.as_strided_((2,2),(1,4)) || y=x.clone(); y.as_strided_((2,2),(1,4),1) || y=x.clone(); y.as_strided_((9,9),(1,4))
lib.fill(x,2) || lib.fill(x,z) || lib.exp_(x.clone()) || lib.clamp_(x.clone(),0,1) || lib.zero_(x.clone()) || lib.fill_(x.clone(),3)
lib.threshold_(x.clone(),0.1,5.) || lib.celu_(x.clone()) || lib.selu_(x.clone()) || lib.index_put_(x.clone(),(T([0]),),z)
lib.detach(x).requires_grad || lib.conj(x) || x.conj_physical() || x.resolve_neg() || lib.real(x) || lib.imag(x) || x.imag
lib.angle(x) || lib.angle(i) || lib.angle(T([0.,-0.,float('nan'),-1.,float('-inf')])) || x.is_conj() || x.is_neg() || x.is_cpu
x.is_same_size(x) || x.is_same_size(v) || x.is_set_to(x.detach()) || x.is_set_to(x[0]) || lib.typename(x) || lib.typename(3)
x.dim_order() || x.T.dim_order() || x[:1].dim_order(ambiguity_check=True) || x.dim_order(ambiguity_check=3) || x.volatile
lib.zeros(2,3,4,5).contiguous(memory_format=lib.channels_last).stride() || lib.zeros(2,3,4,5).to(memory_format=lib.channels_last).stride()
lib.zeros(2,3,4,5).clone(memory_format=lib.channels_last).is_contiguous(memory_format=lib.channels_last)
lib.zeros(2,3,4,5).is_contiguous(memory_format=lib.channels_last) || x.contiguous(memory_format=lib.channels_last)
lib.zeros_like(lib.zeros(2,3,4,5),memory_format=lib.channels_last).stride() || x.T.clone(memory_format=lib.contiguous_format).stride()
lib.empty(2,3,4,5,memory_format=lib.channels_last).stride() || x.expand(2,3,4).clone().stride() || e[:,T([0,1]),T([1,0])].stride()
x.T.masked_fill(x.T>0,0.).stride() || x.contiguous(memory_format=lib.preserve_format) || lib.zeros(2,3).float(memory_format=3)
lib.empty_strided((2,3),(1,2)).stride() || lib.empty_strided((2,3),(1,)) || lib.empty_strided((2,3),(-1,1))
lib.empty_permuted((2,3,4),(2,0,1)).stride() || lib.empty_permuted((2,3),(0,0)) || lib.empty_permuted((2,3),(0,))
x.new_empty_strided((2,3),(1,2)).stride() || lib.scalar_tensor(3) || lib.scalar_tensor(3,dtype=L) || lib.scalar_tensor([1])
lib.linspace(T(0.),T(1.),3) || lib.linspace(T([0.]),1,3) || lib.range(5) || lib.full((2,),T(3.)) || lib.full((2,),T(3))
lib.frombuffer(bytearray(range(8)),dtype=lib.int16) || lib.frombuffer(bytearray(range(8)),dtype=lib.int16,count=2,offset=2)
lib.frombuffer(bytearray(range(8)),dtype=lib.int16,count=9) || lib.frombuffer(bytearray(range(7)),dtype=lib.int16)
lib.frombuffer(bytearray(),dtype=L) || lib.frombuffer(bytearray(8),dtype=L,offset=8) || lib.frombuffer(3,dtype=L)
lib.asarray(bytearray(range(4)),dtype=lib.int16) || lib.asarray(memoryview(bytearray(range(4))),dtype=lib.uint8)
x.storage_offset() || x[1].storage_offset() || x[:,1:].T.storage_offset() || x.untyped_storage().nbytes() || len(x[1].untyped_storage())
x.detach().storage().tolist()[3:5] || T([1,2]).storage_type() is lib.LongStorage || lib.is_storage(x.untyped_storage())
x.untyped_storage() == x[1].untyped_storage() || lib.FloatStorage([1,2]).tolist() || lib.DoubleStorage(3).size()
lib.FloatTensor(lib.FloatStorage([1,2])) || y=lib.zeros(2); y.set_(v.detach()) || y=lib.zeros(2); y.set_(v.detach().float())
y=lib.zeros(2); y.set_(lib.ones(6).storage(),1,(2,2),(1,2)) || y=lib.zeros(2); y.set_(lib.ones(6).untyped_storage(),1,(2,2))
y=lib.zeros(2); y.set_().shape || y=lib.arange(6); y[2:4].resize_(3) || y=lib.arange(6).reshape(2,3).T; y.resize_(2,3)
y=T([1.,2.]); y.untyped_storage()[7]=64; y || y=lib.zeros(3); y.untyped_storage().copy_(lib.ones(3).untyped_storage()); y
x.resize(4,3) || x.resize(5) || v.resize_as(v) || v.detach().module_load(lib.ones(3)) || v.detach().module_load(lib.ones(3),assign=True)
v.as_subclass(int) || x.detach().map2_(x.detach(),v.detach().reshape(3,1),lambda a,b,c: a+b*c) || x.shape+(2,) || (2,)+x.shape
x.shape*2 || x.to_dense() || x.dense_dim() || x.sparse_dim() || x.values() || x.coalesce() || x.dequantize() || x.view_as_real()
"""


@pytest.mark.torch
@pytest.mark.parametrize("code", listed(TABLE))
def test_as_in_pytorch(code):
    compare(pytest.importorskip("torch"), code)
