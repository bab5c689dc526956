"""The room that a simulated heart takes in the thorax."""

import numpy as np
import pytest

from marey.anatomy.chambers import Lattice, anchors, attach, heart_labels, lattice
from marey.anatomy.ventricles import COARSE, topology, ventricles
from marey.core import InvalidInput
from marey.scan.body import HeartSpace, Thorax, Tissue, default_pose, distance_map, thorax_tissue, vessel_ends
from marey.simulate.heart import Heart


def test_distances_to_a_ball() -> None:
    where = Lattice(np.array([-30.0, -30.0, -30.0]), 2.0, (31, 31, 31))
    z, y, x = np.meshgrid(*(where.origin[0] + 2 * np.arange(31),) * 3, indexing="ij")
    r = np.sqrt(x**2 + y**2 + z**2)
    known = distance_map(r < 20, where)
    pad = (known.values.shape[0] - 31) // 2
    found = known.values[pad:-pad, pad:-pad, pad:-pad]
    assert np.abs(found - (r - 20))[r > 10].max() < 1.5
    assert np.abs(found - (r - 20))[(r > 18) & (r < 30)].mean() < 0.4
    assert known.origin == pytest.approx(where.origin - pad * 2.0)


def test_crevices_count_as_heart() -> None:
    where = Lattice(np.zeros(3), 2.0, (20, 20, 20))
    inside = np.ones((20, 20, 20), np.bool_)
    inside[:, :, 10] = False
    closed, split = distance_map(inside, where), distance_map(inside, where, closing=0.0)
    middle = tuple(np.array(closed.values.shape) // 2)
    assert closed.values[middle] < 0
    assert split.values[middle] > closed.values[middle]


def test_the_thorax_goes_on_where_a_simulated_heart_ends() -> None:
    heart = Heart()
    known = topology(COARSE)
    mesh = ventricles(heart.shape, COARSE)
    fixed = anchors(heart.atria, known, mesh.points)
    chambers = attach(fixed, known, mesh.points, heart.atria.left_volume, heart.atria.right_volume)
    ends = vessel_ends(chambers.surfaces)
    for name, end in fixed.ends.items():
        assert np.allclose(ends[name].centre, end.centre)
        assert ends[name].direction @ end.direction == pytest.approx(1, abs=1e-6)
        assert ends[name].radius == pytest.approx(end.radius, rel=1e-6)
    where = lattice(2.5, mesh.points, *(surface.points for surface in chambers.surfaces.values()))
    labels = heart_labels(where, known, mesh.points, chambers)
    space = HeartSpace(default_pose(), distance_map(labels.values > 0, where), ends)
    wall = space.pose.to_patient(mesh.points.astype(np.float64))
    found = thorax_tissue(Thorax(), wall, 0.0, space)
    assert (found == Tissue.EPICARDIAL_FAT).mean() > 0.97
    beyond = {
        "aorta": Tissue.AORTIC_BLOOD,
        "pulmonary trunk": Tissue.PULMONARY_ARTERY_BLOOD,
        "superior vena cava": Tissue.VENOUS_BLOOD,
        "inferior vena cava": Tissue.VENOUS_BLOOD,
        "left superior pulmonary vein": Tissue.PULMONARY_VENOUS_BLOOD,
        "right inferior pulmonary vein": Tissue.PULMONARY_VENOUS_BLOOD,
    }
    for name, kind in beyond.items():
        place = space.pose.to_patient(ends[name].centre + 2 * ends[name].direction)
        assert thorax_tissue(Thorax(), place, 0.0, space) == kind, name


def test_a_beat_without_vessels_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no surface of aorta"):
        vessel_ends({})
