"""Random programs of views, computations and writes in place: the same values, histories, gradients, errors as PyTorch."""

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import autograd
from tests.properties import program
from tests.properties.program import Space, a_step, agree, check_slopes, same, torch

# PyTorch warns of things that it will change one day, once in a process.
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]


@settings(max_examples=max(200, settings.default.max_examples))
@given(st.data(), st.sampled_from(program.SHAPES), st.booleans())
def test_program(data, shape, requires_grad):
    ours, theirs = Space(autograd, shape, requires_grad), Space(torch, shape, requires_grad)
    note(f"x: {shape}, requires_grad={requires_grad}; t0 = x.clone()")
    count, texts = 1, []
    for _ in range(data.draw(st.integers(1, 9))):
        kind, text = a_step(data.draw, theirs.tensors(), count)
        note(text)
        errors = ours.run(text), theirs.run(text)
        if not agree(*errors) or (kind == "backward" and errors[0]):
            return
        same(ours, theirs)
        count += f"t{count}" in theirs.names
        texts += [text] if errors[0] is None else []
    errors = ours.finish(), theirs.finish()
    if not agree(*errors):
        check_slopes(ours.shown(), shape, requires_grad, texts)
    elif errors[0] is None:
        same(ours, theirs)


@settings(max_examples=max(150, settings.default.max_examples))
@given(st.data(), st.sampled_from(program.SHAPES), st.booleans())
def test_program_to_second_order(data, shape, requires_grad):
    ours, theirs = Space(autograd, shape, requires_grad), Space(torch, shape, requires_grad)
    note(f"x: {shape}, requires_grad={requires_grad}; t0 = x.clone()")
    count = 1
    for _ in range(data.draw(st.integers(1, 7))):
        kind, text = a_step(data.draw, theirs.tensors(), count)
        if kind in ("retain", "backward", "detach"):
            continue
        note(text)
        if not agree(ours.run(text), theirs.run(text)):
            return
        count += f"t{count}" in theirs.names
    errors = ours.finish_twice(), theirs.finish_twice()
    if agree(*errors) and errors[0] is None:
        for name in ("x", "w"):  # what is 0 everywhere may as well not be there
            found = [space.names[name].grad for space in (ours, theirs)]
            mine, other = (np.zeros(shape if name == "x" else ()) if g is None else g.detach().numpy() for g in found)
            np.testing.assert_allclose(mine, other, rtol=1e-8, atol=1e-9, err_msg=name)
