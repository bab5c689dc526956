"""From a person's traits to the parameters of a heart.

The ventricles are given their end-diastolic volumes, so two numbers that a doctor reads are not free: what the right
ventricle ejects is what the left one sends forward, and filling pressures follow from the blood volume and from how
strong each ventricle is (`marey.simulate.prior.strength`).
"""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from marey.core import InvalidInput
from marey.core.units import cm, litre, m2, minute, mL, mm, mmHg, ms
from marey.simulate.circulation.closed_loop import beds
from marey.simulate.circulation.parameters import Circulation
from marey.simulate.healing import healed_walls
from marey.simulate.heart import Heart
from marey.simulate.prior.person import Person
from marey.simulate.prior.shape import lv_mass, rv_mass, shape_of
from marey.simulate.prior.strength import Demand, strengths
from marey.simulate.scar import Scar

USUAL_SURFACE, USUAL_HEIGHT = 1.9 * m2, 172 * cm
"""Of the person whose vessels are the defaults of `Circulation`, `AtriaShape` and `Torso`."""
JET_LENGTH = 1500 * mm
"""How far blood runs through a leak of the mitral valve in a beat, at 120 mmHg for 0.3 s."""
EJECTION_TIME = 300 * ms
LEAST_FLOW = 1.5 * litre / minute / m2
"""Cardiac index of a resting adult at least; textbook: shock below 1.8 to 2.2."""
USUAL_GRADIENT = 7 * mmHg
USUAL_VENTRICLES = 310 * mL
"""Both ventricles that the default pericardium surrounds."""


def heart_of(person: Person, traits: Mapping[str, float], lesion: Mapping[str, Any]) -> Heart:
    """The heart of a person.

    Args:
        person: sex and body.
        traits: in coherent units, by the names of `marey.simulate.prior.traits.TRAITS`.
        lesion: parameters that the disease sets, by path.

    Raises:
        InvalidInput: the traits lead to a parameter outside its range, or to no heart.
    """
    heart = Heart().but({path: value for path, value in traits.items() if "." in path})
    heart = heart.but(_electrics(heart, traits) | _trunk(heart, person) | _great_vessels(heart, person))
    heart = heart.but({f"circulation.{path}": value for path, value in _sized(person).items()}).but(lesion)
    leak = heart.circulation.mitral.leak_area * JET_LENGTH
    stroke = traits["lv_volume_index"] * person.surface * traits["lv_ejection"]
    rv_volume = (stroke - leak) / traits["rv_ejection"]
    heart = heart.but({"shape.wall_thickness": healed_walls(heart.shape.wall_thickness, heart.scars)})
    heart = dataclasses.replace(heart, shape=shape_of(person, traits, heart.shape, rv_volume))
    demand = _demand(heart, traits, stroke, stroke - leak)
    _check_flow(demand, person)
    left, right, blood = strengths(demand)
    circulation = heart.circulation.but(_vessels(heart.circulation, traits, demand))
    circulation = circulation.but(blood_volume=blood + blood_volume(circulation, demand))
    return dataclasses.replace(heart, circulation=circulation).but({
        "muscle.contractility": left, "muscle.rv_contractility": right,
        "muscle.stiffness": demand.stiffness, "muscle.rv_stiffness": demand.rv_stiffness,
    })  # fmt: skip


def _electrics(heart: Heart, traits: Mapping[str, float]) -> dict[str, float]:
    """Velocities, delays and durations, relative to those of the usual heart."""
    conduction, rate = heart.conduction, traits["heart_rate"] / heart.circulation.heart_rate
    return {
        "conduction.along": conduction.along * traits["conduction"],
        "conduction.across": conduction.across * traits["conduction"],
        "conduction.endocardial_factor": conduction.endocardial_factor * traits["purkinje"],
        "conduction_system.left_delay": max(0.0, traits["bundle_delay"]),
        "conduction_system.right_delay": max(0.0, -traits["bundle_delay"]),
        # the duration goes with the cube root of the period (Fridericia, textbook)
        "repolarisation.mean": heart.repolarisation.mean * traits["action_potential"] * rate ** (-1 / 3),
    }


def _trunk(heart: Heart, person: Person) -> dict[str, float]:
    """A trunk as wide as the body is heavy, and as long as it is tall; its fat is on the chest wall."""
    torso = heart.torso
    tall, heavy = person.height / USUAL_HEIGHT, person.surface / USUAL_SURFACE
    girth = heavy**1.2 / tall
    return {
        "torso.half_width": torso.half_width * girth, "torso.half_depth": torso.half_depth * girth,
        "torso.chest_wall": torso.chest_wall * girth**2, "torso.shoulder_height": torso.shoulder_height * tall,
        "torso.hip_height": torso.hip_height * tall, "torso.lung_top": torso.lung_top * tall,
    }  # fmt: skip


