"""Whether a number may be believed."""

from marey.trust.plausibility import CheckPlausibility, Measured, lower_confidence

__all__ = ["CheckPlausibility", "Measured", "lower_confidence"]
