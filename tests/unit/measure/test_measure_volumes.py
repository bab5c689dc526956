"""Volumes, EF, mass and output against closed forms, and every guard."""

from dataclasses import replace

import numpy as np
import pytest

from heart_phantoms import STRUCTURES, Ventricles, beat, cine, short_axis_grid, thirds
from marey.anatomy import KeyPhases
from marey.core import Facts, Finding, Grid, InvalidInput, Labels, NotAnalysable
from marey.core.units import cm, kg
from marey.measure import MeasureVolumes, SegmentedCine, body_surface_area, reference_range
from marey.measure.terms import TERMS

ED, ES = Ventricles(inner=24.0), Ventricles(inner=16.0)
MAN = Facts(sex="M", age=60, height=180 * cm, weight=80 * kg)


def by_key(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.key: finding for finding in findings}


def number(findings: tuple[Finding, ...], key: str) -> float:
    value = by_key(findings)[key].value
    assert isinstance(value, float)
    return value


def test_a_cylinder_has_its_volume_and_mass() -> None:
    findings = MeasureVolumes()(cine([ED, ES]))
    length = 8 * 8.0
    edv, esv = np.pi * 24**2 * length / 1000, np.pi * 16**2 * length / 1000
    mass = 1.05 * np.pi * (33**2 - 24**2) * length / 1000
    assert number(findings, "lv_edv") == pytest.approx(edv, rel=0.005)
    assert number(findings, "lv_esv") == pytest.approx(esv, rel=0.005)
    assert number(findings, "lv_ef") == pytest.approx(100 * (1 - (16 / 24) ** 2), abs=0.3)
    assert number(findings, "lv_mass") == pytest.approx(mass, rel=0.01)


def _ellipsoid_error(step: float) -> float:
    """Relative error of a half-ellipsoid's volume, cut at its base, by slices of `step` mm."""
    radius, length = 25.0, 80.0
    slices = round(length / step)
    grid = short_axis_grid((slices, 160, 160), (step, 0.5, 0.5))
    heights = (np.arange(slices) + 0.5) * step  # slice centres, from the apex
    index = np.stack(np.meshgrid(np.arange(160), np.arange(160), indexing="ij"), axis=-1) * 0.5 - 40.1
    radii = np.hypot(index[..., 0], index[..., 1])
    inside = np.stack([radii < radius * np.sqrt(1 - ((length - height) / length) ** 2) for height in heights])
    labels = Labels(inside[None].astype(np.uint8), grid, np.zeros(1), STRUCTURES)
    source = SegmentedCine(labels, KeyPhases(0, 0), thirds(slices))
    volume = float(source.volumes(STRUCTURES[1])[0])
    return volume / (2 / 3 * np.pi * radius**2 * length) - 1


def test_slices_converge_to_an_ellipsoid_with_second_order() -> None:
    steps = np.array([40.0, 20.0, 10.0])
    errors = np.array([_ellipsoid_error(step) for step in steps])
    slope = np.polyfit(np.log(steps), np.log(np.abs(errors)), 1)[0]
    assert slope == pytest.approx(2.0, abs=0.2)
    assert abs(errors[2]) < 0.003


def test_irregular_slices_stand_for_the_tissue_between_them() -> None:
    regular = short_axis_grid((9, 96, 96))
    positions = np.delete(regular.slice_positions, 4)
    values = np.stack([heart.values(regular) for heart in (ED, ES)])
    grid = Grid((8, 96, 96), regular.affine, positions)
    labels = Labels(np.delete(values, 4, axis=1), grid, np.array([0.0, 400.0]), STRUCTURES)
    gap = MeasureVolumes()(SegmentedCine(labels, KeyPhases(0, 1), thirds(8)))
    whole = MeasureVolumes()(cine([ED, ES], regular))
    assert number(gap, "lv_edv") == pytest.approx(number(whole, "lv_edv"), rel=1e-9)


