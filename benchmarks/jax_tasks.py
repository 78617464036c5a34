"""A training on labelled data in JAX: from the first weights of an Experiment, on its batches, each batch compiled as one program.

Layers are `Linear`, LIF and ALIF with the surrogate SingleExponential and the subtracting reset, and ExpLeak, all without normalised input.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax  # it reads the platform when it is imported
import jax.numpy as jnp
import torch
from torch import Tensor, nn

from benchmarks.jax_peer import as_jax, dense
from snncore import layers
from snncore.activation import SingleExponential, SingleSpike
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification

GRAD_WIDTH = SingleExponential().grad_width
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
"""torch's of Adam."""


@partial(jax.custom_jvp, nondiff_argnums=(2,))
def spikes(u: jax.Array, theta: jax.Array, single: bool) -> jax.Array:
    return (u >= theta).astype(u.dtype) if single else jnp.maximum(jnp.trunc(u / theta), 0.0)


@spikes.defjvp
def _spikes_jvp(single: bool, primals: Any, tangents: Any) -> Any:
    (u, theta), (of_u, of_theta) = primals, tangents
    s = spikes(u, theta, single)
    slope = jnp.exp(-jnp.abs(u - theta) / (GRAD_WIDTH * theta)) / (GRAD_WIDTH * theta)
    return s, slope * (of_u - (1.0 if single else u / theta) * of_theta)


def neurons(kind: str, single: bool, adapt: tuple[float, float], tau: jax.Array, z: jax.Array) -> jax.Array:
    """Output (time, batch, neurons) of an input of that shape; `adapt` are τ_adapt and adapt_scale."""
    alpha, rho = jnp.exp(-1.0 / tau), jnp.exp(-1.0 / adapt[0])

    def step(carry: tuple[jax.Array, jax.Array], z_t: jax.Array) -> tuple[tuple[jax.Array, jax.Array], jax.Array]:
        v, b = carry
        u = alpha * v + z_t
        if kind == "ExpLeak":
            return (u, b), u
        theta = 1.0 + adapt[1] * b if kind == "ALIF" else jnp.ones_like(u)
        s = spikes(u, theta, single)
        return (u - s * theta, rho * b + (1 - rho) * s if kind == "ALIF" else b), s

    return jax.lax.scan(step, (jnp.zeros_like(z[0]), jnp.zeros_like(z[0])), z)[1]


class JaxTraining:
    """Raises TypeError for what the twin doesn't compute."""

    def __init__(self, experiment: Experiment) -> None:
        task = experiment.training.task
        if not isinstance(task, Classification) or task.readout != "mean_potential" or experiment.training.optimiser != "Adam":
            raise TypeError("it is no classification by mean potentials with Adam")
        self.task = task
        self.experiment = experiment
        self.halves = task.data.make()
        model = list(experiment.build())
        self.kinds = tuple(map(_kind_of, model))
        self.parameters: Any = [_parameters_of(module, learning=True) for module in model]
        self.fixed: Any = [_parameters_of(module, learning=False) for module in model]
        self.moments: Any = (jax.tree.map(jnp.zeros_like, self.parameters), jax.tree.map(jnp.zeros_like, self.parameters))
        self.updates = 0

    def epoch(self, number: int, batches: tuple[Tensor, ...]) -> tuple[float, float]:
        """Learn the batches, then test; return the mean loss and the test accuracy.

        Args:
            batches: places in the training half of the samples of each batch.
        """
        lr, loss_sum, train, test = self.experiment.training.learning_rate(number), 0.0, *self.halves
        for places in batches:
            self.updates += 1
            shown, labels = self._shown(train.values[places]), as_jax(train.labels[places])
            self.parameters, self.moments, loss = _learn(
                self.parameters, self.moments, self.fixed, shown, labels, float(lr), self.updates, self.kinds, self.task.data.answer_from
            )
            loss_sum += len(places) * float(loss)
        size, right = self.experiment.training.batch_size, 0
        for values, labels in zip(*(half.split(size) for half in test), strict=True):
            found = _readouts(self.parameters, self.fixed, self._shown(values), self.kinds, self.task.data.answer_from)
            right += int((found.argmax(axis=1) == as_jax(labels)).sum())
        return loss_sum / sum(map(len, batches)), right / len(test.labels)

    def _shown(self, values: Tensor) -> jax.Array:
        experiment = self.experiment
        return as_jax(self.task.encoded(values, experiment.input.shape[1:], experiment.dt, torch.Generator()).transpose(0, 1))


@partial(jax.jit, static_argnames=("kinds", "answer_from"))
def _readouts(parameters: Any, fixed: Any, x: jax.Array, kinds: Any, answer_from: int) -> jax.Array:
    for learning, other, (kind, single, adapt) in zip(parameters, fixed, kinds, strict=True):
        held = {**learning, **other}
        x = dense(held, x) if kind == "Linear" else neurons(kind, single, adapt, held["tau_mem"], x)
    return x[answer_from:].mean(axis=0)


@partial(jax.jit, static_argnames=("kinds", "answer_from"))
def _learn(
    parameters: Any, moments: Any, fixed: Any, x: jax.Array, labels: jax.Array, lr: float, update: int, kinds: Any, answer_from: int
) -> Any:
    def loss(parameters: Any) -> jax.Array:
        logits = jax.nn.log_softmax(_readouts(parameters, fixed, x, kinds, answer_from))
        return -jnp.take_along_axis(logits, labels[:, None], axis=1).mean()

    value, grads = jax.value_and_grad(loss)(parameters)
    first = jax.tree.map(lambda old, g: BETA_1 * old + (1 - BETA_1) * g, moments[0], grads)
    second = jax.tree.map(lambda old, g: BETA_2 * old + (1 - BETA_2) * g * g, moments[1], grads)
    step, size = lr / (1 - BETA_1**update), jnp.sqrt(1 - BETA_2**update)
    parameters = jax.tree.map(lambda p, m, v: p - step * m / (jnp.sqrt(v) / size + EPSILON), parameters, first, second)
    return parameters, (first, second), value


def _kind_of(module: nn.Module) -> tuple[str, bool, tuple[float, float]]:
    """Return a layer's kind, whether it spikes at most once a step, and its τ_adapt and adapt_scale."""
    if isinstance(module, nn.Linear):
        return "Linear", False, (1.0, 0.0)
    if type(module) not in (layers.LIF, layers.ALIF, layers.ExpLeak) or module.norm_input:
        raise TypeError(f"{type(module).__name__} has no twin")
    spikes_once = isinstance(getattr(module, "spike_fn", None), SingleSpike)
    adapt = (module.tau_adapt.item(), float(module.adapt_scale)) if isinstance(module, layers.ALIF) else (1.0, 0.0)
    return type(module).__name__, spikes_once, adapt


def _parameters_of(module: nn.Module, learning: bool) -> dict[str, jax.Array]:
    return {name: as_jax(value) for name, value in module.named_parameters() if value.requires_grad is learning}
