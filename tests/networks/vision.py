"""Networks for images, written once for both libraries: ``name(lib, …)`` with ``lib.torch``, ``lib.nn`` and ``lib.F``.

The structures are those of the papers; widths are arguments, so that a test takes a narrow one and a count of parameters
the original.
"""


def alexnet(lib, width=64, hidden=4096, classes=1000):
    """Krizhevsky et al. (2012), in the one-column form of Krizhevsky (2014)."""
    nn = lib.nn
    a, b, c, d = width, 3 * width, 6 * width, 4 * width
    layers = [nn.Conv2d(3, a, 11, stride=4, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(a, b, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)]
    for inside, outside in ((b, c), (c, d), (d, d)):
        layers += [nn.Conv2d(inside, outside, 3, padding=1), nn.ReLU(inplace=True)]
    layers += [nn.MaxPool2d(3, 2), nn.AdaptiveAvgPool2d((6, 6)), nn.Flatten(), nn.Dropout(), nn.Linear(d * 36, hidden)]
    layers += [nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(hidden, hidden), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


def vgg11(lib, width=64, hidden=4096, classes=1000):
    """Simonyan and Zisserman (2015), configuration A."""
    nn = lib.nn
    layers, inside = [], 3
    for size in (1, "pool", 2, "pool", 4, 4, "pool", 8, 8, "pool", 8, 8, "pool"):
        if size == "pool":
            layers.append(nn.MaxPool2d(2, 2))
        else:
            layers += [nn.Conv2d(inside, size * width, 3, padding=1), nn.ReLU(inplace=True)]
            inside = size * width
    layers += [nn.AdaptiveAvgPool2d((7, 7)), nn.Flatten(), nn.Linear(inside * 49, hidden), nn.ReLU(True), nn.Dropout()]
    return nn.Sequential(*layers, nn.Linear(hidden, hidden), nn.ReLU(True), nn.Dropout(), nn.Linear(hidden, classes))


def resnet18(lib, width=64, classes=1000):
    """He et al. (2016), with two basic blocks in each of four stages."""
    nn, F = lib.nn, lib.F

    class Block(nn.Module):
        def __init__(self, inside, outside, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outside)
            self.conv2 = nn.Conv2d(outside, outside, 3, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(outside)
            self.short = nn.Identity()
            if stride != 1 or inside != outside:
                self.short = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))

        def forward(self, x):
            out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            out += self.short(x)
            return F.relu(out)

    stem = [nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    blocks = [Block(width, width, 1), Block(width, width, 1)]
    for i in range(3):
        blocks += [Block(width << i, width << i + 1, 2), Block(width << i + 1, width << i + 1, 1)]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8 * width, classes))


def densenet(lib, growth=4, sizes=(2, 3), classes=10):
    """Huang et al. (2017), with bottlenecks and halving transitions, for small images."""
    torch, nn = lib.torch, lib.nn

    class Layer(nn.Module):
        def __init__(self, inside):
            super().__init__()
            self.norm1, self.conv1 = nn.BatchNorm2d(inside), nn.Conv2d(inside, 4 * growth, 1, bias=False)
            self.norm2, self.conv2 = nn.BatchNorm2d(4 * growth), nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

        def forward(self, x):
            new = self.conv2(self.norm2(self.conv1(self.norm1(x).relu())).relu())
            return torch.cat([x, new], 1)

    width = 2 * growth
    layers = [nn.Conv2d(3, width, 3, padding=1, bias=False)]
    for place, count in enumerate(sizes):
        if place:
            layers += [nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, width // 2, 1, bias=False), nn.AvgPool2d(2)]
            width //= 2
        for _ in range(count):
            layers.append(Layer(width))
            width += growth
    end = [nn.BatchNorm2d(width), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes)]
    return nn.Sequential(*layers, *end)


