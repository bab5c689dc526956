"""Shapes of the moving ventricles: round where no septum is pushed, flat where it is, in every preset."""

from functools import cache

import numpy as np
import pytest

from marey.anatomy.ventricles import COARSE, topology
from marey.core import Beat
from marey.simulate.beat import SimulateBeat
from marey.simulate.presets import PRESETS, preset

KNOWN = topology(COARSE)
MIDDLE = COARSE.levels // 2
ROUND = tuple(name for name in PRESETS if name != "rv-overload")


@cache
def beat(name: str) -> Beat:
    return SimulateBeat(resolution="coarse", moments=16, medium="endless")(preset(name))


def end_systole(it: Beat) -> int:
    return int(np.interp(it.times, it.volumes.times, it.volumes["left ventricle"]).argmin())


def axis_ratio(ring: np.ndarray) -> float:
    """Longer over shorter axis of a closed line (n, 3), by the second moments of its length."""
    step = np.roll(ring, -1, axis=0) - ring
    length = np.linalg.norm(step, axis=1)
    from_middle = ring + step / 2 - np.average(ring + step / 2, axis=0, weights=length)
    moments = np.linalg.eigvalsh((length[:, None] * from_middle).T @ from_middle)
    return float(np.sqrt(moments[2] / moments[1]))


def cavity_ratio(it: Beat, moment: int) -> float:
    return axis_ratio(it.points(moment)[KNOWN.inner[MIDDLE, :, 0]])


def septal_height(points: np.ndarray) -> float:
    """mm by which mid-septum lies beyond the line between the insertions, towards the right ventricle."""
    septum = points[KNOWN.inner[MIDDLE, : COARSE.septal_sectors + 1, 0], :2]
    chord = septum[-1] - septum[0]
    from_end = septum[COARSE.septal_sectors // 2] - septum[0]
    return float((chord[1] * from_end[0] - chord[0] * from_end[1]) / np.linalg.norm(chord))


@pytest.mark.parametrize("name", ROUND)
def test_the_left_cavity_stays_round(name: str) -> None:
    """Suction would make a slit of it, of thick hearts that empty well (hcm) first."""
    it = beat(name)
    assert cavity_ratio(it, 0) < 1.02
    assert cavity_ratio(it, end_systole(it)) < (1.3 if name == "hcm" else 1.15)


def test_an_overloaded_right_ventricle_flattens_the_septum() -> None:
    it = beat("rv-overload")
    height = [septal_height(it.points(moment)) for moment in range(len(it.times))]
    assert cavity_ratio(it, end_systole(it)) > 1.2 * cavity_ratio(it, 0)
    assert abs(min(height)) < 0.3 * height[0]


def test_left_bundle_branch_block_moves_the_septum_to_the_left_and_back() -> None:
    it = beat("lbbb")
    height = np.array([septal_height(it.points(moment)) for moment in range(end_systole(it) + 1)])
    leftmost = int(height.argmin())
    assert min(height[0], height[leftmost:].max()) - height[leftmost] > 2


@pytest.mark.parametrize("name", PRESETS)
def test_the_base_descends_as_in_people(name: str) -> None:
    """Less in weak hearts; MAPSE of 8 to 20 mm in those that empty (textbook)."""
    it = beat(name).biomarkers
    assert (8 if it["ef"] > 0.5 and name != "rv-overload" else 4) < it["base_descent"] < 20
