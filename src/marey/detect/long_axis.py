"""Names of the long-axis views, from how their planes lie to the segmented heart."""

from dataclasses import dataclass, replace

from marey.anatomy import LV_CAVITY, View, volume_curve
from marey.anatomy.axes import HeartAxes, heart_axes
from marey.core import Image, Labels, Notice, Study
from marey.detect._planes import TURNS, PlaneToHeart, margin_to, nearest_view, plane_to_heart
from marey.detect._wording import named
from marey.detect.claims import claimed_view


@dataclass(frozen=True, eq=False)
class LabelledStudy:
    """A study and the labels of its short axis."""

    study: Study
    labels: Labels


@dataclass(frozen=True)
class FindLongAxes:
    """Names every cine but the short axis: 2-, 3-, 4-chamber, RV 2-chamber, RV outflow tract or other.

    The frame is the heart's own, from the labels at the largest LV: the long axis (through the LV's centroids, apex
    to base), the direction from the LV to the RV across it, and the anterior direction across both.

    - A plane that contains the long axis (its mean distance from it is less than `lv_reach` radii of the LV, its tilt
      at most `largest_tilt`) shows the LV lengthwise. Its turn about the axis, from the LV -> RV direction towards
      anterior, names it: 4-chamber near -15 degrees (through the RV's free wall and the inferior septum), 3-chamber
      near 45 (anterior septum and outflow tract), 2-chamber near 105 (past the RV, parallel to the septum). The views
      are some 60 degrees apart, as are the walls they show in the 17-segment model (Cerqueira 2002,
      doi:10.1161/hc0402.102975), so each owns 30 degrees on either side. Only within `doubt` degrees of a border does
      the scanner's own name decide.
    - A plane that misses the long axis but cuts the RV, turned like a 2-chamber or 3-chamber, shows the RV lengthwise:
      through its inflow (a 2-chamber of the RV: parallel to the LV's 2-chamber, turn 105, one LV radius away) or its
      outflow tract (turn 75 and less, nearer to the LV, tilted up to `largest_rv_tilt`). Between the two, the scanner's
      own name decides.
    - All else, and every still image, is "other".

    A stack counts with the slice nearest to the long axis.

    Args:
        lv_reach: multiple of the LV's radius (wall included).
        smallest_rv_share: how much of the RV must lie on either side of a plane that shows it.
        largest_lv_share: how much of the LV may lie on the smaller side of a plane that shows the RV.
        largest_tilt: degrees between a long-axis plane and the long axis.
        largest_rv_tilt: degrees between an outflow plane and the long axis.
        doubt: degrees to a border of two views within which the scanner's own name is believed.
    """

    lv_reach: float = 0.45
    smallest_rv_share: float = 0.03
    largest_lv_share: float = 0.3
    largest_tilt: float = 25.0
    largest_rv_tilt: float = 45.0
    doubt: float = 8.0

    def __call__(self, value: LabelledStudy, /) -> Study:
        """The study with a view on every image.

        Raises:
            NotAnalysable: the labels show no LV.
        """
        phase = int(volume_curve(value.labels, LV_CAVITY).argmax())
        axes = heart_axes(value.labels, phase)
        notices = list(value.study.notices)
        images = []
        for image in value.study.images:
            if image.view == View.SHORT_AXIS:
                images.append(image)
                continue
            view = self.view(image, axes)
            images.append(replace(image, view=view))
            notices += _contradiction(image, view)
        return replace(value.study, images=tuple(images), notices=tuple(notices))

    def view(self, image: Image, axes: HeartAxes) -> View:
        """The view of one image relative to a heart."""
        if image.phases < 2:
            return View.OTHER
        pose = plane_to_heart(image.grid, axes)
        if pose.lv_distance <= self.lv_reach * axes.radius and pose.tilt <= self.largest_tilt:
            return self._by_turn(pose.turn, claimed_view(image.name))
        return self._right_heart(pose, axes, claimed_view(image.name))

    def _by_turn(self, turn: float, claimed: View | None) -> View:
        if claimed in TURNS and margin_to(turn, claimed) < self.doubt:
            return claimed
        return nearest_view(turn)

    def _right_heart(self, pose: PlaneToHeart, axes: HeartAxes, claimed: View | None) -> View:
        if pose.rv_share < self.smallest_rv_share or pose.lv_share > self.largest_lv_share:
            return View.OTHER
        if nearest_view(pose.turn) == View.FOUR_CHAMBER or pose.tilt > self.largest_rv_tilt:
            return View.OTHER
        inflow = (pose.turn % 180.0 - 90.0) / 15.0 + (pose.lv_distance / axes.radius - 0.85) / 0.15
        if abs(inflow) < 1 and claimed in (View.TWO_CHAMBER, View.RV_TWO_CHAMBER, View.RV_OUTFLOW):
            return View.RV_OUTFLOW if claimed == View.RV_OUTFLOW else View.RV_TWO_CHAMBER
        return View.RV_TWO_CHAMBER if inflow > 0 else View.RV_OUTFLOW


def _contradiction(image: Image, view: View) -> list[Notice]:
    claimed = claimed_view(image.name)
    if claimed in (None, view) or (claimed, view) == (View.TWO_CHAMBER, View.RV_TWO_CHAMBER) or image.phases < 2:
        return []
    place = "another view" if view == View.OTHER else f"a {view} view" if "chamber" in view else f"the {view}"
    text = f"The series {named(image)} calls itself {claimed} but lies as {place}; the geometry was believed."
    return [Notice("view-contradicts-name", text)]


__all__ = ["FindLongAxes", "LabelledStudy"]
