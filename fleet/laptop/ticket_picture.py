"""A slip as a photograph of paper: warm white, a torn edge below, a cut edge above, a soft shadow."""

import random
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from fleet.laptop.slip import Slip

PAPER = (253, 250, 242)
INK = (44, 42, 52)
SIDE_DOTS = 32
HEAD_DOTS = 40
FOOT_DOTS = 56
SHADOW_DOTS = 18
TOOTH_DOTS = 8
GRAIN = 5
# Grey values by which the paper's grain varies.


def ticket_png(slip: Slip) -> bytes:
    """The slip as PNG with a transparent surrounding; the same slip gives the same bytes."""
    inked = slip.picture
    width, height = inked.width + 2 * SIDE_DOTS, inked.height + HEAD_DOTS + FOOT_DOTS
    paper = grainy(width, height)
    burnt = inked.point(lambda value: 255 - value).filter(ImageFilter.GaussianBlur(0.45))
    paper.paste(Image.new("RGB", inked.size, INK), (SIDE_DOTS, HEAD_DOTS), burnt)
    shape = outline(width, height)

    whole = Image.new("RGBA", (width + 2 * SHADOW_DOTS, height + 2 * SHADOW_DOTS))
    shadow = Image.new("L", whole.size)
    shadow.paste(shape.point(lambda value: value // 4), (SHADOW_DOTS, SHADOW_DOTS + 5))
    whole.putalpha(shadow.filter(ImageFilter.GaussianBlur(SHADOW_DOTS / 2.6)))
    paper.putalpha(shape)
    whole.alpha_composite(paper.convert("RGBA"), (SHADOW_DOTS, SHADOW_DOTS))

    png = BytesIO()
    whole.save(png, "PNG", compress_level=6)
    return png.getvalue()


def grainy(width: int, height: int) -> Image.Image:
    """Blank thermal paper."""
    dice = random.Random(width * height)  # noqa: S311 - grain of paper, no secret
    grain = Image.frombytes("L", (96, 96), bytes(128 + dice.randint(-GRAIN, GRAIN) for _ in range(96 * 96)))
    tile = Image.new("L", (width, height))
    for left in range(0, width, 96):
        for top in range(0, height, 96):
            tile.paste(grain, (left, top))
    soft = tile.filter(ImageFilter.GaussianBlur(0.8)).convert("RGB")
    return ImageChops.add(Image.new("RGB", (width, height), PAPER), soft, offset=-128)


def outline(width: int, height: int) -> Image.Image:
    """The shape of the paper: straight above, where the knife was, and teeth below, where it was torn off."""
    shape = Image.new("L", (width, height), 255)
    teeth = ImageDraw.Draw(shape)
    for left in range(0, width, TOOTH_DOTS * 2):
        right = left + TOOTH_DOTS * 2
        teeth.polygon([(left, height), (left + TOOTH_DOTS, height - TOOTH_DOTS), (right, height)], fill=0)
    return shape
