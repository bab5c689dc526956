"""A beating heart as scenes on slice stacks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import structures as names
from marey.anatomy.chambers import STRUCTURES, enclosed_volume, structure_of, ventricle_parts
from marey.anatomy.ventricles import Topology, cavity_volume
from marey.core import Beat, Grid, InvalidInput, Mesh, Structure
from marey.scan.body.pose import HeartBreathing, Pose, breathing_pose
from marey.scan.body.tissue import Tissue
from marey.scan.scene.blood import BloodFlow, Stream
from marey.scan.scene.layers import Cover, Covering
from marey.scan.scene.movement import Moment, Movement, topology_of
from marey.scan.scene.muscle import Material, material, with_scars
from marey.scan.scene.recent import Recent
from marey.scan.scene.scene import Scene
from marey.scan.scene.trabeculae import Trabeculae, Trabeculation
from marey.scan.scene.velocity import BLOOD, blood_velocity, nearest_velocity
from marey.scan.scene.voxels import Voxels
from marey.simulate.scar import Scar

FloatArray = NDArray[np.float64]
Codes = NDArray[np.uint8]
T = TypeVar("T", bound=np.generic)
NUMBER = {structure.name: number for number, structure in enumerate(STRUCTURES, start=1)}
TISSUE_OF = {
    names.LV_MYOCARDIUM: Tissue.LV_MYOCARDIUM, names.RV_WALL: Tissue.RV_MYOCARDIUM,
    names.PAPILLARY_MUSCLES: Tissue.PAPILLARY_MUSCLE, names.MODERATOR_BAND: Tissue.PAPILLARY_MUSCLE,
    names.LV_CAVITY: Tissue.LEFT_BLOOD, names.RV_CAVITY: Tissue.RIGHT_BLOOD, names.AORTA: Tissue.AORTIC_BLOOD,
    names.PULMONARY_TRUNK: Tissue.PULMONARY_ARTERY_BLOOD, names.LA_CAVITY: Tissue.LEFT_ATRIAL_BLOOD,
    names.RA_CAVITY: Tissue.RIGHT_ATRIAL_BLOOD, names.PULMONARY_VEINS: Tissue.PULMONARY_VENOUS_BLOOD,
    names.SUPERIOR_VENA_CAVA: Tissue.VENOUS_BLOOD, names.INFERIOR_VENA_CAVA: Tissue.VENOUS_BLOOD,
}  # fmt: skip
VALVES = {
    "mitral valve": "mitral",
    "aortic valve": "aortic",
    "tricuspid valve": "tricuspid",
    "pulmonary valve": "pulmonary",
}
SHUT = 0.03
KEPT_STREAMS, KEPT_SURFACES = 64, 32
MUSCLE = (NUMBER[names.LV_MYOCARDIUM.name], NUMBER[names.RV_WALL.name])
CAVITIES = (NUMBER[names.LV_CAVITY.name], NUMBER[names.RV_CAVITY.name])
COVER = 40
_TISSUES = np.zeros(64 + COVER, np.uint8)
for _structure, _tissue in TISSUE_OF.items():
    _TISSUES[NUMBER[_structure.name]] = _tissue
_TISSUES[COVER:] = np.arange(64)


@dataclass(frozen=True, eq=False)
class _Surfaces:
    """Codes and closed surfaces (m, 3, 3) of one time.

    Args:
        inner: structures, in the order in which they hide each other.
        cover: tissues around them.
        cores: blood that no trabecula reaches; none without trabeculae.
    """

    inner: list[tuple[int, FloatArray]]
    cover: list[tuple[int, FloatArray]]
    cores: list[tuple[int, FloatArray]]


class HeartInMotion:
    """A beat, placed in a patient, of which scenes can be asked at any time and breath.

    Args:
        beat: what moves.
        pose: where the heart lies at end-expiration.
        scars: of the left ventricle.
        covering: fat, pericardium and walls around it.
        trabeculation: of both ventricles; None for smooth ones.
        breathing: how the heart follows the diaphragm.
        rng: where the trabeculae lie; the same place for all scenes.

    Raises:
        InvalidInput: a beat without motion, or on a mesh that is not the template's.
    """

    def __init__(
        self,
        beat: Beat,
        pose: Pose,
        *,
        scars: tuple[Scar, ...] = (),
        covering: Covering | None = None,
        trabeculation: Trabeculation | None = None,
        breathing: HeartBreathing | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        self.beat, self.pose, self.scars = beat, pose, scars
        self.breathing = breathing or HeartBreathing()
        self.known: Topology = topology_of(beat)
        self.movement = Movement(beat)
        self._cover = Cover(self.known, covering or Covering())
        self._trabeculae = (
            Trabeculae(self.known, beat.mesh.points, trabeculation, rng or np.random.default_rng(0))
            if trabeculation
            else None
        )
        self.blood = BloodFlow(self.known, beat, self.movement)
        self._known_streams = Recent[tuple[Stream, ...]](KEPT_STREAMS)
        self._known_surfaces = Recent[_Surfaces](KEPT_SURFACES)

    def scene(
        self,
        grid: Grid,
        time: float,
        breath: float = 0.0,
        samples: int = 3,
        *,
        reference: bool = False,
        velocity: bool = False,
    ) -> Scene:
        """What lies in a grid's voxels; nothing where slices lie beyond the heart.

        Args:
            grid: of the slices.
            time: ms from the R wave; it repeats with the beat's period.
            breath: mm of the diaphragm towards the feet.
            samples: sub-slices through the thickness of each slice.
            reference: whether to know which muscle lies where.
            velocity: whether to know how fast everything moves.

        Raises:
            InvalidInput: a negative time, an impossible breath.
        """
        _check_time(time)
        whole = Voxels(grid, samples, breathing_pose(self.pose, breath, self.breathing))
        now = self.movement.at(time)
        surfaces = self._known_surfaces(time, lambda: self._surfaces(now))
        voxels, structure, tissue = _painted(whole, surfaces)
        _roughen(voxels, surfaces, structure, tissue)
        self._close_valves(voxels, now, time, structure, tissue)
        muscle = np.isin(structure, MUSCLE)
        made = Scene(grid, _spread(tissue, voxels), _spread(structure, voxels), breath, time, self._axis(whole, now))
        if not (reference or velocity or self.scars):
            return made
        found = material(voxels, muscle, self.beat.mesh, now.points)
        if self.scars:
            tissue[muscle] = with_scars(tissue[muscle], found, self.scars)
            made = replace(made, tissue=_spread(tissue, voxels))
        if reference:
            made = replace(
                made,
                reference=_on(muscle, found.reference.astype(np.float32), np.nan, voxels),
                cell=_on(muscle, found.cell.astype(np.int32), -1, voxels),
            )
        if velocity:
            speed = self._velocity(voxels, time, structure, tissue, found)
            made = replace(made, velocity=_spread(speed, voxels))
        return made

    def volumes(self, time: float) -> dict[Structure, float]:
        """True volumes of the four cavities at a time, mm3, from their surfaces; muscles within count as cavity."""
        now = self.movement.at(time)
        found = {
            structure: float(cavity_volume(now.points, self.known.cavities[side]))
            for structure, side in ((names.LV_CAVITY, "lv"), (names.RV_CAVITY, "rv"))
        }
        for name in ("left atrium", "right atrium"):
            if name in now.surfaces:
                surface = Mesh(now.surfaces[name], self.movement.triangles[name])
                found[structure_of(name)] = enclosed_volume(surface)
        return found

    def _surfaces(self, now: Moment) -> _Surfaces:
        meshes = {name: Mesh(now.surfaces[name], cells) for name, cells in self.movement.triangles.items()}
        cover = [(COVER + tissue, triangles) for tissue, triangles in self._cover.parts(now.points, meshes)]
        cores = self._trabeculae.cores(now.points) if self._trabeculae else ()
        return _Surfaces(list(self._inner(now)), cover, [(1, triangles) for triangles in cores])

    def _inner(self, now: Moment) -> Iterator[tuple[int, FloatArray]]:
        """Numbers of the structures with their triangles, in the order in which they hide each other."""
        parts = list(ventricle_parts(self.known, now.points))
        for name, cells in self.movement.triangles.items():
            if name not in VALVES:
                parts.append((structure_of(name), now.surfaces[name][cells]))
        yield from sorted(((NUMBER[part.name], triangles) for part, triangles in parts), key=lambda part: part[0])

    def _axis(self, voxels: Voxels, now: Moment) -> FloatArray:
        """(2, 3) mm LPS."""
        apex, base = (now.points[ring].mean(axis=0) for ring in (self.known.inner[0, :, 0], self.known.inner[-1, :, 0]))
        return voxels.pose.to_patient(np.stack([apex, base]))

    def _close_valves(self, voxels: Voxels, now: Moment, time: float, structure: Codes, tissue: Codes) -> None:
        shut = [name for name in self.movement.triangles if name in VALVES and not self._open(VALVES[name], time)]
        leaflets = voxels.empty()
        voxels.paint([(1, now.surfaces[name][self.movement.triangles[name]]) for name in shut], leaflets)
        tissue[(leaflets > 0) & (structure > 0) & ~np.isin(structure, MUSCLE)] = Tissue.VESSEL_WALL

    def _open(self, valve: str, time: float) -> bool:
        return self.blood.flow(valve, time) > SHUT * float(self.beat.flows[valve].max())

    def _streams(self, time: float, now: Moment, speed: Moment) -> tuple[Stream, ...]:
        return self._known_streams(time, lambda: tuple(self.blood.streams(time, now, speed)))

    def _velocity(
        self, voxels: Voxels, time: float, structure: Codes, tissue: Codes, found: Material
    ) -> NDArray[np.float32]:
        """(slice, sample, row, column, 3) mm/ms LPS."""
        now, speed = self.movement.at(time), self.movement.velocity(time)
        muscle = np.isin(structure, MUSCLE)
        values, known = blood_velocity(voxels, self._streams(time, now, speed), structure, np.isin(tissue, BLOOD))
        values[muscle] = found.of_points(speed.points)
        rest = (tissue != Tissue.AIR) & ~muscle & ~known
        values[rest] = nearest_velocity(voxels.places(rest), now, speed)
        return np.asarray(values @ voxels.pose.rotation.T.astype(np.float32), np.float32)


def _painted(whole: Voxels, surfaces: _Surfaces) -> tuple[Voxels, Codes, Codes]:
    """The window around the heart, and structures and tissues (slice, sample, row, column) in it."""
    voxels = whole.around(np.concatenate([triangles.reshape(-1, 3) for _, triangles in surfaces.cover]))
    values = voxels.empty()
    voxels.paint(surfaces.inner, values)
    structure = values.copy()
    voxels.paint(surfaces.cover, values)
    return voxels, structure, _TISSUES[values]


def _roughen(voxels: Voxels, surfaces: _Surfaces, structure: Codes, tissue: Codes) -> None:
    if not surfaces.cores:
        return
    core = voxels.empty()
    voxels.paint(surfaces.cores, core)
    tissue[(core == 0) & np.isin(structure, CAVITIES)] = Tissue.PAPILLARY_MUSCLE


def _spread(values: NDArray[T], voxels: Voxels, empty: float = 0) -> NDArray[T]:
    """A window's values on the whole grid."""
    whole = np.full((*values.shape[:2], *voxels.grid.shape[1:], *values.shape[4:]), empty, values.dtype)
    whole[(slice(None), slice(None), *voxels.spans)] = values
    return whole


def _on(chosen: NDArray[np.bool_], values: NDArray[T], empty: float, voxels: Voxels) -> NDArray[T]:
    """Values (v, ...) of the chosen voxels of a window on the whole grid."""
    window = np.full((*chosen.shape, *values.shape[1:]), empty, values.dtype)
    window[chosen] = values
    return _spread(window, voxels, empty)


def _check_time(time: float) -> None:
    if not (np.isfinite(time) and time >= 0):
        raise InvalidInput(
            f"The heart at {time:.6g} ms was asked for.",
            "Times count from the R wave, in ms, and are not negative.",
            "Correct the time.",
        )


__all__ = ["HeartInMotion"]
