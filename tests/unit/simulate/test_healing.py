"""Healed infarcts: walls thin where muscle is dead, as far as it is dead, and nowhere else."""

from math import radians

import numpy as np
import pytest

from marey.anatomy.ventricles import COARSE
from marey.core.units import mm
from marey.simulate.beat.body import LEFT_PATCHES, body
from marey.simulate.healing import KEPT, dead_parts, healed_walls
from marey.simulate.heart import Heart
from marey.simulate.presets import preset
from marey.simulate.scar import Scar

WALLS = (8.0 * mm,) * 17
INFERIOR = Scar(apicobasal=0.55, rotational=radians(-75), height=0.3, width=radians(50), transmurality=0.6)


def test_no_scar_leaves_the_walls_as_they_are() -> None:
    assert healed_walls(WALLS, ()) == WALLS


def test_a_wall_that_is_dead_throughout_keeps_what_its_scar_fills() -> None:
    everywhere = Scar(height=1.0, width=np.pi, apicobasal=0.5)
    assert healed_walls(WALLS, (everywhere,))[6:12] == pytest.approx([KEPT * 8] * 6)


@pytest.mark.parametrize("scar", [Scar(), INFERIOR])
def test_dead_parts_are_those_of_the_voxels(scar: Scar) -> None:
    at = body(Heart(scars=(scar,)), COARSE, 2.0)
    found = at.patch_means(at.infarct.core.astype(float))[:LEFT_PATCHES]
    assert np.abs(found - dead_parts((scar,))).max() < 0.25
    assert found.mean() == pytest.approx(np.mean(dead_parts((scar,))), abs=0.03)


def test_the_walls_of_the_infarct_preset_count_as_thinned() -> None:
    """At most 5.5 mm where the scar fills the segment (Shah 2013), the usual thickness opposite."""
    scarred, healthy = preset("infarct"), preset("healthy")
    dead = np.array(dead_parts(scarred.scars))
    walls, usual = np.array(scarred.shape.wall_thickness), np.array(healthy.shape.wall_thickness)
    assert walls[dead > 0.6].max() < 5.5 * mm
    assert (walls[dead == 0] == usual[dead == 0]).all()
    assert (dead == 0).sum() >= 6
