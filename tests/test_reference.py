"""The reference in docs/reference is what the packages and the registry say now."""

import importlib.util
import inspect
from pathlib import Path

import pytest

import autograd
import autograd.fused
from autograd.op import registry

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(maker):
    return maker.pages()


def test_pages_are_up_to_date(pages):
    written = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "reference").glob("*.md")}
    stale = sorted(name for name in {*pages, *written} if pages.get(name) != written.get(name))
    assert stale == [], "run: python docs/make_reference.py"


def test_every_public_function_is_there(pages):
    text = pages["README.md"]
    named = [n for n in autograd.__all__ if callable(getattr(autograd, n)) and n not in ("Tensor", "dtype")]
    assert [name for name in named if f"[{name}](" not in text] == []


def test_every_operation_has_its_rules(maker, pages):
    text = "".join(pages.values())
    assert [name for name in registry if f"| `{name}`" not in text] == []
    assert "`a rule`" not in text
    assert "| `tanh` (elementwise) | x | `g - g * out * out` | out |" in text


def test_no_object_addresses(pages):
    assert [name for name, text in pages.items() if " at 0x" in text] == []


def test_signatures_come_from_the_records():
    assert str(inspect.signature(autograd.amax)) == "(input, dim=(), keepdim=False, *, out=None)"
    assert str(inspect.signature(autograd.ones(2).amax)) == "(dim=(), keepdim=False, *, out=None)"
    assert inspect.signature(autograd.amax).bind(1, keepdim=True).arguments == {"input": 1, "keepdim": True}
    for op in registry.values():
        inspect.signature(op.function)
