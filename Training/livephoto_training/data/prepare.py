"""Build the training cache: ``photos.npz``, ``stamps.npz`` and ``regions.npz``.

Sources are folders and Debian packages (``.deb`` files, as ``apt-get download`` fetches them). Photographs come from any JPEG or PNG, and
two frames from each video; pictures that are transparent, nearly of one colour, or the same as another are left out. Cut-outs come from PNG
files that lie beside a ``.txt`` caption, the layout of ``tuxpaint-stamps-default``, and from the packages that ``cutouts`` knows. The latter
stand behind the former, in whatever order the sources are given, and are for training alone: the evaluation's cut-outs stay the same ones.

    apt-get download mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 \\
        plasma-workspace-wallpapers tuxpaint-stamps-default openclipart-png fonts-noto-color-emoji gcompris-qt-data
    python -m livephoto_training.data.prepare *.deb --photos my-photos/ --hold-out held-out.txt -o checkpoints/data

Keys of ``photos.npz`` are a running number, a space and the photograph's name (``photo_name``), by which ``regions.json`` knows it.
Licences are those of the packages; the cache is for training and is never committed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from . import cutouts, stamp_names
from .regions import load_labels, write_regions

Image.MAX_IMAGE_PIXELS = None

#: Photographs that evaluation uses and training must never see (file stems).
HELD_OUT = (
    "perched-osprey", "ocean-waves", "roman-colosseum", "tea-gardens",
    "canyon-wren", "lake-sherburne", "casa-mila", "nasa-53884",
    "astronaut", "chelsea", "coffee", "rocket",
)

PHOTO_SIDE = 512  # stored short side, pixels
STAMP_SIDE = 224  # stored long side, pixels
PICTURE_TYPES = {".jpg", ".jpeg", ".png"}
VIDEO_TYPES = {".mp4", ".webm", ".mkv", ".avi"}

#: Stamp folders without anything that could move by itself.
SKIPPED_STAMPS = ("symbols/alphabets", "symbols/math", "symbols/money", "symbols/music", "symbols/chess", "roadsigns", "flags")


#: Words of captions that are sentences or moods, not names.
NOT_NOUNS = {"are", "is", "carry", "eat", "enter", "down", "excited", "happy", "mad", "sad", "ripe", "linux"}

#: Folder of stamps -> what people call such a thing.
KINDS = {"birds": "bird", "fish": "fish", "insects": "insect", "cats": "cat", "dogs": "dog", "bears": "bear", "rodents": "animal",
         "mammals": "animal", "animals": "animal", "fruit": "fruit", "vegetables": "vegetable", "food": "food", "people": "person",
         "vehicles": "vehicle", "flowers": "flower", "trees": "tree", "plants": "plant", "planets": "planet", "houses": "house",
         "monuments": "building", "town": "building", "hats": "hat", "clothes": "clothing", "tools": "tool", "music": "instrument",
         "toys": "toy", "sports": "ball", "christmas": "decoration"}


def is_photo(path: Path) -> bool:
    """Whether a file is one photograph rather than a thumbnail, an icon or a stamp."""
    if path.suffix.lower() not in PICTURE_TYPES or path.stem.lower() in HELD_OUT:
        return False
    return path.stem != "screenshot" and "stamps" not in path.parts and not path.with_suffix(".txt").exists()


def load_photo(path: Path) -> np.ndarray | None:
    """One photograph as ``fitted`` makes it; None if it is of no use."""
    image = Image.open(path)
    if "A" in image.getbands() and image.getchannel("A").getextrema()[0] < 250:
        return None
    image.draft("RGB", (PHOTO_SIDE * 2, PHOTO_SIDE * 2))
    return fitted(image.convert("RGB"))


def photo_name(path: Path) -> str:
    """What a photograph is known by: the stem of its file; wallpapers that are named by their size get their package folder's name too."""
    if not re.fullmatch(r"\d+x\d+", path.stem) or len(path.parents) < 3:
        return path.stem
    return f"{path.parents[2].name}-{path.stem}" + ("-dark" if path.parent.name.endswith("_dark") else "")


