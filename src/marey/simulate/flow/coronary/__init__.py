"""Coronary trees: random ones with disease, the flow through them, fractional flow reserve at any place."""

from marey.simulate.flow.coronary.flow import CoronaryParameters, TreeFlow, ffr, perfuse, ratio_at, resting_index
from marey.simulate.flow.coronary.synthetic import TreePrior, synthetic_tree
from marey.simulate.flow.coronary.tree import Lesion, Tree

__all__ = [
    "CoronaryParameters", "Lesion", "Tree", "TreeFlow", "TreePrior", "ffr", "perfuse", "ratio_at", "resting_index",
    "synthetic_tree",
]  # fmt: skip
