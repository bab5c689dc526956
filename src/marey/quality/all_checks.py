"""All checks of a short-axis reading in the order of the report."""

from dataclasses import dataclass

from marey.core import Finding, Step
from marey.quality.coverage import CheckAlignment, CheckApex, CheckBase, CheckSlices
from marey.quality.image_quality import CheckClipping, CheckContrast, CheckFrames, CheckNoise, CheckSharpness
from marey.quality.reading import Reading
from marey.quality.timing import CheckBeatCovered, CheckPhases, CheckRhythm

CHECKS: tuple[Step[Reading, tuple[Finding, ...]], ...] = (
    CheckBase(),
    CheckApex(),
    CheckSlices(),
    CheckAlignment(),
    CheckPhases(),
    CheckBeatCovered(),
    CheckRhythm(),
    CheckContrast(),
    CheckSharpness(),
    CheckNoise(),
    CheckClipping(),
    CheckFrames(),
)


@dataclass(frozen=True)
class CheckQuality:
    """Every check of `checks`, one after the other; keys begin with "check_" and are unique."""

    checks: tuple[Step[Reading, tuple[Finding, ...]], ...] = CHECKS

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """The findings of all checks."""
        return tuple(finding for check in self.checks for finding in check(value))


__all__ = ["CHECKS", "CheckQuality"]
