"""Values out of DICOM headers that cannot be trusted: every getter gives a plain value or "nothing", never an error."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator, MutableSequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.tag import BaseTag, Tag

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# What pydicom and Python raise on hostile bytes; caught once per file.
DAMAGE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, NotImplementedError, OSError,
    RuntimeError, TypeError, ValueError, struct.error, zlib.error, BytesLengthException, InvalidDicomError,
)  # fmt: skip
MOST_FRAMES = 100_000


@dataclass(frozen=True)
class Header:
    """One frame's view of a data set: its own functional groups first, then the shared ones, then the top level.

    Args:
        levels: data sets in the order in which they are asked.
    """

    levels: tuple[Dataset, ...]

    def value(self, keyword: str) -> Any:
        """The first value with this keyword, or None where it is absent, empty or not decodable."""
        tag = _tag(keyword)
        for level in self.levels:
            if tag in level:
                try:
                    value = level[tag].value
                except DAMAGE:
                    return None
                if value is not None and value != "":
                    return value
        return None

    def text(self, keyword: str) -> str:
        """Free text without control characters, "" where there is none."""
        value = self.value(keyword)
        words = value if _several(value) else [value]
        text = "\\".join("" if word is None else str(word) for word in words)
        return "".join(letter for letter in text if letter.isprintable()).strip()

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """All numbers of an element; NaN for one that is no number."""
        value = self.value(keyword)
        if value is None:
            return ()
        return tuple(_number(item) for item in (value if _several(value) else [value]))

    def number(self, keyword: str) -> float:
        """One number, NaN where there is none."""
        numbers = self.numbers(keyword)
        return numbers[0] if len(numbers) == 1 else math.nan

    def whole(self, keyword: str, default: int = 0) -> int:
        """One whole number."""
        number = self.number(keyword)
        return int(number) if math.isfinite(number) else default

    def seconds(self, *keywords: str) -> float:
        """Seconds of the day of the first DICOM time or date-time that is filled; NaN when none is."""
        for keyword in keywords:
            digits = self.text(keyword)
            digits = digits[8:] if len(digits.partition(".")[0]) > 8 else digits
            if len(digits) >= 6 and digits[:6].isdecimal():
                return int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + _number(digits[4:].partition("+")[0])
        return math.nan


def frame_headers(dataset: Dataset) -> list[Header]:
    """One `Header` per frame, of a classic or an enhanced image.

    Raises:
        ValueError: the number of frames cannot be right.
    """
    root = Header((dataset,))
    frames = root.whole("NumberOfFrames", 1)
    if not 1 <= frames <= MOST_FRAMES:
        raise ValueError(f"{frames} frames")
    own = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    if not own:
        return [Header((*_groups(shared), dataset))] * frames
    if len(own) != frames:
        raise ValueError(f"{frames} frames, {len(own)} of them described")
    common = (*_groups(shared), dataset)
    return [Header((*_groups([item]), *common)) for item in own]


def _groups(items: Any) -> Iterator[Dataset]:
    """The macros inside functional-group items, e.g. the plane position."""
    for item in items:
        for element in item:
            if element.VR == "SQ" and element.value:
                yield element.value[0]


@cache
def _tag(keyword: str) -> BaseTag:
    return Tag(keyword)


def _several(value: Any) -> bool:
    return isinstance(value, MutableSequence)


def _number(value: Any) -> float:
    try:
        return float(str(value))
    except ValueError:
        return math.nan


__all__ = ["DAMAGE", "Header", "frame_headers"]
