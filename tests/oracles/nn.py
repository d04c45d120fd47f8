"""How PyTorch computes the losses and the look-up of vectors."""

import warnings


def _functional(name):
    """``torch.nn.functional.name`` with input and target, the rest by keyword in the operation's order."""

    def call(torch, x, target, reduction="mean", *rest, **options):
        extra = {"smooth_l1_loss": "beta", "huber_loss": "delta", "kl_div": "log_target"}
        options |= dict(zip([extra.get(name)], rest, strict=False))
        with warnings.catch_warnings():  # of shapes that broadcast
            warnings.simplefilter("ignore")
            return getattr(torch.nn.functional, name)(x, target, reduction=reduction, **options)

    return call


def _bce(torch, x, target, weight=None, reduction="mean"):
    return torch.nn.functional.binary_cross_entropy(x, target, weight, reduction=reduction)


def _bce_with_logits(torch, x, target, weight=None, pos_weight=None, reduction="mean"):
    if x.shape != target.shape:
        x, target = torch.broadcast_tensors(x, target)
    return torch.nn.functional.binary_cross_entropy_with_logits(
        x, target, weight, reduction=reduction, pos_weight=pos_weight
    )


def _cross_entropy(torch, x, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    loss = torch.nn.functional.cross_entropy(
        x, target, weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing
    )
    return loss, torch.softmax(x.detach(), 1 if x.ndim > 1 else 0)


def _cross_entropy_backward(torch, grad, x, target, probs, weight=None, ignore=-100, reduction="mean", smoothing=0.0):
    x = x.detach().requires_grad_()
    loss, _ = _cross_entropy(torch, x, target, weight, ignore, reduction, smoothing)
    return torch.autograd.grad(loss, x, grad, create_graph=True)[0]


def _nll(torch, x, target, weight=None, ignore_index=-100, reduction="mean"):
    return torch.nn.functional.nll_loss(x, target, weight, ignore_index=ignore_index, reduction=reduction)


def _nll_backward(torch, grad, target, weight=None, shape=(), ignore_index=-100, reduction="mean"):
    x = torch.zeros(shape, dtype=grad.dtype, requires_grad=True)
    return torch.autograd.grad(_nll(torch, x, target, weight, ignore_index, reduction), x, grad, create_graph=True)[0]


def _embedding(torch, weight, indices, padding_idx=None, scale_grad_by_freq=False):
    return torch.nn.functional.embedding(
        indices, weight, padding_idx=padding_idx, scale_grad_by_freq=scale_grad_by_freq
    )


def _embedding_backward(torch, grad, indices, rows, padding_idx, scale_grad_by_freq):
    weight = torch.zeros(rows, grad.shape[-1], dtype=grad.dtype, requires_grad=True)
    out = _embedding(torch, weight, indices, padding_idx, scale_grad_by_freq)
    if not indices.numel():  # whose second derivative PyTorch cannot reshape
        return weight + 0 * grad.sum()
    return torch.autograd.grad(out, weight, grad, create_graph=True)[0]


def _embedding_pick(torch, weight, indices, padding_idx, scale_grad_by_freq):
    out = weight[indices]
    if scale_grad_by_freq:
        out = out / torch.bincount(indices.reshape(-1))[indices][..., None]
    return out if padding_idx is None else out * (indices != padding_idx)[..., None]


ORACLES = {
    **{name: _functional(name) for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div")},
    "binary_cross_entropy": _bce,
    "binary_cross_entropy_with_logits": _bce_with_logits,
    "cross_entropy": _cross_entropy,
    "cross_entropy_backward": _cross_entropy_backward,
    "embedding": _embedding,
    "embedding_backward": _embedding_backward,
    "embedding_pick": _embedding_pick,
    "nll_backward": _nll_backward,
    "nll_loss": _nll,
}
