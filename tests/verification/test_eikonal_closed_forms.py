"""Expected numbers: tests/verification/eikonal.md."""

import numpy as np
import pytest
from eikonal_cases import CASES, constant_tensor, fitted_order, orientation_bias

FIBRES = [(1.0, 0.0, 0.0), (1.0, 1.0, 1.0), (3.0, -9.0, 5.0)]


@pytest.mark.parametrize("fibre", FIBRES)
def test_constant_tensor(fibre: tuple[float, float, float]) -> None:
    coarse, fine = constant_tensor(2.0, fibre), constant_tensor(1.0, fibre)
    assert fine.rms < 0.1
    assert fine.largest < 0.5
    assert fitted_order([2.0, 1.0], [coarse.rms, fine.rms]) > 1.4


def test_constant_tensor_with_the_site_between_voxels() -> None:
    assert constant_tensor(1.0, (5, 2, 1), site=(13.3, 20.7, 18.1)).rms < 0.15


@pytest.mark.parametrize("across", [0.24, 0.4])
def test_orientation_of_the_grid_does_not_matter(across: float) -> None:
    for seed in range(3):
        low, high = orientation_bias(seed, across=across)
        assert -0.02 < low < high < 0.02


@pytest.mark.parametrize(("name", "rms"), [(list(CASES)[3], 0.65), (list(CASES)[4], 1.0), (list(CASES)[5], 1.2)])
def test_interfaces_and_walls_are_of_first_order(name: str, rms: float) -> None:
    coarse, fine = CASES[name](2.0), CASES[name](1.0)
    assert fine.rms < rms
    assert fitted_order([2.0, 1.0], [coarse.rms, fine.rms]) > 0.85
    assert np.all(fine.computed > fine.exact - 0.1)  # a voxel path is never shorter than the shortest
