"""What a cardiologist reads from the ECG of the default heart, of its blocks, of pacing, and of the presets."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ecg_template import TemplateBeat, TemplateHeart, template_heart
from marey.core import InvalidInput
from marey.simulate.beat.electrics import activate
from marey.simulate.ecg import LEADS
from marey.simulate.eikonal import LV_LATERAL, RV_APEX, Block, Lead, biventricular_pacing
from marey.simulate.presets import preset

FloatArray = NDArray[np.float64]
LEFT_PATCHES = 17
POSTEROBASAL = 3
"""Patch of the basal inferior segment: Durrer's last part of the left ventricle."""

LATERAL = {5, 6, 11, 12, 16}
"""AHA segments of the lateral wall, from 1."""


@pytest.fixture(scope="module")
def in_torso() -> TemplateHeart:
    return template_heart(2.0)


@pytest.fixture(scope="module")
def endless() -> TemplateHeart:
    return template_heart(2.0, torso=False)


@pytest.fixture(params=["in_torso", "endless"])
def heart(request: pytest.FixtureRequest) -> TemplateHeart:
    found: TemplateHeart = request.getfixturevalue(request.param)
    return found


def wave(beat: TemplateBeat, lead: str, kind: str) -> float:
    return float(getattr(beat.measured, kind)[LEADS.index(lead)])


def late(beat: TemplateBeat, lead: str) -> FloatArray:
    """The lead in the last part of a broad QRS."""
    times = beat.ecg.times
    return np.asarray(beat.ecg[lead][(times > 70) & (times < 170)])


def right_endocardium(heart: TemplateHeart, beat: TemplateBeat) -> tuple[float, float, float]:
    """Mean ms of the apex, the inflow and the outflow tract of the right free wall's endocardium."""
    fields = heart.at.voxels.fields
    side, high, turn = (np.asarray(fields[name]) for name in ("side", "apicobasal", "rotational"))
    inner = (side > 0) & (np.asarray(fields["transmural"]) < 0.3)
    parts = (high < 0.35, (high > 0.8) & (turn < -0.2), (high > 0.8) & (turn > 0.2))
    apex, inflow, outflow = (float(beat.active.times[inner & part].mean()) for part in parts)
    return apex, inflow, outflow


def test_normal(heart: TemplateHeart) -> None:
    beat = heart.beat()
    measured = beat.measured
    assert 75 <= measured.qrs_duration <= 100
    assert -10 <= measured.qrs_axis <= 80
    assert measured.transition in {"V3", "V4"}
    assert 0.5 <= wave(beat, "V5", "r") <= 2.5
    assert 0 < wave(beat, "V1", "r") < 0.75 * -wave(beat, "V1", "s")
    assert measured.concordant("I", "II", "V4", "V5", "V6")
    assert np.ptp(beat.active.patches[:LEFT_PATCHES]) < 45
    assert int(np.argmax(beat.active.patches)) in {POSTEROBASAL, LEFT_PATCHES}  # or the base of the right ventricle


def test_the_t_wave_is_flat_in_v1_and_tallest_in_v3_to_v5(in_torso: TemplateHeart) -> None:
    beat = in_torso.beat()
    tall = {lead: wave(beat, lead, "t") for lead in LEADS[6:]}
    assert abs(tall["V1"]) < 0.2
    assert abs(tall["V1"]) < 0.4 * tall["V2"]
    assert max(tall, key=lambda lead: tall[lead]) in {"V3", "V4", "V5"}
    assert 0.3 < max(tall.values()) < 1.0


def test_the_right_endocardium_follows_the_left(in_torso: TemplateHeart) -> None:
    """Catheters after QRS onset in man: apex 18 +- 9 ms, inflow 23 +- 13, outflow tract 40 +- 10 (two deviations)."""
    apex, inflow, outflow = right_endocardium(in_torso, in_torso.beat())
    assert 0 <= apex <= 36
    assert 0 <= inflow <= 49
    assert 20 <= outflow <= 60


def test_the_left_endocardium_is_active_within_40_ms(in_torso: TemplateHeart) -> None:
    at, times = in_torso.at, in_torso.beat().active.times
    fields = at.voxels.fields
    left = (np.asarray(fields["side"]) == 0) & (np.asarray(fields["transmural"]) < 0.2)
    first, last = np.quantile(times[left], [0.01, 0.98])
    assert 28 < last - first < 40


def test_left_bundle_branch_block(heart: TemplateHeart) -> None:
    beat = heart.beat([Block.LEFT_BUNDLE])
    assert 130 <= beat.measured.qrs_duration <= 165
    assert -75 <= beat.measured.qrs_axis <= 90
    assert int(np.argmax(beat.active.patches[:LEFT_PATCHES])) + 1 in LATERAL
    assert wave(beat, "V1", "r") < 0.15 * -wave(beat, "V1", "s")
    for lead in ("I", "V6"):
        assert wave(beat, lead, "r") > 0.4
        assert -wave(beat, lead, "s") < 0.1 * wave(beat, lead, "r")
        assert late(beat, lead).mean() > 0


