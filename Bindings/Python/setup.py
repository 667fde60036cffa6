"""Puts liblivephoto.so and the default model into the wheel. All else is in pyproject.toml."""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SONAME = "liblivephoto.so.0"
MODEL = "livephoto-mini"


def library() -> Path:
    """The built library: LIVEPHOTO_LIB, build/lib, or SwiftPM's release folder."""
    wish = os.environ.get("LIVEPHOTO_LIB")
    if wish:
        places = [Path(wish) / SONAME, Path(wish) / "liblivephoto.so"] if Path(wish).is_dir() else [Path(wish)]
    else:
        built = ROOT / "build" / "lib"
        places = [built / SONAME, built / "liblivephoto.so", ROOT / ".build" / "release" / "liblivephoto.so"]
    for place in places:
        if place.is_file():
            return place
    tried = "\n".join(f"  {place}" for place in places)
    raise SetupError(
        f"liblivephoto.so is not built. Looked for:\n{tried}\n"
        "Build it first (`make` at the top of the source tree), or set LIVEPHOTO_LIB to the file."
    )


def model() -> Path:
    """The default model's folder: LIVEPHOTO_MODEL, or the source tree's."""
    wish = os.environ.get("LIVEPHOTO_MODEL")
    place = Path(wish) if wish else ROOT / "Models" / MODEL
    if not (place / "config.json").is_file():
        raise SetupError(f"there is no model in {place}. Set LIVEPHOTO_MODEL to the folder of the default model.")
    return place


class BuildPackage(build_py):
    """Copies the library and the model beside the modules. An editable install uses those of the source tree."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        package = Path(self.build_lib) / "livephoto"
        package.mkdir(parents=True, exist_ok=True)
        shutil.copy2(library(), package / SONAME)
        target = package / MODEL
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(model(), target)
        for name in ("LICENSE",):
            if (ROOT / name).is_file():
                shutil.copy2(ROOT / name, package / name)


class BinaryDistribution(Distribution):
    """The wheel holds machine code, though none that Python compiled."""

    def has_ext_modules(self) -> bool:
        return True


class Wheel(bdist_wheel):
    """One wheel for every Python 3 on this kind of machine."""

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", os.environ.get("LIVEPHOTO_WHEEL_PLATFORM") or platform_tag(library())


def platform_tag(path: Path) -> str:
    """manylinux with the newest glibc that the library asks for, at least 2.34, the Swift runtime's."""
    minor = 34
    try:
        listing = subprocess.run(["objdump", "-T", path], capture_output=True, text=True, check=True).stdout
        minor = max([minor, *(int(number) for number in re.findall(r"GLIBC_2\.(\d+)", listing))])
    except (OSError, subprocess.CalledProcessError):
        # Without binutils: the glibc of this machine is surely enough.
        found = re.fullmatch(r"2\.(\d+)", platform.libc_ver()[1])
        minor = max(minor, int(found[1])) if found else minor
    return f"manylinux_2_{minor}_{platform.machine()}"


setup(
    distclass=BinaryDistribution,
    cmdclass={"build_py": BuildPackage, "bdist_wheel": Wheel},
)
