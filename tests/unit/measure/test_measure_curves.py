"""Peak rates against curves whose derivative is known."""

from dataclasses import replace

import numpy as np
import pytest

from heart_phantoms import beat, cine, short_axis_grid
from marey.core import Finding, Labels
from marey.measure import MeasureCurves, SegmentedCine
from marey.measure.periodic import fit_periodic


def value(findings: tuple[Finding, ...], key: str) -> float:
    found = next(finding.value for finding in findings if finding.key == key)
    assert isinstance(found, float)
    return found


def at(source: SegmentedCine, times: np.ndarray) -> SegmentedCine:
    labels = source.labels
    return replace(source, labels=Labels(labels.values, labels.grid, times, labels.structures))


@pytest.mark.parametrize("phases", [12, 20, 30])
def test_rates_of_a_cosine_beat(phases: int) -> None:
    measured = MeasureCurves()(cine(beat(phases), short_axis_grid((8, 192, 192), (8.0, 0.7, 0.7))))
    moments = np.linspace(0, 900, 9001)
    radius = 16 + 8 * (0.5 + 0.5 * np.cos(2 * np.pi * moments / 900))
    volume = np.pi * radius**2 * 64 / 1000
    rate = np.gradient(volume, moments / 1000)
    assert value(measured.findings, "lv_peak_ejection_rate") == pytest.approx(-rate.min(), rel=0.03)
    assert value(measured.findings, "lv_peak_filling_rate") == pytest.approx(rate.max(), rel=0.03)
    normalised = value(measured.findings, "lv_peak_ejection_rate_edv")
    assert normalised == pytest.approx(-rate.min() / volume.max(), rel=0.03)
    assert value(measured.findings, "lv_time_to_peak_ejection") == pytest.approx(moments[rate.argmin()], abs=15)
    assert value(measured.findings, "lv_time_to_peak_filling") == pytest.approx(moments[rate.argmax()] - 450, abs=15)


def test_curves_are_the_volumes_in_their_units() -> None:
    source = cine(beat(12))
    curves = MeasureCurves()(source).curves
    assert set(curves) == {"LV volume [mL]", "RV volume [mL]", "LV mass [g]"}
    times, volumes = curves["LV volume [mL]"]
    assert times == tuple(source.labels.times)
    assert max(volumes) == pytest.approx(np.pi * 24**2 * 64 / 1000, rel=0.01)


def test_a_shifted_clock_shifts_nothing_but_the_clock() -> None:
    source = cine(beat(24))
    later = at(source, source.labels.times + 20)
    first, second = MeasureCurves()(source), MeasureCurves()(later)
    for key in ("lv_peak_ejection_rate", "lv_peak_filling_rate", "lv_time_to_peak_ejection"):
        assert value(first.findings, key) == pytest.approx(value(second.findings, key), rel=0.01)


def test_few_phases_say_that_no_rate_can_be_made() -> None:
    measured = MeasureCurves()(cine(beat(8)))
    assert measured.curves
    assert len(measured.findings) == 6
    assert all(finding.value is None and "8 phases" in finding.message for finding in measured.findings)


def test_two_phases_have_no_curve() -> None:
    assert MeasureCurves()(cine(beat(2))).curves == {}


def test_fewer_than_twenty_phases_warn_of_the_filling_rate() -> None:
    found = {finding.key: finding.message for finding in MeasureCurves()(cine(beat(12))).findings}
    assert "too low" in found["lv_peak_filling_rate"]
    assert found["lv_peak_ejection_rate"] == ""


def test_fractions_of_the_beat_are_no_clock() -> None:
    source = cine(beat(12))
    measured = MeasureCurves()(replace(at(source, np.arange(12) / 12), rr_interval=float("nan")))
    assert measured.curves == {}
    assert all("no times" in finding.message for finding in measured.findings)


def test_half_a_beat_gives_no_rate() -> None:
    source = cine(beat(12))
    measured = MeasureCurves()(at(source, source.labels.times / 2))
    assert all("part of the beat" in finding.message for finding in measured.findings)


def test_the_interval_of_a_rate_covers_the_truth_under_noise() -> None:
    rng = np.random.default_rng(5)
    times = np.linspace(0, 870, 30)
    clean = 100 + 40 * np.cos(2 * np.pi * times / 900) + 10 * np.sin(4 * np.pi * times / 900)
    moments = np.linspace(0, 900, 901)
    truth = -40 * np.sin(2 * np.pi * moments / 900) * 2 * np.pi / 900
    truth = truth + 10 * np.cos(4 * np.pi * moments / 900) * 4 * np.pi / 900
    worst = int(truth.argmin())
    inside = 0
    for _ in range(200):
        fit = fit_periodic(times, clean + 2 * rng.standard_normal(30), 900.0)
        slope = float(fit.slopes(moments[worst : worst + 1])[0])
        inside += abs(slope - truth[worst]) < 1.96 * fit.slope_sd(float(moments[worst]))
    assert 0.85 * 200 <= inside <= 200


def test_a_smooth_fit_follows_a_band_limited_curve() -> None:
    times = np.linspace(0, 864, 25)
    clean = 100 + 40 * np.cos(2 * np.pi * times / 900) + 8 * np.sin(8 * np.pi * times / 900)
    fit = fit_periodic(times, clean, 900.0)
    assert fit.residual < 0.05
    assert np.allclose(fit.values(times), clean, atol=0.2)
    assert fit.values(np.array([0.0])) == pytest.approx(fit.values(np.array([900.0])))
