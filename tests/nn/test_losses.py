"""Each loss against PyTorch's, over its arguments: values, gradients of both orders, errors and warnings."""

import tracemalloc
import warnings

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

pytestmark = pytest.mark.torch
rng = np.random.default_rng(11)
REDUCTIONS = ["none", "mean", "sum"]


def real(*shape):
    return rng.uniform(-2.0, 2.0, shape)


def unit(*shape):
    return rng.uniform(0.05, 0.95, shape)


def labels(*shape, classes=4):
    return rng.integers(0, classes, shape)


@pytest.fixture
def same_loss(torch, same):
    """Check ``F.name`` with options; weights are given as arrays and are not differentiated."""

    def check(name, *arrays, weights=None, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            same(
                lambda *a: getattr(F, name)(*a, **made(autograd, weights), **options),
                lambda *a: getattr(torch.nn.functional, name)(*a, **made(torch, weights), **options),
                *arrays,
            )

    return check


def made(library, weights):
    return {key: library.tensor(value) for key, value in (weights or {}).items()}


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("mse_loss", {}),
        ("l1_loss", {}),
        ("smooth_l1_loss", {}),
        ("smooth_l1_loss", {"beta": 0.3}),
        ("smooth_l1_loss", {"beta": 0.0}),
        ("huber_loss", {}),
        ("huber_loss", {"delta": 0.5}),
        ("poisson_nll_loss", {}),
        ("hinge_embedding_loss", {}),
    ],
)
def test_between_tensors(same_loss, name, options, reduction):
    same_loss(name, real(4, 3), real(4, 3), reduction=reduction, **options)
    same_loss(name, real(), real(), reduction=reduction, **options)
    if reduction != "mean":
        same_loss(name, real(0, 3), real(0, 3), reduction=reduction, **options)
    same_loss(name, real(4, 3), real(3), reduction=reduction, **options)
    same_loss(name, real(4, 1), real(3), reduction=reduction, **options)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_elementwise_weight(same_loss, name, reduction):
    same_loss(name, real(4, 3), real(4, 3), weights={"weight": unit(4, 3)}, reduction=reduction)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weights", [{}, {"weight": unit(4, 3)}, {"weight": unit(3)}])
def test_bce(same_loss, reduction, weights):
    same_loss("binary_cross_entropy", unit(4, 3), unit(4, 3), weights=weights, reduction=reduction)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    "weights", [{}, {"weight": unit(4, 3)}, {"pos_weight": unit(3)}, {"weight": unit(3), "pos_weight": unit(4, 3)}]
)
def test_bce_with_logits(same_loss, reduction, weights):
    same_loss("binary_cross_entropy_with_logits", real(4, 3) * 5, unit(4, 3), weights=weights, reduction=reduction)


def test_bce_edges(torch):
    for x, y in ((0.0, 1.0), (1.0, 0.0), (0.0, 0.0), (1.0, 1.0)):
        one = F.binary_cross_entropy(autograd.tensor([x]), autograd.tensor([y]))
        two = torch.nn.functional.binary_cross_entropy(torch.tensor([x]), torch.tensor([y]))
        assert one.item() == two.item()
    for x in (-1000.0, 1000.0):
        one = F.binary_cross_entropy_with_logits(autograd.tensor([x]), autograd.tensor([0.5]))
        assert one.item() == 500.0


@pytest.mark.parametrize("reduction", [*REDUCTIONS, "batchmean"])
@pytest.mark.parametrize("log_target", [True, False])
def test_kl_div(same_loss, reduction, log_target):
    same_loss("kl_div", real(4, 3), unit(4, 3), reduction=reduction, log_target=log_target)


def test_kl_div_zero_target(same):
    import torch

    target = np.array([0.0, 0.5, 0.5])
    same(
        lambda x: F.kl_div(x, autograd.tensor(target), reduction="sum"),
        lambda x: torch.nn.functional.kl_div(x, torch.tensor(target), reduction="sum"),
        real(3),
    )


CLASSES = [
    ("rows", real(6, 4), labels(6)),
    ("one", real(4), np.array(2)),
    ("places", real(3, 4, 2, 2), labels(3, 2, 2)),
    ("sequence", real(3, 4, 5), labels(3, 5)),
]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
@pytest.mark.parametrize(("kind", "x", "target"), CLASSES)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("ignore_index", [-100, 1])
def test_classes(same_loss, name, kind, x, target, weighted, ignore_index, reduction):
    if ignore_index == -100 and target.ndim:
        target = target.copy()
        target.flat[0] = -100
    weights = {"weight": np.array([0.5, 2.0, 1.0, 0.25])} if weighted else {}
    same_loss(name, x, target, weights=weights, ignore_index=ignore_index, reduction=reduction)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("kind", "x", "target"), CLASSES)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("ignore_index", [-100, 1])
