"""Trees of containers against ``torch.utils._pytree``."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

from autograd import pytree
from autograd.utils import _pytree

Point = namedtuple("Point", ["x", "y"])  # noqa: PYI024 - the kind of class that is under test
TREES = {
    "leaf": 5,
    "None": None,
    "empty": [],
    "nested": [1, (2, {"a": 3, "b": [4, None]}), ()],
    "dict order": {"b": 1, "a": 2},
    "named": Point(1, [2, Point(3, 4)]),
    "ordered": OrderedDict([("b", 1), ("a", (2,))]),
    "default": defaultdict(list, {"a": 1, "b": {"c": 2}}),
    "deque": deque([1, 2, [3]], maxlen=5),
    "string": ["ab", {"k": "cd"}],
    "set is a leaf": [{1}, 2],
}


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b


pytree.register_pytree_node(Pair, lambda p: ((p.a, p.b), "context"), lambda parts, _: Pair(*parts))


@pytest.mark.parametrize("name", TREES)
def test_round_trip(name):
    leaves, spec = pytree.tree_flatten(TREES[name])
    again = pytree.tree_unflatten(leaves, spec)
    assert again == TREES[name]
    assert type(again) is type(TREES[name])
    assert spec.num_leaves == len(leaves)
    assert spec == pytree.tree_structure(TREES[name])


@pytest.mark.torch
@pytest.mark.parametrize("name", TREES)
def test_as_in_pytorch(name):
    theirs = pytest.importorskip("torch.utils._pytree")
    leaves, spec = pytree.tree_flatten(TREES[name])
    other_leaves, other = theirs.tree_flatten(TREES[name])
    assert leaves == other_leaves
    assert (spec.num_leaves, spec.num_nodes, spec.num_children) == (
        other.num_leaves,
        other.num_nodes,
        other.num_children,
    )
    double = lambda leaf: (leaf, leaf)
    assert pytree.tree_map(double, TREES[name]) == theirs.tree_map(double, TREES[name])
    assert pytree.tree_map_only(int, lambda n: -n, TREES[name]) == theirs.tree_map_only(int, lambda n: -n, TREES[name])


def test_registered_classes():
    leaves, spec = pytree.tree_flatten({"p": Pair(1, [2, 3])})
    assert leaves == [1, 2, 3]
    made = spec.unflatten([10, 20, 30])
    assert (made["p"].a, made["p"].b) == (10, [20, 30])
    with pytest.raises(ValueError, match="already registered"):
        pytree.register_pytree_node(Pair, list, list)


def test_maps_over_several_trees():
    assert pytree.tree_map(lambda a, b: a + b, [1, (2, 3)], [10, (20, 30)]) == [11, (22, 33)]
    assert pytree.tree_map(lambda a, b: [a, *b], [1, 2], [[7], [8, 9]]) == [[1, 7], [2, 8, 9]]
    assert pytree.tree_map(lambda a, b: a - b, {"a": 1, "b": 2}, {"b": 20, "a": 10}) == {"a": -9, "b": -18}
    with pytest.raises(ValueError, match="type mismatch"):
        pytree.tree_map(lambda a, b: a, [1, 2], (1, 2))
    with pytest.raises(ValueError, match="arity mismatch"):
        pytree.tree_map(lambda a, b: a, [1, 2], [1])
    with pytest.raises(ValueError, match="context mismatch"):
        pytree.tree_map(lambda a, b: a, {"a": 1}, {"b": 1})


def test_what_is_a_leaf_can_be_said():
    assert pytree.tree_leaves([(1, 2), 3], is_leaf=lambda t: isinstance(t, tuple)) == [(1, 2), 3]
    assert pytree.tree_any(lambda leaf: leaf == 3, [1, [3]])
    assert not pytree.tree_all(lambda leaf: leaf == 3, [1, [3]])
    seen = []
    tree = [1, {"a": 2}]
    assert pytree.tree_map_(seen.append, tree) is tree
    assert seen == [1, 2]


def test_structures_compare():
    structure = pytree.tree_structure
    assert structure([1, (2,)]) == structure(["a", (None,)])
    assert structure([1]) != structure((1,))
    assert structure({"a": 1}) != structure({"b": 1})
    assert structure(1) == pytree.LeafSpec()
    assert structure(1) != "a leaf"
    assert len({structure([1, 2]), structure([3, 4]), structure([1])}) == 2
    assert structure([1, 2]).child(0).is_leaf()
    assert [c.is_leaf() for c in structure([1, [2]]).children()] == [True, False]


def test_wrong_leaves():
    spec = pytree.tree_structure([1, 2])
    with pytest.raises(ValueError, match="holds 2 items"):
        pytree.tree_unflatten([1], spec)
    with pytest.raises(TypeError, match="treespec"):
        pytree.tree_unflatten([1], [2])
    assert pytree.tree_unflatten(spec, [1, 2]) == [1, 2]


def test_the_name_that_pytorch_gives_it():
    assert _pytree.tree_map is pytree.tree_map
    assert set(_pytree.__all__) == set(pytree.__all__)
