"""From k-space to pictures."""

from marey.scan.mr.acquisition.reconstruct.chain import Reconstruction, reconstruct
from marey.scan.mr.acquisition.reconstruct.coils import adaptive_maps, prewhitened, root_sum_of_squares, whitening
from marey.scan.mr.acquisition.reconstruct.partial_fourier import homodyne, projections
from marey.scan.mr.acquisition.reconstruct.picture import cut_off, fermi, prescan_normalisation, stored, tukey
from marey.scan.mr.acquisition.reconstruct.sense import conjugate_gradients

__all__ = [
    "Reconstruction", "adaptive_maps", "conjugate_gradients", "cut_off", "fermi", "homodyne", "prescan_normalisation",
    "prewhitened", "projections", "reconstruct", "root_sum_of_squares", "stored", "tukey", "whitening",
]  # fmt: skip
