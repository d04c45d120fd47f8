"""Every operation in the registry, on every one of its samples."""

import functools
import inspect

import numpy as np
import pytest

import autograd
from autograd import dispatch
from tests.registry import (
    CASES,
    GRADS,
    OPS,
    call,
    cotangents,
    draws,
    fill,
    flat_draws,
    jvp,
    make_tensor,
    numeric_gradients,
    oracles,
    realise,
)

ORACLES = oracles()
BAD = [(name, i) for name, op in OPS.items() for i in range(len(op.errors))]
WITHOUT_TORCH = {  # operations of the engine's own, which have no counterpart
    "region", "copy_slices", "overwrite", "set_item", "cast",
}  # fmt: skip


ONE_SHAPE = {"keep"}  # its condition always has the shape of its operand


def reasons(table):
    """Each operation of a table with its reason."""
    return {name: why for why, names in table.items() for name in names.split()}


NEVER_0_D = reasons({  # whose first argument cannot be 0-d
    "it normalises over a dimension": "native_batch_norm native_group_norm native_layer_norm rms_norm running_batch_norm "
    "standardize standardize_pull",
    "a matrix, or a batch of them": "bmm cdist diagonal geqrf linalg_cholesky linalg_det linalg_eig linalg_eigh linalg_eigvals "
    "linalg_eigvalsh linalg_inv linalg_ldl_factor linalg_ldl_solve linalg_lstsq linalg_lu linalg_matrix_exp linalg_pinv "
    "linalg_qr linalg_slogdet linalg_solve linalg_solve_triangular linalg_svd linalg_svdvals lu_info mm mv trace tril triu",
    "a vector": "bincount dot outer",
    "images, or planes of numbers": "adaptive_avg_pool adaptive_avg_pool_backward adaptive_max_pool avg_pool1d "
    "avg_pool1d_backward avg_pool2d avg_pool2d_backward avg_pool3d avg_pool3d_backward channel_shuffle col2im "
    "fractional_max_pool grid_pixels grid_sample im2col max_pool max_pool1d_with_indices "
    "max_pool2d_with_indices max_pool3d_with_indices max_unpool max_values pick_codes pick_pixels pick_places pixel_shuffle "
    "pixel_unshuffle put_codes put_pixels put_places resample resample_backward unpad",
    "it needs the dimension along which it works": "cat diag_embed glu linalg_cross narrow select split unbind",
    "it sums over a dimension": "linear matmul",
    "packed rows": "gru_layer lstm_layer rnn_layer",
    "it has a dimension of classes": "cross_entropy nll_loss",
    "it has dimensions of time, samples and classes": "ctc_loss",
    "it has channels": "convolution convolution_spread convolution_weight",
    "a table of rows, or their gradient": "embedding embedding_backward embedding_bag embedding_pick",
    "rows of queries": "scaled_dot_product_attention",
    "a line of pivots": "lu_order",
    "boundaries are sorted along a dimension": "searchsorted",
    "what stands on a diagonal, in windows or at places has a dimension": "fold_windows place_diagonal put_back",
    "an index of arrays is read from a view that has a dimension": "index",
    "called for letters that come twice": "einsum_diagonal einsum_embed",
    "its public function gives it a dimension": "repeat_each",
})  # fmt: skip
NEVER_EMPTY = reasons({"an error, which is sampled": "ctc_loss max_all min_all"})
NEVER_WRONG = reasons({  # other elementwise operations than those of one argument, for which no call is wrong
    "it takes every tensor": "alias cast clone contiguous is_zero",
    "a view and its base fit": "copy_slices overwrite region",
    "the engine's own: the gradient of an operation that has looked": "cross_entropy_backward embedding_backward fold_windows "
    "multilabel_margin_slope nll_backward place place_diagonal place_strided put_along put_back scatter_weights spread",
    "the engine's own: the derivative of a convolution": "convolution_weight",
    "the engine's own: called on what einsum made": "einsum_embed",
    "the engine's own: called on a factorization": "lu_info lu_order",
    "the engine's own: places and sizes that pooling or resampling has found": "adaptive_avg_pool_backward "
    "avg_pool1d_backward avg_pool2d_backward avg_pool3d_backward grid_pixels max_pool max_values pick_codes pick_pixels pick_places put_codes put_pixels put_places "
    "resample_backward unpad",
    "the engine's own: the sample is drawn from the parameters": "sample_dirichlet standard_gamma",
})  # fmt: skip
ONES = autograd.ones
WRONG_IN_PUBLIC = {  # where the public function looks at the arguments: a call of it that fails
    "convolution": (RuntimeError, "to have 4 channels, but got 3", lambda: autograd.conv1d(ONES(1, 3, 5), ONES(2, 4, 3))),
    "convolution_spread": (RuntimeError, "Output size is too small", lambda: autograd.conv_transpose1d(
        ONES(1, 3, 1), ONES(3, 2, 2), padding=2)),
    "einsum": (RuntimeError, "does not broadcast", lambda: autograd.einsum("ab,bc->ac", ONES(2, 3), ONES(4, 2))),
    "einsum_diagonal": (RuntimeError, "subscript a is repeated", lambda: autograd.einsum("aa->a", ONES(2, 3))),
    "frexp": (RuntimeError, "only supports floating-point", lambda: autograd.frexp(ONES(2).to(autograd.int64))),
    "linalg_ldl_solve": (RuntimeError, "Incompatible matrix sizes", lambda: autograd.linalg.ldl_solve(
        ONES(2, 2), ONES(2).to(autograd.int32), ONES(3, 1))),
    "repeat_each": (IndexError, "Dimension out of range", lambda: autograd.repeat_interleave(ONES(2, 3), 2, 2)),
    "searchsorted": (RuntimeError, "must match", lambda: autograd.searchsorted(ONES(2, 3), ONES(3, 2))),
}  # fmt: skip


