"""livephoto.h in ctypes: finding the library, every function's types, the structs. Nothing else talks to C."""

from __future__ import annotations

import ctypes
import operator
import os
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_bool,
    c_char_p,
    c_double,
    c_float,
    c_int,
    c_int32,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from pathlib import Path
from typing import Any

from .errors import ArgumentError, LibraryError, error_of_status

ABI_VERSION = 0
SONAME = f"liblivephoto.so.{ABI_VERSION}"

FORMAT_RGB, FORMAT_RGBA = 1, 2
TOP_DOWN = 0
FITS = {"crop": 0, "pad": 1, "stretch": 2}
SAMPLERS = {
    "default": 0,
    "ddim": 1,
    "dpm++2m": 2,
    "euler": 3,
    "euler-a": 4,
    "dpm++2m-karras": 5,
    "unipc": 6,
    "lcm": 7,
}
PARAMETERS = {
    "intensity": 1,
    "frames": 2,
    "steps": 3,
    "guidance": 4,
    "fps": 5,
    "threads": 6,
    "width": 7,
    "height": 8,
    "keep_first_frame": 9,
    "loop": 10,
    "calibration": 12,
    "guidance_rescale": 11,
}
PHASES = {1: "encode", 2: "denoise", 3: "decode"}
STATES = {0: "none", 1: "configured", 2: "stepping", 3: "done"}
LOG_LEVELS = {1: "debug", 2: "info", 3: "warning"}
NORM_SCOPES = {"native": 0, "diffusers": 1}
PRECISIONS = {"f16": 1, "f32": 2}
CANCELLED = 30


class Progress(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("step", c_int32),
        ("total", c_int32),
        ("phase", c_int32),
        ("phase_step", c_int32),
        ("phase_total", c_int32),
        ("done", c_int32),
        ("reserved", c_int32),
        ("seconds", c_double),
        ("seconds_left", c_double),
    ]

    def __init__(self) -> None:
        super().__init__(struct_size=ctypes.sizeof(Progress))


class Measurement(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("pair_count", c_int32),
        ("mean_ssim", c_double),
        ("level", c_double),
    ]

    def __init__(self) -> None:
        super().__init__(struct_size=ctypes.sizeof(Measurement))


class LowRank(Structure):
    _fields_ = [("path", c_char_p), ("scale", c_double)]


class ModelFiles(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("norm_scope", c_int32),
        ("working_side", c_int32),
        ("reserved", c_int32),
        ("base", c_char_p),
        ("motion", c_char_p),
        ("conditioner", c_char_p),
        ("content_encoder", c_char_p),
        ("vae", c_char_p),
        ("taesd", c_char_p),
        ("tokenizer", c_char_p),
        ("loras", POINTER(LowRank)),
        ("lora_count", c_size_t),
    ]

    def __init__(self) -> None:
        super().__init__(struct_size=ctypes.sizeof(ModelFiles))


StepCallback = CFUNCTYPE(c_int, POINTER(Progress), c_void_p)
FractionCallback = CFUNCTYPE(c_int, c_double, c_void_p)
LogCallback = CFUNCTYPE(None, c_int, c_char_p, c_void_p)

