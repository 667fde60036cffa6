"""Contact sheets: one row a clip, its frames side by side, its label above."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

LABEL_HEIGHT = 15


def contact_sheet(clips: list[np.ndarray], labels: list[str], columns: int = 8, frame_width: int | None = None) -> np.ndarray:
    """Sheet of clips (uint8 [F, H, W, 3] each, sizes may differ): uint8 [H, W, 3].

    ``columns``: frames shown a clip, spread evenly from the first to the last. ``frame_width``: scale frames to this width.
    """
    font = ImageFont.load_default()
    rows = []
    for clip, label in zip(clips, labels, strict=True):
        picks = np.linspace(0, len(clip) - 1, min(columns, len(clip))).round().astype(int)
        frames = [clip[pick] for pick in picks]
        if frame_width and frame_width != clip.shape[2]:
            size = (frame_width, round(clip.shape[1] * frame_width / clip.shape[2]))
            frames = [np.asarray(Image.fromarray(frame).resize(size, Image.BILINEAR)) for frame in frames]
        strip = np.concatenate([np.pad(frame, ((0, 2), (0, 2), (0, 0))) for frame in frames], 1)
        banner = Image.new("RGB", (strip.shape[1], LABEL_HEIGHT), (24, 24, 24))
        ImageDraw.Draw(banner).text((3, 2), label.encode("latin-1", "replace").decode("latin-1"), fill=(235, 235, 235), font=font)
        rows.append(np.concatenate([np.asarray(banner), strip], 0))
    width = max(row.shape[1] for row in rows)
    return np.concatenate([np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0))) for row in rows], 0)
