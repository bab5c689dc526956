"""Labels of the whole heart: volumes of cavities and walls, order, lattice, closed forms."""

from collections.abc import Mapping

import numpy as np
import pytest

from marey.anatomy import structures as names
from marey.anatomy.chambers import (
    STRUCTURES,
    AtriaShape,
    Chambers,
    HeartLabels,
    InnerMuscles,
    Lattice,
    anchors,
    attach,
    enclosed_volume,
    heart_labels,
    inner_muscles,
    lattice,
)
from marey.anatomy.chambers._kernels import paint
from marey.anatomy.ventricles import MEDIUM, cavity_volume, topology, ventricles, wall_volume
from marey.core import InvalidInput, Mesh

KNOWN, MESH = topology(MEDIUM), ventricles()
SHAPE = AtriaShape()
Moment = tuple[np.ndarray, Chambers, Mapping[str, Mesh], HeartLabels]


@pytest.fixture(scope="module", params=[0.0, 1.0], ids=["diastole", "systole"])
def moment(request: pytest.FixtureRequest) -> Moment:
    shrunk = MESH.points * (1 - 0.15 * request.param)
    volumes = SHAPE.left_volume * (1 + request.param), SHAPE.right_volume * (1 + 0.5 * request.param)
    chambers = attach(anchors(SHAPE, KNOWN, MESH.points), KNOWN, shrunk, *volumes)
    muscles = inner_muscles(InnerMuscles(), KNOWN, shrunk)
    where = lattice(1.0, shrunk, *(surface.points for surface in chambers.surfaces.values()))
    return shrunk, chambers, muscles, heart_labels(where, KNOWN, shrunk, chambers, muscles)


def test_cavities_have_the_volumes_of_their_surfaces(moment: Moment) -> None:
    points, chambers, _, found = moment
    left, right = (float(cavity_volume(points, KNOWN.cavities[side])) for side in ("lv", "rv"))
    left_valves = found.volume(names.MITRAL_VALVE, names.AORTIC_VALVE) / 2
    right_valves = found.volume(names.TRICUSPID_VALVE, names.PULMONARY_VALVE) / 2
    assert left_valves > 100
    assert right_valves > 100
    in_left = found.volume(names.LV_CAVITY, names.PAPILLARY_MUSCLES) + left_valves
    assert in_left == pytest.approx(left, rel=0.01)
    in_right = found.volume(names.RV_CAVITY, names.MODERATOR_BAND) + right_valves
    assert in_right == pytest.approx(right, rel=0.01)
    for structure, name in ((names.LA_CAVITY, "left atrium"), (names.RA_CAVITY, "right atrium")):
        assert found.volume(structure) == pytest.approx(enclosed_volume(chambers.surfaces[name]), rel=0.02)
    for structure, name in ((names.AORTA, "aorta"), (names.PULMONARY_TRUNK, "pulmonary trunk")):
        assert found.volume(structure) == pytest.approx(enclosed_volume(chambers.surfaces[name]), rel=0.03)


def test_walls_and_muscles_have_their_volumes(moment: Moment) -> None:
    points, _, muscles, found = moment
    for structure, side in ((names.LV_MYOCARDIUM, 0), (names.RV_WALL, 1)):
        wanted = wall_volume(MESH.moved(points), KNOWN.side == side)
        assert found.volume(structure) == pytest.approx(wanted, rel=0.01)
    papillary = sum(enclosed_volume(muscle) for name, muscle in muscles.items() if "papillary" in name)
    assert found.volume(names.PAPILLARY_MUSCLES) == pytest.approx(papillary, rel=0.08)


def test_atria_are_wrapped_in_their_walls(moment: Moment) -> None:
    found = moment[-1]
    for cavity, wall in ((names.LA_CAVITY, names.LA_WALL), (names.RA_CAVITY, names.RA_WALL)):
        inside, around = found.mask(cavity), found.mask(wall)
        area = around.sum() / SHAPE.wall_thickness
        sphere = (36 * np.pi * inside.sum() ** 2) ** (1 / 3)
        assert 0.6 * sphere < area < 1.8 * sphere


def test_every_structure_is_there(moment: Moment) -> None:
    values = moment[-1].values
    assert values.dtype == np.uint8
    assert set(np.unique(values)) == set(range(len(STRUCTURES) + 1))
    edge = np.ones(values.shape, bool)
    edge[1:-1, 1:-1, 1:-1] = False
    assert (values[edge] == 0).all()


