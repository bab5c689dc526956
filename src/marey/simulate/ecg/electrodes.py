"""The electrodes of the 12-lead ECG on a torso, and the leads that they make.

Placement: Kligfield et al. 2007, Circulation 115:1306, doi:10.1161/CIRCULATIONAHA.106.180200. The limb electrodes sit
on the shoulders and the hips: a limb carries no current, so all of it has the potential of where it joins the trunk.
"""

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.simulate.ecg.torso import Torso, anterior_point, lateral_point

FloatArray = NDArray[np.float64]

ELECTRODES = ("RA", "LA", "LL", "V1", "V2", "V3", "V4", "V5", "V6")
LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


def _lead_matrix() -> FloatArray:
    matrix = np.zeros((12, 9))
    limbs = [(-1, 1, 0), (-1, 0, 1), (0, -1, 1), (1, -0.5, -0.5), (-0.5, 1, -0.5), (-0.5, -0.5, 1)]
    matrix[:6, :3] = limbs  # Einthoven, then Goldberger
    matrix[6:, :3] = -1 / 3  # Wilson's central terminal
    matrix[6:, 3:] = np.eye(6)
    matrix.setflags(write=False)
    return matrix


LEAD_MATRIX = _lead_matrix()
"""(12 leads, 9 electrodes) in the orders of `LEADS` and `ELECTRODES`; its rows sum to 0."""


def electrode_positions(torso: Torso) -> FloatArray:
    """(9, 3) mm in the torso's LPS frame, on its surface, in the order of `ELECTRODES`."""
    v2 = anterior_point(torso, torso.sternum_half_width, 0.0)
    v4 = anterior_point(torso, torso.midclavicular * torso.half_width, -torso.intercostal_step)
    middle = (v2 + v4) / 2
    return np.stack(
        [
            lateral_point(torso, -1, torso.shoulder_height),
            lateral_point(torso, 1, torso.shoulder_height),
            lateral_point(torso, 1, torso.hip_height),
            anterior_point(torso, -torso.sternum_half_width, 0.0),
            v2,
            anterior_point(torso, float(middle[0]), float(middle[2])),
            v4,
            anterior_point(torso, torso.anterior_axillary * torso.half_width, -torso.intercostal_step),
            lateral_point(torso, 1, -torso.intercostal_step),
        ]
    )


def ground_position(torso: Torso) -> FloatArray:
    """(3,) mm, the right leg's electrode: the ground of the recorder."""
    return lateral_point(torso, -1, torso.hip_height)


def twelve_leads(potentials: FloatArray) -> FloatArray:
    """The 12 leads from the potentials of the electrodes.

    Args:
        potentials: (9, time) mV in the order of `ELECTRODES`, against any common reference.

    Returns:
        (12, time) mV in the order of `LEADS`.

    Raises:
        InvalidInput: not nine rows.
    """
    if potentials.ndim != 2 or len(potentials) != len(ELECTRODES):
        raise InvalidInput(
            f"The potentials have the shape {potentials.shape}.",
            f"One row for each of {', '.join(ELECTRODES)} is needed.",
            "Give the potentials as (9, time).",
        )
    return np.asarray(LEAD_MATRIX @ potentials, np.float64)


__all__ = ["ELECTRODES", "LEADS", "LEAD_MATRIX", "electrode_positions", "ground_position", "twelve_leads"]
