"""From numbers to what they mean for a patient: risk, classes and groups, learned from tables of cohorts."""

from marey.diagnose.table import Classes, ClassifiedCohort, CohortTable, FollowUp, SurvivalCohort

__all__ = ["Classes", "ClassifiedCohort", "CohortTable", "FollowUp", "SurvivalCohort"]
