"""The same layers of neurons in JAX, compiled: a scan over time with the surrogate gradient as its own derivative.

LIF with τ_mem = 10, θ = 1, input normalisation, subtracting reset, one spike for each multiple of θ, and the gradient of τ_mem, as
`snncore` computes them; recurrent, with a matrix and a bias; and epochs of the ten-spike task. What takes and returns arrays is timed until
they are there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax  # it reads the platform when it is imported
import jax.numpy as jnp

GRAD_WIDTH = 0.5


@jax.custom_jvp
def spikes(u: jax.Array) -> jax.Array:
    """Spikes of u at θ = 1."""
    return jnp.maximum(jnp.trunc(u), 0.0)


@spikes.defjvp
def _spikes_jvp(primals: Any, tangents: Any) -> Any:
    (u,), (tangent,) = primals, tangents
    return spikes(u), tangent * jnp.exp(-jnp.abs(u - 1.0) / GRAD_WIDTH) / GRAD_WIDTH


def lif(tau: jax.Array, z: jax.Array) -> jax.Array:
    """Spikes (time, batch, neurons) of an input of that shape."""
    alpha = jnp.exp(-1.0 / tau)

    def step(v: jax.Array, z_t: jax.Array) -> tuple[jax.Array, jax.Array]:
        u = alpha * v + (1.0 - alpha) * z_t
        s = spikes(u)
        return u - s, s

    return jax.lax.scan(step, jnp.zeros_like(z[0]), z)[1]


def lif_recurrent(parameters: tuple[jax.Array, jax.Array, jax.Array], z: jax.Array) -> jax.Array:
    """As `lif`, with spikes (batch, neurons) fed back through weights (from, to) and a bias, one step later."""
    tau, weight, bias = parameters
    alpha = jnp.exp(-1.0 / tau)

    def step(carry: tuple[jax.Array, jax.Array], z_t: jax.Array) -> tuple[tuple[jax.Array, jax.Array], jax.Array]:
        v, back = carry
        u = alpha * v + (1.0 - alpha) * (z_t + back)
        s = spikes(u)
        return (u - s, s @ weight + bias), s

    return jax.lax.scan(step, (jnp.zeros_like(z[0]), jnp.zeros_like(z[0])), z)[1]


class JaxLayer:
    """A layer under test.

    Args:
        neurons: of a recurrent layer; None for one without connections.
    """

    def __init__(self, neurons: int | None = None) -> None:
        tau = jnp.asarray(10.0)
        if neurons is None:
            self.parameters: Any = tau
            self._run: Callable[..., jax.Array] = lif
        else:
            first, second = jax.random.split(jax.random.key(0))
            bound = neurons**-0.5
            weight = jax.random.uniform(first, (neurons, neurons), minval=-bound, maxval=bound)
            self.parameters = (tau, weight, jax.random.uniform(second, (neurons,), minval=-bound, maxval=bound))
            self._run = lif_recurrent
        self._forward = jax.jit(self._run)
        self._both = jax.jit(self._with_gradients)

    def _with_gradients(self, parameters: Any, z: jax.Array, grad: jax.Array) -> Any:
        output, back = jax.vjp(self._run, parameters, z)
        return output, back(grad)

    def forward(self, z: jax.Array) -> None:
        jax.block_until_ready(self._forward(self.parameters, z))

    def forward_backward(self, z: jax.Array, grad: jax.Array) -> None:
        jax.block_until_ready(self._both(self.parameters, z, grad))


def as_jax(values: Any) -> jax.Array:
    """Return a tensor's values."""
    return jnp.asarray(values.detach().numpy())


# -------------------------------------------------------------------------------------------------- whole trainings


def dense(parameters: dict[str, jax.Array], x: jax.Array) -> jax.Array:
    return x @ parameters["weight"].T + parameters["bias"]


class TenSpikes:
    """The ten-spike task of `toy_task`: two layers of weights, each with LIF behind it, and RMSprop.

    Args:
        weights: of both layers, {"weight": (to, from), "bias": (to,)} each, as torch drew them.
        data: (batch, time, neurons).
    """

    def __init__(self, weights: list[dict[str, Any]], data: Any, lr: float) -> None:
        self.parameters: Any = [{name: as_jax(value) for name, value in layer.items()} | {"tau": jnp.asarray(10.0)} for layer in weights]
        self.squares: Any = jax.tree.map(jnp.zeros_like, self.parameters)
        self.data = as_jax(data).swapaxes(0, 1)
        self.lr = lr

    def __call__(self) -> int:
        """Train one epoch; return its spikes."""
        self.parameters, self.squares, count = _epoch_of_ten_spikes(self.parameters, self.squares, self.data, lr=self.lr)
        return int(count)


@partial(jax.jit, static_argnames="lr")
def _epoch_of_ten_spikes(parameters: Any, squares: Any, data: jax.Array, lr: float) -> Any:
    def loss(parameters: Any) -> tuple[jax.Array, jax.Array]:
        x = data
        for layer in parameters:
            x = lif(layer["tau"], dense(layer, x))
        return (x.sum() - 10.0) ** 2, x.sum()

    grads, count = jax.grad(loss, has_aux=True)(parameters)
    squares = jax.tree.map(lambda old, g: 0.99 * old + 0.01 * g * g, squares, grads)
    parameters = jax.tree.map(lambda p, g, square: p - lr * g / (jnp.sqrt(square) + 1e-8), parameters, grads, squares)
    return parameters, squares, count
