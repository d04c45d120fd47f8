"""Constructors of layers and functions on them take PyTorch's arguments, in its order and with its defaults."""

import inspect

import pytest

from tests.names import listing

SPACES = [path for path in listing.NAMESPACES if path.startswith("torch.nn")]
P = inspect.Parameter

# What differs, and why: (namespace, name) -> our signature's difference as `difference` writes it.
REVIEWED: dict[tuple[str, str], str] = {}


def signature(value):
    """The parameters of a function, or of a class's constructor; None where Python cannot tell."""
    try:
        found = inspect.signature(value.__init__ if isinstance(value, type) else value)
    except (ValueError, TypeError):
        return None
    return [p for p in found.parameters.values() if p.name != "self"]


def default(parameter):
    """The default as text, equal for what means the same in both libraries."""
    value = parameter.default
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(float(value))
    if callable(value):
        return getattr(value, "__name__", "?")
    return repr(value).replace("torch.", "").replace("autograd.", "")


def difference(theirs, ours):
    """The first parameter of PyTorch's that is not taken in its place with its default; None where all are."""
    named = {p.name: (i, p) for i, p in enumerate(ours)}
    rest = any(p.kind is P.VAR_KEYWORD for p in ours)
    for index, p in enumerate(theirs):
        if p.kind in (P.VAR_KEYWORD, P.VAR_POSITIONAL):
            if not any(q.kind is p.kind for q in ours):
                return f"no {p}"
            continue
        if p.name not in named:
            if not rest:
                return f"no {p.name}"
            continue
        place, own = named[p.name]
        if place != index and p.kind is not P.KEYWORD_ONLY and own.kind is not P.KEYWORD_ONLY:
            return f"{p.name} in place {place}, not {index}"
        if own.kind is P.KEYWORD_ONLY and p.kind is not P.KEYWORD_ONLY:
            return f"{p.name} only by keyword"
        if default(own) != default(p):
            return f"{p.name}={default(own)}, not {default(p)}"
    return None


def differences(path):
    """For each name of a namespace, how its parameters differ from PyTorch's."""
    found = {}
    for name in listing.names_of(path):
        if not listing.exists(path, name):
            continue
        theirs, ours = (getattr(listing.reach(p), name) for p in (path, listing.NAMESPACES[path]))
        if not callable(theirs):
            continue
        pair = signature(theirs), signature(ours)
        if None in pair or all(p.kind in (P.VAR_KEYWORD, P.VAR_POSITIONAL) for p in pair[0]):
            continue  # PyTorch does not say
        text = difference(*pair)
        if text:
            found[path, name] = text
    return found


@pytest.mark.torch
@pytest.mark.parametrize("path", SPACES)
def test_arguments_and_defaults_are_pytorchs(path):
    known = {key: text for key, text in REVIEWED.items() if key[0] == path}
    assert differences(path) == known


def test_differences_are_found():
    def theirs(a, b=1.0, *, c=None): ...

    def same(a, b=1, *, c=None, own=3): ...

    def swapped(b=1, a=None, *, c=None): ...

    def other(a, b=2, *, c=None): ...

    def less(a, b=1): ...

    found = [difference(signature(theirs), signature(f)) for f in (theirs, same, swapped, other, less)]
    assert found == [None, None, "a in place 1, not 0", "b=2.0, not 1.0", "no c"]