@pytest.mark.parametrize("smoothing", [0.1, 1.0])
def test_label_smoothing(same_loss, kind, x, target, weighted, ignore_index, reduction, smoothing):
    weights = {"weight": np.array([0.5, 2.0, 1.0, 0.25])} if weighted else {}
    same_loss(
        "cross_entropy",
        x,
        target,
        weights=weights,
        ignore_index=ignore_index,
        reduction=reduction,
        label_smoothing=smoothing,
    )


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(6, 4), (4,), (3, 4, 2, 2)])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_class_probabilities(same_loss, shape, weighted, reduction, smoothing):
    weights = {"weight": np.array([0.5, 2.0, 1.0, 0.25])} if weighted else {}
    same_loss(
        "cross_entropy", real(*shape), unit(*shape), weights=weights, reduction=reduction, label_smoothing=smoothing
    )


def test_many_rows_in_blocks(same):
    import torch

    target = labels(3000, classes=100)
    same(
        lambda x: F.cross_entropy(x, autograd.tensor(target)),
        lambda x: torch.nn.functional.cross_entropy(x, torch.tensor(target)),
        real(3000, 100) * 30,
    )


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_low_precision(torch, dtype):
    x, target = real(50, 10).astype(dtype) * 10, labels(50, classes=10)
    one = autograd.tensor(x, requires_grad=True)
    two = torch.tensor(x, requires_grad=True)
    ours = F.cross_entropy(one, autograd.tensor(target))
    theirs = torch.nn.functional.cross_entropy(two, torch.tensor(target))
    ours.backward()
    theirs.backward()
    tolerance = 1e-6 if dtype == "float32" else 5e-3
    assert str(ours.dtype) == dtype
    np.testing.assert_allclose(ours.item(), theirs.item(), rtol=tolerance)
    np.testing.assert_allclose(one.grad.numpy(), two.grad.numpy(), atol=tolerance)


def test_extreme_logits():
    x = autograd.tensor([[1e4, -1e4], [-float("inf"), 0.0]], requires_grad=True)
    loss = F.cross_entropy(x, autograd.tensor([0, 1]))
    loss.backward()
    assert loss.item() == 0.0
    assert x.grad.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_nothing_counts(torch):
    target = np.array([-100, -100])
    for reduction, expected in (("mean", np.nan), ("sum", 0.0)):
        x = autograd.tensor(real(2, 3), requires_grad=True)
        loss = F.cross_entropy(x, autograd.tensor(target), reduction=reduction)
        np.testing.assert_equal(loss.item(), expected)
    assert np.isnan(F.cross_entropy(autograd.ones(0, 3), autograd.zeros(0, dtype=autograd.int64)).item())


