"""The declarations against the header, and how the library is found."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PACKAGE, ROOT

from livephoto import _native

HEADER = (ROOT / "include" / "livephoto.h").read_text()
CODE = re.sub(r"/\*.*?\*/", "", HEADER, flags=re.S)
C_TYPES = {
    "livephoto_status": ctypes.c_int,
    "livephoto_state": ctypes.c_int,
    "livephoto_format": ctypes.c_int,
    "livephoto_rows": ctypes.c_int,
    "livephoto_fit": ctypes.c_int,
    "livephoto_sampler": ctypes.c_int,
    "livephoto_parameter": ctypes.c_int,
    "livephoto_precision": ctypes.c_int,
    "livephoto_model_files *": ctypes.POINTER(_native.ModelFiles),
    "livephoto_fraction_callback": _native.FractionCallback,
    "livephoto_step_callback": _native.StepCallback,
    "livephoto_log_callback": _native.LogCallback,
    "livephoto_model *": ctypes.c_void_p,
    "livephoto_pipeline *": ctypes.c_void_p,
    "livephoto_model **": ctypes.POINTER(ctypes.c_void_p),
    "livephoto_pipeline **": ctypes.POINTER(ctypes.c_void_p),
    "livephoto_progress *": ctypes.POINTER(_native.Progress),
    "livephoto_measurement *": ctypes.POINTER(_native.Measurement),
    "void": None,
    "void *": ctypes.c_void_p,
    "char *": ctypes.c_char_p,
    "bool": ctypes.c_bool,
    "double": ctypes.c_double,
    "double *": ctypes.POINTER(ctypes.c_double),
    "float *": ctypes.POINTER(ctypes.c_float),
    "int32_t": ctypes.c_int32,
    "int32_t *": ctypes.POINTER(ctypes.c_int32),
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "uint64_t *": ctypes.POINTER(ctypes.c_uint64),
    "size_t": ctypes.c_size_t,
    "size_t *": ctypes.POINTER(ctypes.c_size_t),
}


def ctype(text: str) -> object:
    """The ctypes type of a parameter or result as the header writes it, with or without its name."""
    words = re.sub(r"\bconst\b", "", text).replace("*", " * ").split()
    stars = "".join(word for word in words if word == "*")
    names = [word for word in words if word != "*"]
    return C_TYPES[f"{names[0]} {stars}".strip()]


def functions() -> dict[str, tuple[object, list[object]]]:
    found = {}
    for result, name, arguments in re.findall(r"LIVEPHOTO_API\s+([\w\s*]+?)\b(livephoto_\w+)\s*\(([^)]*)\)", CODE):
        pieces = [] if arguments.strip() == "void" else arguments.split(",")
        found[name] = (ctype(result), [ctype(piece) for piece in pieces])
    return found


def test_every_function_is_declared_as_in_the_header() -> None:
    header = functions()
    assert len(header) > 40
    assert set(header) == set(_native.SIGNATURES)
    for name, (result, arguments) in header.items():
        assert _native.SIGNATURES[name] == (result, arguments), name


def test_numbers_are_those_of_the_header() -> None:
    numbers = {name: int(value) for name, value in re.findall(r"(LIVEPHOTO_\w+) = (\d+)", CODE)}
    assert {name: numbers[f"LIVEPHOTO_FIT_{name.upper()}"] for name in _native.FITS} == _native.FITS
    for name, value in _native.PARAMETERS.items():
        assert numbers[f"LIVEPHOTO_PARAMETER_{name.upper()}"] == value
    assert len([name for name in numbers if name.startswith("LIVEPHOTO_PARAMETER_")]) == len(_native.PARAMETERS)
    for prefix, table in [
        ("PHASE", _native.PHASES),
        ("STATE", _native.STATES),
        ("LOG", _native.LOG_LEVELS),
    ]:
        for value, name in table.items():
            assert numbers[f"LIVEPHOTO_{prefix}_{name.upper()}"] == value
    samplers = {
        "default": "DEFAULT",
        "ddim": "DDIM",
        "dpm++2m": "DPMPP_2M",
        "euler": "EULER",
        "euler-a": "EULER_A",
        "dpm++2m-karras": "DPMPP_2M_KARRAS",
        "unipc": "UNIPC",
        "lcm": "LCM",
    }
    assert {name: numbers[f"LIVEPHOTO_SAMPLER_{known}"] for name, known in samplers.items()} == _native.SAMPLERS
    assert numbers["LIVEPHOTO_FORMAT_RGB"] == _native.FORMAT_RGB
    assert numbers["LIVEPHOTO_FORMAT_RGBA"] == _native.FORMAT_RGBA
    assert numbers["LIVEPHOTO_TOP_DOWN"] == _native.TOP_DOWN
    assert f"#define LIVEPHOTO_ABI_VERSION {_native.ABI_VERSION}\n" in HEADER


@pytest.mark.parametrize("name", ["progress", "measurement"])
def test_structs_are_those_of_the_header(name: str) -> None:
    body = re.search(rf"typedef struct livephoto_{name} {{(.*?)}}", CODE, flags=re.S)
    assert body is not None
    fields = [(field, ctype(kind)) for kind, field in re.findall(r"(\w+) (\w+);", body[1])]
    assert fields == getattr(_native, name.capitalize())._fields_


def in_child(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


def test_missing_library_names_the_place(tmp_path: Path) -> None:
    child = in_child("import livephoto", LIVEPHOTO_LIB=str(tmp_path / "nowhere.so"))
    assert child.returncode == 1
    assert "LibraryError" in child.stderr and str(tmp_path / "nowhere.so") in child.stderr
    child = in_child("import livephoto", LIVEPHOTO_LIB=str(tmp_path))
    assert str(tmp_path / "liblivephoto.so.0") in child.stderr and str(tmp_path / "liblivephoto.so") in child.stderr


def test_every_place_is_listed(tmp_path: Path) -> None:
    """A copy of the package far from any library."""
    import shutil

    shutil.copytree(PACKAGE / "livephoto", tmp_path / "livephoto")
    child = subprocess.run(
        [sys.executable, "-c", "import livephoto"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "LIVEPHOTO_LIB", "LD_LIBRARY_PATH")},
        check=False,
    )
    assert "could not be loaded" in child.stderr
    for place in (tmp_path / "livephoto" / "liblivephoto.so.0", tmp_path / "livephoto" / "liblivephoto.so"):
        assert f"{place}: no such file" in child.stderr
    assert "\n  liblivephoto.so.0: " in child.stderr


def test_file_that_is_no_library(tmp_path: Path) -> None:
    (tmp_path / "liblivephoto.so").write_text("hello")
    child = in_child("import livephoto", LIVEPHOTO_LIB=str(tmp_path))
    assert "LibraryError" in child.stderr and "invalid ELF header" in child.stderr or "too short" in child.stderr


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("unsigned livephoto_abi_version(void) { return 7; }", "its binary interface is number 7"),
        ("unsigned livephoto_abi_version(void) { return 0; }", "not a liblivephoto of this version"),
        ("int something_else;", "not a liblivephoto of this version"),
    ],
)
def test_library_of_another_kind(tmp_path: Path, source: str, words: str) -> None:
    (tmp_path / "other.c").write_text(source)
    other = tmp_path / "other.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", other, tmp_path / "other.c"], check=True)
    child = in_child("import livephoto", LIVEPHOTO_LIB=str(other))
    assert "LibraryError" in child.stderr and words in child.stderr and str(other) in child.stderr


def test_importing_needs_and_loads_nothing_else() -> None:
    code = """
import sys
for name in ("numpy", "PIL", "tqdm"):
    sys.modules[name] = None
import livephoto
print(livephoto.__version__)
"""
    child = in_child(code)
    assert child.returncode == 0, child.stderr
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", child.stdout) and child.stderr == ""


def test_version_is_that_of_the_package() -> None:
    import livephoto

    assert f'version = "{livephoto.__version__}"' in (PACKAGE / "pyproject.toml").read_text()
