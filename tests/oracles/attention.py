"""How PyTorch computes attention and bags of vectors."""


def _attention(torch, query, key, value, mask=None, keep=None, is_causal=False, scale=1.0, dropout_p=0.0):
    if not query.is_floating_point():
        raise RuntimeError("PyTorch multiplies by a scale in place")
    scores = query @ key.transpose(-1, -2) * scale
    seen = torch.ones(scores.shape, dtype=torch.bool)
    if is_causal:
        seen = seen.tril()
    if mask is not None:
        seen = seen & (mask if mask.dtype == torch.bool else ~torch.isneginf(mask))
    if mask is not None and mask.dtype != torch.bool:
        scores = scores + torch.where(torch.isneginf(mask), torch.zeros_like(mask), mask)
    low = torch.full_like(scores, -float("inf"))
    sums = torch.where(seen, scores, low).logsumexp(-1)
    nothing = ~seen.any(-1, keepdim=True)
    probs = torch.softmax(torch.where(seen | nothing, scores, low), -1) * seen
    if keep is not None:
        probs = probs * keep / (1 - dropout_p)
    return probs @ value, torch.where(nothing[..., 0], torch.full_like(sums, float("inf")), sums).detach()


def _embedding_bag(
    torch, weight, indices, offsets, factors=None, by_frequency=False, mode=0, last=False, padding_idx=-1
):
    padding = None if padding_idx < 0 else padding_idx
    out, _, *rest = torch.embedding_bag(weight, indices, offsets, by_frequency, mode, False, factors, last, padding)
    # which bag each index is in is left out of sums in float32
    _, bags, *_ = torch.embedding_bag(weight.detach().double(), indices, offsets, False, 1, False, None, last, padding)
    return out, bags, *rest


ORACLES = {"embedding_bag": _embedding_bag, "scaled_dot_product_attention": _attention}
