"""Probability distributions that differentiate: densities, samples, transforms, divergences. As ``torch.distributions``."""

from autograd.distributions import (
    _kl_cross,
    _kl_multivariate,
    _kl_same,
    constraint_registry,
    constraints,
    kl,
    transforms,
)
from autograd.distributions.bernoulli import Bernoulli
from autograd.distributions.beta import Beta
from autograd.distributions.binomial import Binomial
from autograd.distributions.categorical import Categorical
from autograd.distributions.cauchy import Cauchy
from autograd.distributions.chi2 import Chi2
from autograd.distributions.constraint_registry import biject_to, transform_to
from autograd.distributions.continuous_bernoulli import ContinuousBernoulli
from autograd.distributions.dirichlet import Dirichlet
from autograd.distributions.distribution import Distribution
from autograd.distributions.exp_family import ExponentialFamily
from autograd.distributions.exponential import Exponential
from autograd.distributions.fishersnedecor import FisherSnedecor
from autograd.distributions.gamma import Gamma
from autograd.distributions.generalized_pareto import GeneralizedPareto
from autograd.distributions.geometric import Geometric
from autograd.distributions.gumbel import Gumbel
from autograd.distributions.half_cauchy import HalfCauchy
from autograd.distributions.half_normal import HalfNormal
from autograd.distributions.independent import Independent
from autograd.distributions.inverse_gamma import InverseGamma
from autograd.distributions.kl import kl_divergence, register_kl
from autograd.distributions.kumaraswamy import Kumaraswamy
from autograd.distributions.laplace import Laplace
from autograd.distributions.lkj_cholesky import LKJCholesky
from autograd.distributions.log_normal import LogNormal
from autograd.distributions.logistic_normal import LogisticNormal
from autograd.distributions.lowrank_multivariate_normal import LowRankMultivariateNormal
from autograd.distributions.mixture_same_family import MixtureSameFamily
from autograd.distributions.multinomial import Multinomial
from autograd.distributions.multivariate_normal import MultivariateNormal
from autograd.distributions.negative_binomial import NegativeBinomial
from autograd.distributions.normal import Normal
from autograd.distributions.one_hot_categorical import OneHotCategorical, OneHotCategoricalStraightThrough
from autograd.distributions.pareto import Pareto
from autograd.distributions.poisson import Poisson
from autograd.distributions.relaxed_bernoulli import RelaxedBernoulli
from autograd.distributions.relaxed_categorical import RelaxedOneHotCategorical
from autograd.distributions.studentT import StudentT
from autograd.distributions.transformed_distribution import TransformedDistribution
from autograd.distributions.transforms import *
from autograd.distributions.uniform import Uniform
from autograd.distributions.von_mises import VonMises
from autograd.distributions.weibull import Weibull
from autograd.distributions.wishart import Wishart

__all__ = [
    "Bernoulli",
    "Beta",
    "Binomial",
    "Categorical",
    "Cauchy",
    "Chi2",
    "ContinuousBernoulli",
    "Dirichlet",
    "Distribution",
    "Exponential",
    "ExponentialFamily",
    "FisherSnedecor",
    "Gamma",
    "GeneralizedPareto",
    "Geometric",
    "Gumbel",
    "HalfCauchy",
    "HalfNormal",
    "Independent",
    "InverseGamma",
    "Kumaraswamy",
    "LKJCholesky",
    "Laplace",
    "LogNormal",
    "LogisticNormal",
    "LowRankMultivariateNormal",
    "MixtureSameFamily",
    "Multinomial",
    "MultivariateNormal",
    "NegativeBinomial",
    "Normal",
    "OneHotCategorical",
    "OneHotCategoricalStraightThrough",
    "Pareto",
    "Poisson",
    "RelaxedBernoulli",
    "RelaxedOneHotCategorical",
    "StudentT",
    "TransformedDistribution",
    "Uniform",
    "VonMises",
    "Weibull",
    "Wishart",
    "biject_to",
    "constraints",
    "kl_divergence",
    "register_kl",
    "transform_to",
    "transforms",
]
__all__ += transforms.__all__
