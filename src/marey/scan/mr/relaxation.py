"""Relaxation times, proton density, fat and susceptibility of the tissues at 1.5 T and 3 T, with their sources.

Sources in short: B doi:10.1148/radiol.2303021331 (abdomen), S doi:10.1002/mrm.20605 (Stanisz 2005), L
doi:10.1002/mrm.20178 (blood at 3 T, with haematocrit), X doi:10.1118/1.597854 (susceptibilities). Proton densities are
textbook values, and so are extracellular volumes outside the heart and whatever is marked so.
"""

from dataclasses import dataclass

from marey.scan.body.tissue import Tissue

FIELD_STRENGTHS = (1.5, 3.0)


@dataclass(frozen=True)
class Relaxation:
    """Spins of a tissue without contrast agent; pairs are at 1.5 T and 3 T.

    Args:
        t1, t2, t2_star: ms, of the water where there is water, else of the fat.
        density: protons that give signal, water 1.
        source: of the relaxation times.
        spread: relative standard deviation between people of the relaxation times.
        fat: share of the protons that are fat's.
        susceptibility: of volume, ppm (SI).
        extracellular: share of the volume that an extracellular contrast agent reaches; of blood, its plasma (None).
    """

    t1: tuple[float, float]
    t2: tuple[float, float]
    t2_star: tuple[float, float]
    density: float
    source: str
    spread: float = 0.06
    fat: float = 0.0
    susceptibility: float = -9.05
    extracellular: float | None = 0.0


_ECV = "doi:10.1186/1532-429X-14-64 (extracellular volume)"
_SASHA = "T1 by SASHA: doi:10.1002/mrm.24878 at 1.5 T, doi:10.1186/s12968-016-0302-x at 3 T"
NOTHING = Relaxation((1000, 1000), (1, 1), (0.1, 0.1), 0.0, "no protons", 0.0, susceptibility=0.36)
FAT = Relaxation((343, 382), (58, 68), (40, 30), 0.90, "B", 0.08, fat=1.0, susceptibility=-7.8, extracellular=0.03)
MYOCARDIUM = Relaxation(
    (1170, 1523), (52, 45), (36, 21), 0.80, f"{_SASHA}; T2 doi:10.1186/1532-429X-11-56, doi:10.1186/1532-429X-15-53; "
    f"T2* doi:10.1177/0284185117715285; {_ECV}", 0.03, extracellular=0.254,
)  # fmt: skip
BORDER = Relaxation((1240, 1590), (54, 47), (34, 20), 0.82, "between core and muscle", 0.05, extracellular=0.45)
ARTERIAL = Relaxation(
    (1580, 1664), (250, 160), (200, 90), 0.92, "T1 PMID 16456820 at 1.5 T, L at 3 T; T2 textbook value, "
    "its fall with field and deoxygenation doi:10.1002/mrm.21342", 0.06, extracellular=None,
)  # fmt: skip
VENOUS = Relaxation(
    (1510, 1584), (180, 75), (90, 30), 0.92, "as arterial", 0.06, susceptibility=-8.8, extracellular=None
)
MUSCLE = Relaxation((856, 898), (27, 29), (24, 20), 0.78, "B", 0.07, extracellular=0.09)
FLUID = Relaxation((3000, 3300), (600, 500), (300, 200), 0.98, "textbook value", 0.15, extracellular=0.02)
WALL = Relaxation((1100, 1350), (45, 40), (30, 20), 0.75, "textbook value", 0.08, extracellular=0.30)

