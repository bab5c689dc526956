from marey.core import Finding, ReferenceRange
from marey.report.content import Value, in_words
from marey.report.footnotes import conventions, numbered, references

CAVITY = "papillary muscles in the cavity; largest and smallest cavity"
RANGE = ReferenceRange(51, 71, "women", "papillary muscles in the cavity", "doi:1")
EDV = in_words(Finding("lv_edv", "LV end-diastolic volume", 140.0, "mL", convention=CAVITY, method="slices"))
EF = in_words(Finding("lv_ef", "LV ejection fraction", 60.0, "%", convention=CAVITY, method="slices", reference=RANGE))
MASS = in_words(Finding("lv_mass", "LV mass", 90.0, "g", convention="in the cavity", message="Gap. Look at it."))
RV = in_words(Finding("rv_edv", "RV end-diastolic volume", 150.0, "mL", convention=CAVITY))
MISSING = in_words(Finding("rv_ef", "RV ejection fraction", None, convention="never shown", message="No RV. Look."))


def test_a_convention_is_said_once_and_names_its_numbers() -> None:
    assert conventions([EDV, EF, MASS, MISSING, Value("x", "x")]) == [
        f"LV end-diastolic volume, ejection fraction: {CAVITY}.",
        "LV mass: in the cavity.",
    ]
    assert conventions([EDV, RV]) == [f"LV end-diastolic volume, RV end-diastolic volume: {CAVITY}."]


def test_a_reference_says_whose_it_is() -> None:
    assert references([EDV, EF, MISSING]) == ["LV ejection fraction: women; papillary muscles in the cavity; doi:1."]


def test_every_clause_has_one_number() -> None:
    marks, notes = numbered([EDV, EF, MASS, MISSING, Value("x", "x")])
    assert notes == [
        "Papillary muscles in the cavity.", "Largest and smallest cavity.", "Slices.", "In the cavity.", "Gap.",
        "Look at it.", "Never shown.",
    ]  # fmt: skip
    assert marks == {"lv_edv": "1, 2, 3", "lv_ef": "1, 2, 3", "lv_mass": "4, 5, 6", "rv_ef": "7"}
