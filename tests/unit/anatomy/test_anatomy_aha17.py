"""The AHA-17 segments tile every ring and lie where Cerqueira et al. put them."""

import numpy as np
import pytest

from marey.anatomy import AHA17, Level, segment_at


def test_numbers_names_and_codes_are_those_of_the_standard() -> None:
    assert [segment.number for segment in AHA17] == list(range(1, 18))
    assert len({segment.code.value for segment in AHA17}) == 17
    named = {segment.number: segment.name for segment in AHA17}
    assert named[1] == "basal anterior"
    assert named[5] == "basal inferolateral"
    assert named[9] == "mid inferoseptal"
    assert named[14] == "apical septal"
    assert named[17] == "apex"


def test_codes_are_in_the_dicom_dictionary() -> None:
    from pydicom.sr.codedict import codes

    for segment in AHA17[:16]:
        words = "".join(word.capitalize() for word in f"left ventricle {segment.name} segment".split())
        assert getattr(codes.SCT, words).value == segment.code.value


@pytest.mark.parametrize("level", [Level.BASAL, Level.MID, Level.APICAL])
def test_every_angle_has_one_segment_and_all_are_equally_wide(level: Level) -> None:
    numbers = [segment_at(level, angle).number for angle in np.arange(0.5, 360)]
    counts = np.unique(numbers, return_counts=True)[1]
    assert counts.tolist() == ([90] * 4 if level is Level.APICAL else [60] * 6)


@pytest.mark.parametrize(
    ("level", "angle", "number"),
    [
        (Level.BASAL, 30, 2), (Level.BASAL, 90, 1), (Level.BASAL, 150, 6), (Level.BASAL, -30, 3),
        (Level.BASAL, -90, 4), (Level.BASAL, -150, 5), (Level.MID, 90, 7), (Level.MID, 720 - 30, 9),
        (Level.APICAL, 0, 14), (Level.APICAL, 90, 13), (Level.APICAL, 180, 16), (Level.APICAL, -90, 15),
    ],
)  # fmt: skip
def test_walls_lie_where_they_should(level: Level, angle: float, number: int) -> None:
    assert segment_at(level, angle).number == number


def test_a_slice_outside_has_no_segment() -> None:
    with pytest.raises(ValueError, match="outside"):
        segment_at(Level.OUTSIDE, 0.0)


@pytest.mark.parametrize("angle", [-1e-15, 360 - 1e-14, -720 - 1e-15])
def test_a_hair_beside_a_border_is_in_one_of_its_neighbours(angle: float) -> None:
    assert segment_at(Level.BASAL, angle).number in (2, 3)
