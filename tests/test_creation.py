"""New tensors and conversions, against PyTorch: values, dtypes, shapes, strides, errors."""

import array as stdlib_array
import enum
import pickle
import warnings

import numpy as np
import pytest

import autograd as ag


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def agree(ours, others, relative=0.0):
    assert type(ours).__name__ == "Tensor"
    values = others.detach().numpy()
    assert ours.dtype == values.dtype
    assert tuple(ours.shape) == values.shape
    assert ours.requires_grad == others.requires_grad
    assert ours.is_leaf == others.is_leaf
    if relative:
        np.testing.assert_allclose(ours.detach().numpy(), values, rtol=relative)
    else:
        np.testing.assert_array_equal(ours.detach().numpy(), values)


F32 = np.float32
# Calls that give the same in both libraries; `m` is the module.
SAME = {
    "float": lambda m: m.tensor(1.5),
    "int": lambda m: m.tensor(3),
    "bool": lambda m: m.tensor(True),
    "list": lambda m: m.tensor([1, 2]),
    "floats": lambda m: m.tensor([1.0, 2]),
    "bools": lambda m: m.tensor([True, False]),
    "bools and ints": lambda m: m.tensor([True, 2]),
    "bools and floats": lambda m: m.tensor([True, 2.5]),
    "nested": lambda m: m.tensor([[1, 2], [3, 4]]),
    "tuples": lambda m: m.tensor(((1.0, 2), [3, 4])),
    "empty": lambda m: m.tensor([]),
    "empty rows": lambda m: m.tensor([[], []]),
    "range": lambda m: m.tensor(range(4)),
    "float64 number": lambda m: m.tensor(np.float64(2)),
    "float32 number": lambda m: m.tensor(F32(2)),
    "float64 numbers": lambda m: m.tensor([np.float64(2)]),
    "float64 and float": lambda m: m.tensor([2.0, np.float64(2)]),
    "float32 and float": lambda m: m.tensor([2.0, F32(2)]),
    "float32 and int": lambda m: m.tensor([2, F32(2)]),
    "int32 numbers": lambda m: m.tensor([np.int32(2)]),
    "int32 and int": lambda m: m.tensor([np.int32(2), 1]),
    "bool number": lambda m: m.tensor(np.bool_(1)),
    "array": lambda m: m.tensor(np.array([[1.0, 2], [3, 4]])),
    "0-d array": lambda m: m.tensor(np.array(2.0)),
    "int8 array": lambda m: m.tensor(np.array([1, 2], np.int8)),
    "Fortran array": lambda m: m.tensor(np.asfortranarray(np.ones((2, 3), F32))),
    "array to dtype": lambda m: m.tensor(np.array([1.7, 2]), dtype=m.int64),
    "0-d tensors": lambda m: m.tensor([m.tensor(1), m.tensor(2.0)]),
    "float64 tensors": lambda m: m.tensor([m.tensor(1.0, dtype=m.float64), 2.0]),
    "rows of tensors": lambda m: m.tensor([[m.tensor(1.0), 2], [3, m.tensor(4)]]),
    "single elements": lambda m: m.tensor([m.ones(1), m.ones(1, 1)[0]]),
    "to float64": lambda m: m.tensor([1, 2], dtype=m.float64),
    "to int64": lambda m: m.tensor([1.7, -1.7], dtype=m.int64),
    "to uint8": lambda m: m.tensor([1, 255], dtype=m.uint8),
    "negative to uint8": lambda m: m.tensor([-1, -200], dtype=m.uint8),
    "negative number to uint8": lambda m: m.tensor(-1, dtype=m.uint8),
    "float to int": lambda m: m.tensor(2.7, dtype=m.int32),
    "to bool": lambda m: m.tensor([2, 0, -1], dtype=m.bool),
    "float to bool": lambda m: m.tensor([0.0, 0.5], dtype=m.bool),
    "too large for float32": lambda m: m.tensor([1e40, -1e40, 1e-50]),
    "number too large for float32": lambda m: m.tensor(1e40),
    "float16": lambda m: m.tensor([1e10, 1.0], dtype=m.float16),
    "large ints": lambda m: m.tensor([2**62, -(2**63)]),
    "nan and inf": lambda m: m.tensor([float("nan"), float("inf")]),
    "requires grad": lambda m: m.tensor([1.0], requires_grad=True),
    "device": lambda m: m.tensor([1.0], device="cpu"),
    "as_tensor": lambda m: m.as_tensor([1, 2.0], dtype=m.int64),
    "as_tensor of an array": lambda m: m.as_tensor(np.array([1, 2])),
    "as_tensor, other dtype": lambda m: m.as_tensor(np.array([1, 2]), dtype=m.float32),
    "as_tensor keeps history": lambda m: m.as_tensor(m.ones(2, requires_grad=True), dtype=m.float64),
    "asarray": lambda m: m.asarray([1.0], requires_grad=True),
    "asarray number": lambda m: m.asarray(3),
    "asarray copies": lambda m: m.asarray(m.ones(2, requires_grad=True), copy=True, requires_grad=True),
    "asarray detaches": lambda m: m.asarray(m.ones(2, requires_grad=True), requires_grad=False),
    "from_numpy": lambda m: m.from_numpy(np.array([1, 2], np.int32)),
    "from_dlpack": lambda m: m.from_dlpack(np.arange(3.0)),
    "zeros": lambda m: m.zeros(2, 3),
    "zeros of a tuple": lambda m: m.zeros((2, 3), dtype=m.int32),
    "zeros by keyword": lambda m: m.zeros(size=(2,)),
    "zeros of nothing": lambda m: m.zeros(()),
    "zeros of an empty list": lambda m: m.zeros([]),
    "zeros of NumPy sizes": lambda m: m.zeros(np.int64(2), m.tensor(3)),
    "zeros of Python's dtype": lambda m: m.zeros(2, dtype=float),
    "ones": lambda m: m.ones(2, dtype=m.bool),
    "ones with grad": lambda m: m.ones(2, requires_grad=True),
    "full of bool": lambda m: m.full((2,), True),
    "full of int": lambda m: m.full((2,), 3),
    "full of float": lambda m: m.full((2, 2), 3.5),
    "full to int": lambda m: m.full((2,), 1.5, dtype=m.int64),
    "full 0-d": lambda m: m.full((), 3.0),
    "zeros_like": lambda m: m.zeros_like(m.ones(2, 3, dtype=m.float64)),
    "ones_like": lambda m: m.ones_like(m.ones(2), dtype=m.int64),
    "full_like": lambda m: m.full_like(m.ones(2, dtype=m.int64), 1.5),
    "zeros_like with grad": lambda m: m.zeros_like(m.ones(2), requires_grad=True),
    "arange": lambda m: m.arange(5),
    "arange of float": lambda m: m.arange(5.0),
    "arange from": lambda m: m.arange(2, 7, 2),
    "arange down": lambda m: m.arange(3, 0, -1),
    "arange of steps": lambda m: m.arange(1, 2, 0.3),
    "arange by keyword": lambda m: m.arange(start=1, end=3, step=1),
    "arange end": lambda m: m.arange(end=3),
    "arange tensor": lambda m: m.arange(m.tensor(3)),
    "arange dtype": lambda m: m.arange(5, dtype=m.uint8),
    "arange nothing": lambda m: m.arange(0),
    "arange grad": lambda m: m.arange(3, dtype=m.float64, requires_grad=True),
    "linspace": lambda m: m.linspace(0, 1, 7),
    "linspace one": lambda m: m.linspace(3, 4, 1),
    "linspace none": lambda m: m.linspace(0, 1, 0),
    "linspace ints": lambda m: m.linspace(0, 10, 5, dtype=m.int64),
    "linspace tensors": lambda m: m.linspace(m.tensor(1.0), 2, 3),
    "linspace steps": lambda m: m.linspace(1, 2, steps=4),
    "logspace": lambda m: m.logspace(0, 2, 3),
    "logspace base": lambda m: m.logspace(0, 3, 4, base=2),
    "eye": lambda m: m.eye(3),
    "eye of two": lambda m: m.eye(2, 3, dtype=m.bool),
    "Tensor": lambda m: m.Tensor([1, 2]),
    "Tensor of array": lambda m: m.Tensor(np.array([1, 2])),
    "Tensor of nothing": lambda m: m.Tensor(),
    "FloatTensor": lambda m: m.FloatTensor([1, 2]),
    "FloatTensor of a tuple": lambda m: m.FloatTensor((2, 3)),
    "FloatTensor of an array": lambda m: m.FloatTensor(np.array([1.5])),
    "FloatTensor of nothing": lambda m: m.FloatTensor(),
    "LongTensor": lambda m: m.LongTensor([1.5, -2.5]),
    "LongTensor of an array": lambda m: m.LongTensor(np.array([1, 2])),
    "ByteTensor": lambda m: m.ByteTensor([1, 2]),
    "BoolTensor": lambda m: m.BoolTensor([1, 0]),
    "HalfTensor": lambda m: m.HalfTensor([1, 0]),
    "new": lambda m: m.ones(2).new([3]),
    "new of nothing": lambda m: m.ones(2).new(),
    "new_tensor": lambda m: m.ones(2, dtype=m.float64).new_tensor([1, 2]),
    "new_zeros": lambda m: m.ones(2).new_zeros(2, 3),
    "new_zeros dtype": lambda m: m.ones(2).new_zeros((2, 3), dtype=m.int32),
    "new_ones": lambda m: m.ones(2, dtype=m.int64).new_ones(2),
    "new_full": lambda m: m.ones(2).new_full((2, 3), 7),
    "new_full dtype": lambda m: m.ones(2).new_full((2,), 7.5, dtype=m.int32),
    "Variable": lambda m: getattr(m, "Variable", None)(m.ones(2), requires_grad=True)
    if hasattr(m, "Variable")
    else m.autograd.Variable(m.ones(2), requires_grad=True),
    "to": lambda m: m.ones(2).to(m.float64),
    "to device and dtype": lambda m: m.ones(2).to("cpu", m.float64),
    "to by keywords": lambda m: m.ones(2).to(dtype=m.int64, device="cpu"),
    "to like": lambda m: m.ones(2).to(m.ones(1, dtype=m.float16)),
    "to Python's dtype": lambda m: m.ones(2).to(float),
    "to, blocking": lambda m: m.ones(2).to("cpu", m.int64, False, True),
    "type name": lambda m: m.ones(2).type("torch.DoubleTensor"),
    "type dtype": lambda m: m.ones(2).type(m.int64),
    "type class": lambda m: m.ones(2).type(m.LongTensor),
    "type_as": lambda m: m.ones(2).type_as(m.ones(1, dtype=m.int64)),
    "float of ints": lambda m: m.tensor([1, 2]).float(),
    "double": lambda m: m.ones(2).double(),
    "half": lambda m: m.ones(2).half(),
    "int method": lambda m: m.tensor([1.7, -1.7]).int(),
    "long": lambda m: m.tensor([1.7, -1.7]).long(),
    "short": lambda m: m.tensor([1.7, -1.7]).short(),
    "char": lambda m: m.tensor([1.7, -1.7]).char(),
    "byte": lambda m: m.tensor([1.7, 200.2]).byte(),
    "bool method": lambda m: m.tensor([0.0, 0.5, float("nan")]).bool(),
    "0-d conversion": lambda m: m.tensor(2.5).long(),
    "apply_": lambda m: m.tensor([1.0, 2.0]).apply_(lambda v: v + 1),
    "apply_ to ints": lambda m: m.tensor([[1, 2], [3, 4]]).apply_(lambda v: v * 3),
    "map_": lambda m: m.ones(2, 2).map_(m.tensor([1.0, 2.0]), lambda a, b: a + b),
}  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("name", SAME)
def test_same_as_pytorch(torch, name):
    agree(SAME[name](ag), SAME[name](torch), 1e-6 if "logspace" in name else 0.0)


