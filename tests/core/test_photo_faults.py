"""What makes a photo useless as evidence: blur, darkness, too few pixels - and what does not."""

from __future__ import annotations

import pytest
from drawings import blurred, grain, look, scene
from PIL import Image, ImageChops, ImageDraw, ImageFilter


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("radius", "faults"),
    [
        (0, ()),  # in focus
        (0.8, ()),  # a cheap lens
        (5, ("blurred",)),  # too near
        (12, ("blurred",)),  # hopeless
    ],
)
def test_a_photo_is_blurred_from_a_radius_on(seed: int, radius: float, faults: tuple[str, ...]) -> None:
    assert look(grain(blurred(scene(seed), radius), 2)).faults == faults


def test_the_more_blur_the_less_sharpness() -> None:
    measured = [look(blurred(scene(), radius)).sharpness or 0.0 for radius in (0, 1, 2, 4, 8, 16)]
    assert measured == sorted(measured, reverse=True)


@pytest.mark.parametrize("size", [(640, 480), (960, 720), (2016, 1512), (4032, 3024)])
def test_the_measure_means_the_same_at_every_size(size: tuple[int, int]) -> None:
    assert look(scene().resize(size, Image.Resampling.BICUBIC)).faults == ()
    assert look(blurred(scene(), 8).resize(size, Image.Resampling.BICUBIC)).faults == ("blurred",)


def test_sensor_noise_does_not_make_a_blurred_photo_sharp() -> None:
    assert look(grain(blurred(scene(size=(2016, 1512)), 20), 10)).faults == ("blurred",)


def test_a_sharp_watch_before_a_blurred_room_is_sharp() -> None:
    room = scene(9, (1280, 960)).filter(ImageFilter.GaussianBlur(20))
    room.paste(scene(2, (1280, 960)).crop((400, 200, 880, 760)), (400, 200))
    assert look(room).faults == ()


def test_a_moved_camera_is_blur_too() -> None:
    moved = scene()
    for shift in range(1, 24):
        moved = Image.blend(moved, ImageChops.offset(scene(), shift, 0), 1 / (shift + 1))
    assert look(moved).faults == ("blurred",)


@pytest.mark.parametrize(
    ("factor", "faults"),
    [
        (1.0, ()),
        (0.5, ()),  # an evening lamp
        (0.1, ("dark",)),  # and never blurred: in the dark sharpness says nothing
        (0.03, ("dark",)),
    ],
)
def test_light_is_judged_before_sharpness(factor: float, faults: tuple[str, ...]) -> None:
    assert look(scene().point(lambda v: int(v * factor))).faults == faults


def test_a_lit_dial_in_a_dark_room_is_not_dark() -> None:
    dark = scene().point(lambda v: int(v * 0.05))
    ImageDraw.Draw(dark).text((480, 360), "10:09", fill=(250, 250, 250), font_size=160, anchor="mm")
    assert "dark" not in look(dark).faults


def test_an_overexposed_photo_is_told_to_staff_only() -> None:
    burnt = look(scene().point(lambda v: min(255, v * 3)))
    assert burnt.note == "largely overexposed"
    assert "dark" not in burnt.faults


@pytest.mark.parametrize(
    ("size", "small"),
    [((240, 180), True), ((319, 300), True), ((640, 150), True), ((640, 480), False), ((480, 640), False)],
)
def test_a_thumbnail_is_too_small(size: tuple[int, int], small: bool) -> None:
    assert ("small" in look(scene().resize(size, Image.Resampling.LANCZOS)).faults) is small
