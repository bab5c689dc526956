"""Settings of series and vendor styles."""

from contextlib import AbstractContextManager

import pytest

from marey.core import InvalidInput
from marey.scan.mr.protocol import PLANES, SERIES, STYLES, Slices, series_settings, vendor_style

ISSUE = ("cine", "lax", "lge", "t1", "t2", "tagging", "dense", "flow2d", "flow4d", "perfusion", "mrf")
MAPS = ("t1", "t2", "perfusion", "scout")


@pytest.mark.parametrize("field_strength", SERIES)
@pytest.mark.parametrize("name", ISSUE)
def test_every_series_has_settings_that_fit_a_breath_hold_and_a_beat(name: str, field_strength: float) -> None:
    settings = series_settings(name, field_strength)
    assert set(settings.planes) <= set(PLANES)
    assert settings.phases == 1 or settings.temporal_resolution * settings.phases < 1200 or name == "perfusion"
    assert settings.temporal_resolution < 270
    assert settings.shots <= 20 or name == "flow4d"
    assert settings.bandwidth * settings.repetition_time > 1  # the readout fits between two excitations


@pytest.mark.parametrize("name", MAPS)
def test_single_shot_series_take_one_beat(name: str) -> None:
    assert series_settings(name).shots == 1


def test_cine_resolves_the_beat_as_the_consensus_asks() -> None:
    assert series_settings("cine").temporal_resolution <= 45
    assert series_settings("flow4d").temporal_resolution * 4 <= 45  # a reference and three encodings


def test_balanced_series_turn_less_at_the_higher_field() -> None:
    for name in ("cine", "lax", "t2"):
        assert series_settings(name, 3.0).flip_angle < series_settings(name, 1.5).flip_angle


def test_lines_and_shots_follow_from_the_matrix() -> None:
    settings = series_settings("cine").but(
        {"slices.matrix": 200, "slices.phase_share": 0.8}, acceleration=2.0, views_per_segment=10
    )
    assert (settings.lines, settings.shots) == (80, 8)
    assert settings.but(partial_fourier=0.75).lines == 60


@pytest.mark.parametrize(
    ("style", "matrix", "phase_matrix"),
    [("rectangular", 208, 166), ("power of two", 256, 256), ("upsampled", 320, 320)],
)
def test_styles_round_the_matrix_in_their_own_way(style: str, matrix: int, phase_matrix: int) -> None:
    slices = Slices(matrix=208, phase_share=0.8)
    exported = vendor_style(style).reconstructed(slices)
    assert (exported.matrix, exported.phase_matrix) == (matrix, phase_matrix)
    assert exported.field_of_view == slices.field_of_view
    assert exported.step == slices.step


def test_styles_word_the_same_series_differently() -> None:
    worded = {style.description("cine", "short axis") for style in STYLES.values()}
    assert worded == {"cine_sax", "SAX cine", "cine SA BH"}


def refused(match: str) -> AbstractContextManager[object]:
    return pytest.raises(InvalidInput, match=match)


def test_unknown_names_are_refused() -> None:
    with refused("no series 'echo'"):
        series_settings("echo")
    with refused("field strength is 7"):
        series_settings("cine", 7.0)
    with refused("no vendor style"):
        vendor_style("baroque")
    with refused("no plane 'sagittal'"):
        vendor_style("upsampled").description("cine", "sagittal")


def test_impossible_settings_are_refused() -> None:
    with refused("before the next excitation"):
        series_settings("cine").but(echo_time=4.0)
    with refused("phases"):
        series_settings("cine").but(phases=0)
    with refused("At most 1024"):
        vendor_style("upsampled").reconstructed(Slices(matrix=1000))
