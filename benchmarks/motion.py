"""Shape of the moving left ventricle at end-systole in every preset: roundness, descent, twist, strains, Jacobian.

Axis ratios and strains are of the endocardium (longitudinal: all meridians; circumferential and thickening: middle).
"""

import argparse
import time

import numpy as np

from marey.anatomy.ventricles import topology
from marey.core import Beat
from marey.simulate.beat import SimulateBeat
from marey.simulate.beat.step import RESOLUTIONS
from marey.simulate.motion import Deformation
from marey.simulate.motion import _kernels as kernels
from marey.simulate.presets import PRESETS, preset

Array = np.ndarray


def length(points: Array) -> float:
    """Of a line (n, 3)."""
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def axis_ratio(ring: Array) -> float:
    """Longer over shorter axis of a closed line (n, 3), by the second moments of its length."""
    step = np.roll(ring, -1, axis=0) - ring
    weight = np.linalg.norm(step, axis=1)
    from_middle = ring + step / 2 - np.average(ring + step / 2, axis=0, weights=weight)
    moments = np.linalg.eigvalsh((weight[:, None] * from_middle).T @ from_middle)
    return float(np.sqrt(moments[2] / moments[1]))


def turn(before: Array, after: Array) -> float:
    """Degrees about the axis by which a ring (n, 3) turned, counter-clockwise seen from the apex."""
    a, b = (ring[:, :2] - ring[:, :2].mean(axis=0) for ring in (before, after))
    return float(-np.degrees(np.arctan2((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum(), (a * b).sum())))


def row(beat: Beat, resolution: str) -> tuple[float, ...]:
    """Axis ratios, mm, degrees, %, %, %, least Jacobian over the beat, largest mean change of muscle in %."""
    size = RESOLUTIONS[resolution]
    inside, outside = topology(size).inner[..., 0], topology(size).outer[..., -1]
    systole = int(np.interp(beat.times, beat.volumes.times, beat.volumes["left ventricle"]).argmin())
    x, y, middle, low = beat.points(0), beat.points(systole), size.levels // 2, round(size.levels / 3)
    free = slice(size.septal_sectors + 1, None)
    wall = [np.linalg.norm(p[inside[middle, free]] - p[outside[middle, free]], axis=1).mean() for p in (x, y)]
    along = [sum(length(p[inside[:, k]]) for k in range(size.sectors)) for p in (x, y)]
    around = [length(p[np.append(inside[middle], inside[middle, 0])]) for p in (x, y)]
    model = Deformation(beat.mesh)
    muscle = [
        np.average(np.abs(kernels.volume_changes(beat.points(k), beat.mesh.cells, model.gradients, model.weights) - 1),
                   weights=model.weights.sum(1)) for k in range(len(beat.times))
    ]  # fmt: skip
    least = min(
        kernels.least_jacobian(beat.points(k), beat.mesh.cells, model.gradients) for k in range(len(beat.times))
    )
    strain = [100 * (after / before - 1) for before, after in (along, around, wall)]
    twist = turn(x[inside[low]], y[inside[low]]) - turn(x[inside[-1]], y[inside[-1]])
    ratios = (axis_ratio(x[inside[middle]]), axis_ratio(y[inside[middle]]))
    return (*ratios, beat.biomarkers["base_descent"], twist, *strain, least, 100 * max(muscle))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resolution", default="medium", choices=sorted(RESOLUTIONS))
    resolution = parser.parse_args().resolution
    heads = ("ratio ED", "ratio ES", "base mm", "twist deg", "GLS %", "GCS %", "GRS %", "least J", "muscle %", "beat s")
    print(f"{'preset':21}" + "".join(f"{head:>10}" for head in heads))
    for name in PRESETS:
        start = time.process_time()
        beat = SimulateBeat(resolution=resolution, medium="endless")(preset(name))
        seconds = time.process_time() - start
        print(f"{name:21}" + "".join(f"{value:10.2f}" for value in (*row(beat, resolution), seconds)))


if __name__ == "__main__":
    main()
