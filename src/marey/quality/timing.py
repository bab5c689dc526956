"""Whether the phases show the whole beat, finely enough, and the same beat in every slice."""

from dataclasses import dataclass

import numpy as np

from marey.core import Finding
from marey.core.units import ms
from marey.quality.reading import Reading, not_made, verdict


@dataclass(frozen=True)
class CheckPhases:
    """Number of phases over the beat: two give volumes, some twenty give curves and rates.

    Args:
        fewest: phases from which on curves and rates are trusted.
    """

    fewest: int = 15

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """One finding."""
        phases = value.image.phases
        message = (
            f"The beat is shown in {phases} phases. Volumes can be measured, but end-systole may lie between two "
            "phases, and curves and rates are coarse; 20 phases or more are recommended."
        )
        if phases == 2:
            message = (
                "Only two phases were given. Volumes rest on them being end-diastole and end-systole; curves, rates "
                "and the checks over the beat could not be made. Give the whole cine where there is one."
            )
        method = "number of phases"
        passed = phases >= self.fewest
        return (verdict("phases", "Phases over the beat", phases, "1", passed=passed, message=message, method=method),)


@dataclass(frozen=True)
class CheckBeatCovered:
    """Share of the RR interval that the phases cover, and how far apart they are.

    Args:
        smallest_share: below it the end of diastole is missing (prospective gating).
        longest_step: ms between phases (SCMR recommends at most 45 ms, doi:10.1186/s12968-020-00607-1).
    """

    smallest_share: float = 0.85
    longest_step: float = 50.0 * ms

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """Two findings: the share covered in %, and the step in ms; neither can be made of two phases."""
        times, rr = value.image.times, value.image.rr_interval
        labels = ("RR interval covered", "Time between phases")
        method = "times of the phases after the R wave"
        if times.size < 3 or not np.isfinite(rr) or rr <= 0:
            reason = "There are too few phases." if times.size < 3 else "The images do not tell the RR interval."
            return (
                not_made("beat_covered", labels[0], "%", reason=reason, method=method),
                not_made("phase_step", labels[1], "ms", reason=reason, method=method),
            )
        step = float(np.median(np.diff(times)))
        share = min(100.0, 100.0 * (times[-1] - times[0] + step) / rr)
        short = (
            f"The phases cover {share:.0f} % of the beat: the end of diastole is missing. End-diastolic volume and "
            "filling rates may be too small; retrospective gating shows the whole beat."
        )
        coarse = (
            f"The phases are {step:.0f} ms apart. End-systole may lie between two of them, so that ESV is too large "
            f"and EF too small; {self.longest_step:.0f} ms or less are recommended."
        )
        whole, fine = share >= 100 * self.smallest_share, step <= self.longest_step
        return (
            verdict("beat_covered", labels[0], share, "%", passed=bool(whole), message=short, method=method),
            verdict("phase_step", labels[1], step, "ms", passed=fine, message=coarse, method=method),
        )


@dataclass(frozen=True)
class CheckRhythm:
    """How far the RR interval differs between the slices.

    Args:
        limit: percent, of the range over the median.
    """

    limit: float = 20.0

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """One finding in %."""
        known = value.image.rr_intervals[np.isfinite(value.image.rr_intervals)]
        key, label, method = (
            "rr_variation",
            "Variation of the RR interval",
            "range over median of the slices' RR intervals",
        )
        if known.size < 2:
            reason = "The images do not tell the RR interval of each slice."
            return (not_made(key, label, "%", reason=reason, method=method),)
        variation = 100.0 * float(np.ptp(known) / np.median(known))
        message = (
            f"The RR interval ranges from {known.min():.0f} to {known.max():.0f} ms between the slices: the rhythm "
            "changed, or beats were irregular. Volumes add slices of different beats; read EF and rates with care."
        )
        passed = variation <= self.limit
        return (verdict(key, label, variation, "%", passed=passed, message=message, method=method),)


__all__ = ["CheckBeatCovered", "CheckPhases", "CheckRhythm"]