# Every function of the header: result, arguments. A handle is a c_void_p: 64 bits, None for NULL.
_STATUS = c_int
SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "livephoto_version_number": (c_uint32, []),
    "livephoto_version_string": (c_char_p, []),
    "livephoto_abi_version": (c_uint32, []),
    "livephoto_status_name": (c_char_p, [_STATUS]),
    "livephoto_model_load": (_STATUS, [c_char_p, FractionCallback, c_void_p, POINTER(c_void_p)]),
    "livephoto_model_load_files": (
        _STATUS,
        [POINTER(ModelFiles), FractionCallback, c_void_p, POINTER(c_void_p)],
    ),
    "livephoto_model_convert_files": (
        _STATUS,
        [POINTER(ModelFiles), c_char_p, c_int, FractionCallback, c_void_p, POINTER(c_void_p)],
    ),
    "livephoto_file_describe": (_STATUS, [c_char_p, c_char_p, c_size_t, POINTER(c_size_t)]),
    "livephoto_model_free": (None, [c_void_p]),
    "livephoto_model_message": (c_char_p, [c_void_p]),
    "livephoto_model_name": (c_char_p, [c_void_p]),
    "livephoto_model_parameter_count": (c_uint64, [c_void_p]),
    "livephoto_model_describe": (_STATUS, [c_void_p, c_char_p, c_size_t, POINTER(c_size_t)]),
    "livephoto_model_measure_file": (
        _STATUS,
        [c_void_p, c_char_p, POINTER(Measurement), POINTER(c_double), c_size_t, FractionCallback, c_void_p],
    ),
    "livephoto_pipeline_create": (_STATUS, [c_void_p, POINTER(c_void_p)]),
    "livephoto_pipeline_free": (None, [c_void_p]),
    "livephoto_pipeline_message": (c_char_p, [c_void_p]),
    "livephoto_pipeline_state": (c_int, [c_void_p]),
    "livephoto_pipeline_set_log_callback": (_STATUS, [c_void_p, LogCallback, c_void_p]),
    "livephoto_pipeline_set_image": (_STATUS, [c_void_p, c_void_p, c_int32, c_int32, c_size_t, c_int]),
    "livephoto_pipeline_set_image_file": (_STATUS, [c_void_p, c_char_p]),
    "livephoto_pipeline_set_prompt": (_STATUS, [c_void_p, c_char_p]),
    "livephoto_pipeline_set_negative_prompt": (_STATUS, [c_void_p, c_char_p]),
    "livephoto_pipeline_set_intensity": (_STATUS, [c_void_p, c_double]),
    "livephoto_pipeline_set_seed": (_STATUS, [c_void_p, c_uint64]),
    "livephoto_pipeline_set_frames": (_STATUS, [c_void_p, c_int32]),
    "livephoto_pipeline_set_size": (_STATUS, [c_void_p, c_int32, c_int32, c_int]),
    "livephoto_pipeline_set_steps": (_STATUS, [c_void_p, c_int32]),
    "livephoto_pipeline_set_guidance": (_STATUS, [c_void_p, c_double]),
    "livephoto_pipeline_set_guidance_rescale": (_STATUS, [c_void_p, c_double]),
    "livephoto_pipeline_set_sampler": (_STATUS, [c_void_p, c_int]),
    "livephoto_pipeline_set_threads": (_STATUS, [c_void_p, c_int32]),
    "livephoto_pipeline_set_fps": (_STATUS, [c_void_p, c_int32]),
    "livephoto_pipeline_set_keep_first_frame": (_STATUS, [c_void_p, c_bool]),
    "livephoto_pipeline_set_loop": (_STATUS, [c_void_p, c_bool]),
    "livephoto_pipeline_set_calibration": (_STATUS, [c_void_p, c_bool]),
    "livephoto_pipeline_set_defaults": (_STATUS, [c_void_p]),
    "livephoto_pipeline_bounds": (
        _STATUS,
        [c_void_p, c_int, POINTER(c_double), POINTER(c_double), POINTER(c_double)],
    ),
    "livephoto_pipeline_value": (_STATUS, [c_void_p, c_int, POINTER(c_double)]),
    "livephoto_pipeline_estimate": (_STATUS, [c_void_p, POINTER(c_double), POINTER(c_uint64)]),
    "livephoto_pipeline_word_count": (_STATUS, [c_void_p, POINTER(c_int32), POINTER(c_int32)]),
    "livephoto_pipeline_word": (
        _STATUS,
        [c_void_p, c_int32, c_char_p, c_size_t, POINTER(c_size_t), POINTER(c_float), c_size_t],
    ),
    "livephoto_pipeline_step": (_STATUS, [c_void_p, POINTER(Progress)]),
    "livephoto_pipeline_run": (_STATUS, [c_void_p, StepCallback, c_void_p]),
    "livephoto_pipeline_cancel": (_STATUS, [c_void_p]),
    "livephoto_pipeline_reset": (_STATUS, [c_void_p]),
    "livephoto_pipeline_preview_size": (_STATUS, [c_void_p, POINTER(c_int32), POINTER(c_int32)]),
    "livephoto_pipeline_preview": (_STATUS, [c_void_p, c_int32, c_void_p, c_size_t, c_size_t, c_int, c_int]),
    "livephoto_pipeline_clip_size": (_STATUS, [c_void_p, POINTER(c_int32), POINTER(c_int32), POINTER(c_int32)]),
    "livephoto_pipeline_frame": (_STATUS, [c_void_p, c_int32, c_void_p, c_size_t, c_size_t, c_int, c_int]),
    "livephoto_pipeline_save": (_STATUS, [c_void_p, c_char_p, FractionCallback, c_void_p]),
    "livephoto_pipeline_measure": (_STATUS, [c_void_p, POINTER(Measurement), POINTER(c_double), c_size_t]),
}