def _great_vessels(heart: Heart, person: Person) -> dict[str, float]:
    """Lumens whose areas are in proportion to the body surface, as the valves' are; lengths as the body is tall."""
    wide, tall = math.sqrt(person.surface / USUAL_SURFACE), person.height / USUAL_HEIGHT
    return {
        known.path: known.value * (wide if known.path.endswith("_radius") else tall)
        for known in heart.atria.table("atria.")
        if known.path.endswith(("_radius", "_length"))
    }


def _sized(person: Person) -> dict[str, float]:
    """Vessels, atria and valves in proportion to the body surface."""
    size, usual = person.surface / USUAL_SURFACE, Circulation()
    powers = {"compliance": 1, "unstressed": 1, "area": 1, "resistance": -1, "impedance": -1, "inertance": -1}
    powers |= {"end_systolic": -1, "diastolic": -1}
    return {
        known.path: known.value * size ** powers[known.path.rpartition(".")[2]]
        for known in usual.table()
        if known.path.rpartition(".")[2] in powers
    }


def _demand(heart: Heart, traits: Mapping[str, float], stroke: float, forward: float) -> Demand:
    shape = heart.shape
    jet = stroke / EJECTION_TIME / heart.circulation.aortic.area
    systolic = traits["mean_pressure"] + 0.6 * traits["pulse_pressure"]
    scars = sum((dead_part(scar) for scar in heart.scars), 0.0)
    return Demand(
        lv_volume=shape.lv_volume,
        rv_volume=shape.rv_volume,
        lv_mass=lv_mass(shape),
        rv_mass=rv_mass(shape),
        stroke=stroke,
        forward=forward,
        lv_load=systolic + heart.circulation.blood_density / 2 * jet**2,
        rv_load=traits["left_filling"] + traits["pulmonary_gradient"],
        left_filling=traits["left_filling"],
        right_filling=traits["right_filling"],
        stiffness=traits["stiffness"],
        rv_stiffness=traits["rv_stiffness"],
        heart_rate=traits["heart_rate"],
        scar=scars,
    )


def _check_flow(demand: Demand, person: Person) -> None:
    index = demand.forward * demand.heart_rate / person.surface
    if index < LEAST_FLOW:
        raise InvalidInput(
            f"The heart pumps {index / (litre / minute / m2):.2f} L/min/m2 forward.",
            f"At least {LEAST_FLOW / (litre / minute / m2):g} is needed: with less a person is in shock, not at rest.",
            "Choose larger volumes, ejection fractions or heart rates.",
        )


def dead_part(scar: Scar) -> float:
    """Roughly which part of the left ventricle a scar with half its border takes: an ellipse on its unrolled wall."""
    ellipse = math.pi * scar.height * scar.width / (2 * math.pi)
    return ellipse * (1 + scar.border / 2) ** 2 * scar.transmurality


def _vessels(circulation: Circulation, traits: Mapping[str, float], demand: Demand) -> dict[str, float]:
    """Resistances and compliances that give this flow its pressures, and a pericardium that fits the heart."""
    flow = demand.forward * demand.heart_rate
    wedge = traits["pulmonary_gradient"] / USUAL_GRADIENT
    ventricles = (demand.lv_volume + demand.rv_volume) / USUAL_VENTRICLES
    lungs = circulation.pulmonary_arteries
    return {
        "heart_rate": demand.heart_rate,
        "pr_interval": traits["pr_interval"],
        "systemic_arteries.resistance": (traits["mean_pressure"] - demand.right_filling) / flow,
        "systemic_arteries.compliance": 0.9 * demand.forward / traits["pulse_pressure"],
        "pulmonary_arteries.resistance": traits["pulmonary_gradient"] / flow,
        # compliance falls as resistance rises (textbook)
        "pulmonary_arteries.compliance": lungs.compliance * wedge**-0.6,
        "pericardium.volume": circulation.pericardium.volume * ventricles,
        "pericardium.stretch": circulation.pericardium.stretch * ventricles,
    }


def blood_volume(circulation: Circulation, demand: Demand) -> float:
    """Blood that fills all vessels to these pressures, mm3."""
    arterial = circulation.systemic_arteries.resistance * demand.forward * demand.heart_rate + demand.right_filling
    pressures = (arterial, demand.right_filling, demand.rv_load, demand.left_filling)
    vessels = sum(
        bed.unstressed + bed.compliance * pressure
        for bed, pressure in zip(beds(circulation).values(), pressures, strict=True)
    )
    atria = sum(
        atrium.unstressed + pressure / atrium.diastolic
        for atrium, pressure in (
            (circulation.left_atrium, demand.left_filling), (circulation.right_atrium, demand.right_filling)
        )
    )  # fmt: skip
    ventricles = demand.lv_volume + demand.rv_volume - (demand.stroke + demand.forward) / 2
    return float(vessels + atria + ventricles)


__all__ = ["blood_volume", "dead_part", "heart_of"]
