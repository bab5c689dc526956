"""Make the shape model: ``python -m marey.shape.training OUT.npz [--hearts 320] [--population FOLDER]``.

Simulated hearts of all groups, drawn with seeds from `FIRST_SEED` on, at all moments of their beats. The same arguments
give the same model. A folder keeps the meshes, so that a stopped run goes on.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from marey.anatomy.ventricles import MEDIUM, Resolution, topology
from marey.shape.model import ShapeModel
from marey.shape.population import beating_points

FloatArray = NDArray[np.float64]
FIRST_SEED = 1_000_000
HEARTS, MODES, WAVES = 320, 30, 110
THROUGH_WALL = 0.1  # how much a neighbour through the wall counts against one along it


def train(population: FloatArray, modes: int = MODES, waves: int = WAVES) -> ShapeModel:
    """The model of a population (heart, moment, n, 3) mm in the heart frame, moment 0 end-diastole."""
    known = topology(MEDIUM)
    middle = population[:, :1][:, :, known.inner[..., 0].ravel()].mean(axis=2, keepdims=True)
    rows = (population - middle).reshape(-1, 3 * known.points)
    mean = rows.mean(axis=0)
    sd, vectors = _components(rows - mean, modes)
    scale = np.sqrt(known.points)
    points = mean.reshape(-1, 3)
    shapes = vectors.reshape(modes, -1, 3) * scale
    return ShapeModel(points, shapes, sd / scale, outward(points, MEDIUM), *smooth_waves(MEDIUM, waves))


def _components(rows: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Standard deviations (k,) and unit vectors (k, m) of the principal components of rows with mean 0."""
    last = len(rows) - 1
    values, left = eigh(rows @ rows.T, subset_by_index=(last + 1 - count, last))
    vectors = (left.T @ rows)[::-1]
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors *= np.sign(vectors[np.arange(count), np.abs(vectors).argmax(axis=1)])[:, None]
    return np.sqrt(values[::-1] / last), vectors


def smooth_waves(resolution: Resolution, count: int) -> tuple[FloatArray, FloatArray]:
    """The smoothest functions on the template's points, (w, n), and their eigenvalues of the graph Laplacian."""
    known = topology(resolution)
    weights = np.zeros((known.points, known.points))
    for block in (known.inner, known.outer):
        ring = np.roll(block, -1, axis=1)
        _join(weights, block[:-1], block[1:], 1.0)
        _join(weights, block[1:], ring[1:], 1.0)
        _join(weights, block[..., :-1], block[..., 1:], THROUGH_WALL)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    values, vectors = eigh(laplacian, subset_by_index=(0, count - 1))
    return vectors.T * np.sqrt(known.points), np.maximum(values, 0.0)


def _join(weights: FloatArray, first: NDArray[np.int64], second: NDArray[np.int64], weight: float) -> None:
    apart = first != second
    weights[first[apart], second[apart]] = weight
    weights[second[apart], first[apart]] = weight


def outward(points: FloatArray, resolution: Resolution) -> FloatArray:
    """(n, 3) unit vectors through the wall, away from the cavity that it encloses."""
    known = topology(resolution)
    direction = np.zeros_like(points)
    for block in (known.outer, known.inner):
        step = np.gradient(points[block], axis=2)
        direction[block] = step / np.maximum(np.linalg.norm(step, axis=-1, keepdims=True), 1e-9)
    direction[known.inner[0]] = (0.0, 0.0, -1.0)
    return direction


def write_model(model: ShapeModel, path: Path) -> None:
    """Write the tables, those that grow with the mesh in half precision (errors below 0.05 mm)."""
    half: dict[str, Any] = {"modes": model.modes.astype(np.float16), "waves": model.waves.astype(np.float16)}
    single: dict[str, Any] = {
        name: getattr(model, name).astype(np.float32) for name in ("mean", "sd", "direction", "eigenvalues")
    }
    np.savez_compressed(path, **half, **single)


def _heart(number: int, folder: Path | None) -> FloatArray:
    path = None if folder is None else folder / f"{number:04d}.npy"
    if path is not None and path.exists():
        return np.asarray(np.load(path), np.float64)
    points = beating_points(FIRST_SEED + number)
    if path is not None:
        np.save(path, points.astype(np.float32))
    return points


def main() -> None:
    """Simulate the hearts that are missing and write the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--hearts", type=int, default=HEARTS)
    parser.add_argument("--population", type=Path)
    asked = parser.parse_args()
    population = np.stack([_heart(number, asked.population) for number in range(asked.hearts)])
    model = train(population)
    write_model(model, asked.out)
    sys.stdout.write(f"{len(population)} hearts; modes' standard deviations, mm: {np.round(model.sd, 2).tolist()}\n")


__all__ = ["main", "train", "write_model"]


if __name__ == "__main__":
    main()
