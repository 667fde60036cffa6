"""Makes README's pictures with the shipped model and the built command line: contact sheets and small animations.

    .venv/bin/python scripts/make_pictures.py            needs Pillow; `make` first

Nothing is chosen by hand: every case is made once, with seed 1.
"""

import json
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ROOT / "build" / "bin" / "livephoto"
PHOTOS = ROOT / "Examples" / "photos"
OUTPUT = ROOT / "docs" / "images"

#: Name of the animation, photo, sentence, intensity.
CASES = [
    ("launch", "rocket", "the rocket flies up into the sky", 6), ("zoom-in", "cat", "the camera zooms in", 6),
    ("fireworks", "rocket", "fireworks bloom in the sky", 6), ("steam", "coffee", "steam rises from the cup", 5),
    ("snow", "astronaut", "snow is falling", 6), ("pan", "rocket", "the camera pans to the right", 6),
    ("nod", "astronaut", "the woman nods", 6), ("around", "rocket", "the camera turns around", 6),
    ("lightning", "rocket", "lightning and thunder in the night sky", 7), ("hair", "astronaut", "her hair flies in the wind", 6),
    ("rain", "cat", "it is raining", 6), ("confetti", "astronaut", "confetti falls", 6),
    ("sunset", "rocket", "the sun sets, warm light", 6), ("zoom-out", "astronaut", "the camera zooms out", 6),
    ("dance", "rocket", "the rocket is dancing happily", 6), ("roll", "coffee", "the camera rolls clockwise", 6),
    ("ripples", "coffee", "the coffee ripples", 5), ("woman", "astronaut", "the camera turns around the woman", 6),
    ("still", "coffee", "everything stays still", 5),
]
OTHERS = [
    ("", "coffee", "pour water into the cup", 6), ("", "cat", "the cat shakes its head", 6), ("", "cat", "the cat jumps", 6),
    ("", "coffee", "the cup spins", 6), ("", "astronaut", "the woman gives a thumbs-up", 6), ("", "astronaut", "the flag waves in the wind", 6),
]
ANIMATED = 12  # of the cases, the first ones
COLUMNS = (0, 4, 8, 12, 15)
CELL = (232, 156)


def font(size: int) -> ImageFont.ImageFont:
    return ImageFont.load_default(size)


def animate(photo: str, prompt: str, intensity: float, folder: str) -> tuple[list[Image.Image], float]:
    """All frames, and the measured level."""
    result = subprocess.run(
        [COMMAND, "animate", PHOTOS / f"{photo}.jpg", prompt, "--intensity", str(intensity), "--seed", "1", "--json", "-o", folder + "/"],
        check=True, capture_output=True, text=True)
    level = json.loads(result.stdout.splitlines()[-1])["level"]
    return [Image.open(path).convert("RGB") for path in sorted(Path(folder).glob("*.png"))], level


def cell(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.thumbnail(CELL, Image.LANCZOS)
    return image


def sheet(rows: list[tuple[str, list[Image.Image]]], path: Path) -> None:
    """One row per case: its sentence above, pictures from left to right."""
    height = CELL[1] + 24
    page = Image.new("RGB", (len(rows[0][1]) * (CELL[0] + 4), len(rows) * height), "white")
    draw = ImageDraw.Draw(page)
    for index, (label, images) in enumerate(rows):
        draw.text((4, index * height + 3), label, fill="black", font=font(15))
        for column, image in enumerate(images):
            page.paste(cell(image), (column * (CELL[0] + 4), index * height + 22))
    page.save(path, quality=86, optimize=True)
    print(path.relative_to(ROOT), f"{path.stat().st_size // 1024} KB")


def contact_sheet(cases: list[tuple[str, str, str, float]], path: Path) -> None:
    rows = []
    for _, photo, prompt, intensity in cases:
        with tempfile.TemporaryDirectory() as folder:
            frames, level = animate(photo, prompt, intensity, folder)
            rows.append((f"“{prompt}”, intensity {intensity:g} (measured {level:.1f}); frames 0, 4, 8, 12, 15", [frames[i] for i in COLUMNS]))
    sheet(rows, path)


def intensity_sheet(path: Path) -> None:
    rows = []
    for photo, prompt in (("cat", "the camera pans left"), ("coffee", "the camera zooms in")):
        images, measured = [], []
        for intensity in (1, 3, 5, 7, 9):
            with tempfile.TemporaryDirectory() as folder:
                frames, level = animate(photo, prompt, intensity, folder)
                images.append(frames[-1])
                measured.append(f"{intensity}: {level:.1f}")
        rows.append((f"“{prompt}”, last frame at intensity 1, 3, 5, 7, 9 (asked: measured {', '.join(measured)})", images))
    sheet(rows, path)


def animation(photo: str, prompt: str, intensity: float, path: Path) -> None:
    subprocess.run([COMMAND, "animate", PHOTOS / f"{photo}.jpg", prompt, "--intensity", str(intensity), "--seed", "1", "--size", "240x160",
                    "-o", path], check=True, capture_output=True)
    print(path.relative_to(ROOT), f"{path.stat().st_size // 1024} KB")


def main() -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    contact_sheet(CASES, OUTPUT / "contact-sheet.jpg")
    contact_sheet(OTHERS, OUTPUT / "weak.jpg")
    intensity_sheet(OUTPUT / "intensity.jpg")
    for name, photo, prompt, intensity in CASES[:ANIMATED]:
        animation(photo, prompt, intensity, OUTPUT / f"{name}.webp")


if __name__ == "__main__":
    main()
