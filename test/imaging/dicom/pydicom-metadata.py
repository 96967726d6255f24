"""Prints what pydicom reads in the DICOM files named on the command line, as JSON.

A list with, for each file, an object from tag (8 upper-case hex digits) to
{keyword, vr, isList, values}, file meta information included. `values` of a sequence are
objects of the same kind; of binary elements one base64 string; of pixel data none.
"""
import base64
import json
import sys
import warnings

import pydicom
from pydicom.datadict import dictionary_VM, keyword_for_tag, private_dictionaries
from pydicom.multival import MultiValue

BINARY = {"OB", "OD", "OF", "OL", "OV", "OW", "OB or OW", "UN"}
PIXEL_DATA = {0x7FE00008, 0x7FE00009, 0x7FE00010}


# Integers beyond these are not numbers of JSON.
LARGEST = 2**53


def value_of(vr, value):
    if isinstance(value, int) and abs(value) > LARGEST:
        return str(value)
    if vr == "AT":
        return "%08X" % value
    if vr in ("DS", "IS"):
        return getattr(value, "original_string", str(value)).strip(" \0")
    if vr == "PN":
        # pydicom leaves out the empty component groups at the end, which dcmtk and gdcm keep
        original = value.original_string.rstrip(b" \0")
        return str(value) + "=" * (len(original) - len(original.rstrip(b"=")))
    if vr == "UI":
        return str(value)
    if vr == "CS":
        return value.strip()  # pydicom does so only at the end of the list
    return value


def bytes_of(element, is_little_endian):
    """pydicom leaves the words of OW as they came."""
    if element.VR != "OW" or is_little_endian:
        return element.value
    return b"".join(element.value[at : at + 2][::-1] for at in range(0, len(element.value), 2))


def values_of(element, is_little_endian):
    if element.VR == "SQ":
        return [describe(item) for item in element.value]
    value = element.value
    if element.VR in BINARY:
        return [base64.b64encode(bytes_of(element, is_little_endian)).decode()] if value else []
    if value is None or value == "" or (isinstance(value, MultiValue) and len(value) == 0):
        return []
    several = value if isinstance(value, (MultiValue, list)) else [value]
    return [value_of(element.VR, each) for each in several]


def entry(data_set, tag):
    raw = data_set.get_item(tag)
    if tag in PIXEL_DATA:
        return {"vr": raw.VR, "values": []}
    element = data_set[tag]
    return {"vr": element.VR, "values": values_of(element, data_set.is_little_endian is not False)}


def describe(data_set):
    described = {}
    for tag in sorted(data_set.keys()):
        if tag.element == 0:
            continue
        try:
            is_list = dictionary_VM(tag) != "1"
        except KeyError:
            is_list = None
        described["%08X" % tag] = {
            "keyword": keyword_for_tag(tag),
            "isList": is_list,
            **entry(data_set, tag),
        }
    return described


def main():
    warnings.simplefilter("ignore")
    # Private elements whose file gives no VR are to be UN.
    private_dictionaries.clear()
    read = []
    for path in sys.argv[1:]:
        data_set = pydicom.dcmread(path)
        read.append({**describe(data_set.file_meta), **describe(data_set)})
    json.dump(read, sys.stdout)


main()
