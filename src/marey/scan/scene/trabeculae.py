"""Trabeculae: the rough inner layer of both ventricles, muscle and blood side by side, which volumes count as cavity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles import Cavity, Topology
from marey.core import Parameters, parameter
from marey.core.units import mm

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FINE = 4
WAVES = 48
ALONG = 0.3
MOST = 0.45
TEMPLATE = "a shape setting of this template; non-compacted layers of healthy people reach some millimetres, textbook"


@dataclass(frozen=True)
class Trabeculation(Parameters):
    """How rough the ventricles are inside.

    Args:
        left_depth, right_depth: of the trabeculae, where they are deepest (the apex).
        spacing: from one trabecula to the next around the ventricle.
        base: depth at the base relative to that at the apex.
    """

    left_depth: float = parameter(4.0 * mm, 0.0 * mm, 15 * mm, "mm", TEMPLATE)
    right_depth: float = parameter(5.0 * mm, 0.0 * mm, 15 * mm, "mm", TEMPLATE)
    spacing: float = parameter(7.0 * mm, 3.0 * mm, 20 * mm, "mm", TEMPLATE)
    base: float = parameter(0.25, 0.0, 1.0, "1", TEMPLATE)


class Trabeculae:
    """The trabeculae of one heart, which stay on their place of the wall over the beat.

    Args:
        known: topology of the ventricles.
        points: (n, 3) mm at end-diastole.
        form: how rough.
        rng: where each trabecula lies.
    """

    def __init__(self, known: Topology, points: FloatArray, form: Trabeculation, rng: np.random.Generator) -> None:
        self._layers = {
            name: _Layer(known, cavity, points, depth, form, rng)
            for name, cavity, depth in (
                ("lv", known.cavities["lv"], form.left_depth), ("rv", known.cavities["rv"], form.right_depth),
            )
        }  # fmt: skip

    def cores(self, points: FloatArray, lids: Mapping[str, FloatArray]) -> Iterator[FloatArray]:
        """Closed surfaces (m, 3, 3) of the blood that no trabecula reaches.

        Args:
            points: (n, 3) mm now.
            lids: (k, 3, 3) over each cavity's base.
        """
        for name, layer in self._layers.items():
            yield np.concatenate([layer.surface(points), lids[name]])


class _Layer:
    """One ventricle's inner surface, made finer, with a depth at each of its points."""

    def __init__(
        self, known: Topology, cavity: Cavity, points: FloatArray, depth: float, form: Trabeculation,
        rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self._quads = cavity.wall
        share = np.linspace(0.0, 1.0, FINE + 1)
        u, v = (axis.ravel() for axis in np.meshgrid(share, share, indexing="ij"))
        self._weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=-1)
        number = np.arange((FINE + 1) ** 2).reshape(FINE + 1, FINE + 1)
        a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
        self._small = np.stack([np.stack([a, c, b], -1), np.stack([a, d, c], -1)]).reshape(-1, 3)
        there = self._finer(points)
        top = known.resolution.levels
        level = np.zeros(known.points)
        level[known.inner] = level[known.outer] = np.arange(top + 1)[:, None, None] / top
        height = level[self._quads] @ self._weights.T
        fading = np.clip((1 - height) * top, 0.0, 1.0)
        self._depth = depth * fading * (1 - (1 - form.base) * height) * _rough(there, form.spacing, rng)
        self._width = np.linalg.norm(np.ptp(points[cavity.wall].reshape(-1, 3)[:, :2], axis=0))

    def surface(self, points: FloatArray) -> FloatArray:
        """Triangles (m, 3, 3), outward of the blood within."""
        inward = _normals(points, self._quads)
        width = np.linalg.norm(np.ptp(points[self._quads].reshape(-1, 3)[:, :2], axis=0))
        deeper = np.minimum(self._depth * min(self._width / width, 2.0), MOST * width / 2)
        fine = self._finer(points) + deeper[..., None] * self._finer(inward)
        triangles: FloatArray = fine[:, self._small].reshape(-1, 3, 3)
        return triangles

    def _finer(self, values: FloatArray) -> FloatArray:
        """(f, (FINE + 1)^2, 3) between the corners of each quad."""
        return np.asarray(np.einsum("pk,fki->fpi", self._weights, values[self._quads]), np.float64)


def _rough(places: FloatArray, spacing: float, rng: np.random.Generator) -> FloatArray:
    """A smooth random field at places (..., 3), mostly 0 between ridges that reach 1; longer along the heart's axis."""
    direction = rng.normal(size=(WAVES, 3))
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    waves = direction * (1.0, 1.0, ALONG) * (2 * np.pi / spacing) * rng.uniform(0.7, 1.5, (WAVES, 1))
    phase = rng.uniform(0.0, 2 * np.pi, WAVES)
    field = np.cos(places @ waves.T + phase).sum(axis=-1) * np.sqrt(2.0 / WAVES)
    return np.asarray(np.clip(0.12 + 0.6 * field, 0.06, 1.0), np.float64)


def _normals(points: FloatArray, quads: IntArray) -> FloatArray:
    """(n, 3) unit normals of the side that the quads show; 0 at points of none."""
    a, b, c, d = (points[quads[:, corner]] for corner in range(4))
    area = np.repeat(np.cross(c - a, d - b), 4, axis=0)
    total = np.stack([np.bincount(quads.ravel(), area[:, axis], len(points)) for axis in range(3)], axis=-1)
    unit: FloatArray = total / np.maximum(np.linalg.norm(total, axis=-1, keepdims=True), 1e-12)
    return unit


__all__ = ["Trabeculae", "Trabeculation"]
