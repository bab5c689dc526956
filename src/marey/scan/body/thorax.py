"""The parametric thorax: every number that shapes the patient around the heart, at end-expiration, lying on the back.

Frame: LPS in mm, the same as that of the trunk of the ECG (`marey.simulate.ecg.Torso`): x = y = 0 on its axis, z = 0 at
the fourth intercostal space.
"""

from dataclasses import dataclass, field

from marey.core import Parameters, parameter
from marey.core.units import cm, mL, mm, mm3
from marey.scan.body.pose import HeartBreathing
from marey.simulate.ecg.torso import Torso

ADULT = "textbook anatomy of adults"
LAYER = "textbook anatomy; sum of layers: Laan et al. 2016, doi:10.1016/j.injury.2015.11.045"
LIVER = "Jasper 2019, doi:10.7860/JCDR/2019/41932.13038: 1281 +- 219 mL; range: small to enlarged"
SPLEEN = "Jasper 2019, doi:10.7860/JCDR/2019/41932.13038: 195 +- 78 mL; range: small to enlarged"
PERICARDIUM = "Sechtem et al. 1986, AJR 147:239 (MR): 1.2 +- 0.5 mm; range: with thickening"
SIZE = "textbook value; 0 is a person without it"
MOMENT = "chosen so that it makes {}; textbook susceptibilities, devices differ widely"
VOID = "radius without signal in cine MR; a round number of what such implants show, sequence dependent"


@dataclass(frozen=True)
class ChestWall(Parameters):
    """The bony cage and the layers on it.

    Args:
        cage_half_width: from the midline to the pleura at the level of the heart.
        cage_depth: from the back of the sternum to the pleura beside the spine.
        rib_layer: thickness of ribs and intercostal muscle.
        anterior_muscle, lateral_muscle, posterior_muscle: thickness on the ribs; the pectoral muscles, the latissimus
            and the muscles beside the spine are thicker in their places.
        anterior_fat, lateral_fat, posterior_fat: under the skin, with the skin.
        skin: its thickness.
        squareness: exponent of the cross-section, 2 is an ellipse.
        breast_radius, breast_height: of the breasts' base and how far they stand out in a woman on her back.
        glandular_share: part of the breast that is not fat.
    """

    cage_half_width: float = parameter(135 * mm, 95 * mm, 175 * mm, "mm", ADULT)
    cage_depth: float = parameter(180 * mm, 120 * mm, 250 * mm, "mm", ADULT)
    rib_layer: float = parameter(10 * mm, 7 * mm, 14 * mm, "mm", ADULT)
    anterior_muscle: float = parameter(6 * mm, 2 * mm, 20 * mm, "mm", LAYER)
    lateral_muscle: float = parameter(8 * mm, 3 * mm, 20 * mm, "mm", LAYER)
    posterior_muscle: float = parameter(10 * mm, 4 * mm, 25 * mm, "mm", LAYER)
    anterior_fat: float = parameter(9 * mm, 3 * mm, 90 * mm, "mm", LAYER)
    lateral_fat: float = parameter(12 * mm, 3 * mm, 110 * mm, "mm", LAYER)
    posterior_fat: float = parameter(9 * mm, 3 * mm, 90 * mm, "mm", LAYER)
    skin: float = parameter(2 * mm, 1 * mm, 4 * mm, "mm", "textbook value")
    squareness: float = parameter(2.5, 2.0, 4.0, "1", "as the trunk of the ECG")
    breast_radius: float = parameter(64 * mm, 30 * mm, 95 * mm, "mm", ADULT)
    breast_height: float = parameter(0 * mm, 0 * mm, 90 * mm, "mm", SIZE)
    glandular_share: float = parameter(0.3, 0.0, 0.9, "1", "textbook value; dense breasts of young women are higher")


