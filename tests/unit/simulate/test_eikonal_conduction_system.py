import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.simulate.eikonal import (
    LV_LATERAL,
    RV_APEX,
    ActivationMap,
    Block,
    Breakthrough,
    ConductionSystem,
    ConductionTissue,
    Lead,
    activation_times,
    biventricular_pacing,
    conduction_tissue,
    his_pacing,
    left_bundle_pacing,
    sites,
    without_bundle,
)
from marey.simulate.eikonal.conduction_system import LEFT, RIGHT
from voxel_biventricle import VoxelBiventricle, voxel_biventricle

NORMAL = ConductionSystem()


@pytest.fixture(scope="module")
def heart() -> VoxelBiventricle:
    return voxel_biventricle(2.0)


@pytest.fixture(scope="module")
def tissue(heart: VoxelBiventricle) -> ConductionTissue:
    return conduction_tissue(heart.mask, heart.spacing, heart.fibre, origin=heart.origin)


def activation(heart: VoxelBiventricle, leads: Sequence[Lead]) -> ActivationMap:
    off = without_bundle(heart, leads)
    tissue = conduction_tissue(heart.mask, heart.spacing, heart.fibre, blocked=off, origin=heart.origin)
    return activation_times(tissue, sites(tissue, heart, leads))


def blocked(*blocks: Block) -> ConductionSystem:
    return dataclasses.replace(NORMAL, blocks=frozenset(blocks))


def mean_time(result: ActivationMap, heart: VoxelBiventricle, region: str) -> float:
    wall = heart.mask & (heart.side == 0)
    parts = {
        "septum": wall & (np.abs(heart.rotational) < 0.8),
        "anterior": wall & (np.abs(heart.rotational - np.pi / 2) < 0.5),
        "inferior": wall & (np.abs(heart.rotational + np.pi / 2) < 0.5),
        "lateral": wall & (np.abs(heart.rotational) > 2.1),
        "right": heart.mask & (heart.side == 1),
    }
    return float(result.times[parts[region]].mean())


def test_normal_activation_starts_in_the_septum(heart: VoxelBiventricle) -> None:
    result = activation(heart, NORMAL.leads())
    assert 50 < result.duration < 95
    assert mean_time(result, heart, "septum") < mean_time(result, heart, "lateral")


def test_left_bundle_branch_block_ends_in_the_lateral_wall(heart: VoxelBiventricle) -> None:
    result = activation(heart, blocked(Block.LEFT_BUNDLE).leads())
    assert 110 < result.duration < 165
    times = {r: mean_time(result, heart, r) for r in ("right", "septum", "anterior", "lateral")}
    assert times["right"] < times["septum"] < times["anterior"] < times["lateral"]


def test_right_bundle_branch_block_delays_the_right_ventricle(heart: VoxelBiventricle) -> None:
    normal = activation(heart, NORMAL.leads())
    block = activation(heart, blocked(Block.RIGHT_BUNDLE).leads())
    assert mean_time(block, heart, "right") > mean_time(normal, heart, "right") + 8
    assert mean_time(block, heart, "lateral") == pytest.approx(mean_time(normal, heart, "lateral"), abs=1)


@pytest.mark.parametrize(
    ("block", "late"), [(Block.LEFT_ANTERIOR_FASCICLE, "anterior"), (Block.LEFT_POSTERIOR_FASCICLE, "inferior")]
)
def test_fascicular_block_delays_its_wall(heart: VoxelBiventricle, block: Block, late: str) -> None:
    other = "inferior" if late == "anterior" else "anterior"
    normal, result = (activation(heart, s.leads()) for s in (NORMAL, blocked(block)))
    assert mean_time(result, heart, late) > mean_time(normal, heart, late) + 5
    assert mean_time(result, heart, other) < mean_time(normal, heart, other) + 1.5


def test_incomplete_block_lies_between(heart: VoxelBiventricle) -> None:
    systems = (NORMAL, dataclasses.replace(NORMAL, left_delay=30.0), blocked(Block.LEFT_BUNDLE))
    durations = [activation(heart, s.leads()).duration for s in systems]
    assert durations == sorted(durations)
    assert durations[0] + 5 < durations[1]


def test_pacing_of_both_ventricles_is_shorter_than_of_the_right(heart: VoxelBiventricle) -> None:
    right = activation(heart, [RV_APEX]).duration
    both = activation(heart, biventricular_pacing(0.0)).duration
    assert right > 110
    assert both < right - 10


def test_the_vv_delay_moves_the_later_lead() -> None:
    assert [lead.delay for lead in biventricular_pacing(20.0)] == [0.0, 20.0]
    assert [lead.delay for lead in biventricular_pacing(-15.0)] == [15.0, 0.0]
    assert biventricular_pacing(0.0)[0] == LV_LATERAL


def delays(leads: Sequence[Breakthrough], ventricle: int) -> list[float]:
    return [lead.delay for lead in leads if lead.ventricle == ventricle]