SECOND = [
    ("mse_loss", real(3, 4), real(3, 4), {}),
    ("smooth_l1_loss", real(3, 4), real(3, 4), {}),
    ("huber_loss", real(3, 4), real(3, 4), {"delta": 0.7}),
    ("binary_cross_entropy", unit(3, 4), unit(3, 4), {}),
    ("binary_cross_entropy_with_logits", real(3, 4), unit(3, 4), {"weights": {"pos_weight": unit(4)}}),
    ("kl_div", real(3, 4), unit(3, 4), {"log_target": True}),
    ("kl_div", real(3, 4), unit(3, 4), {}),
    ("cross_entropy", real(3, 4), labels(3), {"weights": {"weight": unit(4)}, "label_smoothing": 0.1}),
    ("cross_entropy", real(3, 4, 2), labels(3, 2), {"ignore_index": 2}),
    ("cross_entropy", real(4), np.array(1), {}),
    ("cross_entropy", real(3, 4), unit(3, 4), {"weights": {"weight": unit(4)}, "label_smoothing": 0.1}),
    ("cross_entropy", real(3, 4, 2), unit(3, 4, 2), {}),
    ("nll_loss", real(3, 4), labels(3), {"weights": {"weight": unit(4)}}),
]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "x", "target", "options"), SECOND)
def test_second_order(torch, name, x, target, options, reduction):
    def gradients(library, functional):
        options_ = {k: v for k, v in options.items() if k != "weights"}
        inputs = [library.tensor(x, requires_grad=True), library.tensor(target)]
        if target.dtype.kind == "f":
            inputs[1].requires_grad_()
        wanted = [i for i in inputs if i.requires_grad]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loss = getattr(functional, name)(
                *inputs, reduction=reduction, **made(library, options.get("weights")), **options_
            )
        first = library.autograd.grad((loss * loss).sum(), wanted, create_graph=True)
        total = sum((f * f * f).sum() for f in first)
        return [g.numpy() for g in library.autograd.grad(total, wanted, allow_unused=True, materialize_grads=True)]

    class Here:
        tensor, autograd = staticmethod(autograd.tensor), autograd

    for ours, theirs in zip(gradients(Here, F), gradients(torch, torch.nn.functional), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_weights_are_buffers(torch):
    for library, package in ((autograd, nn), (torch, torch.nn)):
        loss = package.CrossEntropyLoss(weight=library.ones(3))
        assert list(loss.state_dict()) == ["weight"]
        assert list(package.BCEWithLogitsLoss(pos_weight=library.ones(3)).state_dict()) == ["pos_weight"]
        assert list(package.CrossEntropyLoss().state_dict()) == []
        assert loss.double().weight.dtype == library.float64


# -- errors and warnings ------------------------------------------------------------------------------------------------


def integers(library, *values):
    return library.tensor(list(values))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda f, ag: f.cross_entropy(ag.ones(3, 5), integers(ag, 1, 2)), r"batch_size \(3\).*batch_size \(2\)"),
        (lambda f, ag: f.cross_entropy(ag.ones(3, 5), integers(ag, 1, 2, 7)), "Target 7 is out of bounds"),
        (lambda f, ag: f.cross_entropy(ag.ones(3, 5), integers(ag, 1, 2, -1)), "Target -1 is out of bounds"),
        (lambda f, ag: f.nll_loss(ag.ones(3, 5), integers(ag, 1, 2, 7)), "Target 7 is out of bounds"),
        (lambda f, ag: f.cross_entropy(ag.ones(3, 5), ag.ones(3)), "expected target dtype to be Long"),
        (lambda f, ag: f.nll_loss(ag.ones(3, 5), ag.ones(3)), "expected target dtype to be Long"),
        (lambda f, ag: f.cross_entropy(ag.ones(3, 5), ag.ones(3, 4)), ""),
        (lambda f, ag: f.cross_entropy(ag.ones(3, 5), ag.ones(3, 5), ignore_index=2), "ignore_index is not supported"),
        (
            lambda f, ag: f.cross_entropy(ag.ones(3, 5), integers(ag, 1, 2, 1), weight=ag.ones(4)),
            "either for all 5 classes or no classes but got weight tensor of shape",
        ),
        (
            lambda f, ag: f.cross_entropy(ag.ones(3, 5), integers(ag, 1, 2, 1), weight=ag.ones(5, dtype=ag.float64)),
            "expected",
        ),
        (
            lambda f, ag: f.cross_entropy(ag.ones(3, 5), integers(ag, 1, 2, 1), weight=ag.ones(5, requires_grad=True)),
            "not differentiable with respect to argument 'weight'",
        ),
        (lambda f, ag: f.cross_entropy(ag.ones(1, 5), integers(ag, 1), label_smoothing=1.5), "between 0.0 and 1.0"),
        (lambda f, ag: f.cross_entropy(ag.ones(1, 5), integers(ag, 1), reduction="foo"), "foo is not a valid value"),
        (lambda f, ag: f.mse_loss(ag.ones(1), ag.ones(1), reduction="foo"), "foo is not a valid value"),
        (lambda f, ag: f.cross_entropy(ag.ones(()), ag.tensor(0)), ""),
        (
            lambda f, ag: f.cross_entropy(ag.ones(3, 5, 2, 2), ag.zeros(3, 2, 3, dtype=ag.int64)),
            "target size|size mismatch",
        ),
        (lambda f, ag: f.cross_entropy(ag.ones(3, 5, 2), ag.zeros(3, 3, dtype=ag.int64)), r"Expected target size"),
        (lambda f, ag: f.cross_entropy(ag.ones(3, 5, dtype=ag.int64), integers(ag, 0, 0, 0)), "int64|Long"),
        (
            lambda f, ag: f.binary_cross_entropy(ag.tensor([0.5, 1.2]), ag.ones(2)),
            "all elements of input should be between 0 and 1",
        ),
        (
            lambda f, ag: f.binary_cross_entropy(ag.tensor([0.5]), ag.tensor([float("nan")])),
            "all elements of target should be between 0 and 1",
        ),
        (
            lambda f, ag: f.binary_cross_entropy(ag.tensor([float("nan")]), ag.ones(1)),
            "all elements of input should be between 0 and 1",
        ),
        (lambda f, ag: f.binary_cross_entropy(ag.ones(2), ag.ones(1, 2)), "Using a target size"),
        (lambda f, ag: f.binary_cross_entropy(ag.ones(2), integers(ag, 1, 1)), "dtype"),
        (lambda f, ag: f.binary_cross_entropy_with_logits(ag.ones(2), ag.ones(1, 2)), "Target size"),
        (lambda f, ag: f.binary_cross_entropy_with_logits(ag.ones(2), integers(ag, 1, 1)), "int64|Long"),
        (lambda f, ag: f.smooth_l1_loss(ag.ones(2), ag.ones(2), beta=-1), "negative values for beta"),
        (lambda f, ag: f.huber_loss(ag.ones(2), ag.ones(2), delta=0), "non-positive values for delta"),
        (lambda f, ag: f.gaussian_nll_loss(ag.ones(2), ag.ones(2), -ag.ones(2)), "negative entry"),
        (lambda f, ag: f.gaussian_nll_loss(ag.ones(2, 3), ag.ones(2, 3), ag.ones(3)), "incorrect size"),
        (lambda f, ag: f.mse_loss(ag.ones(2), ag.ones(2), weight=ag.ones(3)), "same size"),
        (lambda f, ag: f.margin_ranking_loss(ag.ones(2), ag.ones(2, 1), ag.ones(2)), "same dimension"),
    ],
)
def test_errors(torch, call, text):
    with pytest.raises(Exception) as expected:
        call(torch.nn.functional, torch)
    with pytest.raises(type(expected.value), match=text or None):
        call(F, autograd)


