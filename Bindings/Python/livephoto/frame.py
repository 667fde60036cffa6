"""One picture of a clip or a preview."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image

__all__ = ["Frame"]


class Frame:
    """8-bit RGB pixels, rows from the top. Needs neither NumPy nor Pillow, and serves both.

    ``numpy.asarray(frame)`` shares its memory, ``frame.image()`` is a Pillow image, ``bytes(frame)`` the pixels; a
    notebook shows it. A frame can be the photo of the next clip.
    """

    __slots__ = ("_data", "height", "width")

    def __init__(self, width: int, height: int, data: bytearray) -> None:
        if len(data) != width * height * 3:
            raise ValueError(f"{len(data)} bytes are no picture of {width}x{height}")
        self.width = width
        self.height = height
        self._data = data

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    def __bytes__(self) -> bytes:
        return bytes(self._data)

    @property
    def __array_interface__(self) -> dict[str, Any]:
        return {"version": 3, "shape": (self.height, self.width, 3), "typestr": "|u1", "data": self._data}

    def array(self) -> numpy.ndarray[Any, numpy.dtype[numpy.uint8]]:
        """The pixels as a NumPy array [height, width, 3], sharing this frame's memory."""
        import numpy

        return numpy.frombuffer(self._data, dtype=numpy.uint8).reshape(self.height, self.width, 3)

    def image(self) -> Image:
        """The picture as a Pillow image of mode RGB."""
        from PIL import Image

        return Image.frombytes("RGB", self.size, bytes(self._data))

    def png(self) -> bytes:
        """The picture as a PNG file."""
        row = self.width * 3
        lines = b"".join(b"\0" + self._data[y * row : (y + 1) * row] for y in range(self.height))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)

        def chunk(kind: bytes, body: bytes) -> bytes:
            return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

        start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
        return start + chunk(b"IDAT", zlib.compress(lines, 6)) + chunk(b"IEND", b"")

    def _repr_png_(self) -> bytes:
        return self.png()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and self.size == other.size and self._data == other._data

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<livephoto.Frame {self.width}x{self.height}>"
