"""Networks for text, graphs, densities and actions, written once for both libraries: ``name(lib, …)``."""

import math


def seq2seq(lib, words=11, width=6):
    """An encoder and a decoder with additive attention (Bahdanau et al., 2015): GRUs over packed sequences."""
    torch, nn, F = lib.torch, lib.nn, lib.F
    rnn = nn.utils.rnn

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(words, width, padding_idx=0)
            self.encoder = nn.GRU(width, width, bidirectional=True, batch_first=True)
            self.bridge = nn.Linear(2 * width, width)
            self.query, self.key = nn.Linear(width, width, bias=False), nn.Linear(2 * width, width)
            self.score = nn.Linear(width, 1, bias=False)
            self.decoder = nn.GRUCell(3 * width, width)
            self.out = nn.Linear(3 * width, words)

        def forward(self, source, lengths, target):
            packed = rnn.pack_padded_sequence(self.embedding(source), lengths, batch_first=True, enforce_sorted=False)
            states, last = self.encoder(packed)
            states, lengths = rnn.pad_packed_sequence(states, batch_first=True)
            padding = torch.arange(states.shape[1])[None, :] >= lengths[:, None]
            hidden = torch.tanh(self.bridge(torch.cat([last[0], last[1]], dim=1)))
            keys, logits = self.key(states), []
            for t in range(target.shape[1]):
                scores = self.score(torch.tanh(self.query(hidden)[:, None] + keys)).squeeze(2)
                weights = F.softmax(scores.masked_fill(padding, float("-inf")), dim=1)
                context = torch.bmm(weights[:, None], states).squeeze(1)
                hidden = self.decoder(torch.cat([self.embedding(target[:, t]), context], dim=1), hidden)
                logits.append(self.out(torch.cat([hidden, context], dim=1)))
            return torch.stack(logits, dim=1)

    return Model()


