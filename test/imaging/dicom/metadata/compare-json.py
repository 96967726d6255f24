"""Compares DICOM files with their attributes in the DICOM JSON Model, as pydicom reads both.

Standard input: a JSON list of [path of the file, text of the model]. Standard output: for each the
elements that differ, as [path, of the file, of the JSON] (an element that is not there is null), or
the error with which pydicom refuses the JSON.
"""
import json
import sys
import warnings

import pydicom

PIXEL_DATA = (0x7FE00008, 0x7FE00009, 0x7FE00010)


def values_of(element, is_little_endian):
    value = element.value
    if element.VR in ("DS", "IS"):
        values = value if isinstance(value, pydicom.multival.MultiValue) else [value]
        return [None if each in (None, "") else float(each) + 0.0 for each in values]
    if isinstance(value, bytes) and element.VR == "OW" and not is_little_endian:
        return b"".join(value[at : at + 2][::-1] for at in range(0, len(value), 2)).rstrip(b"\0")
    if isinstance(value, bytes):
        return value.rstrip(b"\0")  # Odd lengths are padded in files.
    if isinstance(value, str):
        return value.rstrip(" \0")
    if isinstance(value, (list, pydicom.multival.MultiValue)):
        trimmed = [each.rstrip(" \0") if isinstance(each, str) else each for each in value]
        return [None if each in (None, "") else each for each in trimmed]
    return value


def text_of(element, is_little_endian):
    if element.VR == "SQ":
        return "SQ of %d" % len(element.value)
    value = values_of(element, is_little_endian)
    if value in (None, "", b"", [], [None]):
        return "%s empty" % str(element.VR)[-2:]
    if isinstance(value, list) and len(value) == 1:
        (value,) = value
    if isinstance(value, pydicom.valuerep.PersonName):
        value = str(value).rstrip("^=")
    return "%s %r" % (str(element.VR)[-2:], value)


def elements_of(data_set, path=""):
    found = {}
    for tag in sorted(data_set.keys()):
        if tag in PIXEL_DATA or tag.element == 0:
            continue
        element = data_set[tag]
        name = path + "%08X" % tag
        found[name] = text_of(element, data_set.is_little_endian is not False)
        if element.VR == "SQ":
            for index, item in enumerate(element.value):
                found.update(elements_of(item, "%s.%d." % (name, index)))
    return found


def is_guessed(name, after):
    """Files without VRs: pydicom knows some private elements, which stay UN in the JSON."""
    return int(name[-5], 16) % 2 == 1 and (after or "").startswith("UN")


def compare(source, text):
    old = elements_of(pydicom.dcmread(source, force=True))
    try:
        new = elements_of(pydicom.Dataset.from_json(text))
    except Exception as error:
        return "refused: %s" % error
    return [
        [name, old.get(name), new.get(name)]
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name) and not is_guessed(name, new.get(name))
    ]


warnings.simplefilter("ignore")
json.dump([compare(*pair) for pair in json.load(sys.stdin)], sys.stdout)
