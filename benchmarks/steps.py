"""Training steps, each written once for every library with PyTorch's names.

``STEPS[name](lib)`` builds a model on fixed data and returns a function that makes one step and returns the loss;
``lib`` has ``torch``, ``nn``, ``F`` and ``optim``, which are PyTorch's or this package's.
"""

import math
from itertools import pairwise
from types import SimpleNamespace

import numpy as np

STEPS = {}


def libraries(side):
    """The modules of ``chainrule`` or ``torch`` under PyTorch's names."""
    if side == "torch":
        import torch
        from torch import nn, optim
        from torch.nn import functional
    else:
        import autograd as torch
        import nn
        import optim
        from nn import functional
    return SimpleNamespace(torch=torch, nn=nn, F=functional, optim=optim)


def step(function):
    """Enter a step under its name."""
    STEPS[function.__name__] = function
    return function


def draws():
    """Random numbers that are the same for every library."""
    return np.random.default_rng(0)


def reals(lib, *shape):
    return lib.torch.from_numpy(draws().standard_normal(shape).astype(np.float32))


def classes(lib, count, *shape):
    return lib.torch.from_numpy(draws().integers(0, count, shape))


def trainer(model, optimizer, loss):
    """A step: gradients to nothing, loss, backward, update."""

    def run():
        optimizer.zero_grad()
        value = loss(model)
        value.backward()
        optimizer.step()
        return value

    return run


@step
def logistic(lib):
    """Logistic regression: 30 features, batch 32, SGD."""
    x, y = reals(lib, 32, 30), classes(lib, 2, 32, 1).float()
    model = lib.nn.Linear(30, 1)
    criterion = lib.nn.BCEWithLogitsLoss()
    optimizer = lib.optim.SGD(model.parameters(), lr=0.1)
    return trainer(model, optimizer, lambda m: criterion(m(x), y))


@step
def mlp(lib):
    """MLP 784-256-128-10, batch 64, Adam, cross-entropy."""
    nn = lib.nn
    x, y = reals(lib, 64, 784), classes(lib, 10, 64)
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    criterion = nn.CrossEntropyLoss()
    optimizer = lib.optim.Adam(model.parameters(), lr=1e-3)
    return trainer(model, optimizer, lambda m: criterion(m(x), y))


@step
def wide(lib):
    """MLP 784-3×1024-10 with tanh, batch 256, SGD with Nesterov's momentum."""
    nn = lib.nn
    x, y = reals(lib, 256, 784), classes(lib, 10, 256)
    layers = [nn.Linear(784, 1024), nn.Tanh(), nn.Linear(1024, 1024), nn.Tanh(), nn.Linear(1024, 1024), nn.Tanh()]
    model = nn.Sequential(*layers, nn.Linear(1024, 10))
    criterion = nn.CrossEntropyLoss()
    optimizer = lib.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True)
    return trainer(model, optimizer, lambda m: criterion(m(x), y))


@step
def lenet(lib):
    """LeNet-5 on 28×28, batch 64, SGD with momentum."""
    nn = lib.nn
    x, y = reals(lib, 64, 1, 28, 28), classes(lib, 10, 64)
    features = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU()]
    head = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    model = nn.Sequential(*features, nn.MaxPool2d(2), nn.Flatten(), *head)
    criterion = nn.CrossEntropyLoss()
    optimizer = lib.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    return trainer(model, optimizer, lambda m: criterion(m(x), y))


@step
def convnet(lib):
    """Convolution, batch norm, ReLU, 3-32-32-64-64-128 on 32×32, batch 32, Adam."""
    nn = lib.nn
    x, y = reals(lib, 32, 3, 32, 32), classes(lib, 10, 32)

    def block(inside, outside):
        return [nn.Conv2d(inside, outside, 3, padding=1, bias=False), nn.BatchNorm2d(outside), nn.ReLU()]

    body = [*block(3, 32), *block(32, 32), nn.MaxPool2d(2), *block(32, 64), *block(64, 64), nn.MaxPool2d(2)]
    model = nn.Sequential(*body, *block(64, 128), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))
    criterion = nn.CrossEntropyLoss()
    optimizer = lib.optim.Adam(model.parameters(), lr=1e-3)
    return trainer(model, optimizer, lambda m: criterion(m(x), y))


@step
def lstm(lib):
    """Embedding, LSTM of width 128, linear layer: 64 steps, batch 32, 100 words, Adam."""
    nn = lib.nn
    words, following = classes(lib, 100, 32, 64), classes(lib, 100, 32 * 64)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(100, 128)
            self.lstm = nn.LSTM(128, 128, batch_first=True)
            self.head = nn.Linear(128, 100)

        def forward(self, ids):
            hidden, _ = self.lstm(self.embedding(ids))
            return self.head(hidden).reshape(-1, 100)

    model = Model()
    optimizer = lib.optim.Adam(model.parameters(), lr=1e-3)
    return trainer(model, optimizer, lambda m: lib.F.cross_entropy(m(words), following))


