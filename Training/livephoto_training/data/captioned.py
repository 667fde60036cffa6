"""Captioned clips from a folder or a WebVID-style table, as the paper trains on them.

A folder holds pairs ``clip.mp4`` + ``clip.txt``, at any depth. A table is a CSV with a header: the caption in column ``name`` (or
``caption``, ``text``), the file in ``path`` (or ``video``, ``file``), or as WebVID has it ``page_dir`` and ``videoid``; files lie below
the videos' folder. Videos are read with OpenCV; GIF, WebP and PNG animations with Pillow.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageSequence
from torch import Tensor

from ..simulator.levels import LevelScale
from ..simulator.ssim import mean_adjacent_ssim

VIDEOS = (".mp4", ".webm", ".mkv", ".mov", ".avi")
ANIMATIONS = (".gif", ".webp", ".png", ".apng")
#: Size at which intensity is measured, the engine's too (Models/FORMAT.md).
MEASURE = 256


@dataclass(frozen=True)
class Clip:
    path: Path
    caption: str


def find_clips(data: Path, videos: Path | None = None) -> list[Clip]:
    """All clips of a folder of pairs, or of a table; in a fixed order. Lines whose file is not there are left out."""
    if data.is_dir():
        pairs = [(path, path.with_suffix(".txt")) for path in sorted(data.rglob("*")) if path.suffix.lower() in VIDEOS + ANIMATIONS]
        clips = [Clip(path, text.read_text(encoding="utf-8").strip()) for path, text in pairs if text.exists()]
    else:
        clips = [clip for clip in read_table(data, videos or data.parent) if clip.path.exists()]
    if not clips:
        raise SystemExit(f"{data}: no clip with a caption")
    return clips


def read_table(table: Path, videos: Path) -> list[Clip]:
    with open(table, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    clips = []
    for row in rows:
        caption = next((row[key] for key in ("name", "caption", "text") if row.get(key)), "")
        place = next((row[key] for key in ("path", "video", "file") if row.get(key)), None)
        if place is None and row.get("videoid"):
            place = str(Path(row.get("page_dir") or "") / f"{row['videoid']}.mp4")
        if place:
            clips.append(Clip(videos / place, caption.strip()))
    return clips


def frame_count(path: Path) -> int:
    """How many frames a file says it has."""
    if path.suffix.lower() in ANIMATIONS:
        with Image.open(path) as image:
            return getattr(image, "n_frames", 1)
    video = open_video(path)
    count = int(video.get(7))  # CAP_PROP_FRAME_COUNT
    video.release()
    return count


def open_video(path: Path):
    try:
        import cv2
    except ImportError as error:
        raise SystemExit("reading videos needs OpenCV: pip install opencv-python-headless") from error
    video = cv2.VideoCapture(str(path))
    if not video.isOpened():
        raise OSError(f"{path} cannot be read")
    return video


def read_frames(path: Path, wanted: list[int]) -> list[np.ndarray]:
    """Frames (ascending numbers) of a file, uint8 [H, W, 3]. Where the file ends early its last frame is repeated."""
    found: list[np.ndarray] = []
    if path.suffix.lower() in ANIMATIONS:
        with Image.open(path) as image:
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                found += [np.asarray(frame.convert("RGB"))] * wanted.count(number)
    else:
        video = open_video(path)
        # Decoding from the start is exact; seeking in a compressed video is not.
        for number in range(wanted[-1] + 1):
            if not video.grab():
                break
            if number in wanted:
                good, pixels = video.retrieve()
                if not good:
                    break
                found += [np.ascontiguousarray(pixels[:, :, ::-1])] * wanted.count(number)
        video.release()
    if not found:
        raise OSError(f"{path} has no frames")
    return found + [found[-1]] * (len(wanted) - len(found))


def centre_square(frame: np.ndarray, size: int) -> np.ndarray:
    """The middle square, reduced or enlarged to size x size; uint8."""
    side = min(frame.shape[:2])
    top, left = (frame.shape[0] - side) // 2, (frame.shape[1] - side) // 2
    return np.asarray(Image.fromarray(frame[top:top + side, left:left + side]).resize((size, size), Image.BILINEAR, reducing_gap=None))


class CaptionedClips:
    """Draws clips: which, from where, and with which gap between frames is a function of the seed and the sample's number alone, so that
    a run that was stopped goes on with the very clips it would have seen.
    """

    def __init__(self, clips: list[Clip], frames: int, size: int, gaps: tuple[int, int], seed: int):
        self.clips, self.frames, self.size, self.gaps, self.seed = clips, frames, size, gaps, seed

    def draw(self, number: int) -> tuple[Tensor, str, float]:
        """Sample ``number``: frames uint8 [F, 3, size, size], caption, and the mean SSIM of adjacent frames at 256 x 256.

        A file that cannot be read is passed over for the next one.
        """
        random = np.random.default_rng([self.seed, number])
        start = int(random.integers(len(self.clips)))
        for offset in range(len(self.clips)):
            clip = self.clips[(start + offset) % len(self.clips)]
            try:
                return self.read(clip, random)
            except OSError:
                continue
        raise SystemExit("none of the clips can be read")

    def read(self, clip: Clip, random: np.random.Generator) -> tuple[Tensor, str, float]:
        """The gap is drawn evenly from those that fit: at one fixed gap most clips would hardly move (a long tail), and the calm levels
        would crowd together.
        """
        total = max(frame_count(clip.path), 1)
        longest = max((total - 1) // max(self.frames - 1, 1), 1)
        gap = int(random.integers(min(self.gaps[0], longest), min(self.gaps[1], longest) + 1))
        first = int(random.integers(max(total - gap * (self.frames - 1), 1)))
        pictures = read_frames(clip.path, [min(first + gap * n, total - 1) for n in range(self.frames)])
        small = stacked([centre_square(picture, self.size) for picture in pictures])
        large = small if self.size == MEASURE else stacked([centre_square(picture, MEASURE) for picture in pictures])
        return small, clip.caption, float(mean_adjacent_ssim(large[None].float() / 255))

    def levels(self, count: int) -> LevelScale:
        """The scale of intensity: equal-count deciles over ``count`` drawn samples, in numbers that training never draws."""
        return LevelScale.from_samples(torch.tensor([self.draw((1 << 40) + n)[2] for n in range(count)]))


def stacked(pictures: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()
