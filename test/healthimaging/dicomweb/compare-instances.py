"""Compares DICOM files with what was made of them, as pydicom reads both.

Standard input: a JSON list of [source, written] paths. Standard output: for each pair the elements
that differ, as [path, source, written] (an element that is not there is null), and the CRC-32 of
each frame of native pixel data of the written file.
"""
import json
import sys
import warnings
import zlib

import pydicom

PIXEL_DATA = 0x7FE00010
NATIVE = "1.2.840.10008.1.2.1"


def value_of(element, is_little_endian):
    """pydicom leaves the words of OW as they came."""
    value = element.value
    if element.VR != "OW" or is_little_endian or not value:
        return value
    return b"".join(value[at : at + 2][::-1] for at in range(0, len(value), 2))


def text_of(element, is_little_endian):
    if element.VR == "SQ":
        return "SQ of %d" % len(element.value)
    value = value_of(element, is_little_endian)
    return "%s %r" % (str(element.VR)[-2:], None if value is None or value == "" else value)


def elements_of(data_set, path=""):
    found = {}
    for tag in sorted(data_set.keys()):
        if tag == PIXEL_DATA or tag.element == 0:
            continue
        element = data_set[tag]
        name = path + "%08X" % tag
        found[name] = text_of(element, data_set.is_little_endian is not False)
        if element.VR == "SQ":
            for index, item in enumerate(element.value):
                found.update(elements_of(item, "%s.%d." % (name, index)))
    return found


def frames_of(data_set):
    if "PixelData" not in data_set:
        return []
    size = data_set.Rows * data_set.Columns * data_set.SamplesPerPixel * data_set.BitsAllocated // 8
    count = int(data_set.get("NumberOfFrames") or 1)
    assert len(data_set.PixelData) == size * count + size * count % 2
    return [zlib.crc32(data_set.PixelData[at * size : (at + 1) * size]) for at in range(count)]


def compare(source, written):
    before, after = pydicom.dcmread(source), pydicom.dcmread(written)
    old, new = elements_of(before), elements_of(after)
    tags = list(after.keys())
    return {
        "differences": [
            [name, old.get(name), new.get(name)]
            for name in sorted({*old, *new})
            if old.get(name) != new.get(name)
        ],
        "isAscending": tags == sorted(tags),
        "fileMeta": {element.keyword: str(element.value) for element in after.file_meta},
        "crc32": frames_of(after) if after.file_meta.TransferSyntaxUID == NATIVE else [],
    }


warnings.simplefilter("ignore")
json.dump([compare(*pair) for pair in json.load(sys.stdin)], sys.stdout)
