"""What must not happen to a simulated heart: every bad input gets its sentences and a status, and no number."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from marey.anatomy.ventricles import COARSE, VentricleShape, topology, ventricles
from marey.anatomy.ventricles.check import check_mesh
from marey.cli.app import app
from marey.core import InvalidInput, MareyError, Parameter
from marey.core.units import factor, m, mL, mm, ms, s
from marey.simulate.beat import SimulateBeat
from marey.simulate.circulation import Circulation, Pericardium, periodic
from marey.simulate.eikonal import Block, Conduction, ConductionSystem, ConductionTissue, Site, activation_times
from marey.simulate.heart import Heart
from marey.simulate.mechanics import ElastanceVentricles
from marey.simulate.presets import preset
from marey.simulate.scar import Scar

HEART = Heart(scars=(Scar(),))
PARAMETERS = list(HEART.table())
SPANNED = {
    "circulation.pericardium.pressure", "circulation.pulmonary_arteries.impedance",
    "circulation.pulmonary_arteries.resistance", "circulation.pulmonary_veins.resistance",
    "inner_muscles.moderator_band_volume", "pose.back", "pose.left", "torso.diaphragm",
}  # fmt: skip
"""Parameters whose range is so wide that the number without its unit is a value of somebody, too."""
MEASURED = [known for known in PARAMETERS if known.value and factor(known.unit) != 1 and known.path not in SPANNED]
SMALL_FILES = 40_000  # bytes


@pytest.mark.parametrize("known", PARAMETERS, ids=lambda known: known.path)
def test_every_parameter_is_refused_outside_its_range(known: Parameter) -> None:
    width = known.high - known.low
    for value in (known.low - 0.01 * width, known.high + 0.01 * width, float("nan"), float("inf"), "60", None, True):
        with pytest.raises(InvalidInput, match=rf"'{known.path}' is .* between .* and .*[.] Check"):
            HEART.but({known.path: value})


@pytest.mark.parametrize("known", MEASURED, ids=lambda known: known.path)
def test_no_number_is_taken_without_its_unit(known: Parameter) -> None:
    """75 beats a minute as 75 Hz, mL as mm3, mmHg as kPa, degrees as radians: all of them, where ranges allow it."""
    with pytest.raises(InvalidInput, match=rf"'{known.path}'"):
        HEART.but({known.path: known.value / factor(known.unit)})


def test_metres_a_second_are_millimetres_a_millisecond() -> None:
    assert Conduction(along=0.7 * m / s) == Conduction(along=0.7 * mm / ms)


@pytest.mark.parametrize("known", PARAMETERS, ids=lambda known: known.path)
def test_every_misspelt_name_is_refused(known: Parameter) -> None:
    with pytest.raises(InvalidInput, match=rf"no parameter '{known.path}x"):
        HEART.but({f"{known.path}x": known.value})


def _tissue(*pieces: slice) -> ConductionTissue:
    mask = np.zeros((3, 3, 9), np.bool_)
    for piece in pieces:
        mask[..., piece] = True
    return ConductionTissue(mask, 1.0, np.broadcast_to([1.0, 0.0, 0.0], (*mask.shape, 3)), 0.6, 0.3)


def _mesh(harm: str) -> None:
    mesh = ventricles(resolution=COARSE)
    cells, surfaces = mesh.cells.copy(), dict(mesh.surfaces)
    if harm == "flipped":
        cells[5] = cells[5][[4, 5, 6, 7, 0, 1, 2, 3]]
    elif harm == "hole":
        cells = np.delete(cells, topology(COARSE).cells.shape[0] // 2, axis=0)
    check_mesh(type(mesh)(mesh.points, cells, surfaces=surfaces))


ROUGH_BEAT = {"beats": 2, "tolerance": 1e-9}
BAD: dict[str, tuple[Callable[[], object], str]] = {
    "75 Hz": (lambda: Circulation(heart_rate=75.0), "between 25 and 220 1/min"),
    "75 Hz in a heart": (lambda: HEART.but({"circulation.heart_rate": 75 / s}), "'circulation.heart_rate' is 4500"),
    "mL as mm3": (lambda: VentricleShape(lv_volume=150.0), "is 0.15 mL.*between 30 and 500 mL"),
    "mL twice": (lambda: VentricleShape(lv_volume=150 * mL * mL), "between 30 and 500 mL"),
    "mmHg as kPa": (lambda: Pericardium(pressure=40.0), "is 300.* mmHg.*between 0 and 30 mmHg"),
    "mm as m": (lambda: VentricleShape(lv_length=0.09), "between 50 and 140 mm"),
    "cm/s": (lambda: Conduction(along=60.0), "between 0.1 and 1.5 mm/ms"),
    "degrees as radians": (lambda: Scar(rotational=45.0), "between -180 and 180 deg"),
    "per cent": (lambda: Scar(transmurality=75), "between 0.1 and 1"),
    "sixteen walls": (lambda: VentricleShape(wall_thickness=(8.0,) * 16), "tuple of 17 numbers"),
    "an 18th wall": (lambda: HEART.but({"shape.wall_thickness.18": 8 * mm}), "wall_thickness.1 to wall_thickness.17"),
    "a number for a group": (lambda: HEART.but({"circulation.aortic": 4.0}), "group of parameters, Valve"),
    "a number for scars": (lambda: HEART.but({"scars": 1}), "tuple of scars"),
    "a word for blocks": (lambda: ConductionSystem(blocks="left bundle"), "set of blocks"),  # type: ignore[arg-type]
    "no bundle": (lambda: ConductionSystem(blocks=frozenset(Block)).leads(), "Both bundle branches"),
    "no such preset": (lambda: preset("nonsense"), "Known are healthy"),
    "no moments": (lambda: SimulateBeat(moments=0), "2 to 1000 moments"),
    "coarse voxels": (lambda: SimulateBeat(voxel=5.0), "0.4 to 2.5 mm"),
    "flipped cell": (lambda: _mesh("flipped"), "1 flipped or folded cells"),
    "hole": (lambda: _mesh("hole"), "holes"),
    "tissue in two pieces": (lambda: _tissue(slice(0, 3), slice(5, 9)), "2 pieces"),
    "no tissue": (_tissue, "no tissue"),
    "pacing outside": (lambda: activation_times(_tissue(slice(0, 9)), [Site((20, 0, 0))]), "outside the conducting"),
    "pacing nowhere": (lambda: activation_times(_tissue(slice(0, 9)), []), "at least one Site"),
    "not periodic": (lambda: periodic(Circulation(), ElastanceVentricles(), **ROUGH_BEAT), "After 2 beats"),  # type: ignore[arg-type]
    "no blood": (lambda: periodic(Circulation(blood_volume=2500 * mL), ElastanceVentricles()), "blood_volume"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_three_sentences(name: str) -> None:
    do, words = BAD[name]
    with pytest.raises(MareyError, match=words) as caught:
        do()
    assert all((caught.value.found, caught.value.expected, caught.value.remedy))


REFUSED = {
    "--preset nonsense": (2, "'nonsense' is not one of 'healthy', 'dcm'"),
    "--set circulation.heart_rate=75000": (4, "between 25 and 220 1/min"),
    "--set circulation.heart_rate=nan": (4, "finite number between 25 and 220 1/min"),
    "--set circulation.heart_rate=-5": (4, "'circulation.heart_rate' is -5 1/min"),
    "--set circulation.heart_rate=75Hz": (4, "NAME=VALUE with a number"),
    "--set circulation.heart_rate": (4, "NAME=VALUE with a number"),
    "--set shape.lv_volume=150000": (4, "between 30 and 500 mL"),
    "--set conduction.along=60": (4, "between 0.1 and 1.5 mm/ms"),
    "--set shape.lv_volum=150": (4, "no parameter 'shape.lv_volum'"),
    "--set shape.wall_thickness.3=90": (4, "'shape.wall_thickness.3' is 90"),
    "--set shape=3": (4, "group of parameters, VentricleShape"),
    "--set scars.1.height=0.2": (4, "'scars' has no members"),
    "--set muscle.stiffness=high": (4, "NAME=VALUE with a number"),
    "--moments 0": (2, "greater than or equal to 2"),
    "--resolution superb": (2, "'superb' is not one of 'coarse', 'medium', 'fine'"),
}


def _run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["simulate", *arguments])
    assert "Traceback" not in done.stderr
    return done.exit_code, done.stdout, " ".join(done.stderr.split())


@pytest.mark.parametrize("arguments", REFUSED)
def test_a_heart_that_cannot_be_is_refused_before_anything_is_written(arguments: str, tmp_path: Path) -> None:
    wanted, words = REFUSED[arguments]
    status, shown, said = _run("heart", *arguments.split(), "-o", str(tmp_path / "out"))
    assert (status, shown) == (wanted, ""), said
    assert words in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "wanted", "words"),
    [
        ("--n 0", 2, "greater than or equal to 1"),
        ("--n -3", 2, "greater than or equal to 1"),
        ("--n 2.5", 2, "valid integer"),
        ("--n 99999999", 4, "1 to 1000000 hearts"),
        ("--n 1 --seed -1", 2, "greater than or equal to 0"),
        ("--n 1 --sex X", 4, "Known are F, M"),
        ("--n 1 --group flu", 4, "Known are healthy"),
        ("--n 1 --processes 0", 2, "greater than or equal to 1"),
    ],
)
def test_a_cohort_that_cannot_be_is_refused(arguments: str, wanted: int, words: str, tmp_path: Path) -> None:
    status, shown, said = _run("population", *arguments.split(), "-o", str(tmp_path / "out"))
    assert (status, shown) == (wanted, ""), said
    assert words in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["heart", "population"])
@pytest.mark.parametrize("place", ["file", "file/inside", "full"])
def test_a_place_that_cannot_be_written_is_said_before_the_work(command: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    status, shown, said = _run(command, "-o", str(tmp_path / place))
    assert (status, shown) == (5, ""), said
    assert "-o" in said
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "notes.txt"]


def test_a_cohort_of_another_seed_is_not_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"count": 1, "seed": 6}')
    status, _, said = _run("population", "--n", "1", "--seed", "7", "-o", str(tmp_path))
    assert status == 5
    assert "holds another cohort: seed" in said


def test_a_full_disk_is_a_sentence_and_no_page(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "marey", "simulate", "heart", "--resolution", "coarse", "-o"]
    subprocess.run([*command, str(tmp_path / "compiled")], capture_output=True, check=True)  # its cache needs room, too
    done = subprocess.run(
        [*command, str(out)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_FILES, SMALL_FILES)),
    )
    assert done.returncode == 5, done.stderr
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (out / "beat.html").exists()
    assert not list(out.rglob(".part-*"))
