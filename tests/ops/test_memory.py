"""Memory that tensors share: storages, buffers, files, other libraries; memory order; without PyTorch."""

import copy
import pickle

import numpy as np
import pytest

import autograd as ag


def test_a_storage_is_the_whole_memory_and_writes_reach_the_tensor():
    x = ag.arange(6.0).reshape(2, 3)
    part = x[1]
    assert part.untyped_storage() == x.untyped_storage()
    assert part.storage_offset() == 3
    part.untyped_storage().fill_(0)
    assert x.tolist() == [[0, 0, 0], [0, 0, 0]]
    with pytest.warns(UserWarning, match="TypedStorage is deprecated"):
        numbers = x.T.storage()
    numbers[1] = 7.0
    assert x[0, 1].item() == 7
    assert (len(numbers), numbers.dtype, numbers.nbytes(), list(numbers)[1]) == (6, ag.float32, 24, 7.0)
    with pytest.raises(RuntimeError, match="size does not match"):
        numbers.copy_(ag.FloatStorage(2))


def test_a_write_into_a_storage_is_noticed_by_backward():
    x = ag.ones(3, requires_grad=True)
    y = x * 1
    out = (y * y).sum()
    y.detach().untyped_storage().fill_(0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.backward()


def test_storages_of_their_own():
    storage = ag.FloatStorage([1.0, 2.0])
    x = ag.FloatTensor(storage)
    x[0] = 5.0
    assert storage.tolist() == [5, 2]
    assert repr(storage).endswith("[autograd.FloatStorage of size 2]")
    assert ag.UntypedStorage(3).tolist() == [0, 0, 0]
    assert storage.clone() != storage
    with pytest.raises(TypeError, match="expected a storage of int64"):
        ag.LongTensor(storage)


def test_set_shares_memory_and_records_nothing():
    x, y = ag.zeros(2), ag.arange(6.0)
    assert x.set_(y, 1, (2, 2), (1, 2)) is x
    assert x.tolist() == [[1, 3], [2, 4]]
    x[0, 0] = 9.0
    assert y[1].item() == 9
    with pytest.raises(RuntimeError, match="out of bounds for storage of 6"):
        x.set_(y, 3, (2, 2))
    with pytest.raises(RuntimeError, match="float64"):
        x.set_(ag.zeros(2, dtype=ag.float64))
    with pytest.raises(TypeError, match="must be a Tensor or a storage"):
        x.set_(3)
    leaf = ag.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="set_: a leaf Variable"):
        leaf.set_(y)
    with pytest.raises(RuntimeError, match="derivative for set_ is not implemented"):
        (leaf * 2).set_(y)
    assert leaf.tolist() == [1, 1]
    with ag.no_grad():
        leaf.set_(ag.ones(3))
    (leaf * 2).sum().backward()
    assert leaf.grad.tolist() == [2, 2, 2]


def test_views_stay_with_the_memory_that_a_tensor_leaves():
    x = ag.zeros(4)
    part = x[1:3]
    x.set_(ag.ones(2))
    y = ag.ones(2, requires_grad=True)
    part.mul_(0).add_(y)
    assert (x.requires_grad, x.tolist(), part.tolist()) == (False, [1, 1], [1, 1])
    part.sum().backward()
    assert y.grad.tolist() == [1, 1]


def test_resize_reads_on_in_the_memory():
    x = ag.arange(6)
    assert x[2:4].resize_(3).tolist() == [2, 3, 4]
    grown = x[2:4].resize_(9)
    assert grown[:4].tolist() == [2, 3, 4, 5]
    grown[0] = 7
    assert x[2].item() == 2


def test_frombuffer_shares_and_says_what_does_not_fit():
    buffer = bytearray(8)
    x = ag.frombuffer(buffer, dtype=ag.float32)
    x[1] = 1.0
    assert buffer[4:] == np.float32(1).tobytes()
    with pytest.warns(UserWarning, match="not writable"):
        fixed = ag.frombuffer(b"ab", dtype=ag.uint8)
    with pytest.raises(RuntimeError, match="read-only"):
        fixed[0] = 1
    with pytest.raises(ValueError, match="must be a multiple of element size"):
        ag.frombuffer(bytearray(7), dtype=ag.int16)


def test_from_file(tmp_path):
    path = tmp_path / "numbers"
    ag.from_file(path, shared=True, size=3, dtype=ag.int16).fill_(7)
    private = ag.from_file(path, size=2, dtype=ag.int16)
    assert private.tolist() == [7, 7]
    private.zero_()
    assert ag.from_file(path, size=3, dtype=ag.int16).tolist() == [7, 7, 7]
    with pytest.raises(RuntimeError, match="has size 6 < 16"):
        ag.from_file(path, size=4)
    with pytest.raises(RuntimeError, match="unable to open file"):
        ag.from_file(tmp_path / "none", size=1)


def test_dlpack_capsules_share_memory():
    x = ag.zeros(3)
    y = ag.from_dlpack(ag.to_dlpack(x))
    y[1] = 4.0
    assert x.tolist() == [0, 4, 0]
    with pytest.raises(BufferError, match="require gradient"):
        ag.to_dlpack(ag.ones(1, requires_grad=True))