def test_his_pacing_keeps_the_block_and_left_bundle_pacing_passes_it() -> None:
    left_block = blocked(Block.LEFT_BUNDLE)
    normal_left, normal_right = (delays(NORMAL.leads(), side) for side in (LEFT, RIGHT))
    his, left = his_pacing(left_block, 40.0), left_bundle_pacing(left_block, 20.0, 50.0)
    assert delays(his, LEFT) == []
    assert delays(his, RIGHT) == [40 + delay for delay in normal_right]
    assert delays(left, LEFT) == [20 + delay for delay in normal_left]
    assert delays(left, RIGHT) == [50 + delay for delay in normal_right]
    assert delays(left_bundle_pacing(blocked(Block.RIGHT_BUNDLE), 20.0, 50.0), RIGHT) == []


def test_the_network_is_fast_where_a_bundle_leads_into_it(heart: VoxelBiventricle) -> None:
    septum, right = heart.mask & (heart.side == 0), heart.mask & (heart.side == 1)
    assert not np.any([off[heart.mask] for off in without_bundle(heart, NORMAL.leads())])
    assert (np.sum(without_bundle(heart, [RV_APEX]), axis=0)[heart.mask] == 1).all()
    left, none = without_bundle(heart, blocked(Block.LEFT_BUNDLE).leads())
    np.testing.assert_array_equal(left[septum], heart.transmural[septum] <= 0.5)
    assert not left[right].any()
    assert not none.any()
    none, off = without_bundle(heart, blocked(Block.RIGHT_BUNDLE).leads())
    np.testing.assert_array_equal(off[heart.mask], ~left[heart.mask])
    assert not none.any()


def test_a_breakthrough_on_the_right_surface_of_the_septum_is_the_right_ventricles() -> None:
    assert Breakthrough(transmural=1.0).ventricle == RIGHT
    assert Breakthrough(side=RIGHT).ventricle == RIGHT
    assert Breakthrough().ventricle == LEFT


def test_sites_lie_where_their_coordinates_say(tissue: ConductionTissue, heart: VoxelBiventricle) -> None:
    for lead, site in zip(NORMAL.leads(), sites(tissue, heart, NORMAL.leads()), strict=True):
        x, y, z = np.rint((np.array(site.point) - heart.origin) / heart.spacing).astype(int)
        assert heart.side[z, y, x] == lead.side
        assert abs(heart.apicobasal[z, y, x] - lead.apicobasal) < 0.05
        assert abs(heart.rotational[z, y, x] - lead.rotational) < 0.2
        assert abs(heart.transmural[z, y, x] - lead.transmural) < 0.3
        assert site.delay == lead.delay


def test_without_any_bundle_nothing_starts() -> None:
    with pytest.raises(InvalidInput, match="Both bundle branches"):
        blocked(Block.LEFT_BUNDLE, Block.RIGHT_BUNDLE).leads()


def with_scar(heart: VoxelBiventricle, scar: NDArray[np.bool_]) -> ConductionTissue:
    return conduction_tissue(heart.mask, heart.spacing, heart.fibre, scar=scar, origin=heart.origin)


def test_a_pacing_lead_in_a_scar_is_refused(heart: VoxelBiventricle) -> None:
    tissue = with_scar(heart, heart.mask & (heart.side == 1))
    with pytest.raises(InvalidInput, match="side 1 lies in a scar"):
        sites(tissue, heart, [LV_LATERAL, RV_APEX])


def test_a_breakthrough_in_a_scar_is_silent(heart: VoxelBiventricle) -> None:
    tissue = with_scar(heart, heart.mask & (heart.side == 1))
    left = [lead for lead in NORMAL.leads() if lead.side == LEFT]
    assert sites(tissue, heart, NORMAL.leads()) == sites(tissue, heart, left)
    assert len(left) < len(NORMAL.leads())


def test_scar_at_all_breakthroughs_is_refused(heart: VoxelBiventricle) -> None:
    with pytest.raises(InvalidInput, match="at least one breakthrough"):
        sites(with_scar(heart, heart.mask), heart, NORMAL.leads())


def test_a_lead_far_from_all_tissue_is_refused(heart: VoxelBiventricle) -> None:
    half = dataclasses.replace(heart, mask=heart.mask & (heart.side == 0))
    with pytest.raises(InvalidInput, match=r"No tissue lies near the lead at .*side 1"):
        sites(with_scar(half, np.zeros_like(half.mask)), half, [RV_APEX])


def test_coordinates_of_another_grid_are_refused(tissue: ConductionTissue) -> None:
    with pytest.raises(InvalidInput, match="ventricular coordinates have the shapes"):
        sites(tissue, voxel_biventricle(4.0), [RV_APEX])


@pytest.mark.parametrize(("name", "value"), [("apicobasal", 1.2), ("rotational", 4.0), ("side", 2), ("delay", np.nan)])
def test_a_lead_outside_the_coordinates_is_refused(name: str, value: float) -> None:
    with pytest.raises(InvalidInput, match=f"'{name}'"):
        Lead(**{name: value})


def test_a_lead_between_the_sides_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"'side' of a lead is 0\.5"):
        Lead(side=0.5)
