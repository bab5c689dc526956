"""Parameters of the closed loop: chambers, valves, vessels, pericardium, and how much blood there is."""

from dataclasses import dataclass, field

from marey.core.parameter import Parameters, parameter
from marey.core.units import cm, kPa, litre, minute, mL, mm, mmHg, ms, s
from marey.simulate.circulation.baroreflex import Baroreflex

TEXTBOOK = "textbook value"
REGAZZONI = "Regazzoni 2022 doi:10.1016/j.jcp.2022.111083"
ELASTANCE = "law of Regazzoni 2022 doi:10.1016/j.jcp.2022.111083; textbook value"
MYNARD = "law of Mynard 2012 doi:10.1002/cnm.1466; textbook value"
LEAFLETS = "law of Mynard 2012 doi:10.1002/cnm.1466; value so that leaflets move in 10-30 ms, textbook"
MURGO = "Murgo 1980 doi:10.1161/01.CIR.62.1.105, 18 people without heart disease"
COMPLIANCE_OF_ARTERIES = "1.8 by the area method in 320 adults, Haluska 2010 (J. Hum. Hypertens. 24:254)"
URSINO = "arteries and small vessels of Ursino 1998 doi:10.1152/ajpheart.1998.275.5.H1733: 611 mL"
KOVACS = "Kovacs 2012 doi:10.1183/09031936.00008611: 0.05 to 0.07 mmHg s/mL with the pulmonary veins, rising with age"
LUNGS = "set: mean pulmonary pressure of Kovacs 2009 doi:10.1183/09031936.00145608, 14 mmHg"
VENOUS = "set: normal right atrial pressure"
RIGHT_ATRIUM = "chosen: 65 to 120 mL at its largest, normal by Petersen 2017 doi:10.1186/s12968-017-0327-9"

WOOD = mmHg * s / mL
INERTANCE = mmHg * s**2 / mL
COMPLIANCE = mL / mmHg


@dataclass(frozen=True)
class Atrium(Parameters):
    """A time-varying elastance with raised-cosine activation; the left atrium's values."""

    end_systolic: float = parameter(0.25 * mmHg / mL, 0.02 * mmHg / mL, 2 * mmHg / mL, "mmHg/mL", ELASTANCE)
    diastolic: float = parameter(0.13 * mmHg / mL, 0.01 * mmHg / mL, 1 * mmHg / mL, "mmHg/mL", ELASTANCE)
    unstressed: float = parameter(4 * mL, 1 * mL, 100 * mL, "mL", REGAZZONI)
    rise: float = parameter(120 * ms, 30 * ms, 300 * ms, "ms", TEXTBOOK)
    fall: float = parameter(120 * ms, 30 * ms, 300 * ms, "ms", TEXTBOOK)


@dataclass(frozen=True)
class RightAtrium(Atrium):
    """The right atrium: softer and larger than the left."""

    end_systolic: float = parameter(0.13 * mmHg / mL, 0.02 * mmHg / mL, 2 * mmHg / mL, "mmHg/mL", ELASTANCE)
    diastolic: float = parameter(0.07 * mmHg / mL, 0.01 * mmHg / mL, 1 * mmHg / mL, "mmHg/mL", ELASTANCE)
    unstressed: float = parameter(20 * mL, 1 * mL, 150 * mL, "mL", RIGHT_ATRIUM)


@dataclass(frozen=True)
class Valve(Parameters):
    """Bernoulli loss, inertance and moving leaflets; stenosis is a small `area`, regurgitation a `leak_area`.

    The values are those of the mitral valve.
    """

    area: float = parameter(5 * cm**2, 0.1 * cm**2, 15 * cm**2, "cm2", "effective orifice area, textbook value")
    leak_area: float = parameter(
        0 * cm**2, 0 * cm**2, 3 * cm**2, "cm2", "effective regurgitant orifice area; 0 is tight"
    )
    length: float = parameter(15 * mm, 2 * mm, 50 * mm, "mm", MYNARD)
    opening: float = parameter(0.3 / (kPa * ms), 0.01 / (kPa * ms), 10 / (kPa * ms), "1/kPa/ms", LEAFLETS)
    closing: float = parameter(0.3 / (kPa * ms), 0.01 / (kPa * ms), 10 / (kPa * ms), "1/kPa/ms", LEAFLETS)
    fastest: float = parameter(0.3 / ms, 0.02 / ms, 1 / ms, "1/ms", "leaflets need some ms to move, textbook value")


@dataclass(frozen=True)
class AorticValve(Valve):
    """The aortic valve."""

    area: float = parameter(4 * cm**2, 0.1 * cm**2, 10 * cm**2, "cm2", "effective orifice area, textbook value")


@dataclass(frozen=True)
class TricuspidValve(Valve):
    """The tricuspid valve."""

    area: float = parameter(6 * cm**2, 0.1 * cm**2, 15 * cm**2, "cm2", "effective orifice area, textbook value")


@dataclass(frozen=True)
class PulmonaryValve(Valve):
    """The pulmonary valve."""

    area: float = parameter(4 * cm**2, 0.1 * cm**2, 10 * cm**2, "cm2", "effective orifice area, textbook value")


