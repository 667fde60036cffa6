"""What can go wrong, one exception a group of statuses.

Every exception that the library causes is a :class:`LivePhotoError` and carries ``status``, the number in
``livephoto.h``, and the library's own sentence. Where Python has a name for the same thing, the exception is that
too: a wrong value is a ``ValueError``, a missing file a ``FileNotFoundError``.
"""

from __future__ import annotations

__all__ = [
    "ArgumentError",
    "Cancelled",
    "InternalError",
    "LibraryError",
    "LivePhotoError",
    "MediaError",
    "MediaNotFoundError",
    "ModelError",
    "ModelNotFoundError",
    "OutOfMemoryError",
    "StateError",
    "error_of_status",
]


class LibraryError(ImportError):
    """liblivephoto.so was not found, or is not one that this package can use."""


class LivePhotoError(Exception):
    """Base of all errors that the library reports.

    Attributes:
        status: the number of ``livephoto_status``; ``status // 10`` is its group.
        message: the library's sentence.
    """

    def __init__(self, message: str, status: int = 70) -> None:
        super().__init__(message)
        self.message = message
        self.status = status

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[type[LivePhotoError], tuple[str, int]]:
        return type(self), (self.message, self.status)


class ArgumentError(LivePhotoError, ValueError):
    """A value that the library refuses: out of range, not UTF-8, too long. The old value stays."""

    def __init__(self, message: str, status: int = 10) -> None:
        super().__init__(message, status)


class StateError(LivePhotoError, RuntimeError):
    """Not now: no photo yet, a run is under way, closed, in use by another thread, or after ``fork()``."""

    def __init__(self, message: str, status: int = 20) -> None:
        super().__init__(message, status)


class Cancelled(LivePhotoError):
    """``cancel()`` was called. The pipeline can run again at once."""


class ModelError(LivePhotoError):
    """The model folder is unreadable, damaged, too new, or incomplete."""


class ModelNotFoundError(ModelError, FileNotFoundError):
    """There is no model of that name."""


class MediaError(LivePhotoError):
    """A picture or clip cannot be read or written."""


class MediaNotFoundError(MediaError, FileNotFoundError):
    """There is no picture or clip of that name."""


class OutOfMemoryError(LivePhotoError, MemoryError):
    """The system gave no memory. Smaller or fewer frames may work; the pipeline can still be used."""


class InternalError(LivePhotoError):
    """A fault of the library. Please report it with its message."""


_EXACT: dict[int, type[LivePhotoError]] = {40: ModelNotFoundError, 50: MediaNotFoundError}
_GROUPS: dict[int, type[LivePhotoError]] = {
    1: ArgumentError,
    2: StateError,
    3: Cancelled,
    4: ModelError,
    5: MediaError,
    6: OutOfMemoryError,
    7: InternalError,
}


def error_of_status(status: int, message: str) -> LivePhotoError:
    """The exception for a status. A number that this version does not know counts as its group."""
    kind = _EXACT.get(status) or _GROUPS.get(status // 10, LivePhotoError)
    return kind(message or f"livephoto status {status}", status)
