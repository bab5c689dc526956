"""Reference ranges whose convention is Marey's own: papillary muscles and trabeculae in the cavity.

Only numbers that were read in their source are here. Ranges with the papillary muscles counted as mass differ by
about 30 % in mass and 6 to 9 points in EF, so they are never mixed in.
"""

from dataclasses import dataclass

from marey.core import Facts, ReferenceRange

_NORMAL_95 = 1.96


@dataclass(frozen=True)
class _Cohort:
    """Mean and standard deviation of healthy people of one sex."""

    people: str
    mean: float
    sd: float


_OLDEST, _YOUNGEST = 74, 45
_SOURCE = "Petersen et al. 2017, doi:10.1186/s12968-017-0327-9"
_CONVENTION = "papillary muscles and trabeculae in the cavity; 1.5 T short-axis bSSFP, manual contours; mean ± 1.96 SD"
_MEN, _WOMEN = "healthy men 45-74 y, UK Biobank, n=368", "healthy women 45-74 y, UK Biobank, n=432"
_COHORTS = {
    ("lv_ef", "M"): _Cohort(_MEN, 58, 5),
    ("lv_ef", "F"): _Cohort(_WOMEN, 61, 5),
    ("lv_mass_index", "M"): _Cohort(_MEN, 53, 9),
    ("lv_mass_index", "F"): _Cohort(_WOMEN, 42, 7),
}


def reference_range(key: str, facts: Facts) -> ReferenceRange | None:
    """The range for a finding's key and a patient; None when there is no verified one or the sex is not known.

    Source: Petersen et al. 2017, doi:10.1186/s12968-017-0327-9. A patient outside its ages is said in `population`.
    """
    cohort = _COHORTS.get((key, facts.sex))
    if cohort is None:
        return None
    population = cohort.people
    if facts.age is not None and not _YOUNGEST <= facts.age < _OLDEST + 1:
        population += f"; this patient's age ({facts.age:.0f} y) is outside"
    half = _NORMAL_95 * cohort.sd
    return ReferenceRange(cohort.mean - half, cohort.mean + half, population, _CONVENTION, _SOURCE)


__all__ = ["reference_range"]
