"""The fast path: labelled training slices from the same hearts, bodies, spins and equations, without k-space."""

from marey.scan.fast.stacks import PER_SUBJECT, TRUTH, LabelledStack, stacks

__all__ = ["PER_SUBJECT", "TRUTH", "LabelledStack", "stacks"]
