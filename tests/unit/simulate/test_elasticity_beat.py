"""Equilibrium that is not there, unloading, and beats with open and closed circulation."""

from typing import Any

import numpy as np
import pytest

from marey.anatomy.ventricles.mesh import ventricles
from marey.anatomy.ventricles.topology import COARSE
from marey.core import InvalidInput, NotAnalysable
from marey.core.units import mmHg
from marey.simulate.circulation import Circulation, periodic
from marey.simulate.elasticity import (
    Assembly,
    Body,
    ClosedLoop,
    Contraction,
    Guccione,
    Load,
    NeoHookean,
    NoEquilibrium,
    OpenLoop,
    Solver,
    Springs,
    State,
    Tissue,
    Windkessel,
    elastic_beat,
    fibre_frames,
    follow,
    held,
    helical_fibres,
    joined,
    truncated_ellipsoid,
    unload,
)
from marey.simulate.elasticity.unload import Unloaded
from marey.simulate.mechanics.elastance import ElastanceVentricles

SHORT, LONG, BASE = (25.0, 35.0), (60.0, 70.0), 20.0
PRESSURE = 10 * mmHg
PERIOD = 800.0


def ventricle() -> Body:
    """A left ventricle at end-diastole, of about 110 mL."""
    mesh = truncated_ellipsoid((1, 6, 8), SHORT, LONG, BASE)
    return Body(
        mesh,
        fibre_frames(helical_fibres(mesh, (60.0, -60.0), SHORT, LONG)),
        fixed=held(mesh, "base", "z"),
        springs=(Springs("epicardium", normal=0.2, damping=5.0), Springs("base", tangential=0.2)),
        cavities=("endocardium",),
    )


@pytest.fixture(scope="module")
def unloaded() -> Unloaded:
    return unload(ventricle(), Guccione(C=1.0), {"endocardium": PRESSURE})


def tissue(assembly: Assembly, contractility: float = 1.0) -> Tissue:
    cells = len(assembly.cell_volumes)
    return Tissue(Guccione(C=1.0), Contraction(), np.linspace(0, 40, cells), np.full(cells, contractility))


def open_loop(assembly: Assembly, start: State) -> OpenLoop:
    return OpenLoop((Windkessel(),), assembly.volumes(start.positions), np.array([75 * mmHg]))


def test_unloaded_shape_loads_to_the_known_one(unloaded: Unloaded) -> None:
    known = ventricle().mesh.points
    assert np.abs(unloaded.loaded.positions - known).max() < 0.01
    assert unloaded.assembly.reference_volumes[0] < 0.9 * Assembly(ventricle()).reference_volumes[0]
    assembly = unloaded.assembly
    again = follow(assembly, assembly.at_rest(), lambda f: Load(Guccione(C=1.0), {"endocardium": f * PRESSURE}))
    np.testing.assert_allclose(again.positions, known, atol=0.02)


def test_fibres_are_carried_back_with_the_tissue(unloaded: Unloaded) -> None:
    """Stretching the unloaded fibres brings them to where they were seen."""
    from marey.simulate.elasticity._kernels import deformation

    assembly, body = unloaded.assembly, ventricle()
    F, _, _ = deformation(body.mesh.points, body.mesh.cells, assembly.points.gradients)
    along = np.sum(F[..., 0] * body.frames[..., 0], axis=-1) / np.linalg.norm(F[..., 0], axis=-1)
    np.testing.assert_allclose(along, 1, atol=1e-3)


def test_no_unloaded_shape_is_an_error() -> None:
    with pytest.raises(NotAnalysable, match=r"unloaded shape did not settle|of its load"):
        unload(ventricle(), Guccione(C=0.05), {"endocardium": 60 * mmHg}, iterations=6, solver=Solver(steps=12))


def test_load_without_equilibrium_ends_with_a_sentence() -> None:
    """A neo-Hookean shell bursts: beyond its limit point there is no state to find."""
    assembly = Assembly(ventricle())
    with pytest.raises(NoEquilibrium, match=r"brought to .* % of its load") as caught:
        follow(
            assembly,
            assembly.at_rest(),
            lambda f: Load(NeoHookean(mu=1.0), {"endocardium": 100.0 * f}),
            Solver(steps=30),
        )
    assert "stiffen" in caught.value.remedy


def test_unknown_surface_of_a_load() -> None:
    assembly = Assembly(ventricle())
    with pytest.raises(InvalidInput, match="no surface 'lid'"):
        follow(assembly, assembly.at_rest(), lambda f: Load(Guccione(), {"lid": f}))


