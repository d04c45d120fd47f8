"""Well-known networks in both libraries: the same text builds them, copied weights give the same outputs and gradients."""

import importlib
from types import SimpleNamespace

import numpy as np
import pytest

from tests.networks import others, vision

rng = np.random.default_rng(0)


def library(name):
    """``autograd`` or ``torch`` with its layers, under the names that the networks use."""
    nn = importlib.import_module("nn" if name == "autograd" else "torch.nn")
    functional = importlib.import_module(f"{nn.__name__}.functional")
    importlib.import_module(f"{nn.__name__}.utils.rnn")
    return SimpleNamespace(torch=importlib.import_module(name), nn=nn, F=functional)


def image(*shape):
    return rng.uniform(-1.0, 1.0, shape)


def graph():
    """Features of six nodes and their edges."""
    return image(6, 5), np.array([[0, 1, 2, 3, 4, 0], [1, 2, 3, 4, 5, 3]])


def play():
    """State, action, reward, following state, and whether that was the last."""
    done = np.array([0.0, 1.0, 0.0])
    return image(3, 2, 44, 44), np.array([0, 2, 1]), image(3), image(3, 2, 44, 44), done


def sentences():
    """Padded source sentences, their lengths, target sentences."""
    source = rng.integers(1, 11, (3, 5))
    source[1, 3:] = source[2, 4:] = 0
    return source, np.array([5, 3, 4]), rng.integers(1, 11, (3, 4))


NETWORKS = {
    "alexnet": (vision.alexnet, {"width": 4, "hidden": 16, "classes": 5}, (image(2, 3, 67, 67),)),
    "vgg11": (vision.vgg11, {"width": 2, "hidden": 16, "classes": 5}, (image(2, 3, 32, 32),)),
    "resnet18": (vision.resnet18, {"width": 4, "classes": 5}, (image(3, 3, 40, 40),)),
    "densenet": (vision.densenet, {}, (image(3, 3, 12, 12),)),
    "mobilenet_v2": (vision.mobilenet_v2, {"width": 0.1, "classes": 5}, (image(3, 3, 64, 64),)),
    "vit": (vision.vit, {}, (image(2, 3, 16, 16),)),
    "unet": (vision.unet, {}, (image(2, 3, 14, 17),)),
    "dcgan_generator": (vision.dcgan_generator, {}, (image(3, 8, 1, 1),)),
    "dcgan_critic": (vision.dcgan_critic, {}, (image(3, 3, 32, 32),)),
    "seq2seq": (others.seq2seq, {}, sentences()),
    "char_gpt": (others.char_gpt, {}, (rng.integers(0, 13, (2, 7)),)),
    "vae": (others.vae, {}, (rng.uniform(0.1, 0.9, (4, 12)), image(4, 3))),
    "nice": (others.nice, {}, (image(5, 4),)),
    "real_nvp": (others.real_nvp, {}, (image(5, 4),)),
    "gcn": (others.gcn, {}, graph()),
    "dqn": (others.dqn, {}, play()),
}


def run(lib, model, arrays):
    """The output, the gradients of inputs and parameters, and the buffers afterwards."""
    lib.torch.manual_seed(1)
    model.zero_grad()
    inputs = [lib.torch.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    out = model(*inputs)
    weights = np.cos(np.arange(out.numel())).reshape(tuple(out.shape))
    out.backward(lib.torch.tensor(weights))
    found = {"output": out}
    found.update({f"input {i}": x.grad for i, x in enumerate(inputs) if x.requires_grad})
    found.update({f"gradient of {name}": p.grad for name, p in model.named_parameters()})
    found.update({f"buffer {name}": b for name, b in model.named_buffers()})
    return {key: None if value is None else np.array(value.detach().numpy()) for key, value in found.items()}


@pytest.mark.torch
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("name", NETWORKS)
def test_network_matches_pytorch(name, training):
    pytest.importorskip("torch")
    build, options, arrays = NETWORKS[name]
    results, states = {}, {}
    for side in ("autograd", "torch"):
        lib = library(side)
        lib.torch.manual_seed(0)
        model = build(lib, **options)
        states[side] = {key: np.array(value.detach().numpy()) for key, value in model.state_dict().items()}
        model.double()
        if side == "torch":  # the first weights agree to a last digit, and from here on exactly
            model.load_state_dict({key: lib.torch.tensor(value) for key, value in states["autograd"].items()})
        model.train(training)
        results[side] = run(lib, model, arrays)
    assert list(states["autograd"]) == list(states["torch"])
    for key, value in states["torch"].items():
        np.testing.assert_allclose(states["autograd"][key], value, rtol=1e-5, atol=1e-6, err_msg=key)
    ours, theirs = results["autograd"], results["torch"]
    assert list(ours) == list(theirs)
    for key, value in theirs.items():
        assert (ours[key] is None) == (value is None), key
        if value is not None:
            assert (ours[key].shape, ours[key].dtype) == (value.shape, value.dtype), key
            scale = max(1.0, np.abs(value).max(initial=0))
            np.testing.assert_allclose(ours[key], value, rtol=1e-10, atol=1e-10 * scale, err_msg=key)


@pytest.mark.parametrize("name", NETWORKS)
def test_network_learns(name):
    """A few steps of gradient descent lower the loss, without PyTorch to say so."""
    import autograd
    import optim

    build, options, arrays = NETWORKS[name]
    autograd.manual_seed(0)
    model = build(library("autograd"), **options).double().eval()
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    inputs = [autograd.tensor(a) for a in arrays]
    losses = []
    for _ in range(6):
        loss = (model(*inputs) - 0.5).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(("name", "count"), [("resnet18", 11_689_512), ("mobilenet_v2", 3_504_872)])
def test_number_of_parameters_is_that_of_the_paper(name, count):
    """At full width; the numbers are those of torchvision's models."""
    import nn

    build, _, _ = NETWORKS[name]
    lib = library("autograd")
    model = build(lib)
    assert isinstance(model, nn.Sequential)
    assert sum(p.numel() for p in model.parameters()) == count
