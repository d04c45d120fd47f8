"""PyTorch's callables for the special functions; None where PyTorch has the value but no gradient (see test_special.py)."""

WITHOUT_GRADIENT = """
airy_ai airy_ai_slope bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_i0 modified_bessel_i1 modified_bessel_k0
modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0 chebyshev_polynomial_t
chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w shifted_chebyshev_polynomial_t
shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w hermite_polynomial_h
hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p
"""
ORACLES = dict.fromkeys(WITHOUT_GRADIENT.split()) | {
    "erfcx": lambda torch, x: torch.special.erfcx(x),
    "zeta": lambda torch, x, y: torch.special.zeta(x, y),
}
