"""Five classes: curves that are known, features by hand, refusal, and what the shipped model says of clear cases."""

from dataclasses import replace

import numpy as np
import pytest

from marey.core import Finding, InvalidInput
from marey.diagnose.additive import Additive, hats, knots_of
from marey.diagnose.fit_additive import FitAdditive
from marey.diagnose.five_classes import KEY, NAMES, UNSURE, ClassifyHeart, five_class_model
from marey.diagnose.heart_features import LABELS, heart_features

Row = dict[str, float]


def findings(
    *, ef: float = 60, edv: float = 150, mass: float = 100, rv_edv: float = 160, rv_ef: float = 55, wall: float = 8.5,
    scar: bool = False, rv_ratio: float = 0.95,
) -> list[Finding]:  # fmt: skip
    """Of a man of 1.9 m2; a scar takes the territory of the left anterior descending artery."""
    motion = 0.58 * ef
    values: Row = {
        "lv_ef": ef, "rv_ef": rv_ef, "lv_edv": edv, "rv_edv": rv_edv, "lv_mass": mass, "bsa": 1.9,
        "wall_thickness_ed_max": 1.25 * wall, "rv_lv_area_ratio": rv_ratio, "rv_fractional_area_change": 0.75 * rv_ef,
        "lv_eccentricity_ed": 1.02, "lv_eccentricity_es": 1.03,
    }  # fmt: skip
    for number in range(1, 17):
        dead = scar and number in (1, 2, 7, 8, 13, 14)
        values[f"wall_excursion_aha_{number}"] = -2.0 if dead else motion * (1.3 if scar else 1)
        values[f"wall_motion_thickening_aha_{number}"] = -0.3 if dead else 0.06 * ef * (1.2 if scar else 1)
        values[f"wall_thickness_ed_aha_{number}"] = wall * (0.65 if dead else 1) * (1 + 0.03 * (number % 3))
    return [Finding(key, key, value) for key, value in values.items()]


def without(found: list[Finding], *keys: str) -> list[Finding]:
    return [finding for finding in found if finding.key not in keys]


@pytest.mark.parametrize(
    ("heart", "expected"),
    [
        (findings(), "normal"),
        (findings(ef=20, edv=290, mass=150, rv_ef=35, rv_ratio=0.7, wall=7.5), "dilated cardiomyopathy"),
        (findings(ef=70, edv=120, mass=220, wall=17, rv_edv=140), "hypertrophic cardiomyopathy"),
        (findings(ef=32, edv=215, mass=120, scar=True, rv_edv=140, rv_ratio=0.6), NAMES["MINF"]),
        (findings(ef=56, edv=130, rv_edv=290, rv_ef=30, rv_ratio=1.9), "abnormal right ventricle"),
    ],
)  # fmt: skip
def test_clear_cases(heart: list[Finding], expected: str) -> None:
    model, features = five_class_model(), heart_features(heart)
    best = model.classes[int(model.probabilities(features).argmax())]
    found = ClassifyHeart(least=0.0, most_unfamiliar=1.0)(heart)[0]
    assert found.key == KEY
    assert found.value == expected, (best, found.evidence)
    assert found.message.startswith("What decided: ")
    assert sum(float(share) for share in found.evidence.values()) == pytest.approx(100, abs=0.5)


def test_without_volumes_there_is_no_class() -> None:
    found = ClassifyHeart()(without(findings(), "lv_ef"))[0]
    assert found.value is None
    assert found.confidence == 0
    assert "LV ejection fraction" in found.message


def test_with_few_features_there_is_no_class() -> None:
    bare = [f for f in findings() if "aha" not in f.key and not f.key.startswith(("rv_", "lv_ecc"))]
    found = ClassifyHeart()(bare)[0]
    assert found.value is None
    assert "could not be measured" in found.message


def test_doubtful_measurements_are_named() -> None:
    doubtful = [replace(f, confidence=0.2) if f.key == "lv_mass" else f for f in findings()]
    found = ClassifyHeart(least=0.0, most_unfamiliar=1.0)(doubtful)[0]
    assert found.message.endswith("It rests on measurements of low confidence: lv_mass.")


def test_between_two_classes_it_cannot_say() -> None:
    found = ClassifyHeart(least=1.0, most_unfamiliar=1.0)(findings())[0]
    assert found.value == UNSURE
    assert found.message.startswith("Between ")


def test_what_no_patient_of_the_training_had_is_not_classified() -> None:
    strange = findings(ef=95, edv=900, mass=900, rv_edv=40, rv_ef=95, wall=45, rv_ratio=9)
    found = ClassifyHeart(least=0.0)(strange)[0]
    assert found.value == UNSURE
    assert "almost no patient of the training" in found.message


