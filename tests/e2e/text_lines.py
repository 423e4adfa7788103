#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Renders text lines, half of them upside down: the pictures of the text-line direction classifier.

Why: its training pictures are not ours to copy, and a line of text is quickly drawn. What such a classifier sees is a
line cut out of a photograph: text of any colour that fills the height, on paper, screen or wall, a little blurred and
noisy. Scaled as PaddleOCR does for this network: height 48, width by the same ratio up to 192, the rest on the right
grey (0 after (x / 255 - 0.5) / 0.5).

Usage: text_lines.py FOLDER COUNT SEED. Writes FOLDER/00000.png ... and FOLDER/labels.txt ("file label", 0 upright,
1 turned by 180 degrees). Same seed, same pictures, with the same Pillow and fonts-dejavu-core.
"""
import math
import pathlib
import random
import sys

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

HEIGHT, WIDTH = 48, 192
FONT_FOLDER = pathlib.Path("/usr/share/fonts/truetype/dejavu")
FONTS = [FONT_FOLDER / f"DejaVu{face}.ttf" for face in ("Sans", "Sans-Bold", "SansMono", "SansMono-Bold", "Serif", "Serif-Bold")]
WORDS = """about above address after again agree airport amount answer apple April area around August autumn bank battery
before below better between bicycle board bottle bread bridge bright bring brother building camera careful castle centre
change cheap children city clean clear clock closed cloud coffee cold colour company copy corner country Daily danger date
December delivery Design different dinner doctor door double early east electric empty energy English enough entrance evening
every exit Express February finger first Floor flower follow fresh Friday friend front garden general glass Good green
ground group half happy harbour heart heavy hospital hotel hour house important Industrial inside island January journey
juice July kitchen language large later letter library light little local London machine main March market measure meeting
metal middle milk minute Monday money month morning mountain museum music Name National nature never New night north notice
November number October office often open orange order outside paper park parking party people picture place plate please
point police post power price private public quality quarter question quick quiet railway rain ready red report rest river
road room round Saturday school science season second section September service shop short Sign silver simple small
snow soft south special spring square standard station steel stone street strong sugar summer sunday supply system table
ticket time today together tomorrow tower town traffic train travel Tuesday under uniform university upper value village
volume warning watch water weather Wednesday week welcome west white window winter without wood world yellow young""".split()


def line_of_text(rng):
    kind = rng.random()
    if kind < 0.12:
        return f"{rng.randint(1, 9999)}-{rng.randint(100, 99999)}/{rng.choice('ABCDEFGHKLMPRSTXY')}{rng.randint(2, 99)}"
    words = [rng.choice(WORDS) for _ in range(rng.choice((1, 1, 2, 2, 3)))]
    if kind < 0.24:
        words.append(str(rng.randint(2, 2026)))
    text = " ".join(words)
    return text.upper() if kind > 0.9 else text.capitalize() if kind > 0.75 else text


def colours(rng):
    """Ink and paper with enough contrast to be read."""
    while True:
        ink, paper = ([rng.randrange(256) for _ in range(3)] for _ in range(2))
        luma = [0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2] for c in (ink, paper)]
        if abs(luma[0] - luma[1]) > 80:
            return tuple(ink), tuple(paper)


def paper_of(rng, size, colour):
    """A flat ground, or one that grows lighter from one side to the other."""
    flat = Image.new("RGB", size, colour)
    if rng.random() < 0.5:
        return flat
    other = tuple(max(0, min(255, c + rng.randint(-40, 40))) for c in colour)
    ramp = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize(size)
    return Image.composite(flat, Image.new("RGB", size, other), ramp)


def noisy(rng, image, amplitude):
    noise = Image.frombytes("RGB", image.size, rng.randbytes(3 * image.width * image.height))
    noise = noise.point([128 + (v - 128) * amplitude // 128 for v in range(256)] * 3)
    return ImageChops.add(image, noise, 1, -128)


def crop(rng):
    """A line as it is cut out of a photograph, before scaling."""
    font = ImageFont.truetype(str(rng.choice(FONTS)), rng.randint(22, 60))
    text = line_of_text(rng)
    left, top, right, bottom = font.getbbox(text)
    margin = [rng.uniform(0.04, 0.2) * (bottom - top) for _ in range(4)]
    size = (math.ceil(right - left + margin[0] + margin[1]), math.ceil(bottom - top + margin[2] + margin[3]))
    ink, paper = colours(rng)
    image = paper_of(rng, size, paper)
    ImageDraw.Draw(image).text((margin[0] - left, margin[2] - top), text, fill=ink, font=font)
    image = image.rotate(rng.uniform(-1.5, 1.5), Image.BICUBIC, fillcolor=paper)
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.0, 1.2)))
    return noisy(rng, image, rng.randint(0, 24))


def scaled(image):
    width = min(WIDTH, math.ceil(HEIGHT * image.width / image.height))
    line = Image.new("RGB", (WIDTH, HEIGHT), (128, 128, 128))
    line.paste(image.resize((width, HEIGHT), Image.BILINEAR), (0, 0))
    return line


def main():
    folder, count, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if not all(font.exists() for font in FONTS):
        sys.exit(f"{FONT_FOLDER}: fonts are missing; install fonts-dejavu-core")
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    labels = []
    for i in range(count):
        label = i % 2
        image = crop(rng)
        scaled(image.transpose(Image.ROTATE_180) if label else image).save(folder / f"{i:05}.png")
        labels.append(f"{i:05}.png {label}\n")
    (folder / "labels.txt").write_text("".join(labels))


if __name__ == "__main__":
    main()
