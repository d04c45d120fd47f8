"""No counterparts to compare with: PyTorch's own gradients of samples are approximations. See tests/test_random.py."""

ORACLES = dict.fromkeys(
    (
        "dirichlet_curve",
        "dirichlet_curve_total",
        "dirichlet_grad",
        "sample_dirichlet",
        "standard_gamma",
        "standard_gamma_curve",
        "standard_gamma_grad",
    )
)
