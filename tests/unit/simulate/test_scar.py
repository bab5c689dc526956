"""Where scars lie and how far through the wall they reach."""

import numpy as np
import pytest

from marey.core import InvalidInput
from marey.simulate.scar import Scar, infarction

HEIGHT, ANGLE, DEPTH = (np.array(row) for row in np.meshgrid([0.3, 0.5, 0.95], [0.8, -2.3], [0.1, 0.6, 0.95]))
AT = (HEIGHT.ravel(), ANGLE.ravel(), DEPTH.ravel())
LEFT = np.ones(AT[0].shape, np.bool_)


def test_dead_tissue_starts_at_the_endocardium_and_ends_where_the_transmurality_says() -> None:
    infarct = infarction((Scar(transmurality=0.5),), *AT, LEFT)
    assert infarct.core.any()
    assert (AT[2][infarct.core] <= 0.5).all()
    assert not (infarct.core & infarct.border).any()
    assert (infarct.stiffness[infarct.core] == Scar().stiffness).all()
    assert (infarct.stiffness[~infarct.core] == 1).all()


def test_the_other_side_and_the_right_ventricle_are_spared() -> None:
    infarct = infarction((Scar(),), *AT, LEFT)
    assert not infarct.core[(AT[1] < 0) & (AT[0] > 0.4)].any()
    assert not infarction((Scar(),), *AT, ~LEFT).core.any()


def test_no_scar_no_infarct() -> None:
    infarct = infarction((), *AT, LEFT)
    assert not infarct.core.any()
    assert not infarct.border.any()


def test_a_transmurality_of_percents_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'transmurality' is 75"):
        Scar(transmurality=75.0)


def test_a_channel_of_border_zone_survives_in_the_core() -> None:
    height, angle = (row.ravel() for row in np.meshgrid(np.linspace(0.1, 0.5, 41), np.radians(np.linspace(0, 90, 46))))
    places = height, angle, np.full(height.shape, 0.5), np.ones(height.shape, np.bool_)
    dense, channelled = infarction((Scar(),), *places), infarction((Scar(channel=0.3),), *places)
    survived = dense.core & ~channelled.core
    np.testing.assert_array_equal(survived, channelled.border & ~dense.border)
    assert np.ptp(height[survived]) == pytest.approx(0.3 * Scar().height, abs=0.02)
    upright = infarction((Scar(channel=0.3, channel_angle=0.0),), *places)
    survived = dense.core & ~upright.core
    assert np.ptp(height[survived]) > 0.35
    assert np.ptp(angle[survived & (height > 0.45)]) < 0.4 * Scar().width
