"""``autograd.testing`` says and draws what ``torch.testing`` does; the switches of ``backends`` and of the settings."""

import importlib

import numpy as np
import pytest

import autograd
from autograd import testing

NAN, INF = float("nan"), float("inf")

# A call's arguments and keywords; T is the library's tensor, lib the library.
CALLS = """
T([1., 2., 3.]), T([1., 2., 4.])
T([1, 2, 3]), T([1, 2, 4])
T(1.), T(2.)
T(5), T(7)
1., 2.
1, 2
1, 1.
True, False
None, 1
None, None
1., 2., rtol=0, atol=0
1e10, 1.0000001e10
2., 0.
NAN, NAN
NAN, NAN, equal_nan=True
1., 2., rtol=1e-3, atol=1e-3
[1., 2.], [1., 3.]
{'a': T([1.])}, {'a': T([2.])}
{'a': 1, 'c': 2}, {'b': 1}
{'a': 1, 'b': 2}, {'b': 2, 'a': 1}
[1], [1, 2]
(1,), [1]
T([1.]), T([1., 2.])
T([1.]), T([1.], dtype=lib.float64)
T([1.]), T([1.], dtype=lib.float64), check_dtype=False
T([1, 2]), T([1., 3.]), check_dtype=False
T([NAN]), T([NAN])
T([NAN]), T([NAN]), equal_nan=True
'a', 'a'
T([1.]), 1.
3, T(3)
T([1.]), [1.]
[T([1.]), [T([1.])]], [T([1.]), [T([2.])]]
[1, 'a'], [1, 'a']
T([1.]), T([2.]), rtol=0.1
[T([1.])], [T([2.])], rtol=0.1
T([1.]), T([2.]), rtol=0.1, atol=0
T([5]), T([7]), rtol=0, atol=1
T([1., 2.]), T([2., 3.]), rtol=0, atol=0
T([1.]), T([2.]), msg='mine'
T([1.]), T([2.]), msg=lambda m: 'X' + m
lib.ones(2, 3), lib.ones(3, 2).t(), check_stride=True
lib.ones(2, 3), lib.ones(3, 2).t()
np.ones(2), np.zeros(2)
np.ones(2), T([1., 1.], dtype=lib.float64)
np.float32(1), np.float32(2)
np.bool_(True), np.bool_(False)
T([1., 2.]), T([0., 2.])
T([True, False]), T([True, True])
T([1., INF]), T([1., -INF])
T([1., INF]), T([1., INF])
T([]), T([])
[], []
lib.ones(2, 2), T([[1., 2.], [3., 1.]])
T([1.], dtype=lib.float16), T([1.01], dtype=lib.float16)
T([1., 2., 3.]), T([1., 2., 3.00001])
T([1., 2.], requires_grad=True), T([1., 2.])
T([1]), None
"""


def outcome(lib, package, call):
    names = {"lib": lib, "T": lib.tensor, "np": np, "NAN": NAN, "INF": INF, "close": package.assert_close}
    try:
        eval(f"close({call})", names)
    except (AssertionError, TypeError, ValueError) as error:
        return type(error), str(error).replace("torch.", "").replace("autograd.", "").replace("tensor.Tensor", "Tensor")
    return None


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", CALLS.strip().splitlines())
def test_assert_close(call):
    torch = pytest.importorskip("torch")
    assert outcome(autograd, testing, call) == outcome(torch, torch.testing, call)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
def test_assert_allclose():
    torch = pytest.importorskip("torch")
    for one, two in (([1.0], [2.0]), ([1.0, NAN], [1.0, NAN]), ([1.0], [1.0 + 5e-5])):
        results = []
        for lib in (autograd, torch):
            try:
                results.append(lib.testing.assert_allclose(lib.tensor(one), two))
            except AssertionError as error:
                results.append(str(error))
        assert results[0] == results[1]


def test_the_error_names_what_differs():
    with pytest.raises(
        AssertionError, match=r"Mismatched elements: 1 / 4 \(25.0%\)\nGreatest absolute difference: 3.0 at"
    ):
        testing.assert_close({"w": autograd.zeros(2, 2)}, {"w": autograd.tensor([[0.0, 0.0], [3.0, 0.0]])})
    testing.assert_close(autograd.tensor([1.0, 1e-6]), autograd.tensor([1.0, 0.0]))


