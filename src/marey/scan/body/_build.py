"""Making a patient: organs fitted to their volumes, vessels grown into lungs and liver, metal put in."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.chambers.vessels import End
from marey.scan.body._capsules import Capsules, breathed, clear_of_heart, joined, of_path, of_tree
from marey.scan.body._implants import implant_paths, with_generator
from marey.scan.body._kernels import paint
from marey.scan.body._levels import solved, trunk_points
from marey.scan.body._shape import HeartMap, Shape, shape_of
from marey.scan.body._trees import tree
from marey.scan.body._tubes import Tubes
from marey.scan.body._vessels import great_vessels, hilum, smooth
from marey.scan.body._wall import spine_place
from marey.scan.body.heart_space import DistanceMap, HeartSpace
from marey.scan.body.pose import Pose, breathing_pose
from marey.scan.body.thorax import Thorax
from marey.scan.body.tissue import Tissue

FloatArray = NDArray[np.float64]
ARTERIES, VEINS, BRONCHI, HEPATIC = 320, 260, 60, 70
"""Leaves of the trees: of each lung, and of the liver for hepatic and portal veins each."""
SEAT = 14.0
"""Mm from the heart's lowest point up to where it leaves the diaphragm."""


@dataclass(frozen=True, eq=False)
class Patient:
    """A thorax around one heart, with all that takes time to make.

    Args:
        thorax, heart: what it was made of.
        shape: the kernels' numbers at end-expiration.
        capsules: all tubes at end-expiration.
    """

    thorax: Thorax
    heart: HeartSpace
    shape: Shape
    capsules: Capsules


@lru_cache(maxsize=4)
def patient(thorax: Thorax, heart: HeartSpace) -> Patient:
    """Make a patient; the last few are kept.

    Raises:
        InvalidInput: an organ or effusion for which there is no room.
    """
    rng = np.random.default_rng(thorax.variant)
    shape, space = shape_of(thorax), heart_map(heart.distance, heart.pose)
    ends = {name: _placed(end, heart.pose) for name, end in heart.ends.items()}
    carina = max(thorax.organs.carina, float(ends["pulmonary trunk"].centre[2]) + 4.0)
    shape = shape._replace(carina=carina, tendon=_below(heart, shape))
    paths = great_vessels(ends, shape, thorax.organs.aorta_radius)
    vessels = joined([of_path(clear_of_heart(smooth(path), space, shape), space, shape) for path in paths.values()])
    points = trunk_points(shape, rng)
    shape = solved(thorax, shape, space, breathed(vessels, 0.0, heart.pose, heart.pose, shape), points)
    shape = with_generator(thorax, shape)
    tissue = np.empty(len(points), np.uint8)
    paint(points, space, shape, breathed(vessels, 0.0, heart.pose, heart.pose, shape), tissue)
    inside = {kind: np.asarray(points[tissue == kind], np.float64) for kind in (Tissue.LUNG, Tissue.LIVER)}
    metal = [of_path(smooth(path), space, shape) for path in implant_paths(thorax, shape, heart)]
    lungs = _lung_trees(thorax.organs.lung_vessels, shape, space, inside[Tissue.LUNG], rng)
    liver = _liver_trees(shape, space, inside[Tissue.LIVER], rng)
    return Patient(thorax, heart, shape, joined([*metal, vessels, *lungs, *liver]))


@lru_cache(maxsize=8)
def tubes_at(known: Patient, breath: float) -> Tubes:
    """The patient's tubes at a breathing position."""
    rest = known.heart.pose
    now = breathing_pose(rest, breath, known.thorax.breathing.heart)
    return breathed(known.capsules, breath, rest, now, known.shape)


def heart_map(distance: DistanceMap, pose: Pose) -> HeartMap:
    """Distances to the heart in a pose, as the kernels read them."""
    rotation = np.ascontiguousarray(pose.rotation)
    return HeartMap(distance.values, np.asarray(distance.origin), float(distance.spacing), rotation, pose.translation)


def _below(heart: HeartSpace, s: Shape) -> tuple[float, float, float]:
    """Where the diaphragm's tendon is highest: above the lowest parts of the heart, at most a little above the dome."""
    known = heart.distance
    z, y, x = np.nonzero(known.values < s.epicardial)
    places = heart.pose.to_patient(np.stack([x, y, z], axis=-1) * known.spacing + known.origin)
    lowest = float(np.quantile(places[:, 2], 0.002))
    near = places[places[:, 2] < lowest + SEAT]
    height = min(max(lowest + SEAT / 2, s.dome - 40.0), s.dome + 10.0)
    return float(near[:, 0].mean()), float(near[:, 1].mean()), height


def _placed(end: End, pose: Pose) -> End:
    return End(pose.to_patient(end.centre), pose.rotation @ end.direction, end.radius)


def _lung_trees(wide: float, s: Shape, h: HeartMap, points: FloatArray, rng: np.random.Generator) -> Iterator[Capsules]:
    vessel = (int(Tissue.LUNG_VESSEL), int(Tissue.LUNG_VESSEL), int(Tissue.LUNG))
    airway = (int(Tissue.GAS), int(Tissue.CARTILAGE), int(Tissue.LUNG))
    for side in (1, -1):
        lung, root = points[points[:, 0] * side > 0], hilum(side, s)
        kinds = (
            (BRONCHI, root, 4.0, 1.0, airway),
            (ARTERIES, root + np.array([0.0, -6.0, 7.0]), 7.5 * wide, 0.0, vessel),
            (VEINS, root + np.array([3.0 * side, -2.0, -14.0]), 7.0 * wide, 0.0, vessel),
        )
        for leaves, start, radius, coat, codes in kinds:
            ends, radii = tree(start, _drawn(lung, leaves, rng), radius, 0.5 * wide)
            yield of_tree(ends, radii, codes, h, s, coat=coat)


def _liver_trees(s: Shape, h: HeartMap, points: FloatArray, rng: np.random.Generator) -> Iterator[Capsules]:
    vein = (int(Tissue.VENOUS_BLOOD), int(Tissue.VENOUS_BLOOD), int(Tissue.LIVER))
    behind = [spine_place(s.dome - drop, s) for drop in (38.0, 85.0)]
    hepatic, portal = (-26.0, behind[0] - 24.0, s.dome - 38.0), (-14.0, behind[1] - 44.0, s.dome - 85.0)
    for root, radius in ((hepatic, 7.0), (portal, 6.0)):
        ends, radii = tree(np.array(root), _drawn(points, HEPATIC, rng), radius, 0.8)
        yield of_tree(ends, radii, vein, h, s)


def _drawn(points: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    chosen = rng.choice(len(points), min(count, len(points)), replace=False)
    return np.asarray(points[np.sort(chosen)])


__all__ = ["Patient", "heart_map", "patient", "tubes_at"]
