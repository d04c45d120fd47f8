"""Writes in place, the log that finds overwritten values, views, and memory that NumPy can reach."""

import gc

import numpy as np
import pytest

import autograd as ag
from autograd import inplace


def leaf(*values):
    return ag.tensor(list(values), dtype=ag.float64, requires_grad=True)


def plain(*values):
    return ag.tensor(list(values), dtype=ag.float64)


# -- overwritten values ---------------------------------------------------------------------------------------------


def test_overwriting_a_saved_result_is_an_error_that_names_both_operations():
    x = leaf(1.0, 2.0)
    y = x.exp()
    y.add_(1)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation: exp saved.*\(2,\) float64.*add_ wrote"):
        y.sum().backward()


def test_overwriting_a_saved_argument():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    a = x * 1
    y = a * w
    a.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation: mul saved"):
        y.sum().backward()
    assert x.grad is None


def test_overwriting_what_no_rule_needs_is_fine():
    x = leaf(1.0, 2.0)
    a = x + 1
    y = a + 2
    a.mul_(5)
    (y.sum() + a.sum()).backward()
    assert x.grad.tolist() == [6.0, 6.0]


def test_a_write_before_the_operation_is_fine():
    x = leaf(1.0, 2.0)
    a = x * 1
    a.add_(1)
    (a * a).sum().backward()
    assert x.grad.tolist() == [4.0, 6.0]


@pytest.mark.parametrize(
    "write",
    [
        lambda y: y.detach().add_(1),
        lambda y: y.data.zero_(),
        lambda y: y[0].fill_(9),
        lambda y: y.view(2, 1).mul_(2),
        lambda y: y.__setitem__(0, 9.0),
        lambda y: ag.add(plain(1.0, 1.0), 1, out=y.data),
    ],
)
def test_every_way_to_write_is_noticed(write):
    y = leaf(1.0, 2.0).exp()
    with ag.no_grad():
        write(y)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_a_scalar_result_keeps_its_saved_value():
    """A 0-d result is held as an immutable NumPy scalar, so writing it makes new memory and the gradient stays right."""
    x = ag.tensor(2.0, dtype=ag.float64, requires_grad=True)
    y = x.exp()
    y.add_(1)
    y.backward()
    assert x.grad.item() == pytest.approx(np.exp(2.0))


def test_anomaly_mode_gives_the_line_of_the_write():
    x = leaf(1.0, 2.0)
    with ag.detect_anomaly():
        y = x.exp()
        y.add_(1)  # the write
        with pytest.raises(RuntimeError, match=r"test_inplace.py.*the write"):
            y.sum().backward()


def test_the_log_forgets_dead_memory():
    gc.collect()
    before = len(inplace.log)
    x = ag.zeros(5)
    x.add_(1)
    assert len(inplace.log) == before + 1
    del x
    assert len(inplace.log) == before


# -- leaves ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda x: x.add_(1),
        lambda x: x.__setitem__(0, 9.0),
        lambda x: x.zero_(),
        lambda x: x[0].mul_(2),
        lambda x: x.view(2, 1).fill_(3),
    ],
)
def test_leaves_that_require_grad_refuse_writes(write):
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad is being used in an in-place operation"):
        write(x)
    assert x.tolist() == [1.0, 2.0]
    with ag.no_grad():
        write(x)
    assert x.tolist() != [1.0, 2.0]
    assert x.is_leaf


def test_the_augmented_operators_write_in_place():
    x = plain(1.0, 2.0)
    same = x
    x += 1
    x *= 2
    x -= 1
    x /= 2
    assert same is x
    assert x.tolist() == [1.5, 2.5]


# -- what cannot be written -----------------------------------------------------------------------------------------


def test_shape_and_dtype_errors_leave_everything_as_it_was():
    x = plain(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"output with shape \[2\] doesn't match the broadcast shape \[3, 2\]"):
        x.add_(ag.ones(3, 2, dtype=ag.float64))
    n = ag.tensor([1, 2])
    with pytest.raises(RuntimeError, match="result type float32 can't be cast to the desired output type int64"):
        n.add_(1.5)
    assert x.tolist() == [1.0, 2.0]
    assert n.tolist() == [1, 2]


def test_expanded_memory_is_refused():
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        ag.zeros(1).expand(3).add_(1)


def test_read_only_memory_is_refused():
    array = np.zeros(3)
    array.flags.writeable = False
    with pytest.warns(UserWarning, match="not writ"):
        t = ag.from_numpy(array)
    with pytest.raises(RuntimeError, match="read-only"):
        t.add_(1)


def test_views_made_without_recording():
    x = leaf(1.0, 2.0) * 1
    with ag.no_grad():
        v = x[0]
    with pytest.raises(RuntimeError, match="created in no_grad mode"):
        v.mul_(2)


# -- histories ------------------------------------------------------------------------------------------------------


def test_a_write_through_a_view_rebases_the_base():
    x = leaf(1.0, 2.0, 3.0)
    b = x * 1
    v = b[1:]
    v.mul_(10)
    (b * plain(1.0, 2.0, 3.0)).sum().backward()
    assert x.grad.tolist() == [1.0, 20.0, 30.0]