@pytest.mark.torch
def test_ranges_agree_bit_for_bit(torch):
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    for _ in range(100):
        start, step = rng.uniform(-5, 5), rng.uniform(0.001, 0.3) * rng.choice([-1, 1])
        end, count = start + step * rng.uniform(0, 100), int(rng.integers(0, 200))
        for dtype in ("float32", "float64"):
            theirs = getattr(torch, dtype)
            agree(ag.arange(start, end, step, dtype=dtype), torch.arange(start, end, step, dtype=theirs))
            agree(ag.linspace(start, end, count, dtype=dtype), torch.linspace(start, end, count, dtype=theirs))
            agree(ag.logspace(start, 3, count, dtype=dtype), torch.logspace(start, 3, count, dtype=theirs), 4e-6)
        for low, high in ((round(100 * start), round(100 * end)), (start, end)):
            agree(ag.linspace(low, high, count, dtype=ag.int64), torch.linspace(low, high, count, dtype=torch.int64))
        agree(ag.linspace(start, end, count, dtype=ag.float16), torch.linspace(start, end, count, dtype=torch.float16))


@pytest.mark.torch
def test_range_is_deprecated(torch):
    for args in ((1, 3), (0, 1, 0.25), (5, 1, -2)):
        with pytest.warns(UserWarning, match="deprecated"):
            ours = ag.range(*args)
        with warnings.catch_warnings(action="ignore"):
            agree(ours, torch.range(*args))


