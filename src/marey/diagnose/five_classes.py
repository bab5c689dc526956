"""Which of five classes a heart is most like: normal, dilated, hypertrophic, infarcted, abnormal right ventricle.

Definitions: the ACDC challenge, Bernard et al. 2018, doi:10.1109/TMI.2018.2837502. The model learned from simulated
patients only (`marey train diagnosis`), from what the segmentation network draws on their pictures.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np

from marey.core import Finding
from marey.diagnose.additive import Additive
from marey.diagnose.heart_features import LABELS, heart_features

NAMES: Mapping[str, str] = MappingProxyType({
    "NOR": "normal", "DCM": "dilated cardiomyopathy", "HCM": "hypertrophic cardiomyopathy",
    "MINF": "infarction with low ejection fraction", "RV": "abnormal right ventricle",
})  # fmt: skip
MODEL = "five_classes.json"
KEY = "heart_class"
UNSURE = "cannot say"
CONVENTION = "the five classes of the ACDC challenge (Bernard et al. 2018, doi:10.1109/TMI.2018.2837502), no others"
METHOD = "additive logistic model of findings, learned from simulated patients"
NEEDED = ("lv_ef", "lv_volume", "lv_mass")
RESTS_ON = ("lv_ef", "lv_edv", "lv_mass", "rv_edv", "rv_ef")
_REASONS, _DOUBTFUL = 4, 0.5


@dataclass(frozen=True)
class ClassifyHeart:
    """The most likely class with its probability and what decided; "cannot say" when there is none.

    Args:
        least: probability that the most likely class must reach.
        most_missing: share of the features that may have no value.
        most_unfamiliar: share of the features that may lie where almost no patient of the training did.
    """

    least: float = 0.6
    most_missing: float = 0.4
    most_unfamiliar: float = 0.25

    def __call__(self, findings: Iterable[Finding], /) -> tuple[Finding, ...]:
        """Finding heart_class, whose evidence has the percentage of each class.

        Without volumes or most of the features there is no value, and the finding says why.
        """
        findings = tuple(findings)
        model, features = five_class_model(), heart_features(findings)
        absent = [LABELS[name] for name in NEEDED if not np.isfinite(features[name])]
        if absent or model.missing(features) > self.most_missing:
            reason = f"{', '.join(absent) or 'Most of what the classification needs'} could not be measured."
            return (_finding(None, 0.0, {}, reason),)
        chances = model.probabilities(features)
        best = int(chances.argmax())
        evidence = {name: round(100 * float(p), 1) for name, p in zip(model.classes, chances, strict=True)}
        words = NAMES[model.classes[best]]
        if model.unfamiliar(features) > self.most_unfamiliar:
            share = f"{100 * model.unfamiliar(features):.0f} %"
            reason = f"{share} of the features lie where almost no patient of the training did."
            return (_finding(UNSURE, 0.0, evidence, f"{reason} The nearest class would be: {words}."),)
        if chances[best] < self.least:
            second = NAMES[model.classes[int(np.argsort(chances)[-2])]]
            return (_finding(UNSURE, float(chances[best]), evidence, f"Between {words} and {second}."),)
        return (_finding(words, float(chances[best]), evidence, _reasons(model, features, best) + _doubt(findings)),)


def _doubt(findings: Iterable[Finding]) -> str:
    """That what it rests on is doubtful, where it is."""
    doubtful = [f.label for f in findings if f.key in RESTS_ON and f.value is not None and f.confidence < _DOUBTFUL]
    return f" It rests on measurements of low confidence: {', '.join(doubtful)}." if doubtful else ""


def _reasons(model: Additive, features: Mapping[str, float], best: int) -> str:
    """The features that speak most for a class, against the mean of the others."""
    parts = model.contributions(features)
    others = np.delete(parts, best, axis=0).mean(axis=0)
    order = np.argsort(others - parts[best])[:_REASONS]
    named = [_named(model, features, int(k)) for k in order if parts[best, k] > others[k]]
    return f"What decided: {', '.join(named)}." if named else ""


def _named(model: Additive, features: Mapping[str, float], number: int) -> str:
    """A feature in words, and on which side of the middle of all patients of the training it lies."""
    name = model.features[number]
    side = "high" if features[name] > np.median(model.knots[number]) else "low"
    return f"{LABELS[name]} ({side})"


def _finding(value: str | None, confidence: float, evidence: Mapping[str, float], message: str) -> Finding:
    return Finding(
        KEY, "Most likely of five classes", value, convention=CONVENTION, method=METHOD, evidence=dict(evidence),
        confidence=confidence, message=message,
    )  # fmt: skip


@cache
def five_class_model() -> Additive:
    """The model that is shipped."""
    return Additive.from_json(files("marey.diagnose").joinpath(MODEL).read_text("utf-8"))


__all__ = ["KEY", "MODEL", "NAMES", "UNSURE", "ClassifyHeart", "five_class_model"]