def test_a_write_to_the_base_reaches_its_views():
    x = leaf(1.0, 2.0, 3.0)
    b = x * 1
    v = b[1:]
    b.mul_(10)
    assert v.tolist() == [20.0, 30.0]
    v.sum().backward()
    assert x.grad.tolist() == [0.0, 10.0, 10.0]


def test_a_write_through_one_view_reaches_another():
    x = leaf(1.0, 2.0, 3.0, 4.0)
    b = x * 1
    rows, column = b.view(2, 2)[0], b.view(2, 2)[:, 1]
    rows.mul_(10)
    column.sum().backward()
    assert x.grad.tolist() == [0.0, 10.0, 0.0, 1.0]


def test_a_constant_base_gets_a_history():
    w = leaf(5.0, 6.0)
    b = ag.zeros(3, dtype=ag.float64)
    v = b[1:]
    v.copy_(w)
    assert b.requires_grad
    (b * plain(1.0, 2.0, 3.0)).sum().backward()
    assert w.grad.tolist() == [2.0, 3.0]


def test_constants_written_cut_the_gradient():
    x = leaf(1.0, 2.0, 3.0)
    b = x * 1
    b[1] = 0.0
    b[2:].fill_(7.0)
    b.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 0.0]


def test_second_order_through_writes():
    x = leaf(1.0, 2.0, 3.0)
    b = x * x
    b[1:].mul_(x[1:])
    (g,) = ag.grad(b.sum(), x, create_graph=True)
    assert g.tolist() == [2.0, 12.0, 27.0]
    assert ag.grad(g.sum(), x)[0].tolist() == [2.0, 12.0, 18.0]


def test_dead_views_are_forgotten():
    b = ag.zeros(4)
    for _ in range(100):
        b[1:]
    assert len(b._view.views) < 30


# -- out= -----------------------------------------------------------------------------------------------------------


def test_out_is_written_and_returned():
    out = ag.zeros(2)
    assert ag.mul(ag.ones(2), 3.0, out=out) is out
    assert out.tolist() == [3.0, 3.0]


def test_out_refuses_gradients_and_wrong_dtypes():
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        ag.mul(leaf(1.0), 2.0, out=plain(0.0))
    with pytest.raises(RuntimeError, match="can't be cast"):
        ag.mul(plain(1.0), 2.5, out=ag.tensor([1]))
    with pytest.warns(UserWarning, match="resized"):
        assert ag.mul(ag.ones(3), 2.0, out=ag.zeros(2)).shape == (3,)


# -- NumPy on the same memory ---------------------------------------------------------------------------------------


def test_numpy_shares_memory_both_ways():
    t = ag.zeros(3)
    array = t.numpy()
    array[0] = 5
    t[1] = 7
    assert t.tolist() == [5.0, 7.0, 0.0]
    assert array.tolist() == [5.0, 7.0, 0.0]


def test_a_write_through_numpy_after_saving_is_an_error():
    x = leaf(1.0, 2.0)
    y = x.exp()
    array = y.detach().numpy()
    array[0] = 100.0
    with pytest.raises(RuntimeError, match="modified through NumPy: exp saved"):
        y.sum().backward()


def test_a_write_through_a_slice_of_the_handed_out_array_is_noticed_too():
    y = leaf(1.0, 2.0).exp()
    y.detach().numpy()[1:][0] = 100.0
    with pytest.raises(RuntimeError, match="modified"):
        y.sum().backward()


def test_reading_through_numpy_is_fine():
    x = leaf(1.0, 2.0)
    y = x.exp()
    assert y.detach().numpy().sum() > 0
    y.sum().backward()


def test_what_is_saved_while_numpy_holds_the_memory_is_a_copy():
    x, w = leaf(1.0, 2.0), plain(3.0, 4.0)
    array = w.numpy()
    y = x * w
    array[:] = 0
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 4.0]


def test_from_numpy_memory_is_saved_as_a_copy():
    array = np.array([3.0, 4.0])
    x, w = leaf(1.0, 2.0), ag.from_numpy(array)
    y = x * w
    array[:] = 0
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 4.0]


def test_an_ndarray_operand_is_saved_as_a_copy():
    array = np.array([3.0, 4.0])
    x = leaf(1.0, 2.0)
    y = x * array
    array[:] = 0
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 4.0]


def test_the_exposure_ends_with_the_last_alias():
    t = ag.ones(3)
    array = t.numpy()
    part = array[1:]
    del array
    assert inplace.exposed
    assert id(inplace.owner(t._array)) in inplace.exposed
    del part
    assert id(inplace.owner(t._array)) not in inplace.exposed


def test_a_round_trip_through_numpy_is_one_memory():
    y = leaf(1.0, 2.0).exp()
    twin = ag.from_numpy(y.detach().numpy())
    twin.add_(1)
    with pytest.raises(RuntimeError, match="modified"):
        y.sum().backward()