def test_right_bundle_branch_block(heart: TemplateHeart) -> None:
    beat = heart.beat([Block.RIGHT_BUNDLE])
    assert 120 <= beat.measured.qrs_duration <= 160
    assert late(beat, "V1").max() > 0.25
    assert late(beat, "I").min() < -0.1
    assert late(beat, "V6").min() < -0.1
    assert beat.active.patches[LEFT_PATCHES:].min() > beat.active.patches[:LEFT_PATCHES].mean()


def test_right_bundle_branch_block_has_rsr_in_v1(in_torso: TemplateHeart) -> None:
    beat = in_torso.beat([Block.RIGHT_BUNDLE])
    v1, times = beat.ecg["V1"], beat.ecg.times
    dip = int(np.argmin(np.where((times > 20) & (times < 90), v1, np.inf)))
    before, after = (times > 0) & (times < times[dip]), (times > times[dip]) & (times < 170)
    assert v1[before].max() > 0.1
    assert v1[dip] < -0.05
    assert v1[after].max() > 0.25
    assert (v1[after] > 0.1).sum() > (v1[before] > 0.1).sum()  # R' is broader than r
    for lead in ("I", "V6"):
        broad = (beat.ecg[lead] < -0.05) & (times > 30) & (times < 170)
        assert broad.sum() > 40
    assert beat.measured.t[LEADS.index("V1")] < 0


def test_right_bundle_branch_block_reaches_the_outflow_tract_late(in_torso: TemplateHeart) -> None:
    """Catheters in man: inflow 49 +- 16 ms, outflow tract 78 +- 21; two deviations here."""
    _, inflow, outflow = right_endocardium(in_torso, in_torso.beat([Block.RIGHT_BUNDLE]))
    assert 17 <= inflow <= 81
    assert 36 <= outflow <= 120
    assert outflow > inflow


def test_left_anterior_fascicular_block(in_torso: TemplateHeart) -> None:
    beat = in_torso.beat([Block.LEFT_ANTERIOR_FASCICLE])
    assert -90 <= beat.measured.qrs_axis <= -45
    assert beat.measured.qrs_duration < 120
    for lead in ("II", "III", "aVF"):
        assert -wave(beat, lead, "s") > wave(beat, lead, "r")


def test_left_posterior_fascicular_block(in_torso: TemplateHeart) -> None:
    normal, block = in_torso.beat(), in_torso.beat([Block.LEFT_POSTERIOR_FASCICLE])
    assert 90 < block.measured.qrs_axis < 180
    assert block.measured.qrs_axis > normal.measured.qrs_axis + 15
    assert block.measured.qrs_duration < 120
    assert -wave(block, "I", "s") > wave(block, "I", "r")
    later = block.active.patches - normal.active.patches
    assert later[[9, 14]].min() > 8  # the inferior wall below its base
    assert later[[1, 6, 7]].max() < 1


def test_pacing(in_torso: TemplateHeart) -> None:
    right, both = in_torso.beat(leads=[RV_APEX]), in_torso.beat(leads=biventricular_pacing(0.0))
    assert right.measured.qrs_duration > 140
    assert -120 <= right.measured.qrs_axis <= -30
    assert both.measured.qrs_duration < right.measured.qrs_duration - 15
    assert both.active.total < right.active.total - 15
    assert np.ptp(both.active.patches[:LEFT_PATCHES]) < np.ptp(right.active.patches[:LEFT_PATCHES])


@pytest.mark.parametrize(("name", "axis"), [("dcm", (-20, 75)), ("hcm", (-30, 95)), ("rv-overload", (90, 180))])
def test_presets(name: str, axis: tuple[float, float]) -> None:
    heart = template_heart(2.0, name)
    normal, left, right = (heart.beat(blocks) for blocks in ((), [Block.LEFT_BUNDLE], [Block.RIGHT_BUNDLE]))
    assert 70 <= normal.measured.qrs_duration <= 110
    assert axis[0] <= normal.measured.qrs_axis <= axis[1]
    assert left.measured.qrs_duration > 120
    assert right.measured.qrs_duration > 120
    assert np.ptp(normal.active.patches[:LEFT_PATCHES]) < 50


def test_pressure_loaded_right_ventricle_has_a_tall_r_in_v1() -> None:
    beat = template_heart(2.0, "rv-overload").beat()
    assert wave(beat, "V1", "r") > -1.5 * wave(beat, "V1", "s")
    assert -wave(beat, "I", "s") > wave(beat, "I", "r")
    assert beat.measured.qrs_duration < 110


def test_infarct_activates_all_living_muscle() -> None:
    heart = template_heart(2.0, "infarct", torso=False)
    active = heart.beat().active
    core = heart.at.infarct.core
    assert core.any()
    np.testing.assert_array_equal(np.isfinite(active.times), ~core)
    assert np.isfinite(active.patches).all()
    assert np.isfinite(active.points).all()
    alive = heart.at.patch_means((~core).astype(float))
    assert alive.min() < 0.05
    assert active.patches[int(alive.argmin())] <= active.total


def test_a_lead_in_the_scar_is_refused() -> None:
    heart = template_heart(4.0, "infarct", torso=False)
    scarred = preset("infarct")
    middle = Lead(apicobasal=scarred.scars[0].apicobasal, rotational=scarred.scars[0].rotational, transmural=1.0)
    with pytest.raises(InvalidInput, match="lies in a scar"):
        activate(scarred, heart.at, [middle])
    assert activate(scarred, heart.at, [LV_LATERAL]).total > 0