def test_features_by_hand() -> None:
    features = heart_features(findings(scar=True, ef=40))
    assert set(features) == set(LABELS)
    assert features["rv_to_lv"] == pytest.approx(np.log(160 / 150))
    weak, strong = -2.0, 0.58 * 40 * 1.3
    mean = (6 * weak + 10 * strong) / 16
    assert features["excursion"] == pytest.approx(mean)
    assert features["excursion_deficit"] == pytest.approx(mean - weak)
    assert features["excursion_territory"] == pytest.approx(mean - weak)
    assert features["together"] > 0
    assert heart_features(findings())["excursion_spread"] == pytest.approx(0, abs=1e-9)


def test_without_the_body_an_adults_usual_surface_is_taken() -> None:
    known, unknown = heart_features(findings()), heart_features(without(findings(), "bsa"))
    assert known["lv_volume"] - unknown["lv_volume"] == pytest.approx(np.log(1.85 / 1.9))


def test_hats_interpolate() -> None:
    knots = np.array([0.0, 1.0, 3.0])
    x = np.array([-1.0, 0.5, 1.0, 2.0, 9.0, np.nan])
    basis = hats(x, knots)
    assert basis[:5].sum(axis=1) == pytest.approx(np.ones(5))
    assert basis @ knots == pytest.approx([0, 0.5, 1, 2, 3, 0])
    assert np.all(np.diff(knots_of(np.ones(20), 6)) > 0)


def additive() -> Additive:
    """Class b by x: log odds of b are x between 0 and 2."""
    values = np.array([[[0.0, 0.0, 0.0]], [[0.0, 1.0, 2.0]]])
    return Additive(("a", "b"), ("x",), np.array([[0.0, 1.0, 2.0]]), values, np.zeros(2), 1.0, np.array([[0.0, 2.0]]))


@pytest.mark.parametrize(("x", "odds"), [(0.5, 0.5), (1.5, 1.5), (7.0, 2.0), (-3.0, 0.0), (float("nan"), 0.0)])
def test_probabilities_are_the_logistic_of_the_curves(x: float, odds: float) -> None:
    chances = additive().probabilities({"x": x})
    assert np.log(chances[1] / chances[0]) == pytest.approx(odds)
    sharper = replace(additive(), sharpness=3.0).probabilities({"x": x})
    assert np.log(sharper[1] / sharper[0]) == pytest.approx(3 * odds)


def test_shares_of_missing_and_unfamiliar_features() -> None:
    assert additive().missing({"x": float("nan")}) == 1
    assert additive().unfamiliar({"x": 3.0}) == 1
    assert additive().unfamiliar({"x": 1.0}) == 0


def test_a_feature_without_a_name_is_refused() -> None:
    with pytest.raises(InvalidInput, match="x are not there"):
        additive().probabilities({"y": 1.0})


def test_a_model_survives_json_and_other_text_is_refused() -> None:
    again = Additive.from_json(additive().to_json())
    assert again.probabilities({"x": 1.2}) == pytest.approx(additive().probabilities({"x": 1.2}))
    for text in ("", "{}", '{"classes": 3}'):
        with pytest.raises(InvalidInput, match="not a model"):
            Additive.from_json(text)


def cohort(count: int) -> tuple[list[Row], list[str]]:
    """Three classes whose log odds against c are 2x and -2x; y says nothing; a tenth of x is missing."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, count))
    odds = np.stack([2 * x, -2 * x, np.zeros(count)], axis=1)
    chances = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    names = [str(rng.choice(["a", "b", "c"], p=p)) for p in chances]
    x = np.where(rng.random(count) < 0.1, np.nan, x)
    return [{"x": float(u), "y": float(v)} for u, v in zip(x, y, strict=True)], names


def test_a_known_law_is_learnt_and_calibrated() -> None:
    rows, names = cohort(1500)
    model = FitAdditive(strength=1.0)(rows, names)
    parts = [model.contributions({"x": x, "y": 0.0})[:, model.features.index("x")] for x in (-1.0, 1.0)]
    assert parts[1][0] - parts[0][0] - (parts[1][2] - parts[0][2]) == pytest.approx(4, abs=0.8)
    assert np.abs(model.values[:, model.features.index("y")]).max() < 0.6
    new, truth = cohort(1500)
    sure = np.array([model.probabilities(row).max() for row in new])
    right = np.array([model.classes[int(model.probabilities(row).argmax())] for row in new]) == np.array(truth)
    assert sure.mean() == pytest.approx(right.mean(), abs=0.04)


def test_too_few_patients_are_refused() -> None:
    rows, _ = cohort(12)
    with pytest.raises(InvalidInput, match="12 patients"):
        FitAdditive()(rows, ["a"] * 6 + ["b"] * 6)
    with pytest.raises(InvalidInput, match="c': 1"):
        FitAdditive()(rows, ["a"] * 6 + ["b"] * 5 + ["c"])
