"""Acquisition: coils, k-space, gating, noise and reconstruction.

grid = object_grid(encoding)                      # what the object is rendered on
reduced = reduced_grid(grid, encoding)            # what the coils are given on
encoder = CartesianEncoder(encoding, maps, reduced.per_field)
patient = Patient(r_waves, BreathHold(), beat.period)
schedule = retrospective(patient, rng, segments(uniform(160, 2, 24), 12), 2.8)
raw = acquire(states, schedule, encoder, grid, rng, noise_covariance=array.noise_covariance, noise=deviation)
sorting = by_phase(schedule, 25)
pictures = reconstruct(sort(raw, sorting), sorting.lines, encoding, Reconstruction((256, 256)))
"""

from marey.scan.mr.acquisition.acquire import StateTable, acquire
from marey.scan.mr.acquisition.coils import ChestArray, CoilArray, chest_array, sensitivities
from marey.scan.mr.acquisition.encoding import Encoding, ObjectGrid, object_grid, reduced_grid
from marey.scan.mr.acquisition.fourier import CartesianEncoder
from marey.scan.mr.acquisition.gating import Patient, Schedule, prospective, real_time, retrospective
from marey.scan.mr.acquisition.magnetisation import Magnetisation
from marey.scan.mr.acquisition.noise import Receiver
from marey.scan.mr.acquisition.radial import RadialEncoder
from marey.scan.mr.acquisition.reconstruct import Reconstruction, reconstruct
from marey.scan.mr.acquisition.rhythm import BreathHold, FreeBreathing, Rhythm, heart_time
from marey.scan.mr.acquisition.sampling import full, golden_angles, partial_fourier, segments, uniform, variable_density
from marey.scan.mr.acquisition.sorting import Sorting, by_frame, by_phase, sort
from marey.scan.mr.acquisition.susceptibility import field_of, shimmed

__all__ = [
    "BreathHold", "CartesianEncoder", "ChestArray", "CoilArray", "Encoding", "FreeBreathing", "Magnetisation",
    "ObjectGrid", "Patient", "RadialEncoder", "Receiver", "Reconstruction", "Rhythm", "Schedule", "Sorting",
    "StateTable", "acquire", "by_frame", "by_phase", "chest_array", "field_of", "full", "golden_angles",
    "heart_time", "object_grid", "partial_fourier", "prospective", "real_time", "reconstruct", "reduced_grid",
    "retrospective", "segments", "sensitivities", "shimmed", "sort", "uniform", "variable_density",
]  # fmt: skip