@pytest.mark.torch
@pytest.mark.parametrize("name", ["zeros_like", "ones_like", "empty_like", "rand_like", "randn_like"])
def test_like_keeps_the_order_of_memory(torch, name):
    a = np.ones((2, 3, 4), np.float32)
    for array in (a, a.T, a.transpose(1, 0, 2), a[:, ::2], np.broadcast_to(a[:1], (2, 3, 4)), a[:, :1]):
        with warnings.catch_warnings(action="ignore"):
            ours, others = ag.from_numpy(array), torch.from_numpy(array)
        assert getattr(ag, name)(ours).stride() == getattr(torch, name)(others).stride()
        straight = getattr(ag, name)(ours, memory_format=ag.contiguous_format)
        assert straight.is_contiguous()


# -- errors -------------------------------------------------------------------------------------------------------

ERRORS = {
    "ragged": (ValueError, "expected sequence of length 2 at dim 1 \\(got 1\\)", lambda m: m.tensor([[1, 2], [3]])),
    "number for a row": (TypeError, None, lambda m: m.tensor([[1, 2], 3])),
    "row for a number": (TypeError, None, lambda m: m.tensor([1, [2]])),
    "text": (TypeError, "invalid data type 'str'", lambda m: m.tensor("a")),
    "None": (RuntimeError, "dtype of NoneType", lambda m: m.tensor(None)),
    "None inside": (RuntimeError, "dtype of NoneType", lambda m: m.tensor([None])),
    "dict": (RuntimeError, "dtype of dict", lambda m: m.tensor({1: 2})),
    "past 64 bits": (ValueError, None, lambda m: m.tensor(2**63)),
    "past 64 bits in a list": (ValueError, None, lambda m: m.tensor([2**64])),
    "past uint8": (RuntimeError, "without overflow", lambda m: m.tensor(300, dtype=m.uint8)),
    "past uint8 in a list": (RuntimeError, "without overflow", lambda m: m.tensor([1, 300], dtype=m.uint8)),
    "below uint8": (RuntimeError, "without overflow", lambda m: m.tensor([-300], dtype=m.uint8)),
    "past int8": (RuntimeError, "without overflow", lambda m: m.tensor([200], dtype=m.int8)),
    "float past uint8": (RuntimeError, "without overflow", lambda m: m.tensor([2.7, 300.0], dtype=m.uint8)),
    "nan to int": (RuntimeError, "without overflow", lambda m: m.tensor([float("nan")], dtype=m.int64)),
    "int with grad": (RuntimeError, "require gradients", lambda m: m.tensor(1, requires_grad=True)),
    "tensors in a list": (ValueError, "only one element", lambda m: m.tensor([m.ones(2), m.ones(2)])),
    "text array": (TypeError, None, lambda m: m.tensor(np.array(["a"]))),
    "object array": (TypeError, None, lambda m: m.tensor(np.array([1, None]))),
    "from_numpy of a list": (TypeError, "np.ndarray", lambda m: m.from_numpy([1])),
    "from_numpy byte order": (ValueError, "byte order", lambda m: m.from_numpy(np.array([1], ">i4"))),
    "asarray cannot alias": (ValueError, "alias", lambda m: m.asarray([1.0], copy=False)),
    "negative size": (RuntimeError, "negative", lambda m: m.zeros(2, -1)),
    "text size": (TypeError, "size", lambda m: m.zeros("a")),
    "float size": (TypeError, "size", lambda m: m.zeros(2.0)),
    "bool size": (TypeError, "size", lambda m: m.zeros(True)),
    "no size": (TypeError, "size", lambda m: m.zeros()),
    "device": (RuntimeError, None, lambda m: m.zeros(2, device="foo")),
    "full of int size": (TypeError, "size", lambda m: m.full(2, 3.0)),
    "full of text": (TypeError, "fill_value", lambda m: m.full((2,), "a")),
    "full past uint8": (RuntimeError, "without overflow", lambda m: m.full((2,), 300, dtype=m.uint8)),
    "zeros_like of a list": (TypeError, "input", lambda m: m.zeros_like([1])),
    "int zeros with grad": (RuntimeError, "require gradients", lambda m: m.zeros(2, dtype=m.int32, requires_grad=True)),
    "out of another dtype": (
        RuntimeError, "out", lambda m: m.zeros(2, out=m.ones(2, dtype=m.float64), dtype=m.float32),
    ),
    "arange step 0": (RuntimeError, "step must be nonzero", lambda m: m.arange(1, 5, 0)),
    "arange wrong sign": (RuntimeError, "inconsistent with step sign", lambda m: m.arange(5, 1)),
    "arange infinite": (RuntimeError, "unsupported range", lambda m: m.arange(0, float("inf"))),
    "arange of bool": (NotImplementedError, None, lambda m: m.arange(1, dtype=m.bool)),
    "arange int with grad": (RuntimeError, "require gradients", lambda m: m.arange(3, requires_grad=True)),
    "linspace negative": (RuntimeError, "steps must be non-negative", lambda m: m.linspace(0, 1, -1)),
    "linspace without steps": (TypeError, None, lambda m: m.linspace(0, 1)),
    "eye negative": (RuntimeError, None, lambda m: m.eye(-1)),
    "FloatTensor of longs": (TypeError, None, lambda m: m.FloatTensor(m.tensor([1]))),
    "FloatTensor of a float": (TypeError, "sequence", lambda m: m.FloatTensor(1.5)),
    "Variable of a list": (TypeError, "has to be a tensor", lambda m: getattr(m, "autograd", m).Variable([1.0])),
    "type name": (ValueError, "invalid type: 'foo'", lambda m: m.ones(2).type("foo")),
    "to a device that is none": (RuntimeError, None, lambda m: m.ones(2).to("flo")),
    "numel of a number": (TypeError, "input", lambda m: m.numel(3)),
    "is_floating_point of a number": (TypeError, "input", lambda m: m.is_floating_point(3)),
    "is_nonzero of two": (RuntimeError, "ambiguous", lambda m: m.is_nonzero(m.ones(2))),
    "is_nonzero of none": (RuntimeError, "ambiguous", lambda m: m.is_nonzero(m.ones(0))),
    "apply_ of text": (TypeError, "number|real", lambda m: m.ones(2).apply_(lambda v: "a")),
    "map_ of other sizes": (RuntimeError, None, lambda m: m.ones(2).map_(m.ones(3), lambda a, b: a)),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    error, text, call = ERRORS[name]
    with pytest.raises(error, match=text):
        call(ag)


@pytest.mark.torch
@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_pytorchs(torch, name):
    error, _, call = ERRORS[name]
    with pytest.raises(error):
        call(torch)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ag.tensor(1.0, device="cuda"),
        lambda: ag.zeros(2, device="cuda:0"),
        lambda: ag.ones(2, device=0),
        lambda: ag.ones(2).to("cuda"),
        lambda: ag.ones(2).cuda(),
        lambda: ag.rand(2, device="mps"),
    ],
)
def test_other_devices_are_refused(call):
    with pytest.raises(RuntimeError, match="device must be 'cpu'"):
        call()


