"""Settings of every series at 1.5 and 3 T: what stands on the scanner's console, typical values."""

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import factor, ms, s
from marey.scan.mr.protocol.plane import Slices

DEGREE = factor("deg")
SCMR = "doi:10.1186/s12968-020-00607-1"
TEXTBOOK = "textbook value"


@dataclass(frozen=True)
class SeriesSettings(Parameters):
    """One series.

    Args:
        planes: names in `PLANES` that it is scanned on.
        slices: field of view, matrix and thickness.
        phases: of the beat, or dynamics of a first pass; 1 for a still series.
        acceleration: by parallel imaging.
        phase_resolution: share of the lines along the phase encoding that are kept.
        partial_fourier: share of those on which measuring stops.
        views_per_segment: lines read in one beat per phase; a series whose `shots` is 1 is single-shot.
        flip_angle, repetition_time, echo_time: of the readout.
        bandwidth: per pixel, 1/s.
        source: of the typical values.

    Raises:
        InvalidInput: a value outside its range, an echo after the repetition.
    """

    planes: tuple[str, ...] = ("short axis",)
    slices: Slices = field(default_factory=Slices)
    phases: int = parameter(25, 1, 1000, "1", TEXTBOOK)
    acceleration: float = parameter(2.0, 1, 12, "1", TEXTBOOK)
    phase_resolution: float = parameter(1.0, 0.3, 1, "1", TEXTBOOK)
    partial_fourier: float = parameter(1.0, 0.51, 1, "1", TEXTBOOK)
    views_per_segment: int = parameter(12, 1, 2048, "1", TEXTBOOK)
    flip_angle: float = parameter(60 * DEGREE, 1 * DEGREE, 180 * DEGREE, "deg", TEXTBOOK)
    repetition_time: float = parameter(2.8 * ms, 1 * ms, 100 * ms, "ms", TEXTBOOK)
    echo_time: float = parameter(1.2 * ms, 0.1 * ms, 60 * ms, "ms", TEXTBOOK)
    bandwidth: float = parameter(930 / s, 50 / s, 5000 / s, "1/s", TEXTBOOK)
    source: str = TEXTBOOK

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.echo_time < self.repetition_time:
            raise InvalidInput(
                f"The echo time is {self.echo_time:.4g} ms and the repetition time {self.repetition_time:.4g} ms.",
                "The echo must come before the next excitation.",
                "Shorten the echo time or lengthen the repetition time.",
            )

    @property
    def lines(self) -> int:
        """Phase encodings that are measured in one slice and phase, without calibration lines."""
        kept = self.slices.phase_matrix * self.phase_resolution * self.partial_fourier
        return max(math.ceil(kept / self.acceleration), 1)

    @property
    def shots(self) -> int:
        """Beats over which one slice's lines are spread."""
        return math.ceil(self.lines / self.views_per_segment)

    @property
    def temporal_resolution(self) -> float:
        """Ms that the lines of one phase take within a beat, for each encoding of velocity."""
        return min(self.views_per_segment, self.lines) * self.repetition_time


def _series(slices: Slices, flip_angle: float, tr: float, te: float, bandwidth: float, **more: Any) -> SeriesSettings:
    return SeriesSettings(
        slices=slices, flip_angle=flip_angle * DEGREE, repetition_time=tr, echo_time=te, bandwidth=bandwidth / s, **more
    )


