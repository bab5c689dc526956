"""Finite elements of the heart: Land 2015 problems beside FElupe, and the time of a beat.

    python benchmarks/elasticity.py [--fine] [--peer PYTHON]
    python benchmarks/elasticity.py --hearts coarse,medium

PYTHON is an interpreter that has FElupe (GPL, so it is no dependency: `pip install felupe[all]` in an environment of
its own); without it the peer's columns stay empty. Times are of one process on one thread, compilation excluded.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marey.core.hexahedra import GAUSS, shape_functions
from marey.core.units import kPa, mL, mmHg, ms
from marey.simulate.beat.body import body
from marey.simulate.beat.electrics import activate
from marey.simulate.beat.elements import pump_by_elements, tissue_of
from marey.simulate.beat.pump import pump
from marey.simulate.beat.step import RESOLUTIONS
from marey.simulate.circulation.loop import haemodynamics
from marey.simulate.elasticity import (
    Assembly,
    Body,
    Contraction,
    FibreTension,
    Guccione,
    Load,
    OpenLoop,
    Springs,
    Tissue,
    Windkessel,
    block,
    elastic_beat,
    fibre_frames,
    follow,
    held,
    helical_fibres,
    truncated_ellipsoid,
    unload,
)
from marey.simulate.heart import Heart

Counts = tuple[int, int, int]
IntArray = NDArray[np.intp]
LOADS = {  # surface, pressure, tension, law
    1: ("z0", 0.004, 0.0, (2.0, 8.0, 2.0, 4.0)),
    2: ("endocardium", 10.0, 0.0, (10.0, 1.0, 1.0, 1.0)),
    3: ("endocardium", 15.0, 60.0, (2.0, 8.0, 2.0, 4.0)),
}
EXPECTED = {1: "4.05-4.20", 2: "-26.65 / -28.3", 3: "-12.0 / -15.5"}
MESHES: dict[int, tuple[Counts, ...]] = {
    1: ((10, 2, 2), (20, 2, 2), (40, 4, 4)),
    2: ((2, 10, 12), (3, 20, 20)),
    3: ((2, 10, 12), (4, 20, 20)),
}
GUCCIONE = Contraction(Tmax=135.7 * kPa, length=1.85, rise=150 * ms, fall=200 * ms)
FINE: dict[int, tuple[Counts, ...]] = {1: ((80, 4, 4),), 2: ((4, 28, 28),), 3: ((3, 30, 24),)}


def body_of(problem: int, cells: Counts) -> tuple[Body, IntArray]:
    """The body of a problem, and the nodes whose z is watched: the corner, or the apex inside and outside."""
    mesh = block((10, 1, 1), cells) if problem == 1 else truncated_ellipsoid(cells)
    frames = np.tile(np.eye(3), (len(mesh.cells), 8, 1, 1))
    watched = np.argmin(np.linalg.norm(mesh.points - np.array([10, 0.5, 1]), axis=1), keepdims=True)
    if problem > 1:
        frames, watched = fibre_frames(helical_fibres(mesh)), np.array([0, cells[0]])
    return Body(mesh, frames, bulk=1000.0, fixed=held(mesh, "x0" if problem == 1 else "base")), watched


def ours(problem: int, cells: Counts) -> tuple[int, str, float]:
    """Unknowns, deformed z in mm and seconds."""
    start = time.perf_counter()
    body, watched = body_of(problem, cells)
    assembly = Assembly(body)
    surface, pressure, tension, law = LOADS[problem]
    state = follow(
        assembly,
        assembly.at_rest(),
        lambda f: Load(Guccione(*law) + FibreTension(tension * f), {surface: pressure * f}),
    )
    return assembly.pattern.size, _text(state.positions[watched, 2]), time.perf_counter() - start


def peer(python: str | None, problem: int, cells: Counts) -> tuple[str, float]:
    """FElupe's answer and seconds on the same mesh, from a process of its own."""
    if python is None:
        return "", float("nan")
    body, watched = body_of(problem, cells)
    mesh, (surface, pressure, tension, law) = body.mesh, LOADS[problem]
    loaded = np.zeros(len(mesh.points), np.bool_)
    loaded[np.unique(mesh.surfaces[surface])] = True
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "problem.npz"
        np.savez(
            file,
            points=mesh.points,
            cells=mesh.cells,
            held=body.fixed[:, 0],
            loaded=loaded,
            watched=watched,
            where=np.einsum("ga,mai->mgi", shape_functions(GAUSS), mesh.points[mesh.cells]).reshape(-1, 3),
            fibre=body.frames[..., 0].reshape(-1, 3),
            law=law,
            pressure=pressure,
            tension=tension,
            steps=20,
        )
        command = [python, str(Path(__file__).with_name("elasticity_peer.py")), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1][:60], float("nan")
    answer = json.loads(done.stdout.splitlines()[-1])
    return _text(answer["z"]), float(answer["seconds"])


def _text(values: Iterable[float]) -> str:
    return " / ".join(f"{value:.3f}" for value in values)