def video_photos(path: Path) -> dict[str, np.ndarray]:
    """Two frames of a video, by the ffmpeg program: name -> uint8 [H, W, 3]."""
    photos = {}
    with tempfile.TemporaryDirectory() as scratch:
        for second in (0.5, 2.5):
            still = Path(scratch) / f"{second}.png"
            subprocess.run(["ffmpeg", "-v", "quiet", "-ss", str(second), "-i", str(path), "-frames:v", "1", str(still)], check=False)
            if still.exists():
                photos[f"{path.stem}-{second}s"] = fitted(Image.open(still).convert("RGB"))
    return {name: photo for name, photo in photos.items() if photo is not None}


def fitted(image: Image.Image) -> np.ndarray | None:
    """uint8 [H, W, 3] with short side ``PHOTO_SIDE`` or less; None if too small to crop from, or nearly of one colour."""
    width, height = image.size
    if min(width, height) < 256:
        return None
    scale = min(1.0, PHOTO_SIDE / min(width, height))
    if scale < 1:
        image = image.resize((round(width * scale), round(height * scale)), Image.LANCZOS)
    pixels = np.asarray(image)
    if pixels[::8, ::8].astype(float).std((0, 1)).mean() < 8:
        return None
    # Panoramas: a middle part is enough, and keeps the cache small.
    longest = PHOTO_SIDE * 2
    top, left = max(0, (pixels.shape[0] - longest) // 2), max(0, (pixels.shape[1] - longest) // 2)
    return np.ascontiguousarray(pixels[top:top + longest, left:left + longest])


def thumbnail(pixels: np.ndarray) -> np.ndarray:
    """A normalised tiny copy: the same picture at another size has nearly the same one."""
    small = np.asarray(Image.fromarray(pixels).resize((24, 16), Image.BILINEAR), float).ravel()
    small = small - small.mean()
    return small / (np.linalg.norm(small) + 1e-6)


def stamp_noun(caption: str) -> str:
    """Turn a stamp's sentence into a noun phrase without article: "A “Fuji” apple." becomes "fuji apple"."""
    text = caption.strip().split("\n")[0].lower()
    text = re.sub(r"\(.*?\)", "", text)
    text = re.split(r"[.!?;:,—–]| - ", text)[0]
    text = re.sub(r"[^a-z0-9' -]", "", text.replace("’", "'"))
    text = re.sub(r"^(a pair of|a bunch of|a cluster of|a head of|a couple of|a very|another|it's a|a|an|the|our|some|this is a|this is an|this is)\s+", "", text.strip())
    text = re.sub(r"\s+", " ", text).strip()
    return "" if set(text.split()) & NOT_NOUNS else text


def stamp_kind(path: Path) -> str:
    """What sort of thing a stamp is, from its folder: "bird", "fruit", ...; empty if the folder says nothing a person would say."""
    return next((word for folder, word in KINDS.items() if folder in path.parts), "")


def trimmed(image: Image.Image) -> np.ndarray | None:
    """An RGBA picture cut to what is opaque, uint8 [H, W, 4] with long side ``STAMP_SIDE`` or less; None if too small or too slim."""
    box = image.getchannel("A").point(lambda a: 255 * (a > 16)).getbbox()
    if box is None:
        return None
    image = image.crop(box)
    width, height = image.size
    if min(width, height) < 24 or max(width, height) > 8 * min(width, height):
        return None
    scale = min(1.0, STAMP_SIDE / max(width, height))
    if scale < 1:
        image = image.resize((max(1, round(width * scale)), max(1, round(height * scale))), Image.LANCZOS)
    return np.asarray(image)


def stamp_thumbnail(pixels: np.ndarray) -> np.ndarray:
    """``thumbnail`` of a cut-out on grey."""
    alpha = pixels[..., 3:].astype(np.uint16)
    return thumbnail(((pixels[..., :3] * alpha + 128 * (255 - alpha)) // 255).astype(np.uint8))


def extra_stamps(folder: Path, table: cutouts.Table, known: list[np.ndarray]) -> list[tuple[np.ndarray, str, str]]:
    """Cut-outs of a package that ``cutouts`` knows, as ``load_stamp`` gives them, without those that ``known`` has (thumbnails; it grows)."""
    found = []
    for image, noun, kind in cutouts.named_pictures(folder, table):
        pixels = trimmed(image)
        if pixels is None:
            continue
        small = stamp_thumbnail(pixels)
        if not any(float(small @ other) > 0.98 for other in known):
            known.append(small)
            found.append((pixels, noun, kind))
    return found


def write_stamps(path: Path, stamps: list[tuple[np.ndarray, str, str]], evaluated: int) -> None:
    """The archive of cut-outs; of the first ``evaluated`` ones some are kept for evaluation (``StampBank.load``)."""
    pixels = {f"stamp{index:04d}": stamp[0] for index, stamp in enumerate(stamps)}
    np.savez_compressed(path, nouns=np.array([stamp[1] for stamp in stamps]), kinds=np.array([stamp[2] for stamp in stamps]),
                        evaluated=np.array(evaluated), **pixels)


def load_stamp(path: Path) -> tuple[np.ndarray, str, str] | None:
    """One cut-out: uint8 [H, W, 4] trimmed to its alpha, its noun phrase and its kind; None if it is of no use here."""
    if any(skipped in str(path) for skipped in SKIPPED_STAMPS):
        return None
    noun = stamp_noun(path.with_suffix(".txt").read_text(encoding="utf-8", errors="ignore"))
    if not noun or len(noun.split()) > 4:
        return None
    pixels = trimmed(Image.open(path).convert("RGBA"))
    if pixels is None:
        return None
    noun = stamp_names.NAMES.get(noun, noun)
    return pixels, noun, stamp_names.KINDS.get(noun, stamp_kind(path))


def unpacked(sources: list[Path], scratch: Path) -> list[Path]:
    """The sources as folders: packages are unpacked below ``scratch``."""
    folders = []
    for source in sources:
        if source.suffix == ".deb":
            target = scratch / source.stem
            subprocess.run(["dpkg-deb", "-x", str(source), str(target)], check=True)
            folders.append(target)
        else:
            folders.append(source)
    return folders


def prepare(sources: list[Path], output: Path, hold_out: set[str] = frozenset()) -> tuple[int, int]:
    """Write the cache and return the numbers of photographs and stamps in it."""
    photos: dict[str, np.ndarray] = {}
    stamps: list[tuple[np.ndarray, str, str]] = []
    extras: list[tuple[np.ndarray, str, str]] = []
    seen: set[Path] = set()
    thumbnails: list[np.ndarray] = []

    names: list[str] = []

    def keep(name: str, pixels: np.ndarray) -> None:
        small = thumbnail(pixels)
        if not any(float(small @ other) > 0.97 for other in thumbnails):
            thumbnails.append(small)
            photos[f"{len(photos):04d} {name}"] = pixels
            names.append(name)

    with tempfile.TemporaryDirectory() as scratch:
        folders = unpacked(sources, Path(scratch))
        for folder in folders:
            if cutouts.package_of(folder):
                continue
            for path in sorted(folder.rglob("*")):
                if not path.is_file() or path.resolve() in seen or path.stem in hold_out:
                    continue
                seen.add(path.resolve())
                if path.suffix.lower() in VIDEO_TYPES:
                    for name, pixels in video_photos(path).items():
                        keep(name, pixels)
                if path.suffix.lower() not in PICTURE_TYPES:
                    continue
                if path.suffix.lower() == ".png" and path.with_suffix(".txt").exists():
                    stamp = load_stamp(path)
                    if stamp:
                        stamps.append(stamp)
                elif is_photo(path):
                    pixels = load_photo(path)
                    if pixels is not None:
                        keep(photo_name(path), pixels)
        table, known = cutouts.load_table(), [stamp_thumbnail(stamp[0]) for stamp in stamps]
        for folder in sorted(folders, key=lambda folder: cutouts.package_of(folder) or ""):
            extras += extra_stamps(folder, table, known)
    output.mkdir(parents=True, exist_ok=True)
    if photos:
        np.savez_compressed(output / "photos.npz", **photos)
        write_regions(output / "regions.npz", list(photos.values()), names, load_labels())
    write_stamps(output / "stamps.npz", stamps + extras, len(stamps))
    return len(photos), len(stamps) + len(extras)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sources", nargs="*", type=Path, help="folders or .deb packages")
    parser.add_argument("--photos", action="append", default=[], type=Path, help="another folder of photographs")
    parser.add_argument("--hold-out", type=Path, help="file of further picture names (without suffix) to leave out, one a line")
    parser.add_argument("-o", "--output", type=Path, default=Path("checkpoints/data"))
    arguments = parser.parse_args()
    hold_out = set(arguments.hold_out.read_text().split()) if arguments.hold_out else set()
    photos, stamps = prepare(arguments.sources + arguments.photos, arguments.output, hold_out)
    print(f"{photos} photographs, {stamps} cut-outs in {arguments.output}")


if __name__ == "__main__":
    main()
