"""Models that are put together from files, and what a file is."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Callable, Iterable
from ctypes import byref, c_size_t, c_void_p
from typing import Any, Union

from . import _native
from .errors import ArgumentError, error_of_status

__all__ = ["LowRanks", "PathLike", "inspect"]

PathLike = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
LowRanks = Iterable[Union[PathLike, "tuple[PathLike, float]"]]
lib = _native.lib


class FileList:
    """livephoto_model_files, and what its pointers point to."""

    def __init__(
        self,
        base: PathLike,
        motion: PathLike | None,
        conditioner: PathLike | None,
        content_encoder: PathLike | None,
        vae: PathLike | None,
        taesd: PathLike | None,
        tokenizer: PathLike | None,
        loras: LowRanks,
        norm_scope: str,
        working_side: int | None,
    ) -> None:
        self.struct = _native.ModelFiles()
        paths = {"base": base, "motion": motion, "conditioner": conditioner, "content_encoder": content_encoder}
        paths |= {"vae": vae, "taesd": taesd, "tokenizer": tokenizer}
        for name, path in paths.items():
            if path is not None:
                setattr(self.struct, name, _native.path_bytes(path, name))
        if norm_scope not in _native.NORM_SCOPES:
            raise ArgumentError(f"norm_scope is {norm_scope!r}; one of {', '.join(_native.NORM_SCOPES)} is expected")
        self.struct.norm_scope = _native.NORM_SCOPES[norm_scope]
        self.struct.working_side = 0 if working_side is None else _native.int32(working_side, "working_side")
        pairs = [lora if isinstance(lora, tuple) else (lora, 1.0) for lora in loras]
        self.loras = (_native.LowRank * len(pairs))()
        for entry, (path, scale) in zip(self.loras, pairs):
            entry.path = _native.path_bytes(path, "lora")
            entry.scale = _native.real(scale, "the scale of a LoRA")
        self.struct.loras = self.loras
        self.struct.lora_count = len(pairs)

    def load(self, handle: c_void_p) -> Callable[[Any], tuple[int, str]]:
        def call(callback: Any) -> tuple[int, str]:
            status = lib.livephoto_model_load_files(byref(self.struct), callback, None, byref(handle))
            return _native.model_result(handle.value or 0, status)

        return call

    def convert(self, handle: c_void_p, folder: bytes, precision: int) -> Callable[[Any], tuple[int, str]]:
        def call(callback: Any) -> tuple[int, str]:
            status = lib.livephoto_model_convert_files(
                byref(self.struct), folder, precision, callback, None, byref(handle)
            )
            return _native.model_result(handle.value or 0, status)

        return call


def inspect(path: PathLike) -> dict[str, Any]:
    """What a file of weights is, by the names and shapes of its tensors: a dictionary with ``kind`` (a word),
    ``description`` (a sentence), ``container``, ``tensors``, ``parameters`` and ``types``. Nothing in the file is run.

    Raises:
        ModelError: it cannot be read; the message names the tensor or the byte at fault.
    """
    name = _native.path_bytes(path, "path")
    size = c_size_t()
    lib.livephoto_file_describe(name, None, 0, byref(size))
    buffer = ctypes.create_string_buffer(max(size.value, 1))
    status = lib.livephoto_file_describe(name, buffer, len(buffer), None)
    text = buffer.value.decode("utf-8", "replace")
    description: dict[str, Any] = json.loads(text) if text else {"problem": "not a path of a file"}
    if status != 0:
        raise error_of_status(status, str(description.get("problem", "")))
    return description
