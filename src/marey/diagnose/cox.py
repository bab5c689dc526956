"""Cox's model of survival: fitted by lifelines, kept as plain numbers."""

import json
import warnings
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, NotAnalysable
from marey.diagnose.prepare import Preparation, learn_preparation

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
KIND = "Cox proportional hazards"


@dataclass(frozen=True)
class CoxModel:
    """Risk of an event over time: survival to t is exp(-H(t) exp(b z)), z the scaled features.

    Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x; H by Breslow.

    Args:
        names: of the features.
        preparation: fills and scales them.
        coefficients: b, log hazard ratio per standard deviation.
        errors: standard errors of b.
        times, hazards: steps of the cumulative hazard H of the mean patient.
    """

    names: tuple[str, ...]
    preparation: Preparation
    coefficients: tuple[float, ...]
    errors: tuple[float, ...]
    times: tuple[float, ...]
    hazards: tuple[float, ...]

    def log_risk(self, values: Array) -> Array:
        """Log hazard against the mean patient, ``(patient,)``, of features (patient, feature) with gaps.

        Raises:
            InvalidInput: another number of features.
        """
        if values.ndim != 2 or values.shape[1] != len(self.names):
            raise InvalidInput(
                f"Features of shape {values.shape} were given to a model of {len(self.names)} features.",
                f"One column each for {', '.join(self.names)} is needed.",
                "Give the columns in this order.",
            )
        return np.asarray(self.preparation(values) @ np.array(self.coefficients))

    def risk(self, values: Array, horizon: float) -> Array:
        """Chance of the event until the horizon, ``(patient,)``.

        Raises:
            InvalidInput: a horizon after the last event that the model has seen, or not positive.
        """
        if not 0 < horizon <= self.times[-1]:
            raise InvalidInput(
                f"The horizon is {horizon:g}.",
                f"The model knows times up to {self.times[-1]:g}.",
                "Choose an earlier horizon.",
            )
        steps = np.searchsorted(self.times, horizon, side="right")
        hazard = self.hazards[steps - 1] if steps else 0.0
        return np.asarray(1 - np.exp(-hazard * np.exp(self.log_risk(values))))

    def to_json(self) -> str:
        """The model as JSON."""
        return json.dumps({KIND: asdict(self)}, indent=2) + "\n"


def cox_from_json(text: str) -> CoxModel:
    """The model that `CoxModel.to_json` wrote.

    Raises:
        InvalidInput: text that is something else.
    """
    try:
        known: dict[str, Any] = json.loads(text)[KIND]
        preparation = Preparation(**{name: tuple(one) for name, one in known.pop("preparation").items()})
        return CoxModel(preparation=preparation, **{name: tuple(one) for name, one in known.items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidInput(
            "The text is not a Cox model.", "A model.json of `marey cohort survival` is needed.", "Check the file."
        ) from None


def fit_cox(names: tuple[str, ...], values: Array, times: Array, events: Flags, penalty: float) -> CoxModel:
    """Fit the model to features (patient, feature) with gaps.

    Args:
        names: of the features.
        values, times, events: of the patients.
        penalty: ridge penalty per patient on coefficients of scaled features.

    Raises:
        NotAnalysable: the fit does not converge.
    """
    preparation = learn_preparation(values)
    scaled = preparation(values)
    varying = np.flatnonzero(scaled.std(axis=0) > 0)
    fitter = fit_scaled(scaled[:, varying], times, events, penalty)
    coefficients, errors = np.zeros((2, len(names)))
    coefficients[varying], errors[varying] = fitter.params_.to_numpy(), fitter.standard_errors_.to_numpy()
    baseline = fitter.baseline_cumulative_hazard_
    return CoxModel(
        names,
        preparation,
        tuple(coefficients.tolist()),
        tuple(errors.tolist()),
        tuple(baseline.index.to_numpy(float).tolist()),
        tuple(baseline.to_numpy(float)[:, 0].tolist()),
    )


def fit_scaled(scaled: Array, times: Array, events: Flags, penalty: float) -> Any:
    """A fitted `lifelines.CoxPHFitter` of scaled features (patient, feature); Efron's ties.

    Raises:
        NotAnalysable: the fit does not converge.
    """
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return CoxPHFitter(penalizer=penalty).fit(frame(scaled, times, events), "time", "event")
        except ConvergenceError:
            raise NotAnalysable(
                "The Cox model has no finite coefficients on this table.",
                "Features that are not copies of each other and do not split the events completely are needed.",
                "Leave out features that say the same, or raise the penalty.",
            ) from None


def frame(scaled: Array, times: Array, events: Flags) -> Any:
    """The pandas table that lifelines takes."""
    from pandas import DataFrame

    columns = {f"x{index}": column for index, column in enumerate(scaled.T)}
    return DataFrame({**columns, "time": times, "event": events.astype(int)})


__all__ = ["CoxModel", "cox_from_json", "fit_cox", "fit_scaled", "frame"]
