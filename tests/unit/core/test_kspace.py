"""The carrier of raw MR data refuses what no receiver records."""

from typing import Any

import numpy as np
import pytest

from marey.core import InvalidInput, KSpace


def parts(**changes: Any) -> dict[str, Any]:
    given = {
        "samples": np.ones((2, 5, 8), np.complex64),
        "trajectory": np.zeros((5, 8, 2), np.float32),
        "times": np.arange(5.0),
        "noise_covariance": np.eye(2, dtype=complex),
        "dwell_time": 0.004,
    }
    return given | changes


def test_one_trajectory_may_serve_all_readouts() -> None:
    assert KSpace(**parts(trajectory=np.zeros((1, 8, 2), np.float32))).coils == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"times": np.arange(4.0)}, "positions"),
        ({"trajectory": np.zeros((5, 7, 2), np.float32)}, "positions"),
        ({"trajectory": np.zeros((8, 2), np.float32)}, "positions"),
        ({"samples": np.ones((2, 5, 8), complex)}, "complex128"),
        ({"dwell_time": 0.0}, "dwell time"),
        ({"noise_covariance": np.eye(3, dtype=complex)}, "covariance"),
        ({"noise_covariance": np.array([[1, 2], [0, 1]], complex)}, "Hermitian"),
        ({"noise_covariance": -np.eye(2, dtype=complex)}, "Hermitian"),
        ({"samples": np.full((2, 5, 8), np.nan, np.complex64)}, "not numbers"),
        ({"times": np.full(5, np.inf)}, "not numbers"),
    ],
)
def test_what_cannot_be_a_k_space_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        KSpace(**parts(**changes))