def test_derived_numbers_agree_with_each_other() -> None:
    findings = MeasureVolumes()(cine(beat(12), facts=MAN, rr_interval=800.0))
    for side in ("lv", "rv"):
        edv, esv, sv, ef = (number(findings, f"{side}_{name}") for name in ("edv", "esv", "sv", "ef"))
        assert sv == pytest.approx(edv - esv)
        assert ef == pytest.approx(100 * sv / edv)
    assert number(findings, "heart_rate") == pytest.approx(75.0)
    assert number(findings, "lv_co") == pytest.approx(number(findings, "lv_sv") * 75.0 / 1000)
    assert number(findings, "bsa") == pytest.approx(2.0)
    for key in ("lv_edv", "lv_esv", "lv_sv", "lv_co", "lv_mass", "rv_edv", "rv_esv", "rv_sv"):
        assert number(findings, f"{key}_index") == pytest.approx(number(findings, key) / 2.0)


def test_every_measurement_says_how_and_how_sure() -> None:
    findings = MeasureVolumes()(cine(beat(12), facts=MAN))
    assert len({finding.key for finding in findings}) == len(findings)
    for finding in findings:
        assert finding.unit == TERMS[finding.key].unit
        assert finding.method
        if finding.key in ("bsa", "heart_rate", "lv_mass_drift"):
            continue
        assert finding.convention
        assert finding.interval is not None
        assert isinstance(finding.value, float)
        assert finding.interval[0] < finding.value < finding.interval[1]
    assert "papillary muscles and trabeculae in the cavity" in by_key(findings)["lv_edv"].convention
    assert "not in the mass" in by_key(findings)["lv_mass_index"].convention


def test_codes_are_in_the_dicom_dictionary() -> None:
    from pydicom.sr import _concepts_dict

    concepts: dict[str, dict[str, dict[str, tuple[str, list[int]]]]] = vars(_concepts_dict)["concepts"]
    known = {
        (scheme, value, meaning)
        for scheme, words in concepts.items()
        for entries in words.values()
        for value, (meaning, _) in entries.items()
    }
    written = [term.code for term in TERMS.values() if term.code is not None]
    assert len(written) > 15
    for code in written:
        assert (code.scheme, code.value, code.meaning) in known


def test_mass_drift_is_the_range_over_the_mass() -> None:
    thick = replace(ES, wall=lambda angle: np.full_like(angle, 20.0))
    findings = MeasureVolumes()(cine([ED, thick]))
    expected = 100 * ((36**2 - 16**2) / (33**2 - 24**2) - 1)
    assert number(findings, "lv_mass_drift") == pytest.approx(expected, rel=0.03)


def test_two_phases_without_a_clock_give_volumes_but_no_output() -> None:
    findings = MeasureVolumes()(cine([ED, ES], rr_interval=float("nan")))
    assert number(findings, "lv_ef") > 0
    for key in ("heart_rate", "lv_co"):
        assert by_key(findings)[key].value is None
        assert "RR interval" in by_key(findings)[key].message


def test_a_missing_right_ventricle_is_said() -> None:
    findings = by_key(MeasureVolumes()(cine([replace(ED, rv=0.0), replace(ES, rv=0.0)], facts=MAN)))
    for key in ("rv_edv", "rv_ef", "rv_sv_index"):
        assert findings[key].value is None
        assert "right ventricle was not found" in findings[key].message
    assert isinstance(findings["lv_ef"].value, float)


def test_a_right_ventricle_that_grows_in_systole_has_no_ejection_fraction() -> None:
    findings = by_key(MeasureVolumes()(cine([ED, replace(ES, rv=60.0)])))
    assert findings["rv_ef"].value is None
    assert "does not empty" in findings["rv_ef"].message


def test_missing_myocardium_gives_no_mass() -> None:
    bare = [replace(heart, wall=np.zeros_like) for heart in (ED, ES)]
    findings = by_key(MeasureVolumes()(cine(bare)))
    assert findings["lv_mass"].value is None
    assert findings["lv_mass_drift"].value is None


