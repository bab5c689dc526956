"""Sentences about images, for notices and errors."""

from collections.abc import Sequence

from marey.core import Image


def count(number: int, noun: str) -> str:
    """The number with its noun: "1 slice", "3 slices"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def named(image: Image) -> str:
    """The image by the name that the scanner gave it, in quotes and no longer than 40 characters."""
    name = " ".join(image.name.split())
    return f"'{name[:40]}'" if name else "without a name"


def what_is_there(images: Sequence[Image]) -> str:
    """What a study holds, e.g. "The study holds 5 single-slice cines and 1 still picture, but no cine stack."."""
    if not images:
        return "The study holds no images."
    kinds = [
        ("cine stack", [i for i in images if i.phases > 1 and i.grid.shape[0] > 1]),
        ("single-slice cine", [i for i in images if i.phases > 1 and i.grid.shape[0] == 1]),
        ("stack with one phase", [i for i in images if i.phases == 1 and i.grid.shape[0] > 1]),
        ("single picture", [i for i in images if i.phases == 1 and i.grid.shape[0] == 1]),
    ]
    parts = [_part(noun, members) for noun, members in kinds if members]
    return f"The study holds {', '.join(parts[:-1])}{' and ' if parts[1:] else ''}{parts[-1]}."


def _part(noun: str, members: Sequence[Image]) -> str:
    head, _, tail = noun.partition(" with ")
    words = count(len(members), head) + (f" with {tail}" if tail else "")
    if "stack" not in noun:
        return words
    slices = {member.grid.shape[0] for member in members}
    return f"{words} ({' or '.join(str(number) for number in sorted(slices))} slices)"
