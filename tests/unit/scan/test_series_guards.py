"""What a scene that was made without its motion answers when it is asked for it."""

import pytest

from marey.core import InvalidInput
from marey.scan.mr.series.material import moved, muscle_displacement, velocity_of
from marey.scan.scene import Scene
from scanned_subject import lying_subject, middle_slice, small


@pytest.fixture(scope="module")
def scene() -> Scene:
    return lying_subject().motion.scene(middle_slice(small("cine")), 0.0, 0.0, 1)


def test_displacement_needs_references(scene: Scene) -> None:
    with pytest.raises(InvalidInput, match="reference=True"):
        muscle_displacement(lying_subject(), scene)
    with pytest.raises(InvalidInput, match="which muscle lies where"):
        moved(lying_subject(), scene)


def test_flow_needs_velocities(scene: Scene) -> None:
    with pytest.raises(InvalidInput, match="velocity=True"):
        velocity_of(scene)
