"""Clip simulator: captioned motion clips with true flow, rendered from photographs and cut-out objects."""

from .banks import PhotoBank, StampBank
from .clips import ClipSimulator
from .families import FAMILIES
from .grammar import Grammar
from .levels import LevelScale, calibrate
from .region_bank import RegionBank
from .ssim import mean_adjacent_ssim

__all__ = ["FAMILIES", "ClipSimulator", "Grammar", "LevelScale", "PhotoBank", "RegionBank", "StampBank", "calibrate", "mean_adjacent_ssim"]
