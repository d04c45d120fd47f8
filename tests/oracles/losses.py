"""How PyTorch computes the losses over sequences and over margins."""


def _ctc_loss(torch, x, targets, input_lengths, target_lengths, blank=0, zero_infinity=False):
    loss = torch.nn.functional.ctc_loss(
        x, targets, input_lengths, target_lengths, blank=blank, reduction="none", zero_infinity=zero_infinity
    )
    return loss, _paths(torch, x.detach(), targets, target_lengths, blank)


def _paths(torch, x, targets, target_lengths, blank):
    """State by state: the logarithm of the sum over the paths that lead there."""
    steps, samples, _ = x.shape
    alpha = torch.full((steps, samples, 2 * targets.shape[1] + 1), -torch.inf, dtype=x.dtype)
    for n in range(samples):
        labels = [blank, *(label for target in targets[n].tolist() for label in (target, blank))]
        for t in range(steps):
            for state, label in enumerate(labels):
                if t == 0:
                    if state > min(1, target_lengths[n]):
                        continue
                    alpha[t, n, state] = x[t, n, label]
                    continue
                far = [state - 2] if state > 1 and label != labels[state - 2] else []
                sources = [k for k in (state, state - 1, *far) if k >= 0]
                alpha[t, n, state] = torch.logsumexp(alpha[t - 1, n, sources], 0) + x[t, n, label]
    return alpha


def _multi_margin(torch, x, target, weight=None, p=1, margin=1.0, reduction="mean"):
    return torch.nn.functional.multi_margin_loss(x, target, p, margin, weight, reduction=reduction)


def _multilabel_margin(torch, x, target, reduction="mean"):
    return torch.nn.functional.multilabel_margin_loss(x, target, reduction=reduction)


def _multilabel_margin_slope(torch, x, target):
    if not x.numel():
        return torch.zeros_like(x)
    y = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(_multilabel_margin(torch, y, target, "sum"), y)
    return slope + 0 * x


ORACLES = {
    "ctc_loss": _ctc_loss,
    "multi_margin_loss": _multi_margin,
    "multilabel_margin_loss": _multilabel_margin,
    "multilabel_margin_slope": _multilabel_margin_slope,
}