def ventricle_beat(cells: Counts) -> str:
    """One row: unknowns, seconds to unload and to beat, iterations, ejection fraction, volume ratio of cells."""
    short, long = (25.0, 35.0), (60.0, 70.0)
    mesh = truncated_ellipsoid(cells, short, long, 20.0)
    body = Body(
        mesh,
        fibre_frames(helical_fibres(mesh, (60.0, -60.0), short, long)),
        fixed=held(mesh, "base", "z"),
        springs=(Springs("epicardium", normal=0.2, damping=5.0), Springs("base", tangential=0.2)),
        cavities=("endocardium",),
    )
    law, start = Guccione(C=1.0), time.perf_counter()
    found = unload(body, law, {"endocardium": 10 * mmHg})
    unloaded = time.perf_counter() - start
    volumes = found.assembly.volumes(found.loaded.positions)
    blood = OpenLoop((Windkessel(),), volumes, np.array([75 * mmHg]))
    tissue = Tissue(law, GUCCIONE, np.linspace(0, 40, len(mesh.cells)))
    start = time.perf_counter()
    beat = elastic_beat(found.assembly, found.loaded, tissue, blood, period=900.0, steps=120)
    seconds = time.perf_counter() - start
    ef = 100 * (1 - beat.volumes.min() / beat.volumes[0, 0])
    low, high = beat.dilatation.min(), beat.dilatation.max()
    return (
        f"| {found.assembly.pattern.size} | {unloaded:.1f} | {seconds:.1f} | {beat.iterations} | "
        f"{seconds / beat.iterations:.3f} | {ef:.0f} | {low:.3f}-{high:.3f} |"
    )


def whole_heart(resolution: str) -> str:
    """One row: a healthy heart's beat brought to its periodic state in the closed loop, from the multi-patch beat."""
    heart = Heart()
    at = body(heart, RESOLUTIONS[resolution], 2.0)
    active = activate(heart, at)
    start = pump(heart, at, active.patches)
    began, processor = time.perf_counter(), time.process_time()
    found, _ = pump_by_elements(heart, at, active, 30, start)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    clock = time.process_time()
    beat = elastic_beat(
        found.assembly,
        found.beat.state(0),
        tissue_of(heart, at, active),
        found.blood,
        period=found.blood.circulation.period,
    )
    one = time.process_time() - clock
    numbers = haemodynamics(found.loop)
    return (
        f"| {resolution} | {found.assembly.pattern.size} | {one:.0f} | {beat.iterations} | {found.beats} | "
        f"{processor:.0f} | {seconds:.0f} | {100 * found.change:.2f} | "
        f"{found.strokes[0] / mL:.1f} / {found.strokes[1] / mL:.1f} | {numbers.edv / mL:.0f} | "
        f"{100 * numbers.ef:.1f} / {100 * numbers.rv_ef:.1f} | {numbers.systolic_pressure / mmHg:.0f} / "
        f"{numbers.diastolic_pressure / mmHg:.0f} | {numbers.lv_peak_pressure / mmHg:.0f} / "
        f"{numbers.rv_peak_pressure / mmHg:.0f} | {found.filling[0] / mmHg:.1f} / {found.filling[1] / mmHg:.1f} | "
        f"{found.beat.dilatation.min():.3f}-{found.beat.dilatation.max():.3f} |"
    )


HEART_COLUMNS = (
    "mesh", "unknowns", "beat, CPU s", "iterations", "beats", "all, CPU s", "all, s", "change, % of stroke",
    "strokes, mL", "EDV, mL", "EF left / right, %", "aorta, mmHg", "peaks, mmHg", "filling, mmHg", "cells' J",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fine", action="store_true", help="meshes that take minutes too")
    parser.add_argument("--peer", help="interpreter that has FElupe")
    parser.add_argument("--hearts", help="only periodic beats of whole ventricles on these meshes: coarse,medium")
    options = parser.parse_args()
    if options.hearts:
        print(f"| {' | '.join(HEART_COLUMNS)} |\n{'|---' * len(HEART_COLUMNS)}|")
        for resolution in options.hearts.split(","):
            print(whole_heart(resolution), flush=True)
        return
    ours(3, (1, 4, 4))
    print("| problem | mesh | unknowns | z, mm | s | FElupe, z | s | expected |\n|---|---|---|---|---|---|---|---|")
    for problem in (1, 2, 3):
        for cells in MESHES[problem] + (FINE[problem] if options.fine else ()):
            unknowns, z, seconds = ours(problem, cells)
            other, theirs = peer(options.peer, problem, cells)
            row = (problem, cells, unknowns, z, f"{seconds:.2f}", other, f"{theirs:.2f}", EXPECTED[problem])
            print("| " + " | ".join(map(str, row)) + " |", flush=True)
    print(
        "\n| unknowns | unload, s | beat of 120 steps, s | iterations | s each | EF, % | cells' J |\n"
        + "|---" * 7
        + "|"
    )
    ventricle_beat((1, 3, 4))
    for cells in ((2, 10, 20), (3, 16, 32)):
        print(ventricle_beat(cells), flush=True)


if __name__ == "__main__":
    main()
