"""How a check on every run becomes a finding."""

from collections.abc import Iterable, Mapping

from marey.core import Finding

METHOD = "plausibility check; the limits are Marey's own"


def verdict(
    name: str,
    label: str,
    passed: bool | None,
    advice: str,
    affects: Iterable[str],
    *,
    evidence: Mapping[str, float] | None = None,
) -> Finding:
    """A finding whose `evidence["affects"]` names the measurements that a failed check puts in doubt.

    Args:
        name: of the check; the key is "check_" and this.
        label: what is true when it is passed.
        passed: None when it could not be made.
        advice: what was found and what to do when it is not passed.
        affects: keys of findings.
        evidence: numbers behind it.
    """
    return Finding(
        f"check_{name}",
        label,
        {True: "passed", False: "failed", None: None}[passed],
        method=METHOD,
        evidence={**(evidence or {}), "affects": " ".join(affects)},
        confidence=1.0 if passed is not None else 0.0,
        passed=passed,
        message="" if passed else advice,
    )


__all__ = ["verdict"]