def test_out_of_range_names_the_classes():
    with pytest.raises(IndexError, match=r"expected a class from 0 to 4 \(the input has 5 classes\)"):
        F.cross_entropy(autograd.ones(3, 5), autograd.tensor([1, 2, 7]))


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_broadcast_warns(torch, name):
    for functional, library in ((F, autograd), (torch.nn.functional, torch)):
        with pytest.warns(UserWarning, match="Using a target size .* that is different to the input size"):
            getattr(functional, name)(library.ones(4, 1), library.ones(4))
    with pytest.warns(UserWarning, match=r"target size \(\(4,\)\).*input size \(\(4, 1\)\)"):
        getattr(F, name)(autograd.ones(4, 1), autograd.ones(4))


def test_batchmean_warning():
    with pytest.warns(UserWarning, match="batchmean"):
        F.kl_div(autograd.ones(2, 2), autograd.ones(2, 2))


@pytest.mark.parametrize(
    ("options", "reduction"),
    [
        ({"size_average": False}, "sum"),
        ({"size_average": True}, "mean"),
        ({"reduce": False}, "none"),
        ({"reduce": True}, "mean"),
        ({"size_average": False, "reduce": False}, "none"),
    ],
)
def test_old_arguments(options, reduction):
    x, y = autograd.tensor([1.0, 3.0]), autograd.tensor([0.0, 1.0])
    with pytest.warns(UserWarning, match=f"please use reduction='{reduction}'"):
        old = F.mse_loss(x, y, **options)
    assert old.tolist() == F.mse_loss(x, y, reduction=reduction).tolist()
    with pytest.warns(UserWarning, match=f"please use reduction='{reduction}'"):
        assert nn.MSELoss(**options).reduction == reduction


# -- reductions by number, as at PyTorch's top level; pieces of a linear map's loss ------------------------------------


def test_reductions_by_number_and_name():
    x, y = autograd.tensor([-1.0, -3.0]), autograd.tensor([0.5, 0.5])
    none = autograd.kl_div(x, y)
    assert none.tolist() == autograd.kl_div(x, y, 0).tolist() == autograd.kl_div(x, y, "none").tolist()
    assert autograd.kl_div(x, y, 1).item() == none.mean().item() == autograd.kl_div(x, y, "mean").item()
    assert autograd.kl_div(x, y, 2).item() == none.sum().item() == autograd.kl_div(x, y, "sum").item()
    with pytest.raises(TypeError, match="argument 'reduction' must be int, not float"):
        autograd.kl_div(x, y, 1.0)
    with pytest.raises(ValueError, match="foo is not a valid value"):
        autograd.kl_div(x, y, "foo")


@pytest.mark.parametrize("options", [{}, {"chunking_method": "aspect_ratio"}, {"chunking_method": "aspect_ratio:4"}])
@pytest.mark.parametrize("sizes", [(1, 1, 1), (7, 3, 100), (1024, 64, 512), (100, 512, 10), (33, 8, 9), (64, 16, 1)])
def test_pieces_are_pytorchs(torch, sizes, options):
    n, features, classes = sizes
    theirs = torch.nn.LinearCrossEntropyOptions(**options)._adjust(
        n, features, classes, torch.float32, torch.device("cpu")
    )
    assert nn.LinearCrossEntropyOptions(**options).rows(*sizes) == theirs.batch_chunk_size


