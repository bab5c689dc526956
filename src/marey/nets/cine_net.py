"""The network that labels cine slices."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marey.nets.engine import Engine, Network, best_engine, open_network
from marey.nets.labels import normalise
from marey.nets.weights import shipped

SMALLEST_STEP = 16  # the network halves the picture four times


@dataclass(frozen=True)
class CineNet:
    """Probabilities of ventricles and atria for stacks of short-axis slices, or for single long-axis slices.

    Args:
        weights: "short_axis" or "long_axis".
        engine: "openvino" or "onnxruntime"; the best installed one when None.
        path: another ONNX file than the shipped one, for experiments.
        batch: slices run at once.
    """

    weights: str = "short_axis"
    engine: Engine | None = None
    path: Path | None = None
    batch: int = 10

    @property
    def name(self) -> str:
        """Engine and weights, for provenance."""
        digest = self.path.name if self.path else shipped(self.weights).digest
        return f"{self.weights} {digest} on {self.engine or best_engine()}"

    @cached_property
    def _network(self) -> Network:
        return open_network(self.path or shipped(self.weights).path, self.engine)

    def __call__(self, stacks: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities ``(class, t, z, row, column)`` of stacks ``(t, z, row, column)`` with `labels.PIXEL` mm pixels.

        Class 0 is background, the others are the keys of `labels.LONG_AXIS_STRUCTURES`, or the first three of them.
        Rows and columns may have any size.
        """
        times, slices, rows, columns = stacks.shape
        pad = [(0, 0), (0, 0), (0, -rows % SMALLEST_STEP), (0, -columns % SMALLEST_STEP)]
        ready = np.pad(normalise(stacks), pad)
        between = np.pad(ready, [(0, 0), (1, 1), (0, 0), (0, 0)])
        channels = np.stack([between[:, :-2], ready, between[:, 2:]], axis=2)
        channels = channels.reshape(times * slices, 3, *ready.shape[2:])
        parts = [self._network(channels[k : k + self.batch]) for k in range(0, len(channels), self.batch)]
        probability = np.concatenate(parts)[..., :rows, :columns]
        return np.moveaxis(probability.reshape(times, slices, -1, rows, columns), 2, 0)


__all__ = ["CineNet"]
