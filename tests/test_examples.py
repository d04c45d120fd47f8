"""The examples in the records of operations, which doctest does not find by itself."""

import doctest

import pytest

import autograd.fused  # noqa: F401 - with it, the operations of layers
from autograd.op import registry

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
WITH_EXAMPLES = [name for name, op in registry.items() if ">>>" in op.doc]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_example(name):
    test = doctest.DocTestParser().get_doctest(registry[name].doc, {}, name, None, 0)
    said = []
    results = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    assert results.attempted > 0
    assert results.failed == 0, "".join(said)


def test_public_operations_have_examples():
    assert [name for name, op in registry.items() if op.public and ">>>" not in op.doc] == []