def candidates() -> list[str]:
    """Where the library is sought, in order; the last is a name for the system's loader."""
    wish = os.environ.get("LIVEPHOTO_LIB")
    if wish:
        if os.path.isdir(wish):
            return [os.path.join(wish, SONAME), os.path.join(wish, "liblivephoto.so")]
        return [wish]
    here = Path(__file__).resolve().parent
    found = [here / SONAME, here / "liblivephoto.so"]
    for folder in here.parents:
        if (folder / "include" / "livephoto.h").is_file() and (folder / "Package.swift").is_file():
            found += [folder / "build" / "lib" / SONAME, folder / "build" / "lib" / "liblivephoto.so"]
            found += [folder / ".build" / kind / "liblivephoto.so" for kind in ("release", "debug")]
            break
    return [str(path) for path in found] + [SONAME]


def load() -> ctypes.CDLL:
    """The library, with the types of every function set.

    Raises:
        LibraryError: naming every place that was tried and what was wrong there.
    """
    tried = []
    for path in candidates():
        if os.sep in path and not os.path.exists(path):
            tried.append(f"{path}: no such file")
            continue
        try:
            library = ctypes.CDLL(path)
            declare(library, path)
        except (OSError, LibraryError) as error:
            # What a library lacks, its loader says best ("libavcodec.so.59: cannot open shared object file").
            tried.append(str(error) if path in str(error) else f"{path}: {error}")
            continue
        return library
    places = "\n".join(f"  {line}" for line in tried)
    raise LibraryError(
        f"liblivephoto.so could not be loaded. Tried, in this order:\n{places}\n"
        "Build it with `make` at the top of the source tree, or set LIVEPHOTO_LIB to the file."
    )


def declare(library: ctypes.CDLL, path: str) -> None:
    try:
        library.livephoto_abi_version.restype = c_uint32
        library.livephoto_abi_version.argtypes = []
        found = library.livephoto_abi_version()
        if found != ABI_VERSION:
            raise LibraryError(f"{path}: its binary interface is number {found}, this package speaks {ABI_VERSION}")
        for name, (result, arguments) in SIGNATURES.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
    except AttributeError as error:
        raise LibraryError(f"{path}: not a liblivephoto of this version ({error})") from None


lib = load()


def text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def pipeline_result(handle: int, status: int) -> tuple[int, str]:
    """The status with its message, which the library keeps for each thread: ask where the call was made."""
    return status, "" if status == 0 else text(lib.livephoto_pipeline_message(handle))


def model_result(handle: int, status: int) -> tuple[int, str]:
    return status, "" if status == 0 else text(lib.livephoto_model_message(handle))


def check(result: tuple[int, str]) -> None:
    status, message = result
    if status != 0:
        raise error_of_status(status, message)


def check_pipeline(handle: int, status: int) -> None:
    check(pipeline_result(handle, status))


def utf8(value: str, name: str) -> bytes:
    """Text for the library.

    Raises:
        TypeError: not a string. ArgumentError: with a zero character or half a surrogate pair.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")
    if "\0" in value:
        raise ArgumentError(f"{name} contains a zero character")
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ArgumentError(f"{name} is not valid text: {error.reason} at character {error.start}") from None


def path_bytes(path: str | bytes | os.PathLike[str] | os.PathLike[bytes], name: str) -> bytes:
    """A path for the library, which reads it as UTF-8.

    Raises:
        ArgumentError: empty, or with a zero byte.
    """
    encoded = os.fsencode(path)
    if not encoded or b"\0" in encoded:
        raise ArgumentError(f"{name} is {'empty' if not encoded else 'no path: it contains a zero byte'}")
    return encoded


def int32(value: int, name: str) -> int:
    """A whole number that C can take. ctypes would cut off what is over.

    Raises:
        TypeError: no whole number. ArgumentError: beyond 32 bits.
    """
    return whole(value, name, -0x8000_0000, 0x7FFF_FFFF)


def whole(value: int, name: str, lowest: int, highest: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, not {type(value).__name__}") from None
    if not lowest <= number <= highest:
        raise ArgumentError(f"{name} {number} is out of range: {lowest} to {highest}")
    return number


def real(value: float, name: str) -> float:
    if isinstance(value, (str, bytes)):
        raise TypeError(f"{name} must be a number, not {type(value).__name__}")
    try:
        return float(value)
    except TypeError:
        raise TypeError(f"{name} must be a number, not {type(value).__name__}") from None
    except OverflowError:
        raise ArgumentError(f"{name} is out of range") from None