def test_without_height_and_weight_nothing_is_indexed() -> None:
    findings = by_key(MeasureVolumes()(cine([ED, ES])))
    assert findings["bsa"].value is None
    assert "not in the file" in findings["bsa"].message
    assert not [key for key in findings if key.endswith("_index")]


@pytest.mark.parametrize(("height", "weight"), [(1.8, 80 * kg), (180 * cm, 80.0), (0.0, 80 * kg), (180 * cm, 900 * kg)])
def test_impossible_height_or_weight_indexes_nothing(height: float, weight: float) -> None:
    facts = Facts(height=height, weight=weight)
    assert body_surface_area(facts) is None
    assert "not plausible" in by_key(MeasureVolumes()(cine([ED, ES], facts=facts)))["bsa"].message


def test_reference_ranges_match_sex_and_convention() -> None:
    man, woman = reference_range("lv_ef", MAN), reference_range("lv_ef", Facts(sex="F", age=50))
    assert man is not None
    assert woman is not None
    assert (man.low, man.high) == pytest.approx((48.2, 67.8))
    assert (woman.low, woman.high) == pytest.approx((51.2, 70.8))
    assert "in the cavity" in man.convention
    assert "10.1186/s12968-017-0327-9" in man.source
    assert "outside" not in man.population
    young = reference_range("lv_mass_index", Facts(sex="F", age=30))
    assert young is not None
    assert "(30 y) is outside" in young.population


@pytest.mark.parametrize(("key", "sex"), [("lv_ef", ""), ("lv_ef", "O"), ("lv_edv", "M"), ("lv_mass", "F")])
def test_no_verified_range_no_range(key: str, sex: str) -> None:
    assert reference_range(key, Facts(sex=sex, age=60)) is None


def test_a_range_reaches_the_finding() -> None:
    findings = by_key(MeasureVolumes()(cine([ED, ES], facts=MAN)))
    assert findings["lv_ef"].reference is not None
    assert findings["lv_mass_index"].reference is not None
    assert findings["lv_edv"].reference is None


BAD = {
    "one phase": ([ED], KeyPhases(0, 0), "one phase"),
    "no ventricle": ([Ventricles(inner=0.0, wall=np.zeros_like)] * 2, KeyPhases(0, 1), "No left ventricle"),
    "empty systole": ([ED, Ventricles(inner=0.0)], KeyPhases(0, 1), "end-systole"),
    "does not move": ([ED, ED], KeyPhases(0, 1), "does not empty"),
    "same phase": ([ED, ES], KeyPhases(0, 0), "does not empty"),
    "order": ([ED, ES], KeyPhases(1, 0), "does not empty"),
}


@pytest.mark.parametrize(("hearts", "phases", "sentence"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_right_gives_no_number(hearts: list[Ventricles], phases: KeyPhases, sentence: str) -> None:
    with pytest.raises(NotAnalysable, match=sentence):
        MeasureVolumes()(cine(hearts, phases=phases))


def test_one_slice_is_no_volume() -> None:
    with pytest.raises(NotAnalysable, match="1 slice only"):
        MeasureVolumes()(cine([ED, ES], short_axis_grid((1, 96, 96))))


def test_a_structure_that_was_never_named_is_not_there() -> None:
    source = cine([ED, ES])
    labels = Labels(np.zeros_like(source.labels.values), source.labels.grid, source.labels.times, {})
    with pytest.raises(NotAnalysable, match="No left ventricle"):
        MeasureVolumes()(replace(source, labels=labels))


def test_levels_and_phases_must_belong_to_the_labels() -> None:
    source = cine([ED, ES])
    with pytest.raises(InvalidInput, match="levels"):
        replace(source, levels=source.levels[1:])
    with pytest.raises(InvalidInput, match="key phases"):
        replace(source, phases=KeyPhases(0, 2))
