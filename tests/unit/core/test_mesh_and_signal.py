"""Meshes and signals keep their shapes."""

import numpy as np
import pytest

from marey.core import InvalidInput, Mesh, Signal

POINTS = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
TETRAHEDRON = np.array([[0, 1, 2, 3]])


def test_fields_and_surfaces_travel_with_the_points() -> None:
    mesh = Mesh(POINTS, TETRAHEDRON, surfaces={"base": np.array([[0, 2, 1]])}).with_fields(time=np.arange(4.0))
    moved = mesh.moved(POINTS + 1)
    assert moved.fields["time"][3] == 3
    assert moved.surfaces["base"].tolist() == [[0, 2, 1]]


@pytest.mark.parametrize(
    ("points", "cells", "fields"),
    [
        (POINTS * np.nan, TETRAHEDRON, {}),
        (POINTS[:, :2], TETRAHEDRON, {}),
        (POINTS, np.array([[0, 1, 2, 4]]), {}),
        (POINTS, np.array([[0, 1, 2, -1]]), {}),
        (POINTS, np.array([[0, 1, 2, 3, 0]]), {}),
        (POINTS, TETRAHEDRON, {"time": np.zeros(3)}),
    ],
)
def test_a_broken_mesh_is_refused(points: np.ndarray, cells: np.ndarray, fields: dict[str, np.ndarray]) -> None:
    with pytest.raises(InvalidInput, match="The mesh has"):
        Mesh(points, cells, fields)


def test_a_signal_is_asked_by_name() -> None:
    signal = Signal(np.array([[1.0, 2], [3, 4]]), np.array([0.0, 1]), ("I", "II"), "mV")
    assert signal["II"].tolist() == [3, 4]
    with pytest.raises(KeyError, match="there are I, II"):
        signal["V1"]


@pytest.mark.parametrize(
    ("values", "times"),
    [
        (np.zeros((1, 3)), np.arange(2.0)),
        (np.zeros((1, 2)), np.array([1.0, 1])),
        (np.full((1, 2), np.nan), np.arange(2.0)),
    ],
)
def test_a_broken_signal_is_refused(values: np.ndarray, times: np.ndarray) -> None:
    with pytest.raises(InvalidInput, match="The signal has"):
        Signal(values, times, ("I",), "mV")
