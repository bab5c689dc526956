"""The optional atlas of UK Biobank: a small made-up file of the same layout."""

import sys
from pathlib import Path

import numpy as np
import pytest

from marey.anatomy.ventricles.atlas import read_atlas
from marey.core import InvalidInput, UnreadableFile

POINTS, MODES = 7, 3


def written(path: Path, **changed: np.ndarray | None) -> Path:
    import h5py

    random = np.random.default_rng(3)
    modes = np.linalg.qr(random.normal(size=(6 * POINTS, MODES)))[0].T
    tables = {
        "COEFF": modes, "LATENT": np.array([[900.0, 100.0, 4.0]]), "EXPLAINED": np.array([[60.0, 20.0, 5.0]]),
        "MU": np.arange(6.0 * POINTS)[:, None],
    } | changed  # fmt: skip
    with h5py.File(path, "w") as file:
        for name, table in tables.items():
            if table is not None:
                file[name] = table
    return path


def test_the_mean_and_a_mode(tmp_path: Path) -> None:
    atlas = read_atlas(written(tmp_path / "a.h5"))
    diastole, systole = atlas.surfaces({})
    assert diastole[1].tolist() == [3, 4, 5]
    assert systole[0].tolist() == [3 * POINTS, 3 * POINTS + 1, 3 * POINTS + 2]
    moved = np.stack(atlas.surfaces({1: -2.0, 2: 0.5}))
    shift = moved - atlas.mean
    assert np.sum(shift * atlas.modes[1]) == pytest.approx(-20)
    assert np.sum(shift * atlas.modes[2]) == pytest.approx(1)
    assert np.sum(shift * atlas.modes[0]) == pytest.approx(0, abs=1e-9)
    assert atlas.explained.tolist() == [0.6, 0.2, 0.05]


@pytest.mark.parametrize(
    ("scores", "said"),
    [({3: 1.0}, "no mode 3"), ({-1: 1.0}, "no mode"), ({0: 9.0}, "score"), ({0: float("nan")}, "score")],
)
def test_scores_that_mean_nothing_are_refused(tmp_path: Path, scores: dict[int, float], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_atlas(written(tmp_path / "a.h5")).surfaces(scores)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"LATENT": None}, "has no LATENT"),
        ({"MU": np.zeros((41, 1))}, "do not agree"),
        ({"MU": np.full((42, 1), np.nan)}, "not finite"),
        ({"LATENT": np.array([[1.0, 1.0]])}, "do not agree"),
        ({"LATENT": np.array([[1.0, -1.0, 1.0]])}, "do not agree"),
        ({"COEFF": np.zeros(42)}, "do not agree"),
    ],
)
def test_files_of_another_layout_are_refused(tmp_path: Path, changed: dict[str, np.ndarray | None], said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read_atlas(written(tmp_path / "a.h5", **changed))


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_atlas(tmp_path / "nowhere.h5")
    (tmp_path / "text.h5").write_text("MU")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_atlas(tmp_path / "text.h5")


def test_without_h5py_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(UnreadableFile, match="marey\\[atlas\\]"):
        read_atlas(tmp_path / "a.h5")