def test_layouts_and_formats():
    assert ag.zeros(2, layout=ag.strided, device=ag.device("cpu"), pin_memory=True).layout is ag.strided
    assert ag.empty(2, memory_format=ag.contiguous_format).shape == (2,)
    with pytest.raises(RuntimeError, match="strided"):
        ag.zeros(2, layout="sparse")
    with pytest.raises(TypeError, match="memory_format"):
        ag.zeros_like(ag.ones(2), memory_format=3)
    assert pickle.loads(pickle.dumps(ag.preserve_format)) is ag.preserve_format
    assert repr(ag.preserve_format) == "autograd.preserve_format"


# -- memory -------------------------------------------------------------------------------------------------------


def test_tensor_copies_and_from_numpy_shares():
    array = np.zeros(3)
    copied, shared = ag.tensor(array), ag.from_numpy(array)
    array[0] = 5
    assert copied.tolist() == [0, 0, 0]
    assert shared.tolist() == [5, 0, 0]
    shared[1] = 7
    assert array.tolist() == [5, 7, 0]
    assert ag.as_tensor(array).data_ptr() == shared.data_ptr()
    assert ag.asarray(array).data_ptr() == shared.data_ptr()
    assert ag.asarray(array, copy=True).data_ptr() != shared.data_ptr()
    assert ag.from_dlpack(array).data_ptr() == shared.data_ptr()