@dataclass(frozen=True)
class Organs(Parameters):
    """Size and place of what lies within.

    Args:
        right_dome: height of the right dome of the diaphragm.
        left_dome_lower: how much lower the left dome stands.
        spine: from the trunk's axis back to the middle of the vertebral bodies, at the level of the heart.
        lung_top: height of the lungs' apices.
        carina: height of the trachea's fork.
        liver_volume, spleen_volume, stomach_volume: stomach with its wall.
        stomach_gas: part of the stomach's content that is gas; it lies in front.
        aorta_radius: of the descending aorta's lumen at the level of the heart.
        lung_vessels: radii of the vessels in the lungs relative to usual ones.
        epicardial_fat: mean thickness between the muscle and the pericardium.
        pericardium: its thickness.
        paracardial_fat: radius of the fat that rounds the corners between heart, chest wall and diaphragm.
        mediastinum: half width of what lies between the lungs above the heart.
        hiatal_hernia: radius of the part of the stomach that lies above the diaphragm.
    """

    right_dome: float = parameter(-42 * mm, -90 * mm, 0 * mm, "mm", "textbook anatomy: fourth rib to fifth space")
    left_dome_lower: float = parameter(14 * mm, -10 * mm, 35 * mm, "mm", "textbook anatomy: half to one space lower")
    spine: float = parameter(55 * mm, 30 * mm, 100 * mm, "mm", ADULT)
    lung_top: float = parameter(11 * cm, 6 * cm, 15 * cm, "cm", "as the trunk of the ECG")
    carina: float = parameter(66 * mm, 40 * mm, 95 * mm, "mm", "textbook anatomy: sternal angle, a little above it")
    liver_volume: float = parameter(1400 * mL, 700 * mL, 3000 * mL, "mL", LIVER)
    spleen_volume: float = parameter(195 * mL, 60 * mL, 600 * mL, "mL", SPLEEN)
    stomach_volume: float = parameter(450 * mL, 80 * mL, 1200 * mL, "mL", "textbook value, fasting to full, with wall")
    stomach_gas: float = parameter(0.3, 0.0, 1.0, "1", "textbook knowledge: nearly every stomach holds some gas")
    aorta_radius: float = parameter(11.5 * mm, 7 * mm, 30 * mm, "mm", "textbook value; range: aneurysm")
    lung_vessels: float = parameter(1.0, 0.5, 1.6, "1", "1 is a textbook tree; above it congestion")
    epicardial_fat: float = parameter(3.5 * mm, 0.5 * mm, 14 * mm, "mm", "textbook value; thin to obese")
    pericardium: float = parameter(1.2 * mm, 0.4 * mm, 8 * mm, "mm", PERICARDIUM)
    paracardial_fat: float = parameter(20 * mm, 0 * mm, 60 * mm, "mm", "textbook anatomy: thin to obese")
    mediastinum: float = parameter(28 * mm, 18 * mm, 45 * mm, "mm", ADULT)
    hiatal_hernia: float = parameter(0 * mm, 0 * mm, 50 * mm, "mm", SIZE)


@dataclass(frozen=True)
class Effusions(Parameters):
    """Fluid around heart and lungs; it collects at the back, for the patient lies on it."""

    pericardial: float = parameter(0 * mL, 0 * mL, 1000 * mL, "mL", "textbook: normal up to 50 mL, tamponade from 200")
    left_pleural: float = parameter(0 * mL, 0 * mL, 1500 * mL, "mL", SIZE)
    right_pleural: float = parameter(0 * mL, 0 * mL, 1500 * mL, "mL", SIZE)


@dataclass(frozen=True)
class Implants(Parameters):
    """Metal, painted as far as it takes the signal away.

    Args:
        sternal_wires: whether the sternum was closed with steel wires.
        pacemaker: whether a generator lies below the left clavicle, with leads to the right atrium and ventricle.
        stent: whether a stent lies in the left anterior descending artery.
        wire_void, lead_void, stent_void: radius of the signal void around each.
        generator_void: how far the void reaches beyond the generator.
        generator_moment, wire_moment, stent_moment: susceptibility (relative to tissue) times volume of the generator,
            of each wire and of the stent: the strength of their dipole fields.
    """

    sternal_wires: bool = False
    pacemaker: bool = False
    stent: bool = False
    wire_void: float = parameter(5 * mm, 1 * mm, 15 * mm, "mm", VOID)
    lead_void: float = parameter(2.5 * mm, 1 * mm, 10 * mm, "mm", VOID)
    stent_void: float = parameter(3 * mm, 1 * mm, 8 * mm, "mm", VOID)
    generator_void: float = parameter(25 * mm, 0 * mm, 80 * mm, "mm", VOID)
    generator_moment: float = parameter(30 * mm3, 0 * mm3, 300 * mm3, "mm3", MOMENT.format("0.6 kHz at 80 mm, 1.5 T"))
    wire_moment: float = parameter(0.2 * mm3, 0 * mm3, 5 * mm3, "mm3", MOMENT.format("60 mm3 of steel, 0.0035"))
    stent_moment: float = parameter(0.03 * mm3, 0 * mm3, 0.5 * mm3, "mm3", MOMENT.format("8 mm3 of steel, 0.0035"))


