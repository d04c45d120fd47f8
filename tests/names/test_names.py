"""The names of PyTorch's that exist here, held against the reviewed list of those that do not."""

import pytest

import autograd
from tests.names import listing

SMALL = """
why
    torch: nosuch
"""


@pytest.mark.torch
@pytest.mark.parametrize("path", listing.NAMESPACES)
def test_every_missing_name_is_listed(path):
    listed = {name for space, name in listing.reviewed() if space == path}
    assert [n for n in listing.missing(path) if n not in listed] == []


@pytest.mark.torch
def test_listed_names_are_missing_and_are_pytorchs():
    listed = listing.reviewed()
    assert [f"{path}.{n}" for path, n in listed if listing.exists(path, n)] == []
    assert [f"{path}.{n}" for path, n in listed if n not in listing.names_of(path)] == []


@pytest.mark.torch
def test_no_dense_name_is_left_out_with_a_category():
    """A pattern that would hide a name of ordinary tensors is too wide; those that answer for their kind are known."""
    hidden = {
        name
        for path in listing.NAMESPACES
        for name in listing.names_of(path)
        if listing.exists(path, name) and listing.category(name)
    }
    assert (
        sorted(n for n in hidden if n not in ANSWERED.split() and not n.startswith(("is_", "to_", "sparse_", "q_")))
        == []
    )


# Names of other kinds of tensors that exist: they answer (False, None) or raise an error that says what is not here.
ANSWERED = """
    ccol_indices channels_last_3d coalesce col_indices cond const_data_ptr crow_indices cuda dense_dim dequantize dim_order
    dsmm hspmm indices int_repr ipu mtia qscheme quantize_per_channel quantize_per_tensor quantize_per_tensor_dynamic
    record_stream resize_as_sparse_ row_indices saddmm set_ share_memory share_memory_ smm sparse spmm sspaddmm storage storage_offset
    storage_type untyped_storage values xpu
"""


def sections():
    return [name for line in listing.usage() for name in line.split()]


@pytest.mark.torch
@pytest.mark.parametrize("name", sections())
def test_names_that_programs_use_exist(name):
    torch = pytest.importorskip("torch")
    listed = {n for _, n in listing.reviewed()}
    spaces = [(torch, autograd), (torch.Tensor, autograd.Tensor)] if "." not in name else [(torch, autograd)]
    found = [(there, here) for there, here in spaces if has(there, name)]
    assert found, "no name of PyTorch's"
    assert [here for _, here in found if not has(here, name)] == [] or name in listed


def has(space, path):
    for part in path.split("."):
        if not hasattr(space, part):
            return False
        space = getattr(space, part)
    return True


def test_a_listed_name_needs_a_reason_and_stands_once():
    assert listing.reviewed(SMALL) == {("torch", "nosuch"): "why"}
    with pytest.raises(ValueError, match="stands twice"):
        listing.reviewed(SMALL + "    torch: nosuch\n")
    with pytest.raises(ValueError, match="under a reason"):
        listing.reviewed("    torch: nosuch\n")


@pytest.mark.torch
def test_a_name_that_goes_missing_is_found(monkeypatch):
    monkeypatch.delattr(autograd.Tensor, "tanh")
    assert "tanh" in listing.missing("torch.Tensor")