def mobilenet_v2(lib, width=1.0, classes=1000):
    """Sandler et al. (2018): inverted residuals with depthwise convolutions."""
    nn = lib.nn

    def scaled(channels):
        rounded = max(8, int(channels * width + 4) // 8 * 8)
        return rounded if rounded >= 0.9 * channels * width else rounded + 8

    def conv(inside, outside, size, stride=1, groups=1):
        padding = (size - 1) // 2
        layer = nn.Conv2d(inside, outside, size, stride, padding, groups=groups, bias=False)
        return [layer, nn.BatchNorm2d(outside), nn.ReLU6(inplace=True)]

    class Inverted(nn.Module):
        def __init__(self, inside, outside, stride, expand):
            super().__init__()
            hidden = inside * expand
            layers = conv(inside, hidden, 1) if expand != 1 else []
            layers += conv(hidden, hidden, 3, stride, hidden)
            layers += [nn.Conv2d(hidden, outside, 1, bias=False), nn.BatchNorm2d(outside)]
            self.conv = nn.Sequential(*layers)
            self.residual = stride == 1 and inside == outside

        def forward(self, x):
            return x + self.conv(x) if self.residual else self.conv(x)

    inside = scaled(32)
    layers = conv(3, inside, 3, 2)
    table = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    for expand, channels, count, stride in table:
        for i in range(count):
            layers.append(Inverted(inside, scaled(channels), stride if i == 0 else 1, expand))
            inside = scaled(channels)
    last = int(1280 * max(1.0, width))
    layers += conv(inside, last, 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(last, classes))


def vit(lib, side=16, patch=4, width=16, depth=2, heads=2, classes=10):
    """Dosovitskiy et al. (2021): patches as words of a transformer."""
    torch, nn = lib.torch, lib.nn

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.patches = nn.Conv2d(3, width, patch, patch)
            self.cls = nn.Parameter(torch.zeros(1, 1, width))
            self.places = nn.Parameter(torch.randn(1, (side // patch) ** 2 + 1, width) * 0.02)
            options = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True}
            layer = nn.TransformerEncoderLayer(width, heads, 4 * width, **options)
            self.encoder = nn.TransformerEncoder(layer, depth, nn.LayerNorm(width), enable_nested_tensor=False)
            self.head = nn.Linear(width, classes)

        def forward(self, x):
            x = self.patches(x).flatten(2).transpose(1, 2)
            x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1) + self.places
            return self.head(self.encoder(x)[:, 0])

    return Model()


def unet(lib, width=4, depth=2, classes=2):
    """Ronneberger et al. (2015), padded, with transposed convolutions on the way up."""
    torch, nn, F = lib.torch, lib.nn, lib.F

    def double(inside, outside):
        layers = []
        for start in (inside, outside):
            layers += [nn.Conv2d(start, outside, 3, padding=1), nn.BatchNorm2d(outside), nn.ReLU(inplace=True)]
        return nn.Sequential(*layers)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = double(3, width)
            self.down = nn.ModuleList(double(width << i, width << i + 1) for i in range(depth))
            self.up = nn.ModuleList(
                nn.ConvTranspose2d(width << i + 1, width << i, 2, 2) for i in reversed(range(depth))
            )
            self.mix = nn.ModuleList(double(width << i + 1, width << i) for i in reversed(range(depth)))
            self.last = nn.Conv2d(width, classes, 1)

        def forward(self, x):
            x, kept = self.first(x), []
            for block in self.down:
                kept.append(x)
                x = block(F.max_pool2d(x, 2))
            for grow, block in zip(self.up, self.mix, strict=True):
                other, x = kept.pop(), grow(x)
                missing = [other.shape[2] - x.shape[2], other.shape[3] - x.shape[3]]
                x = F.pad(x, [0, missing[1], 0, missing[0]])
                x = block(torch.cat([other, x], dim=1))
            return self.last(x)

    return Model()


def dcgan_generator(lib, noise=8, width=4, channels=3):
    """Radford et al. (2016): from noise to an image of 32 × 32."""
    nn = lib.nn
    layers, inside = [], noise
    for outside, stride, padding in ((4 * width, 1, 0), (2 * width, 2, 1), (width, 2, 1)):
        layer = nn.ConvTranspose2d(inside, outside, 4, stride, padding, bias=False)
        layers += [layer, nn.BatchNorm2d(outside), nn.ReLU(True)]
        inside = outside
    return nn.Sequential(*layers, nn.ConvTranspose2d(inside, channels, 4, 2, 1, bias=False), nn.Tanh())


def dcgan_critic(lib, width=4, channels=3):
    """Radford et al. (2016): from an image of 32 × 32 to a probability."""
    nn = lib.nn
    layers = [nn.Conv2d(channels, width, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
    for i in range(2):
        layer = nn.Conv2d(width << i, width << i + 1, 4, 2, 1, bias=False)
        layers += [layer, nn.BatchNorm2d(width << i + 1), nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers, nn.Conv2d(4 * width, 1, 4, bias=False), nn.Sigmoid(), nn.Flatten(0))
