"""Three frames of a video, judged like photos. Needs the ``[video]`` extra (PyAV); without it nothing is known.

Only a video that is dark or blurred in every frame has that fault: one good moment is enough to see a defect.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image

from bot.core.details.photo import find_faults
from bot.core.details.picture import MEGA

MOMENTS = (0.1, 0.5, 0.9)
MOST_PIXELS = 40 * MEGA
SKIPPED = 300  # frames decoded at most to come to a moment


def look_at_frames(data: bytes) -> tuple[tuple[str, ...], str]:
    """Faults that all looked-at frames share, and a note. Nothing of both when PyAV is not installed."""
    try:
        import av
    except ImportError:
        return (), ""
    try:
        faults = [set(find_faults(frame)) for frame in _frames(av, data)]
    except (av.FFmpegError, ValueError, OSError) as error:
        return (), f"no frame could be shown ({type(error).__name__})"
    if not faults:
        return (), "no frame could be shown"
    return tuple(sorted(set.intersection(*faults))), ""


def _frames(av: object, data: bytes) -> Iterator[Image.Image]:
    with av.open(io.BytesIO(data), metadata_errors="ignore") as container:  # type: ignore[attr-defined]
        stream = next(iter(container.streams.video), None)
        if stream is None or stream.width * stream.height > MOST_PIXELS:
            return
        stream.thread_type = "NONE"
        stream.thread_count = 1
        length = stream.duration or 0
        for moment in MOMENTS if length else MOMENTS[:1]:
            target = (stream.start_time or 0) + int(length * moment)
            container.seek(target, stream=stream)
            frame = next(iter(container.decode(stream)), None)
            if frame is not None:
                yield frame.to_image()
