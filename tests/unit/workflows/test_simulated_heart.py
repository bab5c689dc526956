"""The files of a simulated heart: whole, readable by others, refused where they cannot be right."""

import csv
import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from marey.core import CannotWrite, InvalidInput
from marey.core.units import minute
from marey.simulate.beat import UNITS, SimulateBeat
from marey.simulate.heart import Heart
from marey.workflows.simulated_heart import PAGE, simulate_heart, with_changes

STEP = SimulateBeat(resolution="coarse", moments=6, medium="endless", voxel=2.5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("beat") / "lbbb"
    simulate_heart("lbbb", out, changes={"circulation.heart_rate": 80}, step=STEP)
    return out


def test_all_files_are_there(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    assert {
        PAGE, "beat.pvd", "meshes", "chambers.pvd", "chambers", "volumes.csv", "pressures.csv",
        "flows.csv", "strain.csv", "labels.nii.gz", "labels.json",
        "ecg.csv", "motion.npz", "biomarkers.json", "parameters.csv",
    } == names  # fmt: skip
    assert len(list((folder / "meshes").iterdir())) == 6


def test_the_labels_hold_every_structure_at_every_moment_where_the_heart_lies(folder: Path) -> None:
    image = nib.Nifti1Image.from_filename(folder / "labels.nii.gz")
    known = json.loads((folder / "labels.json").read_text("utf-8"))
    values = np.asarray(image.dataobj)
    assert values.shape[3] == 6 == len(known["times_ms"])
    names = {entry["name"]: int(key) for key, entry in known["labels"].items()}
    assert {"LV cavity", "LA wall", "aorta", "papillary muscles", "mitral valve"} < names.keys()
    for moment in range(6):
        assert set(np.unique(values[..., moment])) == set(names.values())
    apex_to_base = [
        image.affine[:3, :3] @ np.argwhere(values[..., 0] == names[name]).mean(axis=0)
        for name in ("LV cavity", "LA cavity")
    ]
    backward, upward = (apex_to_base[1] - apex_to_base[0])[1:]
    assert backward < 0 < upward  # RAS: the atrium lies behind and above the ventricle
    numbers = json.loads((folder / "biomarkers.json").read_text("utf-8"))["biomarkers"]
    blood = np.isin(values[..., 0], [names[name] for name in ("LV cavity", "papillary muscles")]).sum() / 1000
    assert blood == pytest.approx(numbers["edv"]["value"], rel=0.03)


def test_the_curves_say_their_units_and_agree_with_the_numbers(folder: Path) -> None:
    with (folder / "volumes.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    lv = np.array([float(row[rows[0].index("left ventricle [mL]")]) for row in rows[1:]])
    numbers = json.loads((folder / "biomarkers.json").read_text("utf-8"))["biomarkers"]
    assert numbers["edv"] == {"value": pytest.approx(lv.max(), rel=1e-5), "unit": "mL"}
    assert set(numbers) == set(UNITS)
    assert float(rows[-1][0]) == pytest.approx(750)


def test_the_parameters_can_be_given_back(folder: Path) -> None:
    with (folder / "parameters.csv").open(encoding="utf-8") as file:
        rows = {row["parameter"]: row for row in csv.DictReader(file)}
    assert float(rows["circulation.heart_rate"]["value"]) == pytest.approx(80)
    assert rows["circulation.heart_rate"]["unit"] == "1/min"
    assert all(row["source"] for row in rows.values())
    assert with_changes(Heart(), {"circulation.heart_rate": 80}).circulation.heart_rate == pytest.approx(80 / minute)


def test_the_page_needs_nothing_else_and_shows_the_numbers(folder: Path) -> None:
    page = (folder / PAGE).read_text("utf-8")
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    )
    assert "<script" not in page
    assert "LV end-diastolic volume" in page
    assert all(entry in page for entry in ("labels.nii.gz", "chambers.pvd", "motion.npz"))
    assert page.count("<svg") >= 7


def test_a_folder_that_holds_something_is_refused(folder: Path) -> None:
    with pytest.raises(CannotWrite, match="is not empty"):
        simulate_heart("healthy", folder, step=STEP)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"circulation.heart_rate": 7500.0}, "between 25 and 220"), ({"heartrate": 60.0}, "There is no parameter")],
)
def test_changes_that_cannot_be_are_refused_before_anything_is_written(
    tmp_path: Path, changes: dict[str, float], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        simulate_heart("healthy", tmp_path / "out", changes=changes, step=STEP)
    assert not (tmp_path / "out").exists()