@step
def gpt(lib):
    """GPT: 4 layers, width 128, 4 heads, 64 tokens of 65, batch 16, AdamW."""
    torch, nn, F = lib.torch, lib.nn, lib.F
    words, following = classes(lib, 65, 16, 64), classes(lib, 65, 16 * 64)

    class Block(nn.Module):
        def __init__(self, width, heads):
            super().__init__()
            self.heads = heads
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

        def forward(self, x):
            batch, length, width = x.shape
            split = (batch, length, self.heads, width // self.heads)
            q, k, v = (part.view(split).transpose(1, 2) for part in self.qkv(self.norm1(x)).split(width, dim=2))
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
            return x + self.mlp(self.norm2(x))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.places = nn.Embedding(65, 128), nn.Embedding(64, 128)
            self.blocks = nn.Sequential(*[Block(128, 4) for _ in range(4)])
            self.norm, self.head = nn.LayerNorm(128), nn.Linear(128, 65, bias=False)

        def forward(self, ids):
            x = self.words(ids) + self.places(torch.arange(ids.shape[1]))
            return self.head(self.norm(self.blocks(x))).view(-1, 65)

    model = Model()
    optimizer = lib.optim.AdamW(model.parameters(), lr=3e-4)
    return trainer(model, optimizer, lambda m: F.cross_entropy(m(words), following))


@step
def vae(lib):
    """VAE 784-400-20, batch 128, Adam."""
    torch, nn, F = lib.torch, lib.nn, lib.F
    x = torch.from_numpy(draws().random((128, 784)).astype(np.float32))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.inside, self.mean, self.logvar = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
            self.back, self.outside = nn.Linear(20, 400), nn.Linear(400, 784)

        def forward(self, x):
            hidden = F.relu(self.inside(x))
            mean, logvar = self.mean(hidden), self.logvar(hidden)
            z = mean + torch.randn_like(mean) * torch.exp(0.5 * logvar)
            return torch.sigmoid(self.outside(F.relu(self.back(z)))), mean, logvar

    def loss(model):
        out, mean, logvar = model(x)
        fit = F.binary_cross_entropy(out, x, reduction="sum")
        return fit - 0.5 * torch.sum(1 + logvar - mean.pow(2) - logvar.exp())

    model = Model()
    return trainer(model, lib.optim.Adam(model.parameters(), lr=1e-3), loss)


@step
def penalty(lib):
    """Gradient penalty (double backward): MLP 64-128-128-1, batch 64, Adam."""
    torch, nn = lib.torch, lib.nn
    x = reals(lib, 64, 64)
    model = nn.Sequential(nn.Linear(64, 128), nn.Tanh(), nn.Linear(128, 128), nn.Tanh(), nn.Linear(128, 1))

    def loss(model):
        points = x.detach().requires_grad_()
        out = model(points)
        (slope,) = torch.autograd.grad(out.sum(), points, create_graph=True)
        return out.mean() + 10 * ((slope.norm(2, dim=1) - 1) ** 2).mean()

    return trainer(model, lib.optim.Adam(model.parameters(), lr=1e-4), loss)


def function(name, call, doc):
    """A step that is one function of 2048 × 1024 numbers and its gradient."""

    def build(lib):
        x, g = reals(lib, 2048, 1024).requires_grad_(), reals(lib, 2048, 1024)
        extra = [reals(lib, 1024).requires_grad_() for _ in range(2)]

        def run():
            x.grad = None
            for e in extra:
                e.grad = None
            out = call(lib, x, *extra)
            out.backward(g)
            return out[0, 0]

        return run

    build.__doc__ = f"{doc} of 2048 × 1024, with its gradient."
    STEPS[name] = build


function("gelu", lambda lib, x, w, b: lib.F.gelu(x), "GELU")
function("layer_norm", lambda lib, x, w, b: lib.F.layer_norm(x, (1024,), w, b), "Layer norm")
function("sigmoid", lambda lib, x, w, b: lib.torch.sigmoid(x), "Sigmoid")
function("log_softmax", lambda lib, x, w, b: lib.F.log_softmax(x, dim=1), "Log-softmax")


# -- the same steps by hand, and in a peer -------------------------------------------------------------------------------


def bound(shape, fan, rng):
    return rng.uniform(-1, 1, shape).astype(np.float32) / np.float32(math.sqrt(fan))


def layers(sizes):
    """Weights and biases for layers between these sizes."""
    rng = draws()
    pairs = list(pairwise(sizes))
    return [bound((o, i), i, rng) for i, o in pairs], [bound((o,), i, rng) for i, o in pairs]


def slopes(params, x, y, activation, slope):
    """Loss and gradients of a multi-layer perceptron with cross-entropy, in plain NumPy."""
    weights, biases = params
    values = [x]
    for i, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = values[-1] @ w.T
        z += b
        values.append(activation(z) if i < len(weights) - 1 else z)
    logits = values.pop()
    logits -= logits.max(1, keepdims=True)
    p = np.exp(logits)
    total = p.sum(1, keepdims=True)
    rows = np.arange(len(y))
    loss = (np.log(total[:, 0]) - logits[rows, y]).mean()
    p /= total
    p[rows, y] -= 1
    p /= np.float32(len(y))
    back = [None] * len(weights), [None] * len(weights)
    for i in reversed(range(len(weights))):
        back[0][i], back[1][i] = p.T @ values[i], p.sum(0)
        if i:
            p = slope(p @ weights[i], values[i])
    return loss, back


def mlp_by_hand():
    """The step ``mlp`` in plain NumPy."""
    x, y = draws().standard_normal((64, 784)).astype(np.float32), draws().integers(0, 10, 64)
    params = layers([784, 256, 128, 10])
    flat = [*params[0], *params[1]]
    means, squares = [np.zeros_like(p) for p in flat], [np.zeros_like(p) for p in flat]
    count = 0

    def run():
        nonlocal count
        loss, (a, b) = slopes(
            params, x, y, lambda z: np.maximum(z, 0, out=z), lambda g, v: np.multiply(g, v > 0, out=g)
        )
        count += 1
        rate, root = np.float32(1e-3 / (1 - 0.9**count)), np.float32(math.sqrt(1 - 0.999**count))
        for p, g, m, v in zip(flat, [*a, *b], means, squares, strict=True):
            m *= np.float32(0.9)
            m += np.float32(0.1) * g
            v *= np.float32(0.999)
            np.multiply(g, g, out=g)
            g *= np.float32(0.001)
            v += g
            s = np.sqrt(v, out=g)
            s /= root
            s += np.float32(1e-8)
            np.divide(m, s, out=s)
            s *= rate
            p -= s
        return loss

    return run


def wide_by_hand():
    """The step ``wide`` in plain NumPy."""
    x, y = draws().standard_normal((256, 784)).astype(np.float32), draws().integers(0, 10, 256)
    params = layers([784, 1024, 1024, 1024, 10])
    flat = [*params[0], *params[1]]
    moments = [np.zeros_like(p) for p in flat]

    def slope(g, v):
        v *= v
        np.subtract(1, v, out=v)
        g *= v
        return g

    def run():
        loss, (a, b) = slopes(params, x, y, lambda z: np.tanh(z, out=z), slope)
        for p, g, m in zip(flat, [*a, *b], moments, strict=True):
            m *= np.float32(0.9)
            m += g
            g += np.float32(0.9) * m
            g *= np.float32(0.01)
            p -= g
        return loss

    return run


def mlp_in_mygrad():
    """The step ``mlp`` in MyGrad, Adam by hand."""
    import mygrad as mg
    from mygrad.nnet import relu, softmax_crossentropy

    x, y = draws().standard_normal((64, 784)).astype(np.float32), draws().integers(0, 10, 64)
    weights, biases = (([mg.tensor(p) for p in part]) for part in layers([784, 256, 128, 10]))
    flat = [*weights, *biases]
    means, squares = [np.zeros_like(p.data) for p in flat], [np.zeros_like(p.data) for p in flat]
    count = 0

    def run():
        nonlocal count
        z = x
        for i, (w, b) in enumerate(zip(weights, biases, strict=True)):
            z = mg.matmul(z, w.T) + b
            z = relu(z) if i < 2 else z
        loss = softmax_crossentropy(z, y)
        loss.backward()
        count += 1
        for p, m, v in zip(flat, means, squares, strict=True):
            g = p.grad
            m[...] = np.float32(0.9) * m + np.float32(0.1) * g
            v[...] = np.float32(0.999) * v + np.float32(0.001) * g * g
            root = np.sqrt(v / np.float32(1 - 0.999**count)) + np.float32(1e-8)
            p.data[...] -= np.float32(1e-3 / (1 - 0.9**count)) * m / root
            p.null_grad()
        return loss

    return run


PEERS = {("mlp", "numpy"): mlp_by_hand, ("wide", "numpy"): wide_by_hand, ("mlp", "mygrad"): mlp_in_mygrad}
