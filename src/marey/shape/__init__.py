"""Shape: the template biventricular mesh fitted to labels, its modes, and labels repaired by it."""

from marey.shape.fit import FitShape, LabelledHeart
from marey.shape.fitted import FittedHeart, Misfit
from marey.shape.model import ShapeModel, read_model, shipped_model

__all__ = ["FitShape", "FittedHeart", "LabelledHeart", "Misfit", "ShapeModel", "read_model", "shipped_model"]
