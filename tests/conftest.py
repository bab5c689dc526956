"""Fixtures that more than one folder of tests uses."""

import os
from pathlib import Path

import pytest

from beating_tube import FACTS, beating_tube
from marey.core import Image, Labels, MrHeader, MrSeries


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Real data of other people, outside the repository: $MAREY_DATA, or ../shared/data beside it."""
    folder = Path(os.environ.get("MAREY_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set MAREY_DATA to where it is")
    return folder


@pytest.fixture(scope="session")
def simulated_exam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The DICOM files of a small simulated exam; copy them before changing them."""
    from marey.workflows.simulated_exam import Exam, simulate_study

    folder = tmp_path_factory.mktemp("simulated") / "exam"
    small = {"cine.phases": 8, "cine.slices.matrix": 128, "cine.slices.gap": 4.0}
    simulate_study(folder, exam=Exam(changes=small, moments=16), seed=3)
    return next(folder.glob("01_*"))


@pytest.fixture(scope="session")
def phantom() -> tuple[Image, Labels]:
    """A beating tube as a cine, and its true labels."""
    return beating_tube()


@pytest.fixture(scope="session")
def phantom_exam(phantom: tuple[Image, Labels], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The beating tube as DICOM files."""
    from marey.io.mr_writer import write_series

    folder = tmp_path_factory.mktemp("phantom") / "exam"
    write_series(MrSeries(phantom[0], MrHeader("cine sax")), FACTS, folder, number=3, seed="phantom")
    return folder