def test_as_tensor_returns_the_tensor_itself():
    x = ag.ones(2, requires_grad=True)
    assert ag.as_tensor(x) is x
    assert ag.asarray(x) is x
    assert x.to(ag.float32) is x
    assert x.to("cpu") is x
    assert x.cpu() is x
    assert x.float() is x
    assert x.pin_memory() is x
    assert x.to(ag.float32, copy=True) is not x


def test_read_only_arrays_warn_and_refuse_to_be_written():
    array = np.ones(3)
    array.flags.writeable = False
    with pytest.warns(UserWarning, match="not writable") as caught:
        t = ag.from_numpy(array)
    assert caught[0].filename == __file__
    with pytest.raises(RuntimeError, match="read-only"):
        t.uniform_()


def test_dlpack_goes_both_ways():
    x = ag.ones(3)
    array = np.from_dlpack(x)
    array_of_x = x.numpy()
    array_of_x[0] = 4
    assert array[0] == 4
    assert x.__dlpack_device__() == (1, 0)
    with pytest.raises(BufferError, match="require gradient"):
        np.from_dlpack(ag.ones(3, requires_grad=True))
    with pytest.raises(TypeError, match="__dlpack__"):
        ag.from_dlpack([1])


@pytest.mark.torch
def test_dlpack_with_pytorch(torch):
    x = ag.ones(3)
    t = torch.from_dlpack(x)
    t[0] = 5
    assert x.tolist() == [5, 1, 1]
    assert ag.from_dlpack(t).tolist() == [5, 1, 1]
    assert ag.tensor(torch.ones(2, dtype=torch.float64)).dtype == np.float64


