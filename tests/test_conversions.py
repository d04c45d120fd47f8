"""Old constructors, conversions of dtype, out=, threads, and questions about tensors."""

import numpy as np
import pytest

import autograd as ag


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


# -- Tensor, old constructors -------------------------------------------------------------------------------------


def test_tensor_makes_the_default_dtype():
    assert ag.Tensor([1, 2]).dtype == np.float32
    assert ag.Tensor(np.ones(2)).dtype == np.float32
    assert ag.Tensor(2, 3).shape == (2, 3)
    assert ag.Tensor(ag.Size([2])).shape == (2,)
    assert ag.Tensor(2.5, requires_grad=True).item() == 2.5
    assert ag.Tensor([1, 2], dtype=ag.int64).dtype == np.int64
    with pytest.raises(RuntimeError, match="negative"):
        ag.Tensor(2, -3)
    ag.set_default_dtype(ag.float64)
    assert ag.Tensor([1, 2]).dtype == ag.tensor(1.0).dtype == ag.zeros(1).dtype == ag.rand(1).dtype == np.float64


def test_old_constructors_are_types():
    assert ag.FloatTensor(2, 3).shape == (2, 3)
    assert ag.LongTensor(2).dtype == np.int64
    assert isinstance(ag.ones(2), ag.FloatTensor)
    assert not isinstance(ag.ones(2), ag.DoubleTensor)
    assert not isinstance(1.0, ag.FloatTensor)
    assert isinstance(ag.ones(2), ag.Variable)
    assert ag.ones(2).type() == "torch.FloatTensor"
    assert ag.ones(2, dtype=ag.int64).type() == "torch.LongTensor"


def test_empty_has_a_shape():
    assert ag.empty(2, 3).shape == (2, 3)
    assert ag.empty_like(ag.ones(2, 3), dtype=ag.int64).dtype == np.int64
    assert ag.ones(2).new_empty((4,)).shape == (4,)
    assert ag.ones(2).new(2, 3).shape == (2, 3)


def test_out_is_written_and_resized():
    out = ag.empty(2)
    assert ag.ones(2, out=out) is out
    assert out.tolist() == [1, 1]
    with pytest.warns(UserWarning, match="resized"):
        ag.arange(3, out=out)
    assert out.tolist() == [0, 1, 2]
    small = ag.empty(0, dtype=ag.float64)
    assert ag.linspace(0, 1, 3, out=small).tolist() == [0, 0.5, 1]
    with pytest.raises(TypeError, match="out"):
        ag.zeros(2, out=np.zeros(2))


# -- conversions --------------------------------------------------------------------------------------------------


def test_conversions_record_and_convert_the_gradient_back():
    x = ag.ones(3, requires_grad=True)
    y = x.double().to(ag.float16).type_as(x)
    y.sum().backward()
    assert x.grad.dtype == np.float32
    assert x.grad.tolist() == [1, 1, 1]
    assert not x.long().requires_grad


def test_to_refuses_what_it_does_not_know():
    for args in ((3.5,), ("cpu", ag.float32, 7), (ag.ones(1), "cpu"), (object(),)):
        with pytest.raises((TypeError, RuntimeError)):
            ag.ones(2).to(*args)


def test_apply_and_map_refuse_history():
    x = ag.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="requires grad"):
        x.apply_(lambda v: v)
    with pytest.raises(RuntimeError, match="require grad"):
        ag.ones(2).map_(x, lambda a, b: a)


def test_questions():
    assert ag.is_tensor(ag.ones(1))
    assert not ag.is_tensor(np.ones(1))
    assert ag.is_floating_point(ag.ones(1))
    assert not ag.is_complex(ag.ones(1))
    assert not ag.is_signed(ag.ByteTensor(1))
    assert ag.numel(ag.ones(2, 3)) == 6
    assert ag.is_nonzero(ag.ones(()))
    x = ag.ones(1)
    assert not any((x.is_cuda, x.is_sparse, x.is_quantized, x.is_meta, x.is_pinned()))
    assert x.get_device() == -1
    assert ag.newaxis is None
    assert ag.pi == np.pi
    assert ag.e == np.e
    assert ag.inf == np.inf
    assert ag.nan != ag.nan


@pytest.mark.torch
def test_result_type(torch):
    kinds = ["bool", "uint8", "int32", "int64", "float16", "float32", "float64"]
    for first in kinds:
        for second in kinds:
            for a, b in (((2,), (2,)), ((2,), ()), ((), (2,)), ((), ())):
                ours = ag.result_type(ag.ones(a, dtype=first), ag.ones(b, dtype=second))
                theirs = torch.result_type(
                    torch.ones(a, dtype=getattr(torch, first)), torch.ones(b, dtype=getattr(torch, second))
                )
                assert f"torch.{ours}" == str(theirs)
        for number in (True, 1, 1.5):
            ours = ag.result_type(ag.ones(2, dtype=first), number)
            assert f"torch.{ours}" == str(torch.result_type(torch.ones(2, dtype=getattr(torch, first)), number))


def test_threads_are_counted():
    before = ag.get_num_threads()
    try:
        ag.set_num_threads(3)
        assert ag.get_num_threads() == 3
        for bad, error in ((0, RuntimeError), (-1, RuntimeError), (1.5, TypeError), (True, TypeError)):
            with pytest.raises(error, match="set_num_threads"):
                ag.set_num_threads(bad)
        assert ag.get_num_threads() == 3
    finally:
        ag.set_num_threads(before)


def test_defaults_may_be_set_the_old_ways():
    ag.set_default_tensor_type("torch.DoubleTensor")
    assert ag.get_default_dtype() is ag.float64
    for bad, error in (("torch.FooTensor", ValueError), (ag.LongTensor, TypeError)):
        with pytest.raises(error):
            ag.set_default_tensor_type(bad)
    assert ag.get_default_dtype() is ag.float64
    ag.set_default_device("cpu")
    assert ag.get_default_device() == ag.device("cpu")
    with pytest.raises(RuntimeError, match="cpu"):
        ag.set_default_device("cuda")


@pytest.mark.torch
def test_numpy_of_what_requires_grad_is_allowed_under_no_grad(torch):
    for library in (ag, torch):
        x = library.ones(2, requires_grad=True)
        with library.no_grad():
            x.numpy()[0] = 5
            assert np.asarray(x).tolist() == x.tolist() == [5, 1]
        with pytest.raises(RuntimeError, match="requires grad"):
            x.numpy()
