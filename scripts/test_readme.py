"""Runs the programs in README.md (see test-readme.sh).

A block that is not to be run has the line `<!-- not run -->` before it. Blocks share one folder, in order, so that a
later one may use what an earlier one made. The photos of Examples/photos are there under their names.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "build" / "lib"
BLOCK = re.compile(r"(<!-- not run -->\n+)?^```(c|python|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def run(label: str, command: list[str], folder: Path, environment: dict[str, str]) -> bool:
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", timeout=600, check=False)
    if result.returncode != 0:
        print(f"{label}: exit code {result.returncode}\n{result.stdout[-1000:]}{result.stderr[-2000:]}", file=sys.stderr)
    return result.returncode == 0


def run_c(label: str, text: str, folder: Path, environment: dict[str, str]) -> bool:
    (folder / "readme.c").write_text(text)
    command = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'include'}", "readme.c", "-o", "readme",
               f"-L{LIBRARY}", "-llivephoto", f"-Wl,-rpath,{LIBRARY}"]
    if "int main" not in text:
        return run(label, [*command[:5], f"-I{ROOT / 'include'}", "-fsyntax-only", "readme.c"], folder, environment)
    if not run(label, command, folder, environment):
        return False
    # A program that takes arguments gets the ones that all our examples take.
    arguments = ["cat.jpg", "the camera zooms in", "readme.gif"] if "argv" in text else []
    return run(label, ["./readme", *arguments], folder, environment)


def run_shell(label: str, text: str, folder: Path, environment: dict[str, str]) -> bool:
    passed = True
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words and Path(words[0]).name == "livephoto":
            passed &= run(f"{label}: {line.strip()}", [str(ROOT / "build" / "bin" / "livephoto"), *words[1:]], folder, environment)
    return passed


def main() -> int:
    readme = ROOT / "README.md"
    if not readme.is_file():
        print("there is no README.md yet")
        return 0
    text = readme.read_text()
    environment = dict(os.environ, LIVEPHOTO_LIB=str(LIBRARY), PYTHONPATH=str(ROOT / "Bindings" / "Python"))
    failed = count = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for photo in (ROOT / "Examples" / "photos").glob("*.jpg"):
            shutil.copy(photo, folder)
        for link in ("Examples", "Models"):
            (folder / link).symlink_to(ROOT / link)
        (folder / "out").mkdir()
        for match in BLOCK.finditer(text):
            skipped, language, block = match.groups()
            if skipped:
                continue
            label = f"README.md:{text[:match.start()].count(chr(10)) + 1} ({language})"
            if language == "c":
                passed = run_c(label, block, folder, environment)
            elif language == "python":
                passed = run(label, [sys.executable, "-c", block], folder, environment)
            else:
                passed = run_shell(label, block, folder, environment)
            count += 1
            failed += not passed
    print(f"README.md: {count - failed} of {count} blocks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
