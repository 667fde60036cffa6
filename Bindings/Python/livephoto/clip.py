"""Finished clips."""

from __future__ import annotations

import base64
import os
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from ctypes import byref, c_char, c_double
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from . import _calls, _native
from .errors import MediaError, StateError
from .frame import Frame
from .model import Measurement

if TYPE_CHECKING:
    from types import TracebackType

    import numpy
    from PIL.Image import Image

__all__ = ["Clip"]

lib = _native.lib


class Run:
    """A pipeline of the library. Whoever holds this may use it; the last one to let go frees it."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.free = weakref.finalize(self, lib.livephoto_pipeline_free, handle)
        self.log: Any = None  # the C callback, kept as long as C may call it

    def check(self, status: int) -> None:
        _native.check_pipeline(self.handle, status)

    def cancel(self) -> None:
        lib.livephoto_pipeline_cancel(self.handle)

    def pixels(self, function: Any, index: int, width: int, height: int, into: Any = None) -> bytearray:
        """Frame ``index`` from one of the two functions that copy frames."""
        size = width * height * 3
        data = bytearray(size) if into is None else into
        buffer = (c_char * size).from_buffer(data)
        self.check(function(self.handle, index, buffer, size, 0, _native.FORMAT_RGB, _native.TOP_DOWN))
        return data


def frame_index(index: int, count: int) -> int:
    """A frame's number, counted from the end if negative."""
    number = index + count if index < 0 else index
    if not 0 <= number < count:
        raise IndexError(f"frame {index} of a clip of {count}")
    return number