def test_single_elements_are_numpy_scalars():
    for x in (
        ag.tensor(1.0),
        ag.zeros(()),
        ag.tensor(np.array(1)),
        ag.full((), 2),
        ag.ones_like(ag.tensor(1.0)),
        ag.rand(()),
    ):
        assert isinstance(x._array, np.generic)


def test_dtypes_are_the_one_object_of_their_kind():
    for array in (np.ones(2, np.longlong), np.ones(2, np.dtype("f4", metadata={"a": 1})), np.ones(2, ">f8")):
        x = ag.tensor(array)
        assert x.dtype is np.dtype(x.dtype.type)
        assert x.dtype in ag.dtypes.SUPPORTED
    assert ag.from_numpy(np.ones(2, np.longlong)).dtype is ag.int64


def test_other_sources():
    class Celsius(float):
        pass

    class Level(enum.IntEnum):
        LOW = 1

    assert ag.tensor(stdlib_array.array("d", [1.0, 2.0])).dtype == np.float32
    assert ag.tensor([Celsius(1.5), 2]).tolist() == [1.5, 2]
    assert ag.tensor([Level.LOW, 3]).tolist() == [1, 3]
    assert ag.tensor(Level.LOW).dtype == np.int64
    assert ag.tensor([np.array([1.0, 2.0]), [3.0, 4.0]]).shape == (2, 2)


def test_copying_a_tensor_warns():
    x = ag.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="copy construct") as caught:
        y = ag.tensor(x)
    assert caught[0].filename == __file__
    assert not y.requires_grad
    with pytest.warns(UserWarning, match="copy construct"):
        x.new_tensor(x)


def test_numbers_made_from_tensors_with_history_warn():
    with pytest.warns(UserWarning, match="cuts it off"):
        ag.tensor([ag.ones((), requires_grad=True), 2.0])
