"""Reads the answers of searches as pydicom does, and compares their attributes with those of the files.

Standard input: JSON {"files": [path, ...], "answers": [text, ...]}. Standard output: for each result of each answer
its UID (of the instance, the series or the study, whichever is the lowest), and the attributes whose values no
file with this UID has.
"""
import json
import sys
import warnings

import pydicom

# Counted, or of the emulator: no file has them.
OWN = {"InstanceAvailability", "ModalitiesInStudy", "RetrieveURL", "SOPClassesInStudy", "SpecificCharacterSet",
       "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances", "NumberOfSeriesRelatedInstances"}


def text_of(element, is_little_endian=True):
    value = element.value
    if isinstance(value, bytes) and element.VR == "OW" and not is_little_endian:  # pydicom leaves the words as they came.
        value = b"".join(value[at : at + 2][::-1] for at in range(0, len(value), 2))
    if element.VR == "SQ":
        return "SQ of %d" % len(value)
    if value is None or value == "" or value == []:
        return "empty"
    values = value if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]
    if element.VR in ("DS", "IS"):
        return repr([float(each) + 0.0 for each in values])
    return repr([str(each).rstrip(" \0^=") for each in values])


warnings.simplefilter("ignore")
asked = json.load(sys.stdin)
files = []
for path in asked["files"]:
    try:
        files.append(pydicom.dcmread(path, force=True))
    except (OSError, ValueError):
        pass  # A damaged one, which was not imported either.


def check(result):
    data_set = pydicom.Dataset.from_json(result)
    names = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    name = next(each for each in names if each in data_set)
    own = [each for each in files if each.get(name) == data_set.get(name)]
    wrong = [
        element.keyword or str(element.tag)
        for element in data_set
        if element.keyword not in OWN
        and text_of(element) not in [
            text_of(each[element.tag], each.is_little_endian is not False) if element.tag in each else "empty"
            for each in own
        ]
    ]
    return {"uid": data_set.get(name), "wrong": wrong, "count": len(data_set)}


json.dump([[check(result) for result in json.loads(text)] for text in asked["answers"]], sys.stdout)