RELAXATION: dict[Tissue, Relaxation] = {
    Tissue.AIR: NOTHING,
    Tissue.LUNG: Relaxation(
        (1200, 1300), (40, 35), (2.2, 0.72), 0.20, "T2* ISMRM 2010 number 2506; T1, T2 textbook value", 0.10,
        susceptibility=-2.0, extracellular=0.25,
    ),
    Tissue.LUNG_VESSEL: VENOUS,
    Tissue.FAT: FAT,
    Tissue.SKELETAL_MUSCLE: MUSCLE,
    Tissue.SKIN: Relaxation((800, 950), (30, 28), (12, 8), 0.70, "textbook value", 0.10, extracellular=0.35),
    Tissue.BONE_MARROW: Relaxation(
        (549, 586), (49, 49), (15, 9), 0.75, "B; T2* textbook value", 0.10, fat=0.45, extracellular=0.12
    ),
    Tissue.CORTICAL_BONE: Relaxation(
        (200, 240), (0.5, 0.45), (0.45, 0.4), 0.15, "doi:10.1186/1748-717X-8-51", 0.15, susceptibility=-11.0
    ),
    Tissue.CARTILAGE: Relaxation((1024, 1168), (30, 27), (22, 18), 0.70, "S", 0.06, extracellular=0.10),
    Tissue.SPINAL_CORD: Relaxation((745, 993), (74, 78), (50, 35), 0.75, "S", 0.05),
    Tissue.CSF: Relaxation((4000, 4200), (1800, 1500), (800, 500), 1.0, "textbook value", 0.08),
    Tissue.LIVER: Relaxation((586, 809), (46, 34), (28, 18), 0.75, "B; T2* textbook value", 0.08, extracellular=0.29),
    Tissue.SPLEEN: Relaxation((1057, 1328), (79, 61), (50, 30), 0.8, "B; T2* textbook value", 0.06, extracellular=0.34),
    Tissue.STOMACH_WALL: Relaxation((900, 1100), (55, 48), (30, 20), 0.78, "textbook value", 0.12, extracellular=0.25),
    Tissue.STOMACH_CONTENT: Relaxation((2200, 2400), (300, 250), (80, 50), 0.90, "textbook value", 0.40),
    Tissue.GAS: NOTHING,
    Tissue.OESOPHAGUS: Relaxation((900, 1100), (45, 40), (25, 16), 0.78, "textbook value", 0.12, extracellular=0.25),
    Tissue.BREAST: Relaxation(
        (1400, 1680), (75, 71), (45, 30), 0.80, "doi:10.1002/jmri.22306 at 3 T; at 1.5 T textbook value", 0.10,
        extracellular=0.25,
    ),
    Tissue.PLEURAL_FLUID: FLUID,
    Tissue.PERICARDIAL_FLUID: FLUID,
    Tissue.PERICARDIUM: Relaxation((900, 1050), (18, 16), (12, 8), 0.45, "textbook value", 0.15, extracellular=0.30),
    Tissue.EPICARDIAL_FAT: FAT,
    Tissue.LV_MYOCARDIUM: MYOCARDIUM,
    Tissue.RV_MYOCARDIUM: MYOCARDIUM,
    Tissue.PAPILLARY_MUSCLE: MYOCARDIUM,
    Tissue.ATRIAL_WALL: MYOCARDIUM,
    Tissue.VESSEL_WALL: WALL,
    Tissue.LEFT_BLOOD: ARTERIAL,
    Tissue.LEFT_ATRIAL_BLOOD: ARTERIAL,
    Tissue.AORTIC_BLOOD: ARTERIAL,
    Tissue.PULMONARY_VENOUS_BLOOD: ARTERIAL,
    Tissue.RIGHT_BLOOD: VENOUS,
    Tissue.RIGHT_ATRIAL_BLOOD: VENOUS,
    Tissue.PULMONARY_ARTERY_BLOOD: VENOUS,
    Tissue.VENOUS_BLOOD: VENOUS,
    Tissue.SCAR_CORE: Relaxation(
        (1330, 1680), (56, 49), (32, 19), 0.84, f"T1, T2 textbook value; {_ECV}, chronic infarct", 0.06,
        extracellular=0.685,
    ),
    Tissue.BORDER_ZONE: BORDER,
    Tissue.FIBROSIS: Relaxation(
        (1235, 1590), (53, 46), (34, 20), 0.81, f"T1, T2 textbook value; {_ECV}, fibrosis in dilated hearts", 0.05,
        extracellular=0.381,
    ),
    Tissue.OEDEMA: Relaxation(
        (1330, 1680), (70, 60), (40, 24), 0.86, "textbook value", 0.06, extracellular=0.40
    ),
    Tissue.FAT_INFILTRATION: Relaxation(
        (1170, 1520), (52, 45), (30, 18), 0.84, "as myocardium; share of fat textbook value", 0.05, fat=0.40,
        extracellular=0.35,
    ),
    Tissue.IRON_LOADED: Relaxation(
        (820, 950), (32, 25), (10, 5.8), 0.80, "T2* at the border of severe loading, "
        "PMC8528353 table 7; T1, T2 textbook value", 0.12, susceptibility=-8.9, extracellular=0.27,
    ),
    Tissue.METAL: Relaxation((1000, 1000), (1, 1), (0.1, 0.1), 0.0, "titanium X", 0.0, susceptibility=182.0),
}  # fmt: skip
"""Of every tissue. Tissues with the same record vary together between people."""

__all__ = ["ARTERIAL", "FAT", "FIELD_STRENGTHS", "RELAXATION", "VENOUS", "Relaxation"]
