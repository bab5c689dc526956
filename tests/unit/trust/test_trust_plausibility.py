"""Each check passes on a sound heart, fails on the fault it is for, and says when it could not be made."""

from dataclasses import replace

import numpy as np
import pytest

from heart_phantoms import Ventricles, beat, cine
from marey.anatomy import KeyPhases
from marey.core import Finding, Labels
from marey.measure import MeasureCurves, MeasureVolumes, MeasureWall, SegmentedCine
from marey.trust import CheckPlausibility, Measured, lower_confidence
from marey.trust.plausibility import POSSIBLE

SOUND = cine(beat(16))


def measured(source: SegmentedCine) -> Measured:
    findings = (*MeasureVolumes()(source), *MeasureCurves()(source).findings, *MeasureWall()(source))
    return Measured(source, findings)


def check(source: SegmentedCine, name: str) -> Finding:
    return next(found for found in CheckPlausibility()(measured(source)) if found.key == f"check_{name}")


def with_value(key: str, value: float) -> Measured:
    everything = measured(SOUND)
    return Measured(
        SOUND, tuple(replace(found, value=value) if found.key == key else found for found in everything.findings)
    )


def test_a_sound_heart_passes_everything() -> None:
    checks = CheckPlausibility()(measured(SOUND))
    assert len(checks) == 6
    assert len({found.key for found in checks}) == 6
    for found in checks:
        assert found.passed is True, found
        assert found.value == "passed"
        assert found.message == ""


def test_failed_checks_say_what_to_do() -> None:
    findings = tuple(Finding(key, key, 1e6) for key in POSSIBLE)
    failed = [found for found in CheckPlausibility()(Measured(SOUND, findings)) if found.passed is False]
    assert failed
    assert all(found.value == "failed" and found.message for found in failed)


def test_changing_mass_fails() -> None:
    hearts = beat(16)
    hearts[8] = replace(hearts[8], wall=lambda angle: np.full_like(angle, 20.0))
    found = check(cine(hearts), "mass_constant")
    assert found.passed is False
    assert "LV mass seems to change" in found.message


def test_unequal_stroke_volumes_fail() -> None:
    hearts = [Ventricles(inner=24.0, rv=26.0), Ventricles(inner=16.0, rv=25.0)]
    found = check(cine(hearts), "stroke_volumes")
    assert found.passed is False
    assert "regurgitation or a shunt" in found.message


def test_key_phases_that_miss_the_extremes_fail() -> None:
    found = check(cine(beat(16), phases=KeyPhases(3, 8)), "key_phases")
    assert found.passed is False
    assert found.evidence["largest_phase"] == 0
    assert check(cine(beat(16), phases=KeyPhases(0, 5)), "key_phases").passed is False
    same = Measured(replace(SOUND, phases=KeyPhases(0, 0)), ())
    assert CheckPlausibility()(same)[2].passed is False


@pytest.mark.parametrize("key", POSSIBLE)
@pytest.mark.parametrize("side", [0, 1])
def test_impossible_values_fail(key: str, side: int) -> None:
    value = POSSIBLE[key][side] * (0.9, 1.1)[side]
    found = next(found for found in CheckPlausibility()(with_value(key, value)) if found.key == "check_ranges")
    assert found.passed is False
    assert found.evidence[key] == pytest.approx(value)
    assert key in str(found.evidence["affects"]).split()


@pytest.mark.parametrize("thickness", [1.0, 40.0])
def test_impossible_walls_fail(thickness: float) -> None:
    checks = CheckPlausibility()(with_value("wall_thickness_ed_aha_7", thickness))
    found = next(found for found in checks if found.key == "check_wall_thickness")
    assert found.passed is False
    assert "wall_thickening_aha_7" in str(found.evidence["affects"])


def test_one_wrong_phase_makes_the_curve_rough() -> None:
    hearts = beat(16)
    hearts[4] = Ventricles(inner=12.0)
    assert check(cine(hearts, phases=KeyPhases(0, 8)), "volume_curve").passed is False


def test_a_curve_that_does_not_close_fails() -> None:
    hearts = beat(32)[:17]  # the heart contracts and the film ends, though the clock says that the beat is over
    found = check(cine(hearts, phases=KeyPhases(0, 16)), "volume_curve")
    assert found.passed is False
    assert found.evidence["jump_percent"] == pytest.approx(100, abs=5)


def test_a_prospective_cine_need_not_close() -> None:
    hearts = beat(20)[:15]
    source = cine(hearts, phases=KeyPhases(0, 10))
    labels = source.labels
    times = np.linspace(0, 630, 15)
    clocked = replace(source, labels=Labels(labels.values, labels.grid, times, labels.structures), rr_interval=900.0)
    found = check(clocked, "volume_curve")
    assert found.evidence["jump_percent"] > 25  # type: ignore[operator]
    assert found.passed is True


def test_what_is_missing_could_not_be_checked() -> None:
    pair = cine([Ventricles(inner=24.0, rv=0.0), Ventricles(inner=16.0, rv=0.0)])
    by_key = {found.key: found for found in CheckPlausibility()(measured(pair))}
    for name in ("stroke_volumes", "volume_curve"):
        assert by_key[f"check_{name}"].passed is None
        assert by_key[f"check_{name}"].value is None
        assert by_key[f"check_{name}"].message
    nothing = {found.key: found for found in CheckPlausibility()(Measured(SOUND, ()))}
    for name in ("mass_constant", "stroke_volumes", "ranges", "wall_thickness"):
        assert nothing[f"check_{name}"].passed is None


def test_failed_checks_lower_confidence_and_say_why() -> None:
    findings = (
        Finding("lv_mass", "LV mass", 100.0, "g", confidence=0.8),
        Finding("lv_mass_index", "LV mass index", 50.0, "g/m2", confidence=0.8, message="First."),
        Finding("heart_rate", "Heart rate", 60.0, "/min"),
        Finding("lv_ef", "LVEF", None, "%", message="No."),
    )
    failed = Finding("check_a", "a", "failed", passed=False, message="Look.", evidence={"affects": "lv_mass lv_ef"})
    passed = replace(failed, passed=True)
    unknown = replace(failed, passed=None)
    mass, index, rate, missing = lower_confidence(findings, (failed, passed, unknown))
    assert (mass.confidence, mass.message) == (0.4, "Look.")
    assert (index.confidence, index.message) == (0.4, "First. Look.")
    assert (rate, missing) == findings[2:]
    assert lower_confidence(findings, (failed, failed))[0].confidence == pytest.approx(0.2)
    assert lower_confidence(findings, ()) == findings
