"""The numbers of a thorax as the kernels read them: flat, in mm, at one breathing position."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marey.scan.body.thorax import Thorax, half_sizes

ALL = 1e9
"""A level that takes all room there is."""
USUAL_HALF_WIDTH, USUAL_DEPTH = 135.0, 180.0


class Shape(NamedTuple):
    """Lengths in mm.

    `wide` and `deep` are the cage's sizes relative to a usual one, `tendon` is the diaphragm's top below the heart.
    """

    half_width: float
    half_depth: float
    squareness: float
    cap_middle: float
    cap_height: float
    cage_width: float
    cage_front: float
    cage_back: float
    wide: float
    deep: float
    ribs: float
    anterior_muscle: float
    lateral_muscle: float
    posterior_muscle: float
    anterior_fat: float
    lateral_fat: float
    skin: float
    breast_radius: float
    breast_height: float
    glandular_share: float
    arms: float
    dome: float
    tendon: tuple[float, float, float]
    carina: float
    left_lower: float
    spine: float
    lung_top: float
    mediastinum: float
    paracardial: float
    epicardial: float
    pericardium: float
    effused: float
    liver: float
    spleen: float
    stomach: float
    stomach_gas: float
    right_fluid: float
    left_fluid: float
    hernia: float
    hernia_gas: float
    generator: tuple[float, float, float]
    generator_void: float
    breath: float
    chest_forward: float
    belly_forward: float
    sideways: float
    heart_follows: float
    phase: float


class HeartMap(NamedTuple):
    """The heart's surroundings: distances in its frame and how to get there."""

    distance: NDArray[np.float32]
    origin: NDArray[np.float64]
    spacing: float
    rotation: NDArray[np.float64]
    translation: NDArray[np.float64]


def shape_of(thorax: Thorax) -> Shape:
    """A thorax at end-expiration, without fluids and with organs that take all the room they may."""
    wall, organs = thorax.wall, thorax.organs
    half_width, half_depth = half_sizes(wall)
    front = -half_depth + wall.anterior_fat + wall.anterior_muscle + wall.rib_layer
    middle = (thorax.shoulder_height + thorax.hip_height) / 2
    return Shape(
        half_width=half_width,
        half_depth=half_depth,
        squareness=wall.squareness,
        cap_middle=middle,
        cap_height=(thorax.shoulder_height - thorax.hip_height) / 2 * 1.1,
        cage_width=wall.cage_half_width,
        cage_front=front,
        cage_back=front + wall.cage_depth,
        wide=wall.cage_half_width / USUAL_HALF_WIDTH,
        deep=wall.cage_depth / USUAL_DEPTH,
        ribs=wall.rib_layer,
        anterior_muscle=wall.anterior_muscle,
        lateral_muscle=wall.lateral_muscle,
        posterior_muscle=wall.posterior_muscle,
        anterior_fat=wall.anterior_fat,
        lateral_fat=wall.lateral_fat,
        skin=wall.skin,
        breast_radius=wall.breast_radius,
        breast_height=wall.breast_height,
        glandular_share=wall.glandular_share,
        arms=float(thorax.arms_down),
        dome=organs.right_dome,
        tendon=(20.0, -30.0, organs.right_dome - 2.0),
        carina=organs.carina,
        left_lower=organs.left_dome_lower,
        spine=organs.spine,
        lung_top=organs.lung_top,
        mediastinum=organs.mediastinum,
        paracardial=organs.paracardial_fat,
        epicardial=organs.epicardial_fat,
        pericardium=organs.pericardium,
        effused=0.0,
        liver=ALL,
        spleen=ALL,
        stomach=ALL,
        stomach_gas=-ALL,
        right_fluid=ALL,
        left_fluid=ALL,
        hernia=organs.hiatal_hernia,
        hernia_gas=-ALL,
        generator=(0.0, 0.0, 0.0),
        generator_void=-1.0,
        breath=0.0,
        chest_forward=thorax.breathing.chest_forward,
        belly_forward=thorax.breathing.belly_forward,
        sideways=thorax.breathing.sideways,
        heart_follows=thorax.breathing.heart.foot_head,
        phase=float(np.random.default_rng(thorax.variant).uniform(0.0, 100.0)),
    )


__all__ = ["ALL", "HeartMap", "Shape", "shape_of"]
