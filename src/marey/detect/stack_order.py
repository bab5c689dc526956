"""Stacks whose slices do not cover the heart once and evenly, and from which no volume can be made."""

import numpy as np

from marey.core import Image, NotAnalysable, Study

WIDEST_STEP = 1.6  # of the usual step; wider means that a slice is missing
NARROWEST_STEP = 0.5  # of the slice thickness; narrower means that the same tissue is counted twice
TURNED = "rotated-slices"


def check_stack(image: Image, study: Study) -> None:
    """Refuse a short-axis stack with a gap, with slices upon each other, or with slices turned against it.

    Raises:
        NotAnalysable: what was found and what to do.
    """
    expected = "A stack of parallel slices that follow each other evenly is needed for volumes."
    steps, thickness = np.diff(image.grid.slice_positions), image.grid.slice_thickness
    usual = float(np.median(steps))
    if steps.max() > WIDEST_STEP * usual:
        raise NotAnalysable(
            f"The short-axis stack has a gap of {steps.max():.0f} mm between slices that are otherwise {usual:.0f} mm "
            f"apart (after slice {int(steps.argmax()) + 1}).",
            expected,
            "Add the missing slices to the folder, or export the series again.",
        )
    if thickness and steps.min() < NARROWEST_STEP * thickness:
        raise NotAnalysable(
            f"Slices of the short-axis stack are {thickness:.0f} mm thick but only {steps.min():.1f} mm apart.",
            expected,
            "Two stacks were probably mixed; leave one of them out of the folder.",
        )
    turned = next((notice for notice in study.notices if notice.kind == TURNED), None)
    if turned:
        raise NotAnalysable(
            turned.text, expected, "Leave the turned slices out of the folder, or export the series again."
        )


__all__ = ["check_stack"]
