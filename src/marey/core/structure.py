"""What a label means: a named piece of anatomy with its code, never a bare integer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """A coded term, e.g. ``Code("87878005", "SCT", "Left ventricle")``."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True)
class Structure:
    """A piece of anatomy.

    Args:
        name: the word used for it everywhere, e.g. "LV cavity".
        code: its term in a clinical terminology.
        colour: sRGB 0-255, the same in every figure.
    """

    name: str
    code: Code
    colour: tuple[int, int, int]


__all__ = ["Code", "Structure"]
