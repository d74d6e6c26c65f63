"""Makes imaging.safetensors: pictures encoded by libjpeg-turbo and Pillow with the pixels that they decode, and Pillow's resizing.

Needs Pillow 9.4, cjpeg of libjpeg-turbo 2.1 and convert of ImageMagick (Debian bookworm: python3-pil, libjpeg-turbo-progs, imagemagick).
All pictures are computed here; nothing comes from a data set.
"""
import io
import json
import math
import random
import struct
import subprocess
import sys
import tempfile
import zlib

from PIL import Image

WIDTH, HEIGHT = 43, 35
tensors = {}


def add(name, dtype, shape, data):
    tensors[name] = (dtype, list(shape), bytes(data))


def picture(width, height, channels, seed=1):
    """Smooth gradients with a few hard edges and a little noise."""
    rng = random.Random(seed)
    out = bytearray()
    for y in range(height):
        for x in range(width):
            inside = (x - width * 0.4) ** 2 + (y - height * 0.5) ** 2 < (height * 0.3) ** 2
            for c in range(channels):
                value = 128 + 90 * math.sin(0.13 * (c + 1) * x + 0.7 * c) * math.cos(0.11 * y + c) + (60 if inside else 0)
                out.append(max(0, min(255, int(value + rng.uniform(-8, 8)))))
    return bytes(out)


def ppm(data, width, height, channels):
    return b"P%d %d %d 255\n" % (6 if channels == 3 else 5, width, height) + data