DRAWS = """
2, dtype=lib.float32
2, dtype=lib.float64
2, dtype=lib.int64
2, dtype=lib.bool
2, dtype=lib.uint8
2, dtype=lib.int8, low=-500, high=500
2, dtype=lib.float16
2, dtype=lib.float32, low=3, high=1
2, dtype=lib.float32, low=3, high=3
2, dtype=lib.int64, low=2, high=2
2, dtype=lib.int64, requires_grad=True
2, dtype=lib.float32, requires_grad=True
2, 2, dtype=lib.float32, noncontiguous=True
(2, 2), dtype=lib.float32, high=100
dtype=lib.float32
2, dtype=lib.float32, low=NAN
4, dtype=lib.float32, low=-INF, high=INF
2, dtype=lib.int64, low=.5, high=2.5
2, dtype=lib.uint8, low=-5
2, dtype=lib.bool, low=1
2, dtype=lib.float32, low=1e40, high=1e41
30, dtype=lib.int64, low=-1, high=2, exclude_zero=True
"""


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", DRAWS.strip().splitlines())
def test_make_tensor_draws_pytorchs_numbers(call):
    torch = pytest.importorskip("torch")
    results = []
    for lib in (autograd, torch):
        lib.manual_seed(3)
        names = {"lib": lib, "NAN": NAN, "INF": INF, "make": lib.testing.make_tensor}
        try:
            t = eval(f"make({call}, device='cpu')", names)
        except ValueError as error:
            results.append(str(error).replace("torch.", ""))
        else:
            results.append(
                (t.tolist(), tuple(t.shape), t.stride(), t.requires_grad, str(t.dtype).replace("torch.", ""))
            )
    assert results[0] == results[1]


# -- switches -------------------------------------------------------------------------------------------------------


def test_switches_are_remembered():
    autograd.use_deterministic_algorithms(True, warn_only=True)
    assert autograd.get_deterministic_debug_mode() == 1
    assert autograd.is_deterministic_algorithms_warn_only_enabled()
    autograd.set_deterministic_debug_mode("error")
    assert autograd.are_deterministic_algorithms_enabled()
    autograd.use_deterministic_algorithms(False)
    assert autograd.get_deterministic_debug_mode() == 0
    with pytest.warns(UserWarning, match="'fast' is not one of"):
        autograd.set_float32_matmul_precision("fast")
    assert autograd.get_float32_matmul_precision() == "highest"


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("use_deterministic_algorithms", 1),
        ("set_deterministic_debug_mode", "x"),
        ("set_deterministic_debug_mode", 3),
        ("set_deterministic_debug_mode", 1.0),
        ("set_flush_denormal", 3),
        ("set_num_interop_threads", 0),
        ("set_num_interop_threads", 2.0),
        ("set_warn_always", 1),
    ],
)
def test_wrong_values_are_pytorchs_errors(name, value):
    torch = pytest.importorskip("torch")
    errors = []
    for lib in (autograd, torch):
        with pytest.raises((TypeError, RuntimeError, AssertionError)) as caught:
            getattr(lib, name)(value)
        errors.append(caught.type)
    assert errors[0] is errors[1]


def test_assert_takes_tensors():
    autograd._assert(autograd.tensor(True), "fine")
    with pytest.raises(AssertionError, match="not fine"):
        autograd._assert(autograd.tensor(0.0), "not fine")


def test_backends_take_assignments():
    cudnn = importlib.import_module("autograd.backends.cudnn")
    before = cudnn.benchmark
    autograd.backends.cudnn.benchmark = True
    assert cudnn.benchmark
    with cudnn.flags(benchmark=False):
        assert not cudnn.benchmark
    assert cudnn.benchmark
    cudnn.benchmark = before


@pytest.mark.torch
def test_backends_have_pytorchs_switches():
    torch = pytest.importorskip("torch")
    for name in autograd.backends.__all__:
        ours, theirs = getattr(autograd.backends, name), getattr(torch.backends, name)
        assert [n for n in ours.__all__ if not hasattr(theirs, n)] == []


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
def test_cuda_answers_as_pytorch_without_it():
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("this PyTorch has a device")
    for name in autograd.cuda.__all__:
        answers = []
        for lib in (autograd, torch):
            arguments = {"manual_seed": (0,), "manual_seed_all": (0,), "set_rng_state_all": ([],)}.get(name, ())
            try:
                answers.append(getattr(lib.cuda, name)(*arguments))
            except (AssertionError, TypeError, RuntimeError):
                answers.append("refused")
        assert answers[0] == answers[1], name
