"""The AHA 17-segment polar map as SVG.

M. D. Cerqueira et al., Circulation 2002;105:539, doi:10.1161/hc0402.102975: base outside, apex in the middle, anterior
wall at the top, septum to the left.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from marey.report.charts import PAPER, Theme, drawing, text
from marey.report.wording import number

SEGMENTS = (
    "basal anterior", "basal anteroseptal", "basal inferoseptal", "basal inferior", "basal inferolateral",
    "basal anterolateral", "mid anterior", "mid anteroseptal", "mid inferoseptal", "mid inferior", "mid inferolateral",
    "mid anterolateral", "apical anterior", "apical septal", "apical inferior", "apical lateral", "apex",
)  # fmt: skip
_RINGS = (("basal", 1, 6, 150.0, 109.0), ("mid", 7, 6, 109.0, 68.0), ("apical", 13, 4, 68.0, 27.0))
_SIZE, _CENTRE = 320.0, 160.0


@dataclass(frozen=True)
class Scale:
    """Light to dark over a fixed span, so that two exams can be compared by eye."""

    low: float
    high: float
    unit: str
    light: tuple[int, int, int] = (238, 243, 247)
    dark: tuple[int, int, int] = (12, 66, 110)

    def colour(self, value: float) -> tuple[int, int, int]:
        """SRGB of a value; values outside take the end's colour."""
        part = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        r, g, b = (round(a + (b - a) * part) for a, b in zip(self.light, self.dark, strict=True))
        return r, g, b


THICKNESS = Scale(2, 18, "mm")
THICKENING = Scale(0, 100, "%", (250, 240, 225), (130, 52, 10))
SHORTENING = Scale(0, -40, "%", (232, 244, 238), (14, 88, 66))
RADIAL_STRAIN = Scale(0, 100, "%", (240, 236, 246), (74, 42, 122))


def bulls_eye(
    values: Mapping[int, float], title: str, scale: Scale, theme: Theme = PAPER, flags: Mapping[int, str] | None = None
) -> str:
    """Values by AHA segment 1-17; a segment without a value is hatched.

    Args:
        values: segment to value in the scale's unit.
        title: read to those who cannot see it, with all values.
        scale: colours.
        theme: colours of lines and words.
        flags: segment to "low" or "high"; marked by an arrow beside the number.
    """
    flags = flags or {}
    hatch = f"hatch-{re.sub('[^a-z]+', '-', title.lower())}"
    parts = [_hatch(hatch, theme)]
    for _, first, count, outer, inner in _RINGS:
        for i in range(count):
            middle = 90 + i * 360 / count
            path = _sector(outer, inner, middle - 180 / count, middle + 180 / count)
            radius = (outer + inner) / 2
            spot = _polar(radius, middle)
            parts.append(_segment(path, spot, (values.get(first + i), flags.get(first + i, "")), scale, hatch))
    apex = f"M{_CENTRE - 27} {_CENTRE}a27 27 0 1 0 54 0a27 27 0 1 0 -54 0z"
    parts.append(_segment(apex, (_CENTRE, _CENTRE), (values.get(17), flags.get(17, "")), scale, hatch))
    parts.append(_legend(scale, theme))
    told = ", ".join(f"{SEGMENTS[s - 1]} {number(v, scale.unit)} {flags.get(s, '')}".strip() for s, v in values.items())
    return drawing((_SIZE, _SIZE + 34), f"{title}: {told or 'no segment measured'}", theme.font, parts)


def _segment(path: str, spot: tuple[float, float], known: tuple[float | None, str], scale: Scale, hatch: str) -> str:
    (x, y), (value, flag) = spot, known
    edge = "stroke:#ffffff;stroke-width:1.5"
    if value is None or not math.isfinite(value):
        return f'<path d="{path}" style="fill:url(#{hatch});{edge}"/>'
    colour = scale.colour(value)
    ink = "#ffffff" if luminance(colour) < 0.18 else "#0a0d10"
    fill = f'<path d="{path}" style="fill:rgb({colour[0]},{colour[1]},{colour[2]});{edge}"/>'
    words = text((x, y + 5), number(value, scale.unit), ink, size=14, anchor="middle", style="font-weight:600")
    if not flag:
        return fill + words
    arrow = f"M{x - 4:.1f} {y + 10:.1f}h8l-4 7z" if flag == "low" else f"M{x - 4:.1f} {y - 9:.1f}h8l-4 -7z"
    return f'{fill}{words}<path d="{arrow}" style="fill:{ink}"/>'


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance of sRGB as in WCAG 2.2; white and black text read equally well at 0.18."""
    red, green, blue = (c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _polar(radius: float, degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return _CENTRE + radius * math.cos(angle), _CENTRE - radius * math.sin(angle)


def _sector(outer: float, inner: float, start: float, stop: float) -> str:
    a, b, c, d = _polar(outer, start), _polar(outer, stop), _polar(inner, stop), _polar(inner, start)
    return (
        f"M{a[0]:.1f} {a[1]:.1f}A{outer} {outer} 0 0 0 {b[0]:.1f} {b[1]:.1f}"
        f"L{c[0]:.1f} {c[1]:.1f}A{inner} {inner} 0 0 1 {d[0]:.1f} {d[1]:.1f}z"
    )


def _hatch(name: str, theme: Theme) -> str:
    return (
        f'<defs><pattern id="{name}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M0 0V7" style="stroke:{theme.line};stroke-width:3"/></pattern></defs>'
    )


def _legend(scale: Scale, theme: Theme) -> str:
    steps, width, left, y = 24, 180.0, 70.0, _SIZE + 8
    cells = []
    for i in range(steps):
        r, g, b = scale.colour(scale.low + (scale.high - scale.low) * (i + 0.5) / steps)
        x = left + width * i / steps
        cells.append(
            f'<rect x="{x:.2f}" y="{y}" width="{width / steps + 0.3:.2f}" height="9" style="fill:rgb({r},{g},{b})"/>'
        )
    low = text((left - 7, y + 9), f"{scale.low:g}", theme.muted, anchor="end")
    high = text((left + width + 7, y + 9), f"{scale.high:g} {scale.unit}", theme.muted)
    return "".join(cells) + low + high


__all__ = ["RADIAL_STRAIN", "SEGMENTS", "SHORTENING", "THICKENING", "THICKNESS", "Scale", "bulls_eye", "luminance"]
