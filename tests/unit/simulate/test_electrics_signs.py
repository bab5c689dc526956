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


def test_normal(heart: TemplateHeart) -> None:
    beat = heart.beat()
    measured = beat.measured
    assert 75 <= measured.qrs_duration <= 100
    assert -10 <= measured.qrs_axis <= 75
    assert measured.transition in {"V3", "V4"}
    assert 0.5 <= wave(beat, "V5", "r") <= 2.5
    assert 0 < wave(beat, "V1", "r") < 0.75 * -wave(beat, "V1", "s")
    assert measured.concordant("I", "II", "V5", "V6")
    assert np.ptp(beat.active.patches[:LEFT_PATCHES]) < 45
    assert int(np.argmax(beat.active.patches)) == LEFT_PATCHES  # the base of the right ventricle


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
    assert beat.measured.qrs_duration >= 120
    assert late(beat, "V1").max() > 0.15
    assert late(beat, "I").min() < -0.1
    assert late(beat, "V6").min() < -0.1
    assert beat.active.patches[LEFT_PATCHES:].min() > beat.active.patches[:LEFT_PATCHES].mean()


def test_left_anterior_fascicular_block(in_torso: TemplateHeart) -> None:
    beat = in_torso.beat([Block.LEFT_ANTERIOR_FASCICLE])
    assert beat.measured.qrs_axis < -30
    assert beat.measured.qrs_duration < 120


def test_left_posterior_fascicular_block_delays_the_inferior_wall(in_torso: TemplateHeart) -> None:
    normal, block = in_torso.beat(), in_torso.beat([Block.LEFT_POSTERIOR_FASCICLE])
    later = block.active.patches - normal.active.patches
    assert {int(k) + 1 for k in np.argsort(later)[-3:]} <= {4, 5, 10, 11, 15}
    assert block.measured.qrs_duration < 120


def test_pacing(in_torso: TemplateHeart) -> None:
    right, both = in_torso.beat(leads=[RV_APEX]), in_torso.beat(leads=biventricular_pacing(0.0))
    assert right.measured.qrs_duration > 140
    assert -120 <= right.measured.qrs_axis <= -30
    assert both.measured.qrs_duration < right.measured.qrs_duration - 15
    assert both.active.total < right.active.total - 15
    assert np.ptp(both.active.patches[:LEFT_PATCHES]) < np.ptp(right.active.patches[:LEFT_PATCHES])


@pytest.mark.parametrize(("name", "axis"), [("dcm", (-20, 75)), ("hcm", (-30, 75)), ("rv-overload", (50, 180))])
def test_presets(name: str, axis: tuple[float, float]) -> None:
    heart = template_heart(2.0, name)
    normal, left, right = (heart.beat(blocks) for blocks in ((), [Block.LEFT_BUNDLE], [Block.RIGHT_BUNDLE]))
    assert 70 <= normal.measured.qrs_duration <= 110
    assert axis[0] <= normal.measured.qrs_axis <= axis[1]
    assert left.measured.qrs_duration > 120
    assert right.measured.qrs_duration > 120
    assert np.ptp(normal.active.patches[:LEFT_PATCHES]) < 50


def test_pressure_loaded_right_ventricle_has_a_tall_r_in_v1() -> None:
    beat = template_heart(2.0, "rv-overload", torso=False).beat()
    assert wave(beat, "V1", "r") > -wave(beat, "V1", "s")


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
