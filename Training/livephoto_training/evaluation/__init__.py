"""Evaluation: does a clip do what its prompt says? Works on the frames of any generator."""

from .cases import Case, Photo, level_cases, load_photos, motion_cases
from .generators import CommandLine
from .judges import JUDGES, judge
from .measures import Measures, measure
from .sheet import contact_sheet
from .suite import Report, evaluate

__all__ = ["JUDGES", "Case", "CommandLine", "Measures", "Photo", "Report", "contact_sheet", "evaluate", "judge", "level_cases", "load_photos",
           "measure", "motion_cases"]
