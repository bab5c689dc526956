import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marey.report.bullseye import SEGMENTS, THICKENING, THICKNESS, bulls_eye, luminance
from marey.report.charts import PAPER, SCREEN, Moment, axis_ticks, range_bar, spread, volume_curves

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def words(svg: str) -> list[tuple[str, float, float]]:
    return [(t.text or "", float(t.attrib["x"]), float(t.attrib["y"])) for t in parsed(svg).iter(f"{SVG}text")]


@given(st.floats(0.001, 1e5), st.integers(3, 9))
def test_ticks_cover_the_span_in_equal_round_steps(high: float, about: int) -> None:
    ticks = axis_ticks(0, high, about)
    steps = {round(b - a, 9) for a, b in pairwise(ticks)}
    assert ticks[0] == 0
    assert ticks[-1] >= high * 0.999
    assert len(ticks) <= about + 2
    mantissa = f"{ticks[1]:e}"[:8].rstrip("0").rstrip(".")
    assert mantissa in {"1", "2", "5"}
    assert max(steps) - min(steps) < 1e-6 * high


def test_curves_name_both_ventricles_and_both_moments() -> None:
    times = (0.0, 100.0, 200.0)
    svg = volume_curves({"LV": (times, (90, 40, 88)), "RV": (times, (95, 50, 90))}, "mL", moments=[Moment(100, "ES")])
    names = [name for name, _, _ in words(svg)]
    assert {"LV", "RV", "ES", "mL", "0", "100"} <= set(names)
    dashes = [path for path in parsed(svg).iter(f"{SVG}path") if "stroke-dasharray:7 4" in path.attrib["style"]]
    assert len(dashes) == 1, "one curve must differ by dash as well as by colour"


def test_a_curve_is_drawn_where_its_values_are() -> None:
    svg = volume_curves({"LV": ((0.0, 100.0), (100.0, 50.0))}, "mL", size=(300, 200))
    circles = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in parsed(svg).iter(f"{SVG}circle")]
    labels = {name: y - 4 for name, x, y in words(svg) if x < 44}
    assert circles[0][1] == pytest.approx(labels["100"], abs=0.1)
    assert circles[1][1] == pytest.approx((labels["100"] + labels["0"]) / 2, abs=0.1)


def test_values_that_are_no_numbers_leave_no_trace() -> None:
    svg = volume_curves({"LV": ((0.0, 1.0, 2.0), (math.nan, 50.0, math.inf)), "RV": ((0.0,), (math.nan,))}, "mL")
    assert "nan" not in svg
    assert "inf" not in svg
    assert len(list(parsed(svg).iter(f"{SVG}circle"))) == 1


def test_names_at_the_ends_of_curves_do_not_overlap() -> None:
    svg = volume_curves({"LV": ((0.0, 9.0), (90, 80)), "RV": ((0.0, 9.0), (90, 81)), "X": ((0.0, 9.0), (90, 20))}, "mL")
    at = {name: y for name, _, y in words(svg)}
    assert at["LV"] - at["RV"] == pytest.approx(15)
    assert at["X"] > at["LV"] + 50


@given(st.lists(st.floats(0, 300), max_size=6))
def test_spreading_keeps_order_and_middle(heights: list[float]) -> None:
    moved = spread(heights, 15)
    assert sum(moved) == pytest.approx(sum(heights))
    ordered = sorted(moved)
    assert all(b - a > 14.99 for a, b in pairwise(ordered))
    assert [moved[i] for i in sorted(range(len(heights)), key=heights.__getitem__)] == ordered


def test_words_in_charts_are_escaped() -> None:
    svg = volume_curves({'<b>"&': ((0.0, 1.0), (1.0, 2.0))}, "<i>")
    assert '<b>"&' in [name for name, _, _ in words(svg)]
    assert 'aria-label="&lt;b&gt;' in svg


@pytest.mark.parametrize(
    ("value", "verdict"), [(40, "low"), (60, "within"), (90, "high"), (1e9, "high"), (-1e9, "low")]
)
def test_range_bars_tell_low_from_high_by_shape_and_word(value: float, verdict: str) -> None:
    svg = range_bar(value, 51, 71, interval=(value - 3, value + 3))
    shapes = {"low": r"h10l-5 9\.5z", "high": r"h10l-5 -9\.5z", "within": r"<circle"}
    assert verdict in parsed(svg).attrib["aria-label"]
    assert [name for name, shape in shapes.items() if re.search(shape, svg)] == [verdict]
    assert all(0 <= float(x) <= 150 for x in re.findall(r'(?:cx="|M)([-\d.]+)', svg))


def test_range_bars_follow_the_theme() -> None:
    assert "var(--ink)" in range_bar(60, 51, 71, theme=SCREEN)
    assert "var(" not in range_bar(60, 51, 71, theme=PAPER)


def test_the_bulls_eye_has_anterior_on_top_and_septum_left() -> None:
    svg = bulls_eye({segment: segment for segment in range(1, 18)}, "Thickness", THICKNESS)
    at = {round(float(name)): (x - 160, 165 - y) for name, x, y in words(svg) if re.fullmatch(r"\d+\.0", name)}
    assert sorted(at) == list(range(1, 18))
    for segment, name in enumerate(SEGMENTS, start=1):
        x, y = at[segment]
        assert not ("septal" in name and x >= 0), name
        assert not ("lateral" in name and x <= 0), name
        assert not (name.split()[-1].startswith("antero") and y <= 0), name
        assert not (name.split()[-1].startswith("infero") and y >= 0), name
    assert at[1][1] > at[7][1] > at[13][1] > at[17][1] > at[15][1] > at[10][1] > at[4][1]


def test_segments_without_a_number_are_hatched() -> None:
    svg = bulls_eye({1: 9.0, 2: math.nan}, "Thickness", THICKNESS)
    assert svg.count("fill:url(#hatch-thickness)") == 16
    assert "nan" not in svg.split(">", 1)[1]


def test_flags_are_arrows_and_words() -> None:
    svg = bulls_eye({1: 3.0, 2: 20.0}, "Thickness", THICKNESS, PAPER, {1: "low", 2: "high"})
    label = parsed(svg).attrib["aria-label"]
    assert "basal anterior 3.0 low" in label
    assert "basal anteroseptal 20.0 high" in label
    assert svg.count("h8l-4 7z") == svg.count("h8l-4 -7z") == 1


@given(st.floats(-500, 500))
def test_every_number_can_be_read_on_its_colour(value: float) -> None:
    svg = bulls_eye({17: value}, "x", THICKENING)
    fill, ink = (
        re.findall(r"fill:rgb\((\d+),(\d+),(\d+)\);stroke", svg)[0],
        re.findall(r"fill:#(\w{6});font-size:14", svg)[0],
    )
    red, green, blue = (int(ink[i : i + 2], 16) for i in (0, 2, 4))
    behind, text = luminance(tuple(int(c) for c in fill)) + 0.05, luminance((red, green, blue)) + 0.05  # type: ignore[arg-type]
    assert max(behind, text) / min(behind, text) > 4.2  # WCAG asks 3 of large bold text


def test_luminance_of_white_black_and_grey() -> None:
    assert luminance((255, 255, 255)) == pytest.approx(1)
    assert luminance((0, 0, 0)) == 0
    assert luminance((119, 119, 119)) == pytest.approx(0.1845, abs=1e-3)  # 4.48 against white, WCAG's known example
