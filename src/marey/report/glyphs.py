"""Which characters the fonts of the PDF can draw, and what is written for the others."""

import unicodedata
from bisect import bisect_right
from functools import cache
from importlib.resources import files
from typing import Any

_INVISIBLE = ("Cc", "Cf", "Cs")


def printable(value: Any) -> Any:
    """The same nested lists and dicts, with text that the fonts can draw.

    A character without a glyph becomes its code point, "[U+20BB7]": it must not vanish from a name. Control characters
    and the marks that turn the writing direction are dropped, line ends and tabs become spaces.
    """
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else "".join(_drawn(char) for char in _composed(value))
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _drawn(char: str) -> str:
    if char in "\n\r\t":
        return " "
    if unicodedata.category(char) in _INVISIBLE:
        return ""
    return char if has_glyph(char) else f"[U+{ord(char):04X}]"


def has_glyph(char: str) -> bool:
    """Whether a font of the PDF draws this character."""
    firsts, lasts = _coverage()
    place = bisect_right(firsts, ord(char)) - 1
    return place >= 0 and ord(char) <= lasts[place]


@cache
def _coverage() -> tuple[list[int], list[int]]:
    """First and last code points of the covered ranges, ascending."""
    ranges = (files("marey.report") / "fonts" / "coverage.txt").read_text("ascii").split()
    pairs = [part.partition("-") for part in ranges]
    return [int(first, 16) for first, _, _ in pairs], [int(last or first, 16) for first, _, last in pairs]


__all__ = ["has_glyph", "printable"]