def over(cases):
    """Run a test of (name, i) once for each operation, over all its samples; the failure names the sample."""
    table = {}
    for name, i in cases:
        table.setdefault(name, []).append(i)

    def decorate(test):
        @pytest.mark.parametrize("name", table)
        @functools.wraps(test)
        def run(name):
            for i in table[name]:
                try:
                    test(name, i)
                except Exception as error:
                    error.add_note(f"operation {name}, sample {i}: {samples_of(test, name)[i]}")
                    raise

        run.__signature__ = inspect.Signature([inspect.Parameter("name", inspect.Parameter.POSITIONAL_OR_KEYWORD)])
        return run

    return decorate


def samples_of(test, name):
    return OPS[name].errors if test.__name__ == "test_error_samples" else OPS[name].samples


def arrays(values):
    return [None if v is None else np.asarray(v.detach().numpy() if hasattr(v, "detach") else v) for v in values]


def close(got, expected, rtol=1e-10, atol=1e-12):
    for a, b in zip(arrays(got), arrays(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)


def gradients(outputs, inputs, weights, **options):
    return autograd.grad(outputs, inputs, weights, allow_unused=True, materialize_grads=True, **options)


def test_every_operation_has_samples():
    assert [name for name, op in OPS.items() if not op.samples] == []


@over(GRADS)
def test_gradient_against_finite_differences(name, i):
    outputs, _, inputs = call(name, i)
    weights = cotangents(outputs)
    found = gradients(outputs, inputs, weights)

    def value():
        with autograd.no_grad():
            _, every, _ = again()
        return sum(float((o.numpy() * w.numpy()).sum()) for o, w in zip(pick(every), weights, strict=True))

    args, kwargs, flat, wanted = realise(name, i)

    def again():
        a, k = fill(args, kwargs, [autograd.tensor(x) for x in flat])
        out = OPS[name].function(*a, **k)
        return None, (out if isinstance(out, tuple) else (out,)), None

    def pick(every):
        return [
            o
            for n, o in zip(_names(name, len(every)), every, strict=True)
            if n in OPS[name].differentiable or n is None
        ]

    numeric = numeric_gradients(value, [a for a, w in zip(flat, wanted, strict=True) if w])
    close(found, numeric, rtol=2e-5, atol=2e-7)


def _names(name, count):
    op = OPS[name]
    return op.outputs if len(op.outputs) == count else [None] * count


@over(GRADS)
def test_recorded_gradient_is_the_plain_one(name, i):
    outputs, _, inputs = call(name, i)
    weights = cotangents(outputs)
    recorded = gradients(outputs, inputs, weights, create_graph=True)
    plain = gradients(outputs, inputs, weights)
    close(recorded, plain, rtol=1e-12)


def second_order(name, i):
    """Gradients of a weighted sum of gradients, by the engine."""
    outputs, _, inputs = call(name, i)
    first = gradients(outputs, inputs, cotangents(outputs), create_graph=True)
    recorded = [g for g in first if g.requires_grad]
    if not recorded:
        return first, [autograd.zeros_like(x) for x in inputs]
    return first, gradients(recorded, inputs, cotangents(recorded, seed=2))


@over(GRADS)
def test_second_order_against_differences_of_gradients(name, i):
    first, second = second_order(name, i)
    args, kwargs, arrays_, wanted = realise(name, i)
    flat = [a for a, w in zip(arrays_, wanted, strict=True) if w]
    rng_weights = cotangents([g for g in first if g.requires_grad], seed=2)
    flags = [g.requires_grad for g in first]

    def value():
        made = [autograd.tensor(x, requires_grad=w) for x, w in zip(arrays_, wanted, strict=True)]
        a, k = fill(args, kwargs, made)
        out = OPS[name].function(*a, **k)
        outs = [o for o in (out if isinstance(out, tuple) else (out,)) if o.requires_grad]
        inputs = [t for t, w in zip(made, wanted, strict=True) if w]
        found = gradients(outs, inputs, cotangents(outs))
        kept = [g for g, f in zip(found, flags, strict=True) if f]
        return sum(float((g.numpy() * w.numpy()).sum()) for g, w in zip(kept, rng_weights, strict=True))

    close(second, numeric_gradients(value, flat), rtol=1e-4, atol=1e-6)


@over(GRADS)
def test_forward_mode_is_the_adjoint_of_backward(name, i):
    dispatch.forward_mode[0] += 1
    try:
        outputs, _, inputs = call(name, i)
        rng = np.random.default_rng(3)
        tangents = [np.asarray(rng.uniform(-1, 1, t.shape), t.dtype)[()] for t in inputs]
        pushed = jvp(outputs, inputs, tangents)
    finally:
        dispatch.forward_mode[0] -= 1
    weights = cotangents(outputs)
    pulled = gradients(outputs, inputs, weights)
    left = sum(float((w.numpy() * p).sum()) for w, p in zip(weights, pushed, strict=True) if p is not None)
    right = sum(float((g.numpy() * t).sum()) for g, t in zip(pulled, tangents, strict=True))
    assert left == pytest.approx(right, rel=1e-9, abs=1e-10)
    for output, tangent in zip(outputs, pushed, strict=True):
        assert tangent is None or np.shape(tangent) == tuple(output.shape)


@over(GRADS)
def test_float32_stays_float32(name, i):
    outputs, _, inputs = call(name, i, dtype=np.float32)
    exact, _, exact_inputs = call(name, i)
    assert [o.dtype for o in outputs] == [autograd.float32] * len(outputs)
    close(outputs, exact, rtol=2e-4, atol=2e-5)
    found = gradients(outputs, inputs, cotangents(outputs))
    assert [g.dtype for g in found] == [autograd.float32] * len(found)
    close(found, gradients(exact, exact_inputs, cotangents(exact)), rtol=2e-3, atol=2e-4)


def reversed_memory(array):
    """The same values in column-major memory with gaps."""
    if array.ndim == 0:
        return array
    wide = np.empty((*array.shape[::-1], 2), array.dtype)
    view = wide[..., 0].T
    view[...] = array
    return view


@over(CASES)
def test_other_memory_layouts(name, i):
    outputs, every, inputs = call(name, i, layout=reversed_memory)
    plain_outputs, plain_every, plain_inputs = call(name, i)
    close(every, plain_every, rtol=1e-12)
    if outputs:
        weights = cotangents(outputs)
        close(gradients(outputs, inputs, weights), gradients(plain_outputs, plain_inputs, weights), rtol=1e-12)


@over(CASES)
def test_arguments_are_left_alone(name, i):
    args, kwargs, drawn, wanted = realise(name, i)
    before = [a.copy() for a in drawn]
    a, k = fill(args, kwargs, [make_tensor(x, w) for x, w in zip(drawn, wanted, strict=True)])
    out = OPS[name].function(*a, **k)
    outs = [o for o in (out if isinstance(out, tuple) else (out,)) if o.requires_grad]
    if outs:
        weights = cotangents(outs)
        kept = [w.numpy().copy() for w in weights]
        autograd.backward(outs, weights)
        close(weights, kept, rtol=0)
    for array, old in zip(drawn, before, strict=True):
        np.testing.assert_array_equal(array, old)


@over(BAD)
def test_error_samples(name, i):
    bad = OPS[name].errors[i]
    args, kwargs, drawn, _ = realise(bad)
    args, kwargs = fill(args, kwargs, [autograd.tensor(x) for x in drawn])
    with pytest.raises(bad.error, match=bad.text):
        OPS[name].function(*args, **kwargs)


def first_shapes(name):
    """The shapes of the first argument in an operation's samples (of each, where it is a list of tensors)."""
    return [draw.shape for sample in OPS[name].samples for draw in draws(sample.args[0])]


# Equality: a sample that is missing fails, and so does an entry in a table that is not needed any more.


def test_every_operation_is_sampled_with_an_empty_array():
    assert {name for name in OPS if not any(0 in shape for shape in first_shapes(name))} == set(NEVER_EMPTY)


def test_every_operation_is_sampled_with_a_0_d_array():
    assert {name for name in OPS if () not in first_shapes(name)} == set(NEVER_0_D)


def test_every_operation_has_an_error_sample():
    lacking = {name for name, op in OPS.items() if not op.errors and (op.kind != "elementwise" or len(op.args) > 1)}
    assert lacking == set(NEVER_WRONG) | set(WRONG_IN_PUBLIC)
    assert not set(NEVER_WRONG) & set(WRONG_IN_PUBLIC)


@pytest.mark.parametrize("name", WRONG_IN_PUBLIC)
def test_errors_of_public_functions(name):
    error, text, call_wrongly = WRONG_IN_PUBLIC[name]
    with pytest.raises(error, match=text):
        call_wrongly()


ELEMENTWISE = [name for name, op in OPS.items() if op.kind == "elementwise"]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_operations_of_several_arguments_are_sampled_at_shapes_that_broadcast(name):
    shapes = [[draw.shape for draw in flat_draws(name, i)] for i in range(len(OPS[name].samples))]
    if len(OPS[name].args) > 1 and OPS[name].broadcasts and name not in ONE_SHAPE:
        assert any(len(set(found)) > 1 for found in shapes)


@pytest.mark.parametrize("name", OPS)
def test_calls_that_do_not_fit_name_the_argument(name):
    with pytest.raises(TypeError, match=r"missing|at least|must be"):
        OPS[name].function()
    args, kwargs, drawn, _ = realise(name, 0)
    args, kwargs = fill(args, kwargs, [autograd.tensor(x) for x in drawn])
    with pytest.raises(TypeError, match="nonsense"):
        OPS[name].function(*args, **kwargs, nonsense=1)
    with pytest.raises(TypeError, match=r"str|tuple|Tensor"):
        OPS[name].function("text", *args[1:], **kwargs)


# -- against PyTorch ------------------------------------------------------------------------------------------------


def torch_call(torch, name, i, dtype=np.float64):
    args, kwargs, drawn, wanted = realise(name, i, dtype=dtype)
    made = [torch.tensor(x, requires_grad=w) for x, w in zip(drawn, wanted, strict=True)]
    args, kwargs = fill(args, kwargs, made)
    args = [torch_static(torch, a) for a in args]
    kwargs = {k: torch_static(torch, v) for k, v in kwargs.items()}
    function = ORACLES.get(name)
    result = getattr(torch, name)(*args, **kwargs) if function is None else function(torch, *args, **kwargs)
    outputs = list(result) if isinstance(result, (tuple, list)) else [result]
    inputs = [t for t, w in zip(made, wanted, strict=True) if w]
    return [o for o in outputs if o.requires_grad], outputs, inputs


def torch_static(torch, value):
    return getattr(torch, value.name) if isinstance(value, np.dtype) else value


COMPARED = [c for c in CASES if c[0] not in WITHOUT_TORCH and ORACLES.get(c[0], True) is not None]
COMPARED_GRADS = [c for c in GRADS if c in set(COMPARED)]


@pytest.mark.torch
@over(COMPARED)
def test_values_against_pytorch(name, i):
    import torch

    _, every, _ = call(name, i)
    _, expected, _ = torch_call(torch, name, i)
    assert [tuple(o.shape) for o in every] == [tuple(o.shape) for o in expected]
    assert [str(o.dtype) for o in every] == [str(o.dtype).removeprefix("torch.") for o in expected]
    close(every, expected)


@pytest.mark.torch
@over(COMPARED_GRADS)
def test_gradients_against_pytorch(name, i):
    import torch

    outputs, _, inputs = call(name, i)
    weights = cotangents(outputs)
    theirs, _, their_inputs = torch_call(torch, name, i)
    their_weights = [torch.tensor(w.numpy()) for w in weights]
    expected = torch.autograd.grad(theirs, their_inputs, their_weights, allow_unused=True, materialize_grads=True)
    close(gradients(outputs, inputs, weights), expected)


@pytest.mark.torch
@over(COMPARED_GRADS)
def test_float32_against_pytorch(name, i):
    import torch

    _, every, _ = call(name, i, dtype=np.float32)
    _, expected, _ = torch_call(torch, name, i, dtype=np.float32)
    close(every, expected, rtol=1e-5, atol=1e-5)
