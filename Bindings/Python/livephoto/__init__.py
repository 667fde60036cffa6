"""LivePhoto: a photo, a sentence and a motion intensity become a short clip. On the CPU, offline.

import livephoto

with livephoto.Pipeline() as p:
    clip = p.animate("cat.jpg", "the camera zooms in", intensity=6, seed=1, progress=True)
    clip.save("cat.mp4")
"""

from ._native import lib as _lib
from .clip import Clip
from .errors import (
    ArgumentError,
    Cancelled,
    InternalError,
    LibraryError,
    LivePhotoError,
    MediaError,
    MediaNotFoundError,
    ModelError,
    ModelNotFoundError,
    OutOfMemoryError,
    StateError,
)
from .files import inspect
from .frame import Frame
from .model import Measurement, Model, Word, measure, words
from .pipeline import Bounds, Estimate, Pipeline, Step

__all__ = [
    "ArgumentError",
    "Bounds",
    "Cancelled",
    "Clip",
    "Estimate",
    "Frame",
    "InternalError",
    "LibraryError",
    "LivePhotoError",
    "Measurement",
    "MediaError",
    "MediaNotFoundError",
    "Model",
    "ModelError",
    "ModelNotFoundError",
    "OutOfMemoryError",
    "Pipeline",
    "StateError",
    "Step",
    "Word",
    "__version__",
    "inspect",
    "measure",
    "words",
]

__version__: str = _lib.livephoto_version_string().decode()
"""Version of the loaded library."""