@pytest.mark.torch
def test_pytorch_and_we_share_memory():
    torch = pytest.importorskip("torch")
    x = ag.arange(6.0).reshape(2, 3)
    y = torch.from_dlpack(x.T)
    y[2, 1] = 9
    assert x[1, 2].item() == 9
    for given in (y, torch.utils.dlpack.to_dlpack(y)):
        z = ag.from_dlpack(given)
        z[0, 0] = z[0, 0] + 1
    assert x[0, 0].item() == 2
    assert torch.asarray(x).tolist() == ag.asarray(y).T.tolist()


def test_channels_last_is_an_order_in_memory():
    x = ag.arange(24.0).reshape(1, 2, 3, 4).requires_grad_()
    y = x.contiguous(memory_format=ag.channels_last)
    assert y.stride() == (24, 1, 8, 2)
    assert y.tolist() == x.tolist()
    assert (y.is_contiguous(), y.is_contiguous(memory_format=ag.channels_last)) == (False, True)
    assert y.contiguous(memory_format=ag.channels_last) is y
    (y * y).sum().backward()
    assert x.grad.tolist() == (2 * x).tolist()
    assert pickle.loads(pickle.dumps(ag.channels_last_3d)) is ag.channels_last_3d
    with pytest.raises(RuntimeError, match="required rank 4"):
        ag.zeros(2, 3).to(memory_format=ag.channels_last)


def test_a_subclass_shares_memory_and_history():
    class Named(ag.Tensor):
        pass

    x = ag.ones(2, requires_grad=True)
    y = (x * 2).as_subclass(Named)
    assert type(y) is Named
    y.sum().backward()
    assert x.grad.tolist() == [2, 2]
    assert type(copy.deepcopy(ag.ones(2).as_subclass(Named))) is Named


def test_what_there_is_not_says_so():
    for name in ("to_sparse", "cfloat", "q_scale"):
        with pytest.raises(NotImplementedError, match=f"{name}"):
            getattr(ag.ones(2), name)()
    with pytest.raises(NotImplementedError, match="complex numbers are not supported yet"):
        ag.polar(ag.ones(1), ag.ones(1))
    with pytest.raises(NotImplementedError, match="dense only"):
        ag.sparse_coo_tensor(ag.zeros(1, 1), ag.ones(1))
    with pytest.raises(RuntimeError, match=r"layout must be autograd\.strided"):
        ag.zeros(2, layout=ag.sparse_coo)


def test_functions_that_overwrite_are_the_methods():
    x = ag.tensor([0.25, 4.0], requires_grad=True)
    y = x * 1
    assert ag.sqrt_(y) is y
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 0.25]
    with pytest.raises(RuntimeError, match="exp_: a leaf Variable"):
        ag.exp_(x)
    with pytest.raises(TypeError, match="must be a Tensor"):
        ag.exp_(1.0)


@pytest.mark.parametrize("grad", [False, True])
def test_overwriting_by_index_is_the_same_directly_and_recorded(grad):
    rng = np.random.default_rng(0)
    index, wide = ag.tensor([2, 0, 2]), ag.tensor([[2, 0], [0, 1], [1, 1]])
    x, source = rng.standard_normal((3, 2)), ag.tensor(rng.standard_normal((3, 2)))
    calls = [
        ("index_add", (0, index, source)),
        ("index_copy", (0, ag.tensor([2, 0, 1]), source)),
        ("index_fill", (0, index, 7.0)),
        ("index_reduce", (0, index, source, "amax")),
        ("scatter", (0, wide, source)),
        ("scatter", (0, wide, 2.0)),
        ("scatter_add", (0, wide, source)),
        ("scatter_reduce", (0, wide, source, "mean")),
        ("masked_fill", (source > 0, 3.0)),
        ("index_put", ((index,), ag.tensor(3.0, dtype=ag.float64))),
    ]
    for name, args in calls:
        leaf = ag.tensor(x).requires_grad_(grad)
        for part in (slice(None), slice(0, 3, 1)):
            target = (leaf * 1)[part] if grad else leaf.detach().clone()[part]
            address = target.data_ptr()
            expected = getattr(ag.tensor(x), name)(*args)
            assert getattr(target, f"{name}_")(*args) is target
            assert (target.tolist(), target.data_ptr()) == (expected.tolist(), address), name
            assert target.requires_grad is grad


def test_overwriting_with_parts_of_itself_reads_the_old_values():
    x = ag.arange(6.0).reshape(3, 2)
    expected = x.index_add(0, ag.tensor([1, 2, 0]), x)
    assert x.index_add_(0, ag.tensor([1, 2, 0]), x).tolist() == expected.tolist()
    y = ag.zeros(2)
    with pytest.raises(RuntimeError, match="out of bounds"):
        y.scatter_add_(0, ag.tensor([0, 5]), ag.ones(2))
    with pytest.raises(RuntimeError, match="shape"):
        y.masked_fill_(ag.ones(3, 2, dtype=ag.bool), 1.0)
    assert y.tolist() == [0, 0]
    z = ag.ones(2, requires_grad=True)
    out = (z * y).sum()
    y.index_fill_(0, ag.tensor([0]), 3.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.backward()


def test_writes_into_expanded_memory():
    x = ag.zeros(3, requires_grad=True)
    y = x * 1
    wide = y.expand(2, 3)
    wide[0] = ag.tensor([1.0, 2.0, 3.0])
    assert wide.tolist() == [[1, 2, 3]] * 2
    wide.fill_(5.0)
    assert y.tolist() == [5, 5, 5]
    y.sum().backward()
    assert x.grad.tolist() == [0, 0, 0]
    with pytest.raises(RuntimeError, match="more than one element"):
        wide.add_(1)
