"""What was observed: the images of one patient's exam and the few facts the analysis needs."""

from dataclasses import dataclass, field

from marey.core.image import Image


@dataclass(frozen=True)
class Facts:
    """What is known of the patient, and no more of the identity than a report needs.

    Args:
        patient_id: the patient identifier as in the file (free text; escape it wherever it is shown).
        patient_name: family and given name as in the file (free text), "" in NIfTI.
        sex: "M", "F" or "".
        age: years, or None.
        height: mm, or None.
        weight: mg, or None. (The units of `marey.core.units`.)
        study_date: ISO date or "".
        scanner: manufacturer and model, or "".
        field_strength: tesla, or None.
    """

    patient_id: str = ""
    patient_name: str = ""
    sex: str = ""
    age: float | None = None
    height: float | None = None
    weight: float | None = None
    study_date: str = ""
    scanner: str = ""
    field_strength: float | None = None


@dataclass(frozen=True)
class Notice:
    """Something about the input that the reader saw and did not hide.

    Args:
        kind: short stable key for machines, e.g. "missing-frame".
        text: one sentence for people.
        serious: whether it must stand on the report's first page.
    """

    kind: str
    text: str
    serious: bool = False


@dataclass(frozen=True, eq=False)
class Study:
    """One patient's exam.

    Args:
        images: the cine stacks and single slices, each parallel and with one timing.
        facts: what is known of the patient.
        notices: what the reader noticed.
        digest: SHA-256 over the content of all files read, hexadecimal.
    """

    images: tuple[Image, ...]
    facts: Facts = field(default_factory=Facts)
    notices: tuple[Notice, ...] = ()
    digest: str = ""

    def of_view(self, view: str) -> tuple[Image, ...]:
        """All images of a view, in the order they were read."""
        return tuple(image for image in self.images if image.view == view)


__all__ = ["Facts", "Notice", "Study"]
