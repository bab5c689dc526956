"""Vendor styles: how the same acquisition leaves different scanners, by habit and not by name."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from marey.core import InvalidInput
from marey.scan.mr.protocol.plane import Slices
from marey.scan.mr.protocol.planes import PLANES

LARGEST = 1024


@dataclass(frozen=True)
class VendorStyle:
    """Habits of one family of scanners; textbook knowledge, no publication compares them.

    Args:
        name: of the style.
        interpolation: factor by which pictures are zero-filled at least.
        multiple: the reconstructed matrix is rounded up to a multiple of it; 0 stands for powers of two.
        square: whether a rectangular field of view is filled up to a square picture.
        base_first: whether the exported slices of a short-axis stack are numbered from the base.
        wording: of a series description, with {series} and {view}.
        views: how the planes are called, by their names in `PLANES`.
    """

    name: str
    interpolation: float
    multiple: int
    square: bool
    base_first: bool
    wording: str
    views: Mapping[str, str]

    def reconstructed(self, slices: Slices) -> Slices:
        """Slices as they are exported: the same tissue on another matrix.

        Raises:
            InvalidInput: a picture of more than 1024 pixels.
        """
        wanted = slices.matrix * self.interpolation
        matrix = (
            math.ceil(wanted / self.multiple) * self.multiple if self.multiple else 2 ** math.ceil(math.log2(wanted))
        )
        if matrix > LARGEST:
            raise InvalidInput(
                f"A matrix of {slices.matrix} becomes one of {matrix} in the style '{self.name}'.",
                f"At most {LARGEST} pixels are exported.",
                "Acquire fewer pixels, or choose a style without interpolation.",
            )
        return slices.but(matrix=matrix, phase_share=1.0 if self.square else slices.phase_share)

    def description(self, series: str, plane: str) -> str:
        """The series description that such a scanner writes.

        Raises:
            InvalidInput: a plane that does not exist.
        """
        if plane not in self.views:
            raise InvalidInput(
                f"There is no plane '{plane}'.", f"Known are {', '.join(self.views)}.", "Correct the name."
            )
        return self.wording.format(series=series, view=self.views[plane])


def _views(*names: str) -> Mapping[str, str]:
    return MappingProxyType(dict(zip(PLANES, names, strict=True)))


STYLES = MappingProxyType(
    {
        style.name: style
        for style in (
            VendorStyle(
                "rectangular", 1.0, 2, False, True, "{series}_{view}",
                _views("sax", "lax_2ch", "lax_3ch", "lax_4ch", "aov_tp", "whole_heart", "tra_scout"),
            ),
            VendorStyle(
                "power of two", 1.0, 0, True, True, "{view} {series}",
                _views("SAX", "2CH", "3CH", "4CH", "AO THRU PLANE", "CHEST 3D", "AX LOC"),
            ),
            VendorStyle(
                "upsampled", 1.5, 16, True, False, "{series} {view} BH",
                _views("SA", "VLA", "LVOT", "HLA", "AscAo", "Thorax", "Survey TRA"),
            ),
        )
    }
)  # fmt: skip
"""By name."""


def vendor_style(name: str) -> VendorStyle:
    """One of the styles.

    Raises:
        InvalidInput: a name that does not exist.
    """
    if name not in STYLES:
        raise InvalidInput(
            f"There is no vendor style '{name}'.", f"Known are {', '.join(STYLES)}.", "Correct the name."
        )
    return STYLES[name]


__all__ = ["STYLES", "VendorStyle", "vendor_style"]
