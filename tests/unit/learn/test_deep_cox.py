"""The autoencoder with a hazard: its likelihood, and where it beats Cox's model."""

import json

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("lifelines")

import torch

from marey.core import InvalidInput
from marey.diagnose.concordance import concordance
from marey.diagnose.cox import fit_cox
from marey.learn.deep_cox import FitDeepCox, partial_loss


def test_the_loss_is_the_partial_likelihood() -> None:
    risk, events = torch.tensor([0.3, -0.2, 1.0]), torch.tensor([False, True, True])
    first = np.exp(0.3) + np.exp(-0.2)
    expected = -np.mean([-0.2 - np.log(first), 1.0 - np.log(first + np.exp(1.0))])
    assert float(partial_loss(risk, events)) == pytest.approx(expected, rel=1e-5)


def test_it_beats_cox_where_the_hazard_is_curved() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=(900, 3))
    times = random.exponential(np.exp(-(values[:, 0] ** 2)))
    events = np.ones(900, bool)
    learn, new = slice(0, 500), slice(500, None)
    deep = FitDeepCox(networks=1)(values[learn], times[learn], events[learn])
    cox = fit_cox(("a", "b", "c"), values[learn], times[learn], events[learn], 0.0)
    scores = [concordance(times[new], events[new], model.log_risk(values[new])) for model in (deep, cox)]
    assert scores[0] > scores[1] + 0.08
    assert json.loads(deep.to_json())["deep Cox"]["networks"]
    again = FitDeepCox(networks=1)(values[learn], times[learn], events[learn])
    assert again == deep


def test_gaps_are_refused() -> None:
    with pytest.raises(InvalidInput, match="without gaps"):
        FitDeepCox()(np.array([[np.nan]]), np.ones(1), np.ones(1, bool))
