"""Reads and decodes DICOM files with programs that know nothing of ours.

Standard input: a JSON list of paths. Standard output: a list with, for each, {attributes, frames,
refusals} as judges.ts describes them. Samples are counted interleaved by pixel, little endian,
BitsAllocated wide, BitsStored of them below HighBit, extended by Pixel Representation.
"""
import json
import os
import subprocess
import sys
import tempfile
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy
import pydicom
from pydicom.encaps import generate_pixel_data_frame

ROOT = "1.2.840.10008.1.2."
DCMTK = {
    "4.50": ["dcmdjpeg", "+cn"],
    "4.51": ["dcmdjpeg", "+cn"],
    "4.57": ["dcmdjpeg", "+cn"],
    "4.70": ["dcmdjpeg", "+cn"],
    "4.80": ["dcmdjpls"],
    "4.81": ["dcmdjpls"],
    "5": ["dcmdrle"],
}
NATIVE = {"", "1", "1.99", "2"}
HTJ2K = {"4.201", "4.202", "4.203"}
JPEG_2000 = {"4.90", "4.91"} | HTJ2K
KEYWORDS = (
    "SOPClassUID StudyInstanceUID SeriesInstanceUID SOPInstanceUID PatientID PatientName Rows Columns "
    "SamplesPerPixel PhotometricInterpretation BitsAllocated BitsStored HighBit PixelRepresentation "
    "PlanarConfiguration NumberOfFrames"
).split()


def syntax_of(data_set):
    return str(data_set.file_meta.TransferSyntaxUID).removeprefix("1.2.840.10008.1.2").removeprefix(".")


def attributes_of(data_set):
    read = {}
    for keyword in KEYWORDS:
        value = data_set.get(keyword)
        read[keyword] = value if value is None or isinstance(value, int) else str(value)
    read["TransferSyntaxUID"] = str(data_set.file_meta.TransferSyntaxUID)
    read["privateElements"] = sum(tag.is_private for tag in data_set.keys())
    return read


