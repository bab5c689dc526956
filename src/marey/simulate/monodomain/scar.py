"""Hearts with a scar: dense scar that does not conduct, and a border zone that is slow and long refractory."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from marey.core.parameter import Parameters, parameter
from marey.simulate.monodomain.calibration import calibrated_tissue
from marey.simulate.monodomain.mitchell_schaeffer import MitchellSchaeffer, MitchellSchaefferCells
from marey.simulate.monodomain.solve import Monodomain

_SPEED = "Kleber and Rudy 2004, doi:10.1152/physrev.00025.2003"
_BORDER = "textbook range of remodelled border zones; 1 is healthy"


@dataclass(frozen=True)
class Conduction(Parameters):
    """Speeds of healthy tissue, what the border zone makes of them, and the healthy cells."""

    along: float = parameter(0.6, 0.05, 2.0, "mm/ms", _SPEED)
    across: float = parameter(0.25, 0.02, 2.0, "mm/ms", _SPEED)
    border_speed: float = parameter(0.4, 0.05, 1.0, "1", _BORDER)
    border_duration: float = parameter(1.3, 0.5, 3.0, "1", _BORDER)
    cells: MitchellSchaeffer = field(default_factory=MitchellSchaeffer)


def scarred_heart(
    mask: NDArray[np.bool_],
    spacing: float,
    fibre: NDArray[np.floating],
    *,
    scar: NDArray[np.bool_],
    border: NDArray[np.bool_],
    conduction: Conduction | None = None,
    dt: float = 0.1,
) -> Monodomain:
    """Monodomain model of a scarred heart; zone 1 of its tissue is the border zone.

    Args:
        mask: (z, y, x) myocardium, scar and all.
        spacing: mm.
        fibre: (z, y, x, 3) unit vectors.
        scar: (z, y, x) where nothing conducts.
        border: (z, y, x) where conduction is slow and the plateau is long; scar wins over it.
        conduction: speeds and cells.
        dt: ms.

    Raises:
        InvalidInput: arrays that do not agree, speeds that this grid and time step cannot carry.
    """
    chosen = conduction or Conduction()
    slowed = np.where(border, chosen.border_speed, 1.0)
    healthy = chosen.cells
    cells = MitchellSchaefferCells((healthy, replace(healthy, closing=healthy.closing * chosen.border_duration)))
    tissue = calibrated_tissue(
        mask & ~scar, spacing, fibre, along=chosen.along * slowed, across=chosen.across * slowed,
        cells=cells, dt=dt, zone=border.astype(np.uint8),
    )  # fmt: skip
    return Monodomain(tissue, cells, dt)


__all__ = ["Conduction", "scarred_heart"]