def test_the_septum_lies_between_the_ventricles(moment: Moment) -> None:
    found = moment[-1]
    where = found.lattice
    z, y = (round(float((at - where.origin[axis]) / where.spacing)) for at, axis in ((45.0, 2), (0.0, 1)))
    row = found.values[z, y]
    met = [STRUCTURES[label - 1].name for label in row[np.flatnonzero(np.diff(row, prepend=0))] if label]
    assert [name for name in met if name not in {"moderator band", "papillary muscles"}][:5] == [
        "RV wall", "RV cavity", "LV myocardium", "LV cavity", "LV myocardium",
    ]  # fmt: skip


def test_ventricles_alone() -> None:
    found = heart_labels(lattice(2.0, MESH.points), KNOWN, MESH.points)
    assert found.volume(names.LA_CAVITY, names.AORTA, names.PAPILLARY_MUSCLES) == 0
    assert found.volume(names.LV_CAVITY) == pytest.approx(150e3, rel=0.02)


def test_a_painted_cube_has_as_many_voxels_as_centres_lie_in_it() -> None:
    corner = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], float)
    quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
    cells = np.array([q[:3] for q in quads] + [[q[0], q[2], q[3]] for q in quads])
    values = np.zeros((30, 20, 25), np.uint8)
    cube = (4.9 + 10.2 * corner)[cells]
    assert paint(cube, np.zeros(3), 1.0, 7, values) == 11**3
    assert (values[5:16, 5:16, 5:16] == 7).all()
    assert (values > 0).sum() == 11**3
    assert paint(cube, np.zeros(3), 1.0, 9, values) == 0
    assert paint(cube + 100, np.zeros(3), 1.0, 9, values) == 0


def test_a_surface_that_reaches_beyond_the_lattice_is_cut_off() -> None:
    where = Lattice(np.array([-10.0, -10.0, 40.0]), 1.0, (4, 12, 20))
    whole = heart_labels(lattice(1.0, MESH.points), KNOWN, MESH.points)
    first = np.round(where.origin - whole.lattice.origin)
    shifted = Lattice(whole.lattice.origin + first, 1.0, where.shape)
    x, y, z = first.astype(int)
    part = heart_labels(shifted, KNOWN, MESH.points).values
    assert (part == whole.values[z : z + 4, y : y + 12, x : x + 20]).all()


@pytest.mark.parametrize("spacing", [0.0, -1.0, 0.1, 6.0, float("nan")])
def test_spacings_outside_their_range_are_refused(spacing: float) -> None:
    with pytest.raises(InvalidInput, match="'spacing'"):
        lattice(spacing, MESH.points)
    with pytest.raises(InvalidInput, match="'spacing'"):
        Lattice(np.zeros(3), spacing, (4, 4, 4))


def test_lattices_without_voxels_are_refused() -> None:
    with pytest.raises(InvalidInput, match="shape"):
        Lattice(np.zeros(3), 1.0, (0, 4, 4))
    with pytest.raises(InvalidInput, match="origin"):
        Lattice(np.full(3, np.nan), 1.0, (4, 4, 4))


def test_structures_have_codes_of_the_dicom_dictionary() -> None:
    from pydicom.sr.codedict import codes

    known = {
        names.LA_CAVITY: codes.SCT.LeftAtrium, names.RA_CAVITY: codes.SCT.RightAtrium, names.AORTA: codes.SCT.Aorta,
        names.PULMONARY_TRUNK: codes.SCT.TrunkOfPulmonaryArtery, names.PULMONARY_VEINS: codes.SCT.PulmonaryVein,
        names.SUPERIOR_VENA_CAVA: codes.SCT.SuperiorVenaCava, names.INFERIOR_VENA_CAVA: codes.SCT.InferiorVenaCava,
        names.LV_CAVITY: codes.SCT.LeftVentricle, names.MITRAL_VALVE: codes.SCT.MitralValve,
        names.AORTIC_VALVE: codes.SCT.AorticValve, names.TRICUSPID_VALVE: codes.SCT.TricuspidValve,
        names.PULMONARY_VALVE: codes.SCT.PulmonaryValve,
    }  # fmt: skip
    for structure, code in known.items():
        assert (structure.code.value, structure.code.meaning) == (code.value, code.meaning)
    walls = (names.RV_WALL, names.LA_WALL, names.RA_WALL, names.PAPILLARY_MUSCLES, names.MODERATOR_BAND)
    assert all(structure.code == names.LV_MYOCARDIUM.code for structure in walls)
    assert len({structure.colour for structure in STRUCTURES}) == len(STRUCTURES)
