"""Parameters refuse what cannot be, in words that name the parameter and its range."""

from dataclasses import dataclass, field

import pytest

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import factor, minute, mm, mmHg


@dataclass(frozen=True)
class Wall(Parameters):
    thickness: float = parameter(8 * mm, 3 * mm, 30 * mm, "mm", "textbook")


@dataclass(frozen=True)
class Model(Parameters):
    heart_rate: float = parameter(60 / minute, 30 / minute, 220 / minute, "1/min", "textbook")
    wall: Wall = field(default_factory=Wall)
    lengths: tuple[float, ...] = (1.0, 2.0)
    others: tuple[Wall, ...] = (Wall(),)


def test_a_unit_mix_up_is_refused_with_name_range_and_unit() -> None:
    with pytest.raises(InvalidInput, match=r"'heart_rate' is 4\.5e\+06 1/min.*between 30 and 220 1/min"):
        Model(heart_rate=75.0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "60", True, None])
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"finite number between 30 and 220 1/min"):
        Model(heart_rate=value)  # type: ignore[arg-type]


def test_changes_by_path_reach_inner_groups_and_are_checked() -> None:
    changed = Model().but({"wall.thickness": 12 * mm}, heart_rate=90 / minute)
    assert (changed.wall.thickness, changed.heart_rate) == (12 * mm, 90 / minute)
    with pytest.raises(InvalidInput, match=r"'wall\.thickness' is 40 mm"):
        Model().but({"wall.thickness": 40 * mm})


def test_members_of_rows_are_changed_by_their_number() -> None:
    changed = Model().but({"lengths.2": 5.0, "others.1.thickness": 9 * mm})
    assert (changed.lengths, changed.others[0].thickness) == ((1.0, 5.0), 9 * mm)
    with pytest.raises(InvalidInput, match=r"'others\.1\.thickness' is 1 mm"):
        Model().but({"others.1.thickness": 1 * mm})
    with pytest.raises(InvalidInput, match=r"'lengths\.3'.*members lengths\.1 to lengths\.2"):
        Model().but({"lengths.3": 5.0})
    with pytest.raises(InvalidInput, match="'others' has no members"):
        Model(others=()).but({"others.1.thickness": 9 * mm})


@pytest.mark.parametrize("value", [8 * mm, None, Model])
def test_a_group_is_not_replaced_by_something_else(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"'wall' is .*group of parameters, Wall.*'wall\.thickness'"):
        Model(wall=value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path", ["heartrate", "wall.thick", "heart_rate.more", "walls.thickness", "lengths.0", "lengths.x", "lengths.1.x"]
)
def test_an_unknown_name_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput, match="There is no parameter"):
        Model().but({path: 1.0})


def test_the_table_lists_every_parameter_with_its_path() -> None:
    assert [(row.path, row.unit) for row in Model().table()] == [("heart_rate", "1/min"), ("wall.thickness", "mm")]


def test_a_default_outside_its_range_is_a_fault_of_the_model() -> None:
    with pytest.raises(ValueError, match="outside"):
        parameter(1.0, 2.0, 3.0, "mm", "textbook")


@pytest.mark.parametrize(
    ("unit", "size"), [("mmHg*s/mL", mmHg), ("S/m", 1.0), ("mm2/ms", 1.0), ("1/min", 1 / 60_000), ("kPa*ms/mm3", 1.0)]
)
def test_units_are_read_from_left_to_right(unit: str, size: float) -> None:
    assert factor(unit) == pytest.approx(size)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="furlong"):
        factor("furlong/ms")