def char_gpt(lib, words=13, width=12, heads=3, depth=2, length=8):
    """Radford et al. (2018), with attention written out and the table of words used twice."""
    torch, nn, F = lib.torch, lib.nn, lib.F

    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.register_buffer("mask", torch.tril(torch.ones(length, length)).view(1, 1, length, length))

        def forward(self, x):
            batch, size, _ = x.shape
            shape = (batch, size, heads, width // heads)
            q, k, v = (part.view(shape).transpose(1, 2) for part in self.qkv(x).split(width, dim=2))
            scores = (q @ k.transpose(-2, -1)) / math.sqrt(width // heads)
            scores = scores.masked_fill(self.mask[:, :, :size, :size] == 0, float("-inf"))
            mixed = F.softmax(scores, dim=-1) @ v
            return self.out(mixed.transpose(1, 2).contiguous().view(batch, size, width))

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.attention, self.norm2 = nn.LayerNorm(width), Attention(), nn.LayerNorm(width)
            self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

        def forward(self, x):
            x = x + self.attention(self.norm1(x))
            return x + self.mlp(self.norm2(x))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.places = nn.Embedding(words, width), nn.Embedding(length, width)
            self.blocks = nn.ModuleList([Block() for _ in range(depth)])
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, words, bias=False)
            self.head.weight = self.words.weight

        def forward(self, ids):
            x = self.words(ids) + self.places(torch.arange(ids.shape[1]))
            for block in self.blocks:
                x = block(x)
            return self.head(self.norm(x))

    return Model()


def vae(lib, inputs=12, hidden=8, latent=3):
    """Kingma and Welling (2014); the noise is an argument, so that both libraries have the same."""
    torch, nn, F = lib.torch, lib.nn, lib.F

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.inside, self.mean, self.logvar = (
                nn.Linear(inputs, hidden),
                nn.Linear(hidden, latent),
                nn.Linear(hidden, latent),
            )
            self.back, self.outside = nn.Linear(latent, hidden), nn.Linear(hidden, inputs)

        def forward(self, x, noise):
            h = F.relu(self.inside(x))
            mean, logvar = self.mean(h), self.logvar(h)
            out = torch.sigmoid(self.outside(F.relu(self.back(mean + torch.exp(0.5 * logvar) * noise))))
            fit = F.binary_cross_entropy(out, x, reduction="none").sum(1)
            return fit - 0.5 * torch.sum(1 + logvar - mean.pow(2) - logvar.exp(), dim=1)

    return Model()


def nice(lib, size=4, hidden=8, depth=4):
    """Dinh et al. (2015): additive couplings and a diagonal scaling; gives the log-density."""
    torch, nn = lib.torch, lib.nn

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            make = lambda: nn.Sequential(nn.Linear(size // 2, hidden), nn.ReLU(), nn.Linear(hidden, size // 2))
            self.nets = nn.ModuleList(make() for _ in range(depth))
            self.scale = nn.Parameter(torch.zeros(size))

        def forward(self, x):
            for i, net in enumerate(self.nets):
                a, b = x.chunk(2, dim=1)
                x = torch.cat([a, b + net(a)] if i % 2 == 0 else [a + net(b), b], dim=1)
            x = x * torch.exp(self.scale)
            return -(nn.functional.softplus(x) + nn.functional.softplus(-x)).sum(1) + self.scale.sum()

    return Model()


def real_nvp(lib, size=4, hidden=8, depth=3):
    """Dinh et al. (2017): affine couplings with alternating masks; gives the log-density."""
    torch, nn = lib.torch, lib.nn

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            make = lambda: nn.Sequential(nn.Linear(size, hidden), nn.LeakyReLU(), nn.Linear(hidden, 2 * size))
            self.nets = nn.ModuleList(make() for _ in range(depth))
            self.register_buffer(
                "masks", torch.tensor([[(i + j) % 2 for j in range(size)] for i in range(depth)]).double()
            )

        def forward(self, x):
            total = 0
            for net, mask in zip(self.nets, self.masks, strict=True):
                scale, shift = net(x * mask).chunk(2, dim=1)
                scale = torch.tanh(scale) * (1 - mask)
                x = x * torch.exp(scale) + shift * (1 - mask)
                total = total + scale.sum(1)
            prior = torch.distributions.Normal(torch.zeros((), dtype=x.dtype), torch.ones((), dtype=x.dtype))
            return prior.log_prob(x).sum(1) + total

    return Model()


def gcn(lib, features=5, hidden=6, classes=3):
    """Kipf and Welling (2017): two graph convolutions over the normalised adjacency matrix."""
    torch, nn, F = lib.torch, lib.nn, lib.F

    class Convolution(nn.Module):
        def __init__(self, inside, outside):
            super().__init__()
            self.weight, self.bias = nn.Parameter(torch.empty(inside, outside)), nn.Parameter(torch.zeros(outside))
            nn.init.xavier_uniform_(self.weight)

        def forward(self, x, adjacency):
            return torch.mm(adjacency, torch.mm(x, self.weight)) + self.bias

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = Convolution(features, hidden), Convolution(hidden, classes)

        def forward(self, x, edges):
            links = torch.eye(x.shape[0], dtype=x.dtype)
            links[edges[0], edges[1]] = 1.0
            links[edges[1], edges[0]] = 1.0
            root = links.sum(1).rsqrt()
            adjacency = root[:, None] * links * root[None, :]
            return F.log_softmax(self.two(F.relu(self.one(x, adjacency)), adjacency), dim=1)

    return Model()


def dqn(lib, frames=2, actions=3, width=4):
    """Mnih et al. (2015) in small, with the smooth L1 loss of its temporal differences as the output."""
    torch, nn, F = lib.torch, lib.nn, lib.F

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            layers = [
                nn.Conv2d(frames, width, 8, stride=4),
                nn.ReLU(),
                nn.Conv2d(width, 2 * width, 4, stride=2),
                nn.ReLU(),
            ]
            self.body = nn.Sequential(*layers, nn.Conv2d(2 * width, 2 * width, 3), nn.ReLU(), nn.Flatten())
            self.head = nn.Sequential(nn.Linear(8 * width, 16), nn.ReLU(), nn.Linear(16, actions))

        def forward(self, state, action, reward, following, done):
            values = self.head(self.body(state)).gather(1, action[:, None]).squeeze(1)
            with torch.no_grad():
                best = self.head(self.body(following)).max(1).values
            return F.smooth_l1_loss(values, reward + 0.99 * best * (1 - done), reduction="none")

    return Model()