class Clip:
    """A finished clip: a sequence of frames that can be looked at, measured and saved.

    It lives on its own: the pipeline that made it may make others, or be closed. A notebook shows it playing.
    """

    def __init__(self, run: Run, width: int, height: int, count: int, settings: Mapping[str, Any]) -> None:
        self._run: Run | None = run
        self._count = count
        self._frames: Any = None
        self._measurement: Measurement | None = None
        self.width: int = width
        """Pixels."""
        self.height: int = height
        """Pixels."""
        self.settings: Mapping[str, Any] = settings
        """What the clip was made with: the arguments of ``animate()`` that were given."""
        fps = c_double()
        run.check(lib.livephoto_pipeline_value(run.handle, _native.PARAMETERS["fps"], byref(fps)))
        self._fps = int(fps.value)

    def _live(self) -> Run:
        if self._run is None:
            raise StateError("the clip is closed")
        return self._run

    # Frames

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Frame: ...
    @overload
    def __getitem__(self, index: slice) -> list[Frame]: ...

    def __getitem__(self, index: int | slice) -> Frame | list[Frame]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._count))]
        run = self._live()
        number = frame_index(index, self._count)
        pixels = run.pixels(lib.livephoto_pipeline_frame, number, self.width, self.height)
        return Frame(self.width, self.height, pixels)

    def __iter__(self) -> Iterator[Frame]:
        return (self[index] for index in range(self._count))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    @property
    def frames(self) -> numpy.ndarray[Any, numpy.dtype[numpy.uint8]] | bytes:
        """All frames: a NumPy array of uint8 [frames, height, width, 3], or the same as bytes where NumPy is absent.

        A copy of the clip's own, made at the first use: changes to it change no saved file.
        """
        if self._frames is None:
            self._frames = self._copy_frames()
        frames: numpy.ndarray[Any, numpy.dtype[numpy.uint8]] | bytes = self._frames
        return frames

    def _copy_frames(self) -> Any:
        run = self._live()
        size = self.width * self.height * 3
        everything = bytearray(size * self._count)
        view = memoryview(everything)
        for index in range(self._count):
            part = view[index * size : (index + 1) * size]
            run.pixels(lib.livephoto_pipeline_frame, index, self.width, self.height, part)
        try:
            import numpy
        except ImportError:
            return bytes(everything)
        return numpy.frombuffer(everything, dtype=numpy.uint8).reshape(self._count, self.height, self.width, 3)

    def images(self) -> list[Image]:
        """All frames as Pillow images of mode RGB."""
        return [frame.image() for frame in self]

    # Motion

    @property
    def measurement(self) -> Measurement:
        """How much the clip moves, measured once."""
        if self._measurement is None:
            run = self._live()
            result = _native.Measurement()
            capacity = max(self._count - 1, 1)
            curve = (c_double * capacity)()
            run.check(lib.livephoto_pipeline_measure(run.handle, byref(result), curve, capacity))
            similarities = tuple(curve[: min(result.pair_count, capacity)])
            self._measurement = Measurement(result.level, result.mean_ssim, similarities)
        return self._measurement

    @property
    def level(self) -> float:
        """The measured intensity, 1 to 10, to compare with the one that was asked for."""
        return self.measurement.level

    @property
    def ssim(self) -> float:
        """Mean structural similarity of adjacent frames, up to 1 (nothing moves)."""
        return self.measurement.ssim

    # Files

    @property
    def fps(self) -> int:
        """Frames a second of saved files. May be set."""
        return self._fps

    @fps.setter
    def fps(self, value: int) -> None:
        run = self._live()
        run.check(lib.livephoto_pipeline_set_fps(run.handle, _native.int32(value, "fps")))
        self._fps = int(value)

    @property
    def duration(self) -> float:
        """Seconds that the clip plays."""
        return self._count / self._fps

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        fps: int | None = None,
        progress: Callable[[float], object] | None = None,
    ) -> Path:
        """Writes the clip. The ending chooses how: .mp4, .webm, .gif, .webp, .png (animated), or a folder of numbered
        PNG files for a path that is a folder or ends in "/".

        Args:
            path: the file; one of that name is replaced once the new one is complete.
            fps: frames a second, for this file only.
            progress: called with the part written, 0 to 1.

        Returns:
            The path.

        Raises:
            MediaError: unknown ending, or it cannot be written; what was there is left as it was.
        """
        run = self._live()
        target = os.fspath(path)
        if not isinstance(target, str):
            raise TypeError(f"a path to save to is a string or a path object, not {type(path).__name__}")
        if os.path.isdir(target) and not target.endswith("/"):
            target += "/"
        file = _native.path_bytes(target, "path")
        usual = self._fps

        def call(callback: Any) -> _calls.Result:
            return _native.pipeline_result(run.handle, lib.livephoto_pipeline_save(run.handle, file, callback, None))

        try:
            if fps is not None:
                self.fps = fps
            _native.check(_calls.run(call, run.cancel, progress))
        finally:
            if fps is not None:
                self.fps = usual
        return Path(target)

    # Notebooks

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        bundle = {"text/plain": repr(self)}
        if self._run is not None:
            bundle["text/html"] = self._repr_html_()
        return bundle

    def _repr_html_(self) -> str:
        """The clip, playing, its bytes inside the page: the first of MP4, WebM and GIF that this machine can write."""
        style = "max-width:100%;image-rendering:auto"
        for ending in ("mp4", "webm"):
            try:
                data = self._encoded(ending)
            except MediaError:
                continue
            source = f"data:video/{ending};base64,{data}"
            return (
                f'<video width="{self.width}" height="{self.height}" style="{style}" controls loop autoplay muted '
                f'playsinline src="{source}"></video>'
            )
        return f'<img style="{style}" src="data:image/gif;base64,{self._encoded("gif")}">'

    def _encoded(self, ending: str) -> str:
        with tempfile.TemporaryDirectory(prefix="livephoto-") as folder:
            return base64.b64encode(self.save(os.path.join(folder, f"clip.{ending}")).read_bytes()).decode("ascii")

    # Life

    @property
    def closed(self) -> bool:
        """Whether ``close()`` was called."""
        return self._run is None

    def close(self) -> None:
        """Gives up the frames. What ``frames`` returned stays. May be called again."""
        self._run = None

    def __enter__(self) -> Clip:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = ", closed" if self._run is None else ""
        return f"<livephoto.Clip {self.width}x{self.height}, {self._count} frames at {self._fps} fps{state}>"
