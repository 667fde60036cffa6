"""Photos as callers have them, on their way into a pipeline."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from . import _native
from .errors import ArgumentError
from .frame import Frame

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image

    Pixels = numpy.ndarray[Any, numpy.dtype[numpy.uint8]]
    PhotoLike = str | bytes | os.PathLike[str] | os.PathLike[bytes] | Image | Pixels | Frame
else:
    PhotoLike = Any

__all__ = ["Photo", "PhotoLike"]

_EXPECTED = "a path, a Pillow image, or a NumPy array of uint8 with shape (height, width, 3 or 4)"


class Photo:
    """A path, or pixels of its own."""

    def __init__(self, source: PhotoLike) -> None:
        self.path: bytes | None = None
        self.pixels = b""
        self.width = self.height = 0
        self.format = _native.FORMAT_RGB
        pillow = sys.modules.get("PIL.Image")
        numpy = sys.modules.get("numpy")
        # What is no module of this process cannot be what the caller holds.
        if isinstance(source, (str, bytes, os.PathLike)):
            self.path = _native.path_bytes(source, "photo")
        elif isinstance(source, Frame):
            self._take(source.width, source.height, bytes(source), 3)
        elif pillow is not None and isinstance(source, pillow.Image):
            self._take_image(source)
        elif numpy is not None and isinstance(source, numpy.ndarray):
            self._take_array(source)
        else:
            raise TypeError(f"a photo is {_EXPECTED}, not {type(source).__name__}")

    def _take(self, width: int, height: int, pixels: bytes, channels: int) -> None:
        self.width, self.height, self.pixels = width, height, pixels
        self.format = _native.FORMAT_RGB if channels == 3 else _native.FORMAT_RGBA
        if max(width, height) > 0x7FFF_FFFF:
            raise ArgumentError(f"a photo of {width}x{height} pixels is too large")

    def _take_image(self, image: Any) -> None:
        from PIL import ImageOps

        image = ImageOps.exif_transpose(image)  # as the library does with files
        transparent = "A" in image.getbands() or "transparency" in image.info
        mode = "RGBA" if transparent else "RGB"
        if image.mode.startswith(("I", "F")):
            raise TypeError(f"a Pillow image of mode {image.mode} has no 8-bit colours: convert it to RGB first")
        image = image.convert(mode)
        self._take(image.width, image.height, image.tobytes(), len(mode))

    def _take_array(self, array: Any) -> None:
        if array.dtype.name != "uint8":
            raise TypeError(f"a photo is {_EXPECTED}, not of {array.dtype.name}: scale to 0 ... 255 and round first")
        if array.ndim != 3 or array.shape[2] not in (3, 4):
            raise TypeError(f"a photo is {_EXPECTED}, not of shape {tuple(array.shape)}")
        self._take(array.shape[1], array.shape[0], array.tobytes(), array.shape[2])

    def set_on(self, handle: int) -> None:
        """Hands the photo to a pipeline, which copies it."""
        if self.path is not None:
            _native.check_pipeline(handle, _native.lib.livephoto_pipeline_set_image_file(handle, self.path))
            return
        set_image = _native.lib.livephoto_pipeline_set_image
        status = set_image(handle, self.pixels, self.width, self.height, 0, self.format)
        _native.check_pipeline(handle, status)
