"""What a series calls itself."""

import re

from marey.anatomy import View

CLAIMS = (
    (r"\b(r\s?vot|rv.?outflow)", View.RV_OUTFLOW),
    (r"(\b|_|\D)4\s?[-_]?\s?(ch|kammer|chamber|cavit|cam)|\bhla\b|\bfour.?cham", View.FOUR_CHAMBER),
    (r"(\b|_|\D)3\s?[-_]?\s?(ch|kammer|chamber|cavit|cam)|\blvot\b|\bthree.?cham", View.THREE_CHAMBER),
    (r"(\b|_|\D)2\s?[-_]?\s?(ch|kammer|chamber|cavit|cam)|\bvla\b|\btwo.?cham", View.TWO_CHAMBER),
    (r"\bsax?\b|\bshort.?axis|\bshax\b|\bkurze?.?achse|\bpetit.?axe", View.SHORT_AXIS),
)
"""Pattern in lower case, with underscores as spaces, and the view that it claims; the first that fits counts."""


def claimed_view(name: str) -> View | None:
    """The view that a series description claims, or None. Never to be trusted before the geometry."""
    words = name.lower().replace("_", " ")
    for pattern, view in CLAIMS:
        if re.search(pattern, words):
            return view
    return None


__all__ = ["claimed_view"]
