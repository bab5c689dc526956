"""The believed heart: anatomy, tissue, electrics, circulation, rhythm; every number with a unit, a range, a source."""

from dataclasses import dataclass, field

from marey.anatomy.chambers import AtriaShape, InnerMuscles
from marey.anatomy.ventricles import FibreAngles, VentricleShape
from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import percent
from marey.simulate.circulation.parameters import Circulation
from marey.simulate.ecg import ActionPotential, DurationGradients, IntracellularConductivity, Pose, Torso
from marey.simulate.eikonal import Conduction, ConductionSystem
from marey.simulate.elasticity.parameters import Elasticity
from marey.simulate.mechanics.sarcomere_lumens import SarcomereLumens
from marey.simulate.scar import Scar

FACTOR = "a factor of the healthy value"


@dataclass(frozen=True)
class Muscle(Parameters):
    """How strong and how stiff the muscle is, relative to the healthy heart's.

    Args:
        contractility, rv_contractility: factor of the active stress of the left and right ventricle; a healthy right
            wall of patches is itself weaker than the left one (`marey.simulate.mechanics.patches`).
        stiffness, rv_stiffness: factor of the passive stress.
        border_contractility: what is left of the active stress in the border zone of a scar.
    """

    contractility: float = parameter(1.0, 0.1, 3.0, "1", FACTOR)
    rv_contractility: float = parameter(1.0, 0.1, 4.0, "1", FACTOR)
    stiffness: float = parameter(1.0, 0.1, 20.0, "1", FACTOR)
    rv_stiffness: float = parameter(1.0, 0.1, 20.0, "1", FACTOR)
    border_contractility: float = parameter(50 * percent, 0.0, 1.0, "%", "border zones contract weakly, textbook value")


@dataclass(frozen=True)
class Heart(Parameters):
    """One person's heart and circulation.

    Args:
        shape: both ventricles at end-diastole; the beat fills them to exactly these volumes.
        atria: form of atria and great vessels; how full the atria are is the circulation's.
        inner_muscles: papillary muscles and moderator band, which lie in the cavities' volumes.
        fibres: angles of fibres and sheets.
        muscle: strength and stiffness; sarcomere: the law of all muscle.
        elasticity: tissue and supports of the finite elements, which the multi-patch ventricles do not use.
        scars: infarcted regions.
        conduction: velocities; conduction_system: bundle branches and their blocks.
        action_potential, repolarisation: shape of the action potential and how long it lasts where.
        intracellular: conductivities for the ECG; pose, torso: where the heart lies, and in which trunk.
        circulation: vessels, valves, atria, pericardium, heart rate.

    Raises:
        InvalidInput: a part that is something else.
    """

    shape: VentricleShape = field(default_factory=VentricleShape)
    atria: AtriaShape = field(default_factory=AtriaShape)
    inner_muscles: InnerMuscles = field(default_factory=InnerMuscles)
    fibres: FibreAngles = field(default_factory=FibreAngles)
    muscle: Muscle = field(default_factory=Muscle)
    sarcomere: SarcomereLumens = field(default_factory=SarcomereLumens)
    elasticity: Elasticity = field(default_factory=Elasticity)
    scars: tuple[Scar, ...] = ()
    conduction: Conduction = field(default_factory=Conduction)
    conduction_system: ConductionSystem = field(default_factory=ConductionSystem)
    action_potential: ActionPotential = field(default_factory=ActionPotential)
    repolarisation: DurationGradients = field(default_factory=DurationGradients)
    intracellular: IntracellularConductivity = field(default_factory=IntracellularConductivity)
    pose: Pose = field(default_factory=Pose)
    torso: Torso = field(default_factory=Torso)
    circulation: Circulation = field(default_factory=Circulation)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.scars, tuple) or not all(isinstance(scar, Scar) for scar in self.scars):
            raise InvalidInput(
                f"The parameter 'scars' is {self.scars!r}.", "A tuple of scars is needed.", "Write '(Scar(),)'."
            )


__all__ = ["Heart", "Muscle"]
