"""Policy: a distribution over chunks of actions given an observation; one loss, one sampler."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Generator, Tensor, nn

from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.policies.nets import Conditional, Network
from ilkit.spaces import Box, HasSpaces, one_hot


class Policy(nn.Module):
    """The base of every head.

    like   anything with `obs_space` and `act_space`: an Env, or Demos of your own
    net    how features become the head's inputs: "tabular", "linear", "mlp", "cnn" or a Network
    chunk  how many actions are predicted at once, k
    seed   of the initial weights

    A head is `loss` and `sample` over chunks [n, k, *act]. Observations and actions are scaled
    inside, by buffers that `set_scale` fills once from data and that are saved with the weights.
    """

    obs_mean: Tensor
    obs_std: Tensor
    act_mean: Tensor
    act_std: Tensor
    scaled: Tensor

    def __init__(
        self, like: HasSpaces, net: str | Network = "mlp", *, chunk: int = 1, seed: int = 0
    ) -> None:
        super().__init__()
        if chunk < 1:
            raise InputError(f"chunk: expected at least 1 action, got {chunk}; use chunk=1.")
        self.obs_space, self.act_space, self.chunk = like.obs_space, like.act_space, chunk
        self.seed = seed
        self.network = Network(net) if isinstance(net, str) else net
        if isinstance(self.obs_space, Box):
            self.register_buffer("obs_mean", torch.zeros(self.obs_space.shape))
            self.register_buffer("obs_std", torch.ones(self.obs_space.shape))
        if isinstance(self.act_space, Box):
            self.register_buffer("act_mean", torch.zeros(self.act_space.shape))
            self.register_buffer("act_std", torch.ones(self.act_space.shape))
        self.register_buffer("scaled", torch.tensor(False))

    # What a head writes

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        """Training loss of each sample, [n], for obs [n, *obs] and chunks act [n, k, *act]."""
        raise NotImplementedError

    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        """Draw chunks [n, k, *act], inside the action space."""
        raise NotImplementedError

    def log_prob(self, obs: Tensor, act: Tensor) -> Tensor:
        """Log-density (or log-probability) of chunks, [n], in the units of the actions."""
        raise NotImplementedError(f"{type(self).__name__} has no tractable log_prob")

    # What every head shares

    def forward(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        """One action [n, *act]: a policy is called like an expert."""
        return self.sample(obs, generator)[:, 0]

    @property
    def act_size(self) -> int:
        """Numbers in a chunk: k times the size of one action."""
        return self.chunk * math.prod(self.act_space.shape)

    def build(self, outputs: int) -> nn.Module:
        """The network from features to `outputs` numbers, its weights drawn from `seed` alone."""
        with self.seeded():
            return self.network.build(self.obs_space, outputs)

    def build_conditional(self, inputs: int, outputs: int) -> Conditional:
        """A network from features and a vector [n, inputs] to [n, outputs], likewise."""
        with self.seeded():
            width = self.network.hidden[-1]
            embed = self.network.build(self.obs_space, width)
            return Conditional(embed, width, inputs, outputs)

    @contextmanager
    def seeded(self) -> Iterator[None]:
        """Draw initial weights from the policy's seed, and leave the global generator alone."""
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.seed)  # and no GPU's, which would stay so
            yield

    def need(self, **numbers: float) -> None:
        """Refuse settings of a head that are not positive."""
        for name, number in numbers.items():
            if not number > 0:
                raise InputError(
                    f"{name}: {type(self).__name__} expects a positive number, got {number}."
                )

    def need_real_actions(self) -> None:
        """Refuse discrete actions, for heads that model densities."""
        if not isinstance(self.act_space, Box):
            raise InputError(
                f"act_space: {type(self).__name__} expects real actions, got {self.act_space}; "
                "use Categorical."
            )

    @torch.no_grad()
    def set_scale(self, demos: Demos) -> None:
        """Centre and scale by the data's mean and deviation, once: later data keep the scale."""
        if bool(self.scaled):
            return
        obs, act, _ = demos.flat()
        for name, space, x in (("obs", self.obs_space, obs), ("act", self.act_space, act)):
            if isinstance(space, Box):
                getattr(self, f"{name}_mean").copy_(x.mean(0))
                spread = x.std(0, correction=0)
                getattr(self, f"{name}_std").copy_(torch.where(spread > 1e-6, spread, 1.0))
        self.scaled.fill_(True)

    def features(self, obs: Tensor) -> Tensor:
        """Scaled observations, one-hot if they are discrete: the network's input."""
        _check_rows("obs", obs, self.obs_space.shape)
        if isinstance(self.obs_space, Box):
            return (obs - self.obs_mean) / self.obs_std
        return one_hot(self.obs_space, obs)

    def to_unit(self, act: Tensor) -> Tensor:
        """Chunks [n, k, *act] as scaled vectors [n, act_size]."""
        _check_rows("act", act, (self.chunk, *self.act_space.shape))
        return ((act - self.act_mean) / self.act_std).flatten(1)

    def from_unit(self, unit: Tensor) -> Tensor:
        """Scaled vectors [n, act_size] as chunks [n, k, *act], clipped to the action space."""
        assert isinstance(self.act_space, Box)
        chunks = unit.reshape(len(unit), self.chunk, *self.act_space.shape)
        return self.act_space.clip(chunks * self.act_std + self.act_mean)

    def log_scale(self) -> Tensor:
        """Log-determinant of the scaling of a chunk, which densities in real units subtract."""
        return self.chunk * self.act_std.log().sum()


def _check_rows(name: str, x: Tensor, shape: tuple[int, ...]) -> None:
    """Broadcasting would else make something of rows of another size."""
    if tuple(x.shape[1:]) != shape:
        raise InputError(
            f"{name}: expected shape [n{''.join(f', {size}' for size in shape)}], got "
            f"{list(x.shape)}; this policy was built for other data."
        )