LONG_AXES = ("2-chamber", "3-chamber", "4-chamber")
THREE_LEVELS = {"thickness": 8.0, "gap": 12.0}
_AT_1_5_T = {
    "scout": _series(Slices(400, 1.0, 208, 8, 2), 60, 2.8, 1.2, 930, planes=("transverse",), phases=1,
                     partial_fourier=0.75, views_per_segment=256),
    "cine": _series(Slices(380, 0.8, 208, 8, 2), 60, 2.7, 1.15, 930,
                    source=f"{SCMR}: 6 to 8 mm, 2 to 4 mm gap, at most 45 ms; doi:10.1186/s12968-016-0227-4"),
    "lax": _series(Slices(380, 0.8, 208, 6, 0), 60, 2.7, 1.15, 930, planes=LONG_AXES, source=SCMR),
    "lge": _series(Slices(360, 0.8, 256, 8, 2), 25, 5.2, 2.0, 300, phases=1, acceleration=1.0, views_per_segment=25,
                   source=f"doi:10.1002/mrm.10051 (phase-sensitive inversion recovery); slices as cine, {SCMR}"),
    "t1": _series(Slices(360, 0.85, 256, **THREE_LEVELS), 35, 2.8, 1.1, 1085, phases=1, partial_fourier=0.875,
                  views_per_segment=256, source="doi:10.1186/1532-429X-16-2: MOLLI, single-shot, 35 degrees"),
    "t2": _series(Slices(360, 0.8, 192, **THREE_LEVELS), 70, 2.6, 1.1, 1185, phases=1, partial_fourier=0.875,
                  views_per_segment=256, source="doi:10.1186/1532-429X-11-56: T2-prepared single-shot bSSFP"),
    "tagging": _series(Slices(350, 0.85, 256, **THREE_LEVELS), 12, 4.6, 2.4, 450, phases=20, views_per_segment=8),
    "dense": _series(Slices(360, 0.4, 128, **THREE_LEVELS), 15, 15.0, 1.5, 500, phases=20, views_per_segment=2),
    "flow2d": _series(Slices(340, 0.8, 192, 6, 0), 20, 5.0, 2.5, 450, planes=("aortic flow",), phases=30,
                      phase_resolution=0.75,
                      views_per_segment=3, source=f"{SCMR}; views and angle: textbook values"),
    "flow4d": _series(Slices(380, 0.8, 152, 2.5, 0), 8, 5.2, 2.4, 450, planes=("flow box",), phases=20,
                      acceleration=3.0, views_per_segment=2, source="doi:10.1186/s12968-015-0174-5: 2.5 mm, 40 ms"),
    "perfusion": _series(Slices(360, 0.8, 160, **THREE_LEVELS), 12, 2.2, 1.0, 650, phases=60, partial_fourier=0.75,
                         views_per_segment=256, source=f"{SCMR}: three slices every beat"),
    "mrf": _series(Slices(300, 1.0, 192, 8, 30), 25, 5.1, 1.4, 400, phases=1, acceleration=1.0,
                   views_per_segment=50, source="doi:10.1002/mrm.26216 (cardiac fingerprinting); spokes, few levels"),
}  # fmt: skip
# More would heat the patient too much, dark bands would cross the heart, or blood would saturate.
_CHANGES_AT_3_T: dict[str, dict[str, float]] = {
    "scout": {"flip_angle": 45 * DEGREE},
    "cine": {"flip_angle": 45 * DEGREE, "bandwidth": 1200 / s},
    "lax": {"flip_angle": 45 * DEGREE, "bandwidth": 1200 / s},
    "lge": {"flip_angle": 20 * DEGREE, "bandwidth": 400 / s},
    "t1": {},
    "t2": {"flip_angle": 40 * DEGREE},
    "tagging": {"flip_angle": 10 * DEGREE},
    "dense": {},
    "flow2d": {"flip_angle": 15 * DEGREE},
    "flow4d": {"flip_angle": 7 * DEGREE},
    "perfusion": {"flip_angle": 10 * DEGREE},
    "mrf": {},
}

SERIES = MappingProxyType(
    {
        1.5: MappingProxyType(_AT_1_5_T),
        3.0: MappingProxyType({name: _AT_1_5_T[name].but(changes) for name, changes in _CHANGES_AT_3_T.items()}),
    }
)
"""Field strength in tesla, then the series' name."""


def series_settings(name: str, field_strength: float = 1.5) -> SeriesSettings:
    """Typical settings of a series.

    Raises:
        InvalidInput: a series or a field strength that there is none of.
    """
    if field_strength not in SERIES:
        raise InvalidInput(
            f"The field strength is {field_strength!r} T.", "Settings are known at 1.5 and 3 T.", "Choose one of both."
        )
    if name not in SERIES[field_strength]:
        raise InvalidInput(
            f"There is no series '{name}'.", f"Known are {', '.join(SERIES[field_strength])}.", "Correct the name."
        )
    return SERIES[field_strength][name]


__all__ = ["SERIES", "SeriesSettings", "series_settings"]
