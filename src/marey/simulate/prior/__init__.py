"""Prior over hearts: random people of disease groups, whose parameters go together as in patients."""

from marey.simulate.prior.classes import CLASSES
from marey.simulate.prior.groups import GROUPS
from marey.simulate.prior.person import SEXES, Person
from marey.simulate.prior.sampling import random_heart

__all__ = ["CLASSES", "GROUPS", "SEXES", "Person", "random_heart"]
