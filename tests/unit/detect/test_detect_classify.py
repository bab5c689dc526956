"""Before segmentation every cine gets a best guess, whatever the study holds."""

import numpy as np
import pytest

from beating_heart import picture, plane, stack
from marey.anatomy import View
from marey.core import Image, Study
from marey.detect.classify import classify

SAX = picture(stack())
LONG_AXES = (picture(plane(-15)), picture(plane(45)), picture(plane(105)), picture(plane(105, 0, 45)))
NAMES = [View.FOUR_CHAMBER, View.THREE_CHAMBER, View.TWO_CHAMBER, View.RV_TWO_CHAMBER]


def _views(*images: Image) -> list[str]:
    return [image.view for image in classify(Study(images)).images]


def test_around_a_short_axis_all_are_named() -> None:
    assert _views(SAX, *LONG_AXES) == [View.SHORT_AXIS, *NAMES]


def test_long_axes_alone_are_named_with_a_notice() -> None:
    study = classify(Study(LONG_AXES))
    assert [image.view for image in study.images] == NAMES
    assert [notice.kind for notice in study.notices] == ["views-guessed"]


@pytest.mark.parametrize(("turn", "view"), [(-15, NAMES[0]), (45, NAMES[1]), (105, NAMES[2])])
def test_one_plane_alone_is_named_by_the_usual_pose(turn: float, view: View) -> None:
    assert _views(picture(plane(turn))) == [view]


def test_one_short_axis_slice_is_called_so() -> None:
    assert _views(picture(stack(1))) == [View.SHORT_AXIS]


def test_nothing_gives_nothing() -> None:
    assert _views() == []


def test_a_still_is_other() -> None:
    still = Image(np.ones((1, *plane(-15).shape)), plane(-15), np.zeros(1))
    assert _views(still) == [View.OTHER]


def test_a_frozen_stack_is_still_guessed() -> None:
    frozen = Image(np.ones_like(SAX.values), SAX.grid, SAX.times)
    assert _views(frozen, LONG_AXES[0]) == [View.SHORT_AXIS, View.FOUR_CHAMBER]
