import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.simulate.eikonal import Conduction, ConductionTissue, conduction_tissue, endocardial_layer

MASK = np.ones((4, 5, 6), bool)
FIBRE = np.broadcast_to(np.array([0.0, 3.0, 0.0]), (4, 5, 6, 3)).copy()


def tissue(**changes: object) -> ConductionTissue:
    base = ConductionTissue(MASK, 1.0, FIBRE, 0.6, 0.3)
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def field(value: float) -> NDArray[np.float64]:
    velocity = np.full(MASK.shape, 0.5)
    velocity[1, 2, 3] = value
    return velocity


def two_pieces() -> NDArray[np.bool_]:
    mask = MASK.copy()
    mask[:, :, 3] = False
    return mask


def bad_fibre(value: float) -> NDArray[np.float64]:
    fibre = FIBRE.copy()
    fibre[2, 2, 2] = value
    return fibre


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"spacing": 0.0}, "spacing"),
        ({"spacing": float("nan")}, "spacing"),
        ({"mask": MASK.astype(int)}, "The mask is int64"),
        ({"mask": np.zeros_like(MASK)}, "no tissue"),
        ({"mask": two_pieces()}, "2 pieces"),
        ({"fibre": FIBRE[..., :2]}, "'fibre' has the shape"),
        ({"fibre": bad_fibre(0.0)}, "1 vectors of 'fibre'"),
        ({"fibre": bad_fibre(float("nan"))}, "1 vectors of 'fibre'"),
        ({"along": -0.6}, "'along' has the value -0.6"),
        ({"along": 60.0}, "'along' has the value 60"),
        ({"across": field(float("nan"))}, "'across' has the value nan"),
        ({"across": field(0.001)}, "'across' has the value 0.001"),
        ({"across": np.ones((2, 2, 2))}, "'across' has the shape"),
        ({"normal": 0.2}, "Only one of 'normal' and 'sheet'"),
        ({"normal": -0.2, "sheet": FIBRE[..., ::-1]}, "'normal' has the value -0.2"),
        ({"normal": 0.2, "sheet": FIBRE * 0.0}, "vectors of 'sheet'"),
        ({"normal": 0.2, "sheet": FIBRE}, "parallel to the fibre"),
    ],
)
def test_what_cannot_conduct_is_refused(changes: dict[str, object], found: str) -> None:
    with pytest.raises(InvalidInput, match=found):
        tissue(**changes)


def test_zero_velocity_does_not_conduct() -> None:
    expected = MASK.copy()
    expected[1, 2, 3] = False
    np.testing.assert_array_equal(tissue(across=field(0.0)).conducting, expected)


def test_axes_have_unit_length_and_are_orthogonal() -> None:
    rng = np.random.default_rng(0)
    oblique = FIBRE + rng.uniform(-1, 1, FIBRE.shape)
    across = np.array([1.0, 0.0, 1.0]) + rng.uniform(-0.5, 0.5, FIBRE.shape)
    fibre, sheet = tissue(fibre=oblique, sheet=across, normal=0.2).axes
    np.testing.assert_allclose(np.sum(fibre * sheet, axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm([fibre, sheet], axis=-1), 1)


def test_conduction_refuses_a_velocity_in_another_unit() -> None:
    with pytest.raises(InvalidInput, match="'along' is 60 mm/ms"):
        Conduction(along=60.0)


def tube(h: float) -> NDArray[np.bool_]:
    y, x = np.meshgrid(*2 * [np.arange(-12, 12 + h / 2, h)], indexing="ij")
    ring: NDArray[np.bool_] = (np.hypot(x, y) > 5) & (np.hypot(x, y) < 10)
    return np.repeat(ring[None], 5, axis=0)


@pytest.mark.parametrize("h", [1.0, 0.5])
@pytest.mark.parametrize("thickness", [1.0, 2.0])
def test_endocardial_layer_lies_on_the_cavity_and_is_as_thick_as_asked(h: float, thickness: float) -> None:
    mask = tube(h)
    layer = endocardial_layer(mask, h, thickness)
    assert not np.any(layer & ~mask)
    expected = np.pi * ((5 + thickness) ** 2 - 5**2)
    assert layer[0].sum() * h**2 == pytest.approx(expected, rel=0.2)


def test_without_a_cavity_there_is_no_endocardial_layer() -> None:
    assert not endocardial_layer(MASK, 1.0, 1.0).any()


def test_layer_border_zone_and_scar_scale_the_velocities() -> None:
    mask = tube(1.0)
    fibre = np.broadcast_to(np.array([0.0, 0.0, 1.0]), (*mask.shape, 3))
    border, scar = np.zeros_like(mask), np.zeros_like(mask)
    border[1], scar[2] = True, True
    conduction = Conduction(along=0.6, across=0.3, endocardial_factor=2.0, endocardial_thickness=1.0, border_factor=0.5)
    made = conduction_tissue(mask, 1.0, fibre, conduction, scar=scar, border_zone=border)
    layer = endocardial_layer(mask, 1.0, 1.0)
    along, across = np.asarray(made.along), np.asarray(made.across)
    assert set(along[0][layer[0]]) == {1.2}
    assert set(along[0][mask[0] & ~layer[0]]) == {0.6}
    assert set(along[1][mask[1]]) == {0.3}
    assert not made.conducting[2].any()
    np.testing.assert_allclose(across, along / 2)


def test_a_blocked_ventricle_has_its_own_factor() -> None:
    mask = tube(1.0)
    fibre = np.broadcast_to(np.array([0.0, 0.0, 1.0]), (*mask.shape, 3))
    left, right = np.zeros_like(mask), np.zeros_like(mask)
    left[2:] = True
    right[1] = True
    conduction = Conduction(
        along=0.6,
        across=0.3,
        endocardial_factor=4.0,
        endocardial_thickness=1.0,
        blocked_left_factor=2.0,
        blocked_right_factor=3.0,
    )
    along = np.asarray(conduction_tissue(mask, 1.0, fibre, conduction, blocked=(left, right)).along)
    layer = endocardial_layer(mask, 1.0, 1.0)
    for part, velocity in ((slice(0, 1), 2.4), (slice(1, 2), 1.8), (slice(2, None), 1.2)):
        np.testing.assert_allclose(along[part][layer[part]], velocity)
    assert set(along[mask & ~layer]) == {0.6}


@pytest.mark.parametrize("name", ["scar", "border_zone", "blocked"])
def test_a_map_of_another_shape_is_refused(name: str) -> None:
    wrong = np.zeros((2, 2, 2), bool)
    with pytest.raises(InvalidInput, match=f"'{name}' has the shape"):
        conduction_tissue(MASK, 1.0, FIBRE, **{name: (wrong, MASK) if name == "blocked" else wrong})  # type: ignore[arg-type]
