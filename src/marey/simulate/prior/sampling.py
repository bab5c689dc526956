"""A random person's heart."""

import numpy as np

from marey.core import InvalidInput, NotAnalysable
from marey.simulate.heart import Heart
from marey.simulate.prior.classes import group_of
from marey.simulate.prior.groups import GROUPS
from marey.simulate.prior.heart import heart_of
from marey.simulate.prior.person import SEXES, Person
from marey.simulate.prior.traits import draw

DRAWS = 500


def random_heart(rng: np.random.Generator, group: str | None = None, sex: str | None = None) -> tuple[Heart, Person]:
    """Draw a person and their heart.

    Every parameter lies in its range: a person of whom one does not, or who does not meet the definition of the
    disease, is drawn again. So the distributions are cut off at the ranges.

    Args:
        rng: where chance comes from; the same state gives the same heart.
        group: one of `GROUPS` or of `CLASSES`; any group, by their shares, when not given.
        sex: "F" or "M"; either when not given.

    Raises:
        InvalidInput: a group or a sex that is not known.
        NotAnalysable: no such person in 500 draws.
    """
    group = _any_group(rng) if group is None else group
    asked = group_of(group)
    sex = str(rng.choice(SEXES)) if sex is None else sex
    Person(sex)
    for _ in range(DRAWS):
        traits = draw(rng, sex, asked.changes)
        lesion = asked.lesion(rng)
        try:
            weight = traits["body_mass_index"] * traits["height"] ** 2
            person = Person(sex, group, traits["age"], traits["height"], weight)
            heart = heart_of(person, traits, lesion)
        except InvalidInput:
            continue
        if asked.fits(heart, traits):
            return heart, person
    raise NotAnalysable(
        f"In {DRAWS} draws there is no heart of the group '{group}'.",
        "The distribution of a group must lie within the ranges of the parameters, for the most part.",
        "Check the changes of the group.",
    )


def _any_group(rng: np.random.Generator) -> str:
    shares = np.array([known.share for known in GROUPS.values()])
    return str(rng.choice(list(GROUPS), p=shares / shares.sum()))


__all__ = ["random_heart"]
