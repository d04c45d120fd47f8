"""Isolation for every test and every doctest: each starts from the same seed and the default modes."""

import pytest

import autograd  # before any doctest module is run by path, which would declare its operations a second time


@pytest.fixture(autouse=True)
def _fresh_state():
    """Seed the generator, and undo what the test left set: grad mode, default dtype."""
    autograd.manual_seed(0)
    grad_enabled, dtype = autograd.is_grad_enabled(), autograd.get_default_dtype()
    yield
    autograd.set_grad_enabled(grad_enabled)
    autograd.set_default_dtype(dtype)