@dataclass(frozen=True)
class Vessels(Parameters):
    """A Windkessel: an impedance at its inlet, a compliance, then a resistance and an inertance to the next bed.

    The values are those of the systemic arteries.
    """

    impedance: float = parameter(0.035 * WOOD, 0 * WOOD, 0.2 * WOOD, "mmHg*s/mL", f"{MURGO}: 0.035")
    compliance: float = parameter(
        1.8 * COMPLIANCE, 0.1 * COMPLIANCE, 10 * COMPLIANCE, "mL/mmHg", COMPLIANCE_OF_ARTERIES
    )
    unstressed: float = parameter(600 * mL, 50 * mL, 1500 * mL, "mL", URSINO)
    resistance: float = parameter(
        0.9 * WOOD, 0.1 * WOOD, 6 * WOOD, "mmHg*s/mL", f"{MURGO}: 0.85, standard deviation 0.12"
    )
    inertance: float = parameter(5e-3 * INERTANCE, 1e-4 * INERTANCE, 0.1 * INERTANCE, "mmHg*s2/mL", REGAZZONI)


@dataclass(frozen=True)
class SystemicVeins(Vessels):
    """The systemic veins, which hold most of the blood."""

    impedance: float = parameter(0 * WOOD, 0 * WOOD, 0.5 * WOOD, "mmHg*s/mL", TEXTBOOK)
    compliance: float = parameter(60 * COMPLIANCE, 5 * COMPLIANCE, 300 * COMPLIANCE, "mL/mmHg", REGAZZONI)
    unstressed: float = parameter(3084 * mL, 500 * mL, 6000 * mL, "mL", VENOUS)
    resistance: float = parameter(0.035 * WOOD, 5e-3 * WOOD, 0.25 * WOOD, "mmHg*s/mL", VENOUS)
    inertance: float = parameter(5e-4 * INERTANCE, 1e-4 * INERTANCE, 0.1 * INERTANCE, "mmHg*s2/mL", REGAZZONI)


@dataclass(frozen=True)
class PulmonaryArteries(Vessels):
    """The pulmonary arteries."""

    impedance: float = parameter(0.01 * WOOD, 0 * WOOD, 0.5 * WOOD, "mmHg*s/mL", LUNGS)
    compliance: float = parameter(4 * COMPLIANCE, 0.2 * COMPLIANCE, 30 * COMPLIANCE, "mL/mmHg", LUNGS)
    unstressed: float = parameter(80 * mL, 10 * mL, 500 * mL, "mL", LUNGS)
    resistance: float = parameter(0.06 * WOOD, 0.01 * WOOD, 3 * WOOD, "mmHg*s/mL", KOVACS)
    inertance: float = parameter(5e-4 * INERTANCE, 1e-4 * INERTANCE, 0.1 * INERTANCE, "mmHg*s2/mL", REGAZZONI)


@dataclass(frozen=True)
class PulmonaryVeins(Vessels):
    """The pulmonary veins."""

    impedance: float = parameter(0 * WOOD, 0 * WOOD, 0.5 * WOOD, "mmHg*s/mL", LUNGS)
    compliance: float = parameter(16 * COMPLIANCE, 2 * COMPLIANCE, 100 * COMPLIANCE, "mL/mmHg", REGAZZONI)
    unstressed: float = parameter(200 * mL, 20 * mL, 1000 * mL, "mL", LUNGS)
    resistance: float = parameter(0.01 * WOOD, 1e-3 * WOOD, 0.5 * WOOD, "mmHg*s/mL", LUNGS)
    inertance: float = parameter(5e-4 * INERTANCE, 1e-4 * INERTANCE, 0.1 * INERTANCE, "mmHg*s2/mL", REGAZZONI)


@dataclass(frozen=True)
class Pericardium(Parameters):
    """Pressure around the heart, ``pressure * exp((blood in the four chambers - volume) / stretch)``."""

    pressure: float = parameter(1 * mmHg, 0 * mmHg, 30 * mmHg, "mmHg", "pressure at `volume`, textbook value")
    volume: float = parameter(516 * mL, 100 * mL, 2000 * mL, "mL", TEXTBOOK)
    stretch: float = parameter(60 * mL, 10 * mL, 500 * mL, "mL", TEXTBOOK)


@dataclass(frozen=True)
class Circulation(Parameters):
    """The whole loop but the ventricles."""

    heart_rate: float = parameter(65 / minute, 25 / minute, 220 / minute, "1/min", TEXTBOOK)
    pr_interval: float = parameter(160 * ms, 40 * ms, 400 * ms, "ms", "onset of atrial contraction before the R wave")
    blood_volume: float = parameter(4.95 * litre, 1 * litre, 10 * litre, "L", "70 mL/kg of 70 kg, textbook value")
    blood_density: float = parameter(1.06, 0.99, 1.1, "mg/mm3", TEXTBOOK)
    left_atrium: Atrium = field(default_factory=Atrium)
    right_atrium: RightAtrium = field(default_factory=RightAtrium)
    mitral: Valve = field(default_factory=Valve)
    aortic: AorticValve = field(default_factory=AorticValve)
    tricuspid: TricuspidValve = field(default_factory=TricuspidValve)
    pulmonary: PulmonaryValve = field(default_factory=PulmonaryValve)
    systemic_arteries: Vessels = field(default_factory=Vessels)
    systemic_veins: SystemicVeins = field(default_factory=SystemicVeins)
    pulmonary_arteries: PulmonaryArteries = field(default_factory=PulmonaryArteries)
    pulmonary_veins: PulmonaryVeins = field(default_factory=PulmonaryVeins)
    pericardium: Pericardium = field(default_factory=Pericardium)
    baroreflex: Baroreflex = field(default_factory=Baroreflex)

    @property
    def period(self) -> float:
        """Length of one cycle, ms."""
        return 1.0 / self.heart_rate


__all__ = [
    "AorticValve", "Atrium", "Circulation", "Pericardium", "PulmonaryArteries", "PulmonaryValve", "PulmonaryVeins",
    "RightAtrium", "SystemicVeins", "TricuspidValve", "Valve", "Vessels",
]  # fmt: skip