def test_beat_with_an_open_loop(unloaded: Unloaded) -> None:
    assembly, start = unloaded.assembly, unloaded.loaded
    beat = elastic_beat(assembly, start, tissue(assembly), open_loop(assembly, start), period=PERIOD, steps=60)
    volume, pressure = beat.volumes[:, 0], beat.pressures[:, 0]
    assert 0.4 < 1 - volume.min() / volume[0] < 0.85
    assert 80 * mmHg < pressure.max() < 250 * mmHg
    assert np.abs(beat.dilatation - 1).max() < 0.03
    closed = (pressure > 12 * mmHg) & (pressure < 65 * mmHg)
    assert closed.sum() >= 4
    rising = np.flatnonzero(closed)[:3]
    assert np.ptp(volume[rising]) < 1e-4 * volume[0]
    assert isinstance(beat.blood, OpenLoop)
    np.testing.assert_allclose(beat.blood.volumes, volume[-1:], rtol=1e-5)


def test_scar_does_not_contract(unloaded: Unloaded) -> None:
    assembly, start = unloaded.assembly, unloaded.loaded
    beat = elastic_beat(assembly, start, tissue(assembly, 0.0), open_loop(assembly, start), period=PERIOD, steps=20)
    assert np.ptp(beat.volumes) < 0.01 * beat.volumes[0, 0]


def test_beat_that_cannot_go_on_says_when(unloaded: Unloaded) -> None:
    assembly, start = unloaded.assembly, unloaded.loaded
    with pytest.raises(NoEquilibrium, match="after the R wave"):
        elastic_beat(assembly, start, tissue(assembly, 1e6), open_loop(assembly, start), solver=Solver(iterations=3))


def test_bad_beats_are_refused(unloaded: Unloaded) -> None:
    assembly, start = unloaded.assembly, unloaded.loaded
    blood, good = open_loop(assembly, start), tissue(assembly)
    with pytest.raises(InvalidInput, match="One time for each"):
        elastic_beat(assembly, start, Tissue(Guccione(), Contraction(), np.zeros(3)), blood)
    with pytest.raises(InvalidInput, match="period"):
        elastic_beat(assembly, start, good, blood, period=0.8)
    with pytest.raises(InvalidInput, match="contraction lasts"):
        elastic_beat(assembly, start, good, blood, period=300.0)
    plain = truncated_ellipsoid((1, 2, 4))
    bare = Assembly(Body(plain, fibre_frames(helical_fibres(plain))))
    with pytest.raises(InvalidInput, match="no cavity"):
        elastic_beat(bare, bare.at_rest(), tissue(bare), blood)


def test_closed_loop_loses_no_blood_and_agrees_with_the_cavities() -> None:
    mesh = ventricles(resolution=COARSE)
    around = np.cross([0.0, 0, 1], mesh.points[mesh.cells].mean(axis=1) - [0, 0, -500.0])
    fibres = np.repeat(around[:, None] + [0, 0, 1e-3], 8, axis=1)
    body = Body(
        mesh,
        fibre_frames(fibres),
        springs=(Springs("epicardium", normal=0.2, damping=5.0), Springs("base", normal=0.2, tangential=0.2)),
        cavities=("lv_endocardium", "rv_endocardium"),
    )
    assembly, law = Assembly(body), Guccione(C=4.0)
    start = follow(
        assembly,
        assembly.at_rest(),
        lambda f: Load(law, {"lv_endocardium": 6 * f * mmHg, "rv_endocardium": 3 * f * mmHg}),
    )
    elastance: Any = ElastanceVentricles()
    loop = periodic(Circulation(), elastance)
    before = loop.trace.states[0, :20]
    blood = joined(loop.circulation, before, assembly.volumes(start.positions), start.pressures)
    assert blood.state[:8].sum() == pytest.approx(before[:8].sum(), rel=1e-12)
    cells = len(mesh.cells)
    beat = elastic_beat(
        assembly, start, Tissue(law, Contraction(), np.full(cells, 10.0)), blood, period=450.0, steps=24
    )
    end = beat.blood
    assert isinstance(end, ClosedLoop)
    assert end.state[:8].sum() == pytest.approx(blood.state[:8].sum(), rel=1e-12)
    np.testing.assert_allclose(end.state[[1, 5]], beat.volumes[-1], rtol=1e-5)
    assert beat.pressures[:, 0].max() > 40 * mmHg