@dataclass(frozen=True)
class Breathing(Parameters):
    """How the wall and the heart follow the diaphragm, per mm of its dome; textbook: the dome moves most.

    Args:
        chest_forward: of the front of the chest.
        belly_forward: of the front of the abdomen.
        sideways: of the flanks.
        heart: how the heart follows.
    """

    chest_forward: float = parameter(0.15, 0.0, 0.6, "1", "textbook value: 2 to 4 mm in quiet breathing")
    belly_forward: float = parameter(0.45, 0.0, 1.0, "1", "textbook value: about 10 mm at a displacement of 20 mm")
    sideways: float = parameter(0.05, 0.0, 0.3, "1", "textbook value: smaller than forwards")
    heart: HeartBreathing = field(default_factory=HeartBreathing)


@dataclass(frozen=True)
class Thorax(Parameters):
    """A patient's thorax and upper abdomen around the heart, lying on the back at end-expiration.

    Args:
        wall: cage, muscle, fat, breasts.
        organs: lungs, diaphragm, abdomen, vessels, fat around the heart.
        effusions: fluid around heart and lungs.
        implants: metal.
        breathing: how all of it moves.
        shoulder_height, hip_height: of the trunk, as in the ECG.
        arms_down: whether the arms lie beside the trunk; otherwise they are raised and out of the picture.
        variant: draws the lungs' vessels, the waviness of organs and other small things without a name; the same number
            gives the same person.
    """

    wall: ChestWall = field(default_factory=ChestWall)
    organs: Organs = field(default_factory=Organs)
    effusions: Effusions = field(default_factory=Effusions)
    implants: Implants = field(default_factory=Implants)
    breathing: Breathing = field(default_factory=Breathing)
    shoulder_height: float = parameter(13 * cm, 9 * cm, 18 * cm, "cm", "as the trunk of the ECG")
    hip_height: float = parameter(-30 * cm, -42 * cm, -20 * cm, "cm", "as the trunk of the ECG")
    arms_down: bool = True
    variant: int = 0


def torso_of(thorax: Thorax) -> Torso:
    """The same person's trunk for the ECG: its skin is the thorax's, but for breasts and the slope below the neck.

    Raises:
        InvalidInput: a trunk outside the ranges of the ECG's one.
    """
    wall, organs = thorax.wall, thorax.organs
    half_width, half_depth = half_sizes(wall)
    return Torso(
        half_width=half_width,
        half_depth=half_depth,
        squareness=wall.squareness,
        shoulder_height=thorax.shoulder_height,
        hip_height=thorax.hip_height,
        chest_wall=wall.lateral_fat + wall.lateral_muscle + wall.rib_layer,
        rib_layer=wall.rib_layer,
        lung_top=organs.lung_top,
        diaphragm=organs.right_dome,
    )


def half_sizes(wall: ChestWall) -> tuple[float, float]:
    """Half width and half depth of the trunk at its skin, mm."""
    width = wall.cage_half_width + wall.rib_layer + wall.lateral_muscle + wall.lateral_fat
    muscle = wall.anterior_muscle + wall.posterior_muscle
    depth = wall.cage_depth + 2 * wall.rib_layer + muscle + wall.anterior_fat + wall.posterior_fat
    return width, depth / 2


__all__ = [
    "Breathing", "ChestWall", "Effusions", "Implants", "Organs", "Thorax", "half_sizes", "torso_of",
]  # fmt: skip
