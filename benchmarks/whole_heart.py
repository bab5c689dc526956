"""How long atria, vessels and labels of the whole heart take, and how near the labels come to the surfaces' volumes.

    python benchmarks/whole_heart.py [--hearts 100]

Times are processor seconds on one core after compilation, the best of three. Beside them the same left atrium filled by
matplotlib's point-in-polygon test slice by slice, which is what a script without this package would do. The last line
says how many hearts, drawn over half of every range of the ventricles, carry whole chambers over a contraction.
"""

import argparse
from functools import partial

import numpy as np
from matplotlib.path import Path as Outline

from marey.anatomy import structures as names
from marey.anatomy.chambers import (
    AtriaShape,
    HeartLabels,
    InnerMuscles,
    Lattice,
    anchors,
    attach,
    check_chambers,
    enclosed_volume,
    heart_labels,
    inner_muscles,
    lattice,
)
from marey.anatomy.ventricles import COARSE, cavity_volume, topology, ventricles
from marey.core import InvalidInput, Mesh
from ventricles import drawn, seconds


def by_outlines(surface: Mesh, where: Lattice) -> int:
    """Voxels within a surface: the outline in each slice, ordered around its middle, then a point-in-polygon test."""
    depth, rows, columns = where.shape
    y, x = np.mgrid[:rows, :columns]
    centres = where.origin[:2] + where.spacing * np.stack([x.ravel(), y.ravel()], axis=-1)
    corners, found = surface.points[surface.cells], 0
    for level in where.origin[2] + where.spacing * np.arange(depth):
        crossing = []
        for a, b in ((0, 1), (1, 2), (2, 0)):
            p, q = corners[:, a], corners[:, b]
            cut = (p[:, 2] < level) != (q[:, 2] < level)
            share = (level - p[cut, 2]) / (q[cut, 2] - p[cut, 2])
            crossing.append(p[cut, :2] + share[:, None] * (q[cut, :2] - p[cut, :2]))
        outline = np.concatenate(crossing)
        if len(outline) > 2:
            around = outline - outline.mean(axis=0)
            outline = outline[np.argsort(np.arctan2(around[:, 1], around[:, 0]))]
            found += int(Outline(outline).contains_points(centres).sum())
    return found


def contracted(points: np.ndarray, share: float) -> np.ndarray:
    return np.asarray(points * np.array([1 - 0.18 * share, 1 - 0.18 * share, 1 - 0.15 * share]))


def whole(hearts: int) -> int:
    random, known, shape, count = np.random.default_rng(1), topology(COARSE), AtriaShape(), 0
    for _ in range(hearts):
        points = ventricles(drawn(random, 0.5), COARSE).points
        try:
            fixed = anchors(shape, known, points)
            for share in (0.5, 1.0):
                grown = 1 + 0.8 * share
                moved = contracted(points, share)
                check_chambers(attach(fixed, known, moved, grown * shape.left_volume, grown * shape.right_volume))
        except InvalidInput:
            continue
        count += 1
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hearts", type=int, default=100)
    hearts = parser.parse_args().hearts
    known, points, shape = topology(), ventricles().points, AtriaShape()
    fixed = anchors(shape, known, points)
    chambers = attach(fixed, known, points, shape.left_volume, shape.right_volume)
    muscles = inner_muscles(InnerMuscles(), known, points)
    print(
        f"attach         {seconds(partial(attach, fixed, known, points, shape.left_volume, shape.right_volume)):8.4f} s"
    )
    print(f"inner muscles  {seconds(partial(inner_muscles, InnerMuscles(), known, points)):8.4f} s")
    print(f"check          {seconds(partial(check_chambers, chambers)):8.4f} s")
    left, right = (float(cavity_volume(points, known.cavities[side])) for side in ("lv", "rv"))
    print(
        f"{'spacing':9}{'labels s':>10}{'outlines s':>12}{'LV':>9}{'RV':>9}{'LA':>9}{'RA':>9}  (error of label volumes)"
    )
    for spacing in (2.0, 1.5, 1.0, 0.5):
        where = lattice(spacing, points, *(surface.points for surface in chambers.surfaces.values()))
        label = partial(heart_labels, where, known, points, chambers, muscles)
        found: HeartLabels = label()
        errors = [
            found.volume(names.LV_CAVITY, names.PAPILLARY_MUSCLES) / left - 1,
            found.volume(names.RV_CAVITY, names.MODERATOR_BAND) / right - 1,
            found.volume(names.LA_CAVITY) / enclosed_volume(chambers.surfaces["left atrium"]) - 1,
            found.volume(names.RA_CAVITY) / enclosed_volume(chambers.surfaces["right atrium"]) - 1,
        ]
        peer = seconds(partial(by_outlines, chambers.surfaces["left atrium"], where)) if spacing >= 1 else float("nan")
        print(f"{spacing:6} mm{seconds(label):10.4f}{peer:12.4f}" + "".join(f"{error:9.2%}" for error in errors))
    print(f"whole chambers over a contraction: {whole(hearts)} of {hearts}")


if __name__ == "__main__":
    main()
