"""What the quality checks look at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import KeyPhases
from marey.anatomy.axes import at_phase
from marey.core import Finding, Image, Labels, Structure


@dataclass(frozen=True, eq=False)
class Reading:
    """A short-axis cine with its labels (same grid and times) and key phases."""

    image: Image
    labels: Labels
    phases: KeyPhases

    @cached_property
    def still(self) -> Labels:
        """The labels at end-diastole alone."""
        return at_phase(self.labels, self.phases.end_diastole)

    def diastole(self, *structures: Structure) -> NDArray[np.bool_]:
        """``(z, y, x)`` of the structures at end-diastole."""
        mask: NDArray[np.bool_] = self.still.mask(*structures)[0]
        return mask


def verdict(
    key: str,
    label: str,
    value: float,
    unit: str,
    *,
    passed: bool,
    message: str,
    method: str,
    evidence: dict[str, float | int | str] | None = None,
) -> Finding:
    """A check as a finding; a failed one has half the confidence, and only it speaks.

    Args:
        key: without "check_".
        message: for the failed check: what was found, what to be careful of and what to do.
    """
    return Finding(
        f"check_{key}", label, round(float(value), 3), unit, method=method, evidence=evidence or {},
        passed=passed, confidence=1.0 if passed else 0.5, message="" if passed else message,
    )  # fmt: skip


def not_made(key: str, label: str, unit: str, *, reason: str, method: str) -> Finding:
    """A check for which the images lack something."""
    return Finding(f"check_{key}", label, None, unit, method=method, confidence=0.0, passed=None, message=reason)


__all__ = ["Reading", "not_made", "verdict"]
