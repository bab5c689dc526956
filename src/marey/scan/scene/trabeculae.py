"""Trabeculae: the rough inner layer of both ventricles, muscle beside blood, which volumes count as cavity."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, RV_CAVITY
from marey.anatomy.chambers import ventricle_parts
from marey.anatomy.ventricles import Topology
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

    With the usual values trabeculae and papillary muscles fill about a fifth of the healthy left ventricle at
    end-diastole and a third at end-systole; Chuang et al. measured 23 % and, from what they do to the ejection
    fraction, 36 % (doi:10.1016/j.jcmg.2012.05.015).

    Args:
        left_depth, right_depth: of the trabeculae, where they are deepest (the apex).
        spacing: from one trabecula to the next around the ventricle.
        base: depth at the base relative to that at the apex.
    """

    left_depth: float = parameter(7.5 * mm, 0.0 * mm, 15 * mm, "mm", TEMPLATE)
    right_depth: float = parameter(7.5 * mm, 0.0 * mm, 15 * mm, "mm", TEMPLATE)
    spacing: float = parameter(7.0 * mm, 3.0 * mm, 20 * mm, "mm", TEMPLATE)
    base: float = parameter(0.6, 0.0, 1.0, "1", TEMPLATE)


class Trabeculae:
    """The trabeculae of one heart, which stay on their place of the wall over the beat.

    Args:
        known: topology of the ventricles.
        points: (n, 3) mm at end-diastole.
        form: how rough.
        rng: where each trabecula lies.
    """

    def __init__(self, known: Topology, points: FloatArray, form: Trabeculation, rng: np.random.Generator) -> None:
        self._known = known
        self._layers = {}
        for structure, side, depth in ((LV_CAVITY, "lv", form.left_depth), (RV_CAVITY, "rv", form.right_depth)):
            layer = _Layer(known.cavities[side].wall, points)
            layer.deepen(depth * _fading(known, form, layer) * _rough(layer.finer(points), form.spacing, rng))
            self._layers[structure] = layer

    def cores(self, points: FloatArray) -> Iterator[FloatArray]:
        """Closed surfaces (m, 3, 3) of the blood that no trabecula reaches, of ventricles with points (n, 3) now."""
        parts = dict(ventricle_parts(self._known, points))
        for structure, layer in self._layers.items():
            lid = parts[structure][layer.wall_triangles :]
            yield np.concatenate([layer.surface(points), lid])


class _Layer:
    """One ventricle's inner surface, made finer, with a depth at each of its points."""

    def __init__(self, quads: IntArray, points: FloatArray) -> None:
        self._quads = quads
        self.wall_triangles = 4 * len(quads)
        share = np.linspace(0.0, 1.0, FINE + 1)
        u, v = (axis.ravel() for axis in np.meshgrid(share, share, indexing="ij"))
        self._weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=-1)
        number = np.arange((FINE + 1) ** 2).reshape(FINE + 1, FINE + 1)
        a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
        self._small = np.stack([np.stack([a, c, b], -1), np.stack([a, d, c], -1)]).reshape(-1, 3)
        self._depth = np.zeros((len(quads), len(u)))
        self._width = self._across(points)

    def deepen(self, depth: FloatArray) -> None:
        """Set the depth (f, (FINE + 1)^2) in mm at end-diastole."""
        self._depth = depth

    def surface(self, points: FloatArray) -> FloatArray:
        """Triangles (m, 3, 3), outward of the blood within."""
        inward = _normals(points, self._quads)
        width = self._across(points)
        deeper = np.minimum(self._depth * min(self._width / width, 2.0), MOST * width / 2)
        fine = self.finer(points) + deeper[..., None] * self.finer(inward)
        triangles: FloatArray = fine[:, self._small].reshape(-1, 3, 3)
        return triangles

    def finer(self, values: FloatArray) -> FloatArray:
        """(f, (FINE + 1)^2, k) between the corners of each quad, of values (n, k) at points."""
        return np.asarray(self._weights @ values[self._quads], np.float64)

    def _across(self, points: FloatArray) -> float:
        """Mm, how wide the cavity is."""
        return float(np.linalg.norm(np.ptp(points[self._quads].reshape(-1, 3)[:, :2], axis=0)))


def _fading(known: Topology, form: Trabeculation, layer: _Layer) -> FloatArray:
    """Share of the depth at the layer's points: all at the apex, less at the base and none at its rim."""
    top = known.resolution.levels
    level = np.zeros((known.points, 1))
    level[known.inner] = level[known.outer] = np.arange(top + 1)[:, None, None, None] / top
    height = layer.finer(level)[..., 0]
    fading: FloatArray = np.clip((1 - height) * top, 0.0, 1.0) * (1 - (1 - form.base) * height)
    return fading


def _rough(places: FloatArray, spacing: float, rng: np.random.Generator) -> FloatArray:
    """A smooth random field at places (..., 3), mostly 0 between ridges that reach 1; longer along the heart's axis."""
    direction = rng.normal(size=(WAVES, 3))
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    waves = direction * (1.0, 1.0, ALONG) * (2 * np.pi / spacing) * rng.uniform(0.7, 1.5, (WAVES, 1))
    phase = rng.uniform(0.0, 2 * np.pi, WAVES)
    field = np.cos(places @ waves.T + phase).sum(axis=-1) * np.sqrt(2.0 / WAVES)
    return np.asarray(np.clip(0.3 + 0.55 * field, 0.06, 1.0), np.float64)


def _normals(points: FloatArray, quads: IntArray) -> FloatArray:
    """(n, 3) unit normals of the side that the quads show; 0 at points of none."""
    a, b, c, d = (points[quads[:, corner]] for corner in range(4))
    area = np.repeat(np.cross(c - a, d - b), 4, axis=0)
    total = np.stack([np.bincount(quads.ravel(), area[:, axis], len(points)) for axis in range(3)], axis=-1)
    unit: FloatArray = total / np.maximum(np.linalg.norm(total, axis=-1, keepdims=True), 1e-12)
    return unit


__all__ = ["Trabeculae", "Trabeculation"]
