"""Survival by an autoencoder whose code carries the hazard: Bello et al. 2019, doi:10.1038/s42256-019-0019-2.

Features are encoded, and decoded again; a linear function of the code is the log hazard ratio. The loss is a mixture of
the reconstruction error and Cox's partial likelihood. Here the layers are small, as tables are, and several networks
are averaged.
"""

import json
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from marey.core import InvalidInput

Array = NDArray[np.float64]
Matrix = tuple[tuple[float, ...], ...]
KIND = "deep Cox"


@dataclass(frozen=True)
class Layer:
    """(out, in) weights and (out,) biases of a layer."""

    weights: Matrix
    biases: tuple[float, ...]


@dataclass(frozen=True)
class DeepCoxModel:
    """Networks from features to log hazard ratio: their encoders and hazards, as plain numbers.

    Args:
        means, scales: of the features.
        networks: layers of each; tanh between them, none after the last.
    """

    means: tuple[float, ...]
    scales: tuple[float, ...]
    networks: tuple[tuple[Layer, ...], ...]

    def log_risk(self, values: Array) -> Array:
        """Log hazard ratio of each patient, ``(patient,)``, of features (patient, feature) without gaps."""
        scaled = (values - np.array(self.means)) / np.array(self.scales)
        return np.asarray(np.mean([_through(scaled, layers) for layers in self.networks], axis=0))

    def to_json(self) -> str:
        """The model as JSON."""
        return json.dumps({KIND: asdict(self)}) + "\n"


def _through(values: Array, layers: tuple[Layer, ...]) -> Array:
    for layer in layers[:-1]:
        values = np.tanh(values @ np.array(layer.weights).T + layer.biases)
    return np.asarray((values @ np.array(layers[-1].weights).T + layers[-1].biases)[:, 0])


@dataclass(frozen=True)
class FitDeepCox:
    """Trains the networks on all patients at once.

    Args:
        hidden, code: widths.
        reconstruction: share of the reconstruction error in the loss, 0 to 1.
        steps, rate, decay: of AdamW.
        networks: to average; seed: of their first weights.
    """

    hidden: int = 16
    code: int = 4
    reconstruction: float = 0.3
    steps: int = 200
    rate: float = 0.01
    decay: float = 0.1
    networks: int = 3
    seed: int = 0

    def __call__(self, values: Array, times: Array, events: NDArray[np.bool_]) -> DeepCoxModel:
        """Fit features (patient, feature) without gaps to follow-up times and events, both (patient,).

        Raises:
            InvalidInput: missing values, no event, or different numbers of patients.
        """
        if not (np.isfinite(values).all() and len(values) == times.size == events.size and events.any()):
            raise InvalidInput(
                f"Features of shape {values.shape}, {times.size} times and {int(events.sum())} events were given.",
                "Features without gaps, and events, of the same patients are needed.",
                "Fill missing values first.",
            )
        means, scales = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
        order = np.argsort(-times, kind="stable")
        scaled = torch.tensor(((values - means) / scales)[order], dtype=torch.float32)
        happened = torch.tensor(events[order])
        networks = tuple(self._train(scaled, happened, self.seed + number) for number in range(self.networks))
        return DeepCoxModel(tuple(means.tolist()), tuple(scales.tolist()), networks)

    def _train(self, scaled: Tensor, events: Tensor, seed: int) -> tuple[Layer, ...]:
        """One network on patients in the order of falling times."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            features = scaled.shape[1]
            encode = nn.Sequential(nn.Linear(features, self.hidden), nn.Tanh(), nn.Linear(self.hidden, self.code))
            bend, hazard = nn.Tanh(), nn.Linear(self.code, 1)
            decode = nn.Sequential(nn.Linear(self.code, self.hidden), nn.Tanh(), nn.Linear(self.hidden, features))
        parameters = [*encode.parameters(), *hazard.parameters(), *decode.parameters()]
        adam = torch.optim.AdamW(parameters, lr=self.rate, weight_decay=self.decay)
        for _ in range(self.steps):
            code = bend(encode(scaled))
            error = nn.functional.mse_loss(decode(code), scaled)
            loss = self.reconstruction * error + (1 - self.reconstruction) * partial_loss(hazard(code)[:, 0], events)
            adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            adam.step()
        return tuple(_layer(one) for one in (encode[0], encode[2], hazard))


def partial_loss(log_risk: Tensor, events: Tensor) -> Tensor:
    """Negative log partial likelihood per event (Breslow) of (patient,) in the order of falling times."""
    at_risk = torch.logcumsumexp(log_risk, 0)
    return (at_risk - log_risk)[events].mean()


def _layer(module: nn.Module) -> Layer:
    weight, bias = (parameter.detach().double() for parameter in module.parameters())
    return Layer(tuple(tuple(row) for row in weight.tolist()), tuple(bias.tolist()))


__all__ = ["DeepCoxModel", "FitDeepCox", "Layer", "partial_loss"]
