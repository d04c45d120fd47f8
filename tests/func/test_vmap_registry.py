"""Every operation in the registry under ``vmap``: the batch at once is what the loop over the examples gives."""

import contextlib

import numpy as np
import pytest

import autograd
from autograd import lanes
from autograd.mapping.vmap import vmap
from tests.registry import OPS, cotangents, fill, realise

COUNT = 3
ALONE = {"region", "copy_slices", "overwrite"}  # the engine's own, which get no Tensors from users
REFUSED = {"masked_scatter", "linalg_lu"}  # their second derivatives look at values: an error, never another number
CASES = {}
for _name, _op in OPS.items():
    if _name not in ALONE:
        CASES[_name] = range(len(_op.samples))


def batches(name, i):
    """A sample drawn for each example: the call with slots, the stacked arrays, and which of them want a gradient."""
    draws = [realise(name, i, seed=seed) for seed in range(COUNT)]
    args, kwargs, first, wanted = draws[0]
    return args, kwargs, [np.stack([d[2][k] for d in draws]) for k in range(len(first))], wanted


def choices(count):
    """Which of the arguments are mapped: all of them, and each alone."""
    alone = [tuple(k == j for k in range(count)) for j in range(count)] if count > 1 else []
    return [(True,) * count, *alone]


def outputs_of(name, args, kwargs, values):
    a, k = fill(args, kwargs, values)
    out = OPS[name].function(*a, **k)
    return out if isinstance(out, tuple) else (out,)


def run_loop(name, args, kwargs, tensors, mapped):
    rows = [
        outputs_of(name, args, kwargs, [t[i] if m else t for t, m in zip(tensors, mapped, strict=True)])
        for i in range(COUNT)
    ]
    shapes = [[tuple(o.shape) for o in row] for row in rows]
    if any(s != shapes[0] for s in shapes):
        return None
    return [autograd.stack(list(column)) for column in zip(*rows, strict=True)]


def leaves(stacked, mapped, wanted):
    return [
        autograd.tensor(a if m else a[0]).requires_grad_(w) for a, m, w in zip(stacked, mapped, wanted, strict=True)
    ]


def weighted(outputs):
    kept = [o for o in outputs if o.requires_grad]
    return kept, cotangents(kept)


def same(got, expected, rtol=1e-9):
    for a, b in zip(got, expected, strict=True):
        assert a.dtype is b.dtype
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=rtol, atol=1e-11)


@pytest.mark.parametrize("name", CASES)
def test_all_examples_at_once_are_the_loop(name):
    for i in CASES[name]:
        args, kwargs, stacked, wanted = batches(name, i)
        for mapped in choices(len(stacked)):
            try:
                if name in REFUSED:
                    with contextlib.suppress(lanes.NeedsValues):
                        check(name, args, kwargs, stacked, wanted, mapped)
                    continue
                check(name, args, kwargs, stacked, wanted, mapped)
            except Exception as error:
                error.add_note(f"operation {name}, sample {i}: {OPS[name].samples[i]}, mapped {mapped}")
                raise


def check(name, args, kwargs, stacked, wanted, mapped):
    dims = tuple(0 if m else None for m in mapped)
    function = vmap(lambda *values: outputs_of(name, args, kwargs, values), in_dims=dims)
    ours, theirs = leaves(stacked, mapped, wanted), leaves(stacked, mapped, wanted)
    expected = run_loop(name, args, kwargs, theirs, mapped)
    if expected is None:
        with pytest.raises(RuntimeError, match="vmap"):
            function(*ours)
        return
    got = function(*ours)
    same(got, expected)
    kept, weights = weighted(expected)
    if not kept:
        return
    made = [g for g, e in zip(got, expected, strict=True) if e.requires_grad]
    slopes = autograd.grad(
        made, [t for t in ours if t.requires_grad], weights, allow_unused=True, materialize_grads=True
    )
    wanted_slopes = autograd.grad(
        kept, [t for t in theirs if t.requires_grad], weights, allow_unused=True, materialize_grads=True
    )
    same(slopes, wanted_slopes)
    check_inside(name, args, kwargs, stacked, wanted, mapped)


def check_inside(name, args, kwargs, stacked, wanted, mapped):
    """Gradients of first and second order taken inside the mapped function, also of what all examples share."""

    def slopes(*values):
        fresh = [lanes.wrap(v._array).requires_grad_(w) for v, w in zip(values, wanted, strict=True)]
        chosen = [t for t in fresh if t.requires_grad]
        first = squares(outputs_of(name, args, kwargs, fresh), chosen, create_graph=True)
        kept = [g for g in first if g.requires_grad]
        second = squares(kept, chosen) if kept else []
        return [g.detach() for g in (*first, *second)]

    def squares(outputs, chosen, **options):
        total = sum((o * o).sum() for o in outputs if o.requires_grad)
        return list(autograd.grad(total, chosen, allow_unused=True, materialize_grads=True, **options))

    dims = tuple(0 if m else None for m in mapped)
    plain = [autograd.tensor(a if m else a[0]) for a, m in zip(stacked, mapped, strict=True)]
    got = vmap(slopes, in_dims=dims)(*plain)
    rows = [slopes(*[t[i] if m else t for t, m in zip(plain, mapped, strict=True)]) for i in range(COUNT)]
    same(got, [autograd.stack(list(column)) for column in zip(*rows, strict=True)])
    assert not any(g.requires_grad for g in got)