def checksum(samples, data_set):
    """Of an array of pixels and samples: shifted down to bit 0, extended and cut to BitsAllocated."""
    stored, allocated = int(data_set.BitsStored), int(data_set.BitsAllocated)
    values = samples.astype(numpy.int64)
    values &= (1 << stored) - 1
    if data_set.PixelRepresentation == 1:
        values -= (values >> (stored - 1)) << stored
    return zlib.crc32(values.astype("<i%d" % max(1, allocated // 8)).tobytes())


def native_frames(data_set):
    """Uncompressed frames, as arrays of pixels and samples."""
    rows, columns, count = int(data_set.Rows), int(data_set.Columns), int(data_set.SamplesPerPixel)
    frames = int(data_set.get("NumberOfFrames") or 1)
    width = int(data_set.BitsAllocated) // 8
    values = numpy.frombuffer(data_set.PixelData, dtype="<u%d" % width, count=len(data_set.PixelData) // width)
    shift = int(data_set.HighBit) + 1 - int(data_set.BitsStored)
    values = values >> shift
    if data_set.PhotometricInterpretation == "YBR_FULL_422" and len(values) < rows * columns * 3 * frames:
        pairs = values[: rows * columns * 2 * frames].reshape(-1, 4)
        values = pairs[:, [0, 2, 3, 1, 2, 3]].reshape(-1)
    values = values[: rows * columns * count * frames]
    if count > 1 and data_set.PlanarConfiguration == 1:
        return [each.reshape(count, -1).T for each in values.reshape(frames, -1)]
    return list(values.reshape(frames, -1, count))


def by_dcmtk(path, data_set, folder):
    syntax = syntax_of(data_set)
    if syntax not in NATIVE and syntax not in DCMTK:
        return None
    command = DCMTK.get(syntax, ["dcmconv", "+te"])
    output = os.path.join(folder, "dcmtk.dcm")
    subprocess.run([*command, path, output], check=True, capture_output=True)
    return native_frames(pydicom.dcmread(output))


def by_gdcm(path, data_set, folder):
    if syntax_of(data_set) in HTJ2K:
        return None
    output = os.path.join(folder, "gdcm.dcm")
    # A process of its own: some files end it with an assertion.
    subprocess.run(["gdcmconv", "--raw", path, output], check=True, capture_output=True)
    return native_frames(pydicom.dcmread(output))


def by_pydicom(_, data_set, __):
    if syntax_of(data_set) not in NATIVE | {"5"}:
        return None
    data_set.convert_pixel_data("rle" if syntax_of(data_set) == "5" else "numpy")
    values = data_set.pixel_array
    shift = int(data_set.HighBit) + 1 - int(data_set.BitsStored)
    values = values >> shift
    frames = int(data_set.get("NumberOfFrames") or 1)
    return list(values.reshape(frames, -1, int(data_set.SamplesPerPixel)))


def codestreams(data_set):
    frames = int(data_set.get("NumberOfFrames") or 1)
    read = list(generate_pixel_data_frame(data_set.PixelData, frames))
    if len(read) == frames:
        return read
    # Without offsets pydicom takes each fragment for a frame: by the marker of the start, then.
    joined = b"".join(read)
    starts = [at for at in range(len(joined)) if joined.startswith(b"\xff\x4f\xff\x51", at)]
    if len(starts) != frames:
        raise ValueError("%d frames found" % len(starts))
    return [joined[start:end] for start, end in zip(starts, [*starts[1:], None])]


def by_openjpeg(_, data_set, folder):
    if syntax_of(data_set) not in JPEG_2000:
        return None
    decoded = []
    for codestream in codestreams(data_set):
        name = "in.jp2" if codestream[4:8] == b"jP  " else "in.j2k"
        with open(os.path.join(folder, name), "wb") as file:
            file.write(codestream)
        subprocess.run(
            ["opj_decompress", "-quiet", "-i", name, "-o", "out.pgx"], cwd=folder, check=True, capture_output=True
        )
        names = ["out_%d.pgx" % each for each in range(int(data_set.SamplesPerPixel))]
        decoded.append(numpy.stack([read_pgx(os.path.join(folder, each)) for each in names], axis=1))
    return decoded


def read_pgx(path):
    """A line of text, then samples, big endian (ISO/IEC 15444-4 Annex B)."""
    with open(path, "rb") as file:
        _, order, sign, *size = file.readline().decode().replace("+ ", "+").replace("-", "- ").replace("+", "+ ").split()
        bits = int(size[0])
        kind = "%s%s%d" % (">" if order == "ML" else "<", "i" if sign == "-" else "u", 1 if bits <= 8 else 2)
        return numpy.frombuffer(file.read(), dtype=kind)


def by_openjph(_, data_set, folder):
    # Its raw output is of unsigned samples only.
    if syntax_of(data_set) not in HTJ2K or data_set.PixelRepresentation == 1:
        return None
    decoded = []
    for codestream in codestreams(data_set):
        with open(os.path.join(folder, "in.j2c"), "wb") as file:
            file.write(codestream)
        count = int(data_set.SamplesPerPixel)
        name = "out.ppm" if data_set.PhotometricInterpretation in ("YBR_RCT", "YBR_ICT") else "out.yuv"
        subprocess.run(["ojph_expand", "-i", "in.j2c", "-o", name], cwd=folder, check=True, capture_output=True)
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        width = 1 if int(data_set.BitsStored) <= 8 else 2
        if name == "out.ppm":
            data = data.split(b"\n", 3)[3]
            decoded.append(numpy.frombuffer(data, dtype=">u%d" % width).reshape(-1, count))
        else:
            decoded.append(numpy.frombuffer(data, dtype="<u%d" % width).reshape(count, -1).T)
    return decoded


JUDGES = {
    "dcmtk": by_dcmtk,
    "gdcm": by_gdcm,
    "pydicom": by_pydicom,
    "openjpeg": by_openjpeg,
    "openjph": by_openjph,
}


def space_of(data_set):
    if data_set.SamplesPerPixel == 1:
        return "MONO"
    return "CODED" if syntax_of(data_set) in ("4.50", "4.51") else "RGB"


def judge(path):
    try:
        return judge_readable(path)
    except Exception as error:
        return {"attributes": {}, "frames": [], "refusals": {"pydicom": str(error)[:200]}}


def judge_readable(path):
    with tempfile.TemporaryDirectory() as folder:
        data_set = pydicom.dcmread(path)
        if syntax_of(data_set) not in NATIVE and "PixelData" not in data_set:
            path = with_delimiter(path, folder)
            data_set = pydicom.dcmread(path)
        judged = {"attributes": attributes_of(data_set), "frames": [], "refusals": {}}
        if "PixelData" in data_set:
            judge_frames(path, data_set, judged)
        return judged


def judge_frames(path, data_set, judged):
    expected = int(data_set.get("NumberOfFrames") or 1)
    judged["frames"] = [{"space": space_of(data_set), "checksums": {}} for _ in range(expected)]
    for name, decode in JUDGES.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                decoded = decode(path, pydicom.dcmread(path), folder)
                for frame, samples in zip(judged["frames"], decoded or [], strict=decoded is not None):
                    frame["checksums"][name] = checksum(samples, data_set)
            except Exception as error:  # whatever a decoder says of a file, the others still count
                judged["refusals"][name] = str(error)[:200]


def with_delimiter(path, folder):
    """A copy that ends its fragments: pydicom reads none without."""
    copy = os.path.join(folder, "delimited.dcm")
    with open(path, "rb") as file, open(copy, "wb") as to:
        to.write(file.read() + bytes.fromhex("feffdde000000000"))
    return copy


def main():
    warnings.simplefilter("ignore")
    # The work is in programs of others, which threads wait for.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        json.dump(list(pool.map(judge, json.load(sys.stdin))), sys.stdout)


main()
