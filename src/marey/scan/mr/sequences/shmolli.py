"""ShMOLLI: MOLLI in nine heartbeats, 5(1)1(1)1, with a conditional fit (Piechnik 2010, doi:10.1186/1532-429X-12-69).

One heartbeat is too short a rest for long T1, so the images after the second and third inversion are trusted only where
T1 is short: the fit to the first five is replaced by the fit to six, and to all seven, where the estimate from more
images is shorter than a heartbeat (six) or 0.4 of it (all) and the fit leaves no more than before.
"""

import numpy as np
from numpy.typing import ArrayLike

from marey.scan.mr.sequences.fit import fit_exponential
from marey.scan.mr.sequences.molli import Molli, look_locker_t1
from marey.scan.mr.sequences.readout import Reals

SHMOLLI = Molli(images=(5, 1, 1), pauses=(1, 1))
_LONGEST = ((6, 1.0), (7, 0.4))
"""Images, and T1 over a heartbeat up to which they are trusted; the second number is a choice of this project."""


def shmolli_t1(times: ArrayLike, signals: ArrayLike, rr: float) -> Reals:
    """T1 map (ms) by the conditional fit.

    Args:
        times: ``(7,)`` ms.
        signals: ``(*shape, 7)``, with sign.
        rr: ms.
    """
    t, y = np.asarray(times, np.float64), np.asarray(signals, np.float64)
    fit = fit_exponential(t[:5], y[..., :5])
    t1, left = look_locker_t1(fit), fit.residual
    scale = np.abs(y).max(-1)
    for images, share in _LONGEST:
        more = fit_exponential(t[:images], y[..., :images])
        longer = look_locker_t1(more)
        better = (longer > 0) & (longer < share * rr) & (more.residual <= np.maximum(left, 0.01 * scale))
        t1, left = np.where(better, longer, t1), np.where(better, more.residual, left)
    return np.asarray(t1, np.float64)


__all__ = ["SHMOLLI", "shmolli_t1"]
