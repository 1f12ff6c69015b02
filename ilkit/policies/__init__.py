"""Policies: one file per head, each with one loss and one sampler."""

from ilkit.policies.autoregressive import Autoregressive
from ilkit.policies.base import Policy
from ilkit.policies.categorical import Categorical
from ilkit.policies.cvae import CVAE
from ilkit.policies.deterministic import Deterministic
from ilkit.policies.diffusion import Diffusion
from ilkit.policies.flow import Flow
from ilkit.policies.gaussian import Gaussian
from ilkit.policies.mip import MIP
from ilkit.policies.mixture import Mixture
from ilkit.policies.nets import Network
from ilkit.policies.scores import Scores

__all__ = [
    "CVAE",
    "MIP",
    "Autoregressive",
    "Categorical",
    "Deterministic",
    "Diffusion",
    "Flow",
    "Gaussian",
    "Mixture",
    "Network",
    "Policy",
    "Scores",
]
