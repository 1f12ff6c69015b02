"""Policies: one file per head, each with one loss and one sampler."""

from ilkit.policies.base import Policy
from ilkit.policies.categorical import Categorical
from ilkit.policies.deterministic import Deterministic
from ilkit.policies.gaussian import Gaussian
from ilkit.policies.nets import Network

__all__ = ["Categorical", "Deterministic", "Gaussian", "Network", "Policy"]
