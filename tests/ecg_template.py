"""The default heart with its own conduction system and tissue, for tests and benchmarks that need the whole ECG."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles import MEDIUM
from marey.core import Signal
from marey.simulate.beat.body import Body, body
from marey.simulate.beat.electrics import Activation, activate, lead_field, twelve_lead_ecg
from marey.simulate.ecg import BeatMeasurements, LeadField, measure_beat
from marey.simulate.eikonal import Block, Lead
from marey.simulate.presets import preset

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TemplateBeat:
    """One activation of a heart and its ECG."""

    active: Activation
    ecg: Signal

    @property
    def measured(self) -> BeatMeasurements:
        return measure_beat(self.ecg)


@dataclass(frozen=True, eq=False)
class TemplateHeart:
    """A preset on voxels, with its lead field; all of its living muscle is reached by every activation asked for."""

    name: str
    at: Body
    field: LeadField

    def beat(self, blocks: Collection[Block] = (), leads: Sequence[Lead] | None = None) -> TemplateBeat:
        heart = preset(self.name).but({"conduction_system.blocks": frozenset(blocks)})
        active = activate(heart, self.at, leads)
        return TemplateBeat(active, twelve_lead_ecg(heart, self.at, active, self.field))


def template_heart(spacing: float, name: str = "healthy", *, torso: bool = True) -> TemplateHeart:
    heart = preset(name)
    at = body(heart, MEDIUM, spacing)
    return TemplateHeart(name, at, lead_field(heart, at, activate(heart, at), torso=torso))