def run(*command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def add_jpeg(name, encoded):
    image = Image.open(io.BytesIO(encoded))
    if image.mode == "CMYK":
        image = image.convert("RGB")
    shape = [image.height, image.width] + ([3] if image.mode == "RGB" else [1])
    add("jpeg.%s.file" % name, "U8", [len(encoded)], encoded)
    add("jpeg.%s.pixels" % name, "U8", shape, image.tobytes())


def segment(encoded, marker):
    """Start and end of the first segment with a marker, or None."""
    position = 2
    while position + 4 <= len(encoded) and encoded[position] == 0xFF and encoded[position + 1] != 0xDA:
        length = struct.unpack(">H", encoded[position + 2:position + 4])[0]
        if encoded[position + 1] == marker:
            return position, position + 2 + length
        position += 2 + length
    return None


def make_jpegs():
    rgb = ppm(picture(WIDTH, HEIGHT, 3), WIDTH, HEIGHT, 3)
    grey = ppm(picture(WIDTH, HEIGHT, 1), WIDTH, HEIGHT, 1)
    for sampling in ("1x1", "2x1", "1x2", "2x2", "4x1", "4x2", "1x4", "2x4"):
        add_jpeg("baseline_" + sampling, run("cjpeg", "-quality", "85", "-sample", sampling, data=rgb))
    for sampling in ("1x1", "2x1", "1x2", "2x2"):
        add_jpeg("progressive_" + sampling, run("cjpeg", "-quality", "80", "-progressive", "-sample", sampling, data=rgb))
    add_jpeg("chroma_finer", run("cjpeg", "-quality", "85", "-sample", "1x1,2x2,2x1", data=rgb))
    add_jpeg("grey", run("cjpeg", "-quality", "75", "-grayscale", data=grey))
    add_jpeg("grey_progressive", run("cjpeg", "-quality", "75", "-progressive", "-grayscale", data=grey))
    add_jpeg("grey_2x2", run("cjpeg", "-quality", "75", "-grayscale", "-sample", "2x2", data=grey))
    add_jpeg("quality_100", run("cjpeg", "-quality", "100", data=rgb))
    add_jpeg("quality_1_wide_steps", run("cjpeg", "-quality", "1", data=rgb))
    add_jpeg("optimized", run("cjpeg", "-quality", "60", "-optimize", data=rgb))
    add_jpeg("restart_every_2_units", run("cjpeg", "-quality", "85", "-restart", "2B", data=rgb))
    add_jpeg("restart_progressive", run("cjpeg", "-quality", "85", "-progressive", "-restart", "1", data=rgb))
    add_jpeg("rgb_by_name", run("cjpeg", "-quality", "90", "-rgb", data=rgb))
    with tempfile.NamedTemporaryFile("w") as scans:
        scans.write("0;\n1;\n2;\n")
        scans.flush()
        add_jpeg("one_scan_per_component", run("cjpeg", "-quality", "85", "-sample", "2x2", "-scans", scans.name, data=rgb))
    for width, height in ((1, 1), (3, 5), (4, 2), (5, 7), (16, 16), (17, 33)):
        small = ppm(picture(width, height, 3, width), width, height, 3)
        add_jpeg("size_%dx%d" % (width, height), run("cjpeg", "-quality", "85", "-sample", "2x2", data=small))

    buffer = io.BytesIO()
    Image.frombytes("CMYK", (WIDTH, HEIGHT), picture(WIDTH, HEIGHT, 4)).save(buffer, "JPEG", quality=85)
    cmyk = buffer.getvalue()
    start, _ = segment(cmyk, 0xEE)
    assert cmyk[start + 15] == 0
    add_jpeg("cmyk", cmyk)
    # The same data declared as YCCK: other colours, but the conversion is what is tested.
    add_jpeg("ycck", cmyk[:start + 15] + b"\x02" + cmyk[start + 16:])

    plain = run("cjpeg", "-quality", "85", "-sample", "1x1", data=rgb)
    start, end = segment(plain, 0xE0)
    adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00"
    add_jpeg("rgb_by_adobe_marker", plain[:start] + adobe + b"\x00" + plain[end:])
    add_jpeg("without_jfif_marker", plain[:start] + plain[end:])

    arithmetic = run("cjpeg", "-quality", "85", "-arithmetic", data=rgb)
    add("unsupported.arithmetic", "U8", [len(arithmetic)], arithmetic)


def make_pngs():
    def save(name, image, pixels=None, **options):
        buffer = io.BytesIO()
        image.save(buffer, "PNG", **options)
        encoded = buffer.getvalue()
        add("png.%s.file" % name, "U8", [len(encoded)], encoded)
        plain = pixels or image
        channels = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "I": 1}[plain.mode]
        if plain.mode == "I":
            values = struct.unpack("<%di" % (WIDTH * HEIGHT), plain.tobytes())
            add("png.%s.pixels" % name, "U16", [HEIGHT, WIDTH, 1], struct.pack("<%dH" % len(values), *values))
        else:
            add("png.%s.pixels" % name, "U8", [HEIGHT, WIDTH, channels], plain.tobytes())

    size = (WIDTH, HEIGHT)
    for mode, channels in (("L", 1), ("LA", 2), ("RGB", 3), ("RGBA", 4)):
        save(mode.lower(), Image.frombytes(mode, size, picture(WIDTH, HEIGHT, channels)))
    bilevel = Image.frombytes("L", size, picture(WIDTH, HEIGHT, 1)).convert("1")
    save("bilevel", bilevel, bilevel.convert("L"))
    colour = Image.frombytes("RGB", size, picture(WIDTH, HEIGHT, 3))
    for bits in (1, 2, 4, 8):
        indexed = colour.quantize(1 << bits)
        save("palette_%d" % bits, indexed, indexed.convert("RGB"), bits=bits)
    indexed = colour.quantize(16)
    save("palette_transparent", indexed, indexed_with_alpha(indexed), bits=4, transparency=bytes([0, 100, 200]))
    mask = Image.frombytes("L", size, picture(WIDTH, HEIGHT, 1)).point(lambda value: value // 32 * 32)
    save("grey_transparent", mask, mask_alpha(mask), transparency=128)
    flat = colour.point(lambda value: value // 128 * 255)
    save("rgb_transparent", flat, flat_alpha(flat, (255, 255, 255)), transparency=(255, 255, 255))
    save_interlaced(size)
    deep = [(x * 1523 + y * 977) % 65536 for y in range(HEIGHT) for x in range(WIDTH)]
    save("grey_16", Image.frombytes("I", size, struct.pack("<%di" % len(deep), *deep)))


def mask_alpha(image):
    alpha = image.point(lambda value: 0 if value == 128 else 255)
    return Image.merge("LA", (image, alpha))


def flat_alpha(image, transparent):
    alpha = Image.frombytes("L", image.size, bytes(0 if pixel == transparent else 255 for pixel in image.getdata()))
    return Image.merge("RGBA", image.split() + (alpha,))


def save_interlaced(size):
    """Adam7 and small grey depths, which Pillow does not write."""
    def add_png(name, source, *options):
        buffer = io.BytesIO()
        source.save(buffer, "PNG")
        encoded = run("convert", "png:-", *options, "png:-", data=buffer.getvalue())
        decoded = Image.open(io.BytesIO(encoded))
        decoded = decoded.convert("RGB" if decoded.mode == "P" else "L" if decoded.mode == "1" else decoded.mode)
        channels = len(decoded.getbands())
        add("png.%s.file" % name, "U8", [len(encoded)], encoded)
        add("png.%s.pixels" % name, "U8", [decoded.height, decoded.width, channels], decoded.tobytes())

    for mode, channels in (("L", 1), ("RGB", 3), ("RGBA", 4)):
        add_png("interlaced_" + mode.lower(), Image.frombytes(mode, size, picture(WIDTH, HEIGHT, channels)), "-interlace", "PNG")
    for bits in (1, 2, 4):
        levels = [value >> (8 - bits) for value in picture(WIDTH, HEIGHT, 1)]
        for interlaced in (False, True):
            encoded = grey_png(levels, bits, interlaced)
            decoded = Image.open(io.BytesIO(encoded)).convert("L")
            name = ("interlaced_grey_%d" if interlaced else "grey_%d") % bits
            add("png.%s.file" % name, "U8", [len(encoded)], encoded)
            add("png.%s.pixels" % name, "U8", [HEIGHT, WIDTH, 1], decoded.tobytes())
    for width, height in ((1, 1), (2, 3), (5, 1), (1, 9), (9, 6)):
        small = Image.frombytes("RGB", (width, height), picture(width, height, 3, width))
        add_png("interlaced_%dx%d" % (width, height), small, "-interlace", "PNG", "-define", "png:color-type=2")


def grey_png(levels, bits, interlaced):
    """A grey PNG of few bits without filters."""
    adam7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = bytearray()
    for x0, y0, step_x, step_y in adam7 if interlaced else ((0, 0, 1, 1),):
        for y in range(y0, HEIGHT, step_y):
            text = "".join(format(levels[y * WIDTH + x], "0%db" % bits) for x in range(x0, WIDTH, step_x))
            text += "0" * (-len(text) % 8)
            rows += b"\0" + bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, 0, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def indexed_with_alpha(indexed):
    alpha = {0: 0, 1: 100, 2: 200}
    out = indexed.convert("RGBA")
    out.putalpha(Image.frombytes("L", out.size, bytes(alpha.get(i, 255) for i in indexed.tobytes())))
    return out


def make_resizes():
    filters = {"box": Image.BOX, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
    targets = ((16, 16), (61, 50), (43, 9), (7, 35), (1, 1), (90, 3))
    rng = random.Random(5)
    count = WIDTH * HEIGHT
    sources = {
        "rgb": ("U8", "RGB", 3, picture(WIDTH, HEIGHT, 3)),
        "noise": ("U8", "L", 1, bytes(rng.randrange(256) for _ in range(count))),
        "rgba": ("U8", "RGBA", 4, bytes(rng.randrange(256) for _ in range(4 * count))),
        "int": ("I32", "I", 1, struct.pack("<%di" % count, *(rng.choice((0, 65535, rng.randrange(65536))) for _ in range(count)))),
        "float": ("F32", "F", 1, struct.pack("<%df" % count, *(rng.uniform(-3, 7) for _ in range(count)))),
    }
    for name, (dtype, mode, channels, data) in sources.items():
        image = Image.frombytes(mode, (WIDTH, HEIGHT), data)
        add("resize.%s.source" % name, dtype, [HEIGHT, WIDTH, channels], data)
        for filter_name, number in filters.items():
            for width, height in targets:
                out = image.resize((width, height), number)
                add("resize.%s.%s.%dx%d" % (name, filter_name, width, height), dtype, [height, width, channels], out.tobytes())


def write(path):
    header = {"__metadata__": {"source": "tests/vectors/imaging/make_vectors.py, Pillow 9.4.0, libjpeg-turbo 2.1.5"}}
    offset = 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(encoded)) + encoded)
        for _, _, data in tensors.values():
            out.write(data)


make_jpegs()
make_pngs()
make_resizes()
write(sys.argv[1] if len(sys.argv) > 1 else "imaging.safetensors")