def test_pieces_that_disagree_are_an_error(torch):
    options = {"batch_chunk_size": 3, "chunking_method": "aspect_ratio"}
    with pytest.raises(ValueError):
        torch.nn.LinearCrossEntropyOptions(**options)._adjust(64, 8, 8, torch.float32)
    with pytest.raises(ValueError, match="different chunk sizes"):
        nn.LinearCrossEntropyOptions(**options).rows(64, 8, 8)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(8, 4), (1, 4), (4,)])
def test_pieces_are_the_whole(shape, weighted, reduction):
    x, w, b = (autograd.tensor(real(*s), requires_grad=True) for s in (shape, (3, 4), (3,)))
    target = autograd.tensor(np.array([0, 2, 1, 1, 0, -100, 2, 2])[: shape[0]] if len(shape) > 1 else np.array(1))
    weight = autograd.tensor(np.array([0.5, 2.0, 1.0])) if weighted else None
    found = []
    for options in (None, nn.LinearCrossEntropyOptions(batch_chunk_size=3), nn.LinearCrossEntropyOptions()):
        loss = F.linear_cross_entropy(x, w, target, linear_bias=b, weight=weight, reduction=reduction, options=options)
        first = autograd.grad((loss * loss).sum(), (x, w, b), create_graph=True)
        second = autograd.grad(sum((f * f).sum() for f in first), (x, w, b))
        found.append([t.detach().numpy() for t in (loss, *first, *second)])
    for other in found[1:]:
        for one, two in zip(found[0], other, strict=True):
            np.testing.assert_allclose(two, one, rtol=1e-10, atol=1e-12)


def test_options_that_cannot_be_used_warn():
    loss = nn.LinearCrossEntropyLoss(2, 3, label_smoothing=0.1, options=nn.LinearCrossEntropyOptions())
    with pytest.warns(UserWarning, match="options are not used"):
        loss(autograd.ones(2, 2), autograd.tensor([0, 2]))


@pytest.mark.parametrize(("options", "kept"), [(None, True), (nn.LinearCrossEntropyOptions(), False)])
def test_pieces_keep_no_logits(options, kept):
    x, w = autograd.ones(256, 4, requires_grad=True), autograd.ones(2000, 4, requires_grad=True)
    target = autograd.zeros(256).long()
    tracemalloc.start()
    try:
        loss = F.linear_cross_entropy(x, w, target, options=options)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    loss.backward()
    assert (held > 4 * 256 * 2000 / 2) == kept


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("target", [[0, 1, -100], [0, 1, 1], [-100, -100, -100]])
@pytest.mark.parametrize("smooth", [0.0, 0.1])
def test_weights_that_are_all_zero(torch, name, reduction, target, smooth):
    options = {"label_smoothing": smooth} if name == "cross_entropy" else {}
    found = []
    for lib, functional in ((autograd, F), (torch, torch.nn.functional)):
        x = lib.arange(6, dtype=lib.float64).reshape(3, 2).requires_grad_()
        weight = lib.zeros(2, dtype=lib.float64)
        loss = getattr(functional, name)(x, lib.tensor(target), weight, reduction=reduction, **options)
        loss.backward()
        found.append((loss.detach().numpy(), x.grad.numpy()))
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("positive", [None, 2.0])
@pytest.mark.parametrize("x", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
def test_infinite_logits(torch, reduction, positive, x, y):
    found = []
    for lib, functional in ((autograd, F), (torch, torch.nn.functional)):
        logits = lib.tensor([x], dtype=lib.float64, requires_grad=True)
        options = {} if positive is None else {"pos_weight": lib.tensor([positive], dtype=lib.float64)}
        target = lib.tensor([y], dtype=lib.float64)
        loss = functional.binary_cross_entropy_with_logits(logits, target, reduction=reduction, **options)
        loss.sum().backward()
        found.append((loss.detach().numpy(), logits.grad.numpy()))
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_the_gradient_of_l1_loss_at_nan_is_zero(torch):
    found = []
    for lib, functional in ((autograd, F), (torch, torch.nn.functional)):
        x = lib.tensor([np.nan, np.inf, 1.0], requires_grad=True)
        y = lib.tensor([0.0, np.inf, np.nan], requires_grad=True)
        functional.l1_loss(x, y, reduction="sum").backward()
        found.append((x.grad.tolist(), y.grad.tolist()))
    assert found[0] == found[1]
