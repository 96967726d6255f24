"""The guide's decode step (its C++ scenario): libopenjp2 with its JP2 codec, through ctypes.

usage: decode_frames.py FILE...

Prints a JSON object: for each file the CRC-32 of the interleaved samples, as the guide's
verifyChecksumForImage computes it, or null where the library refuses the file.
"""

import array
import ctypes
import ctypes.util
import json
import sys
import zlib

OPJ_CODEC_JP2 = 2
JP2_IMAGE_FORMAT = 1
BMP_IMAGE_FORMAT = 2
PATH_LENGTH = 4096


class Component(ctypes.Structure):
    """opj_image_comp_t"""

    _fields_ = [(name, ctypes.c_uint32) for name in "dx dy w h x0 y0 prec bpp sgnd resno_decoded factor".split()]
    _fields_ += [("data", ctypes.POINTER(ctypes.c_int32)), ("alpha", ctypes.c_uint16)]


class Image(ctypes.Structure):
    """opj_image_t, its first members"""

    _fields_ = [(name, ctypes.c_uint32) for name in "x0 y0 x1 y1 numcomps color_space".split()]
    _fields_ += [("comps", ctypes.POINTER(Component))]


class Parameters(ctypes.Structure):
    """opj_dparameters_t, its first members, and room for the others"""

    _fields_ = [
        ("cp_reduce", ctypes.c_uint32),
        ("cp_layer", ctypes.c_uint32),
        ("infile", ctypes.c_char * PATH_LENGTH),
        ("outfile", ctypes.c_char * PATH_LENGTH),
        ("decod_format", ctypes.c_int),
        ("cod_format", ctypes.c_int),
        ("others", ctypes.c_char * 4096),
    ]


opj = ctypes.CDLL(ctypes.util.find_library("openjp2") or "libopenjp2.so.7")
opj.opj_stream_create_default_file_stream.restype = ctypes.c_void_p
opj.opj_create_decompress.restype = ctypes.c_void_p


def jph_image_to_opj_bitmap(path):
    parameters = Parameters()
    opj.opj_set_default_decoder_parameters(ctypes.byref(parameters))
    parameters.decod_format = JP2_IMAGE_FORMAT
    parameters.cod_format = BMP_IMAGE_FORMAT
    parameters.infile = path.encode()
    stream = ctypes.c_void_p(opj.opj_stream_create_default_file_stream(parameters.infile, 1))
    codec = ctypes.c_void_p(opj.opj_create_decompress(OPJ_CODEC_JP2))
    image = ctypes.POINTER(Image)()
    try:
        assert opj.opj_setup_decoder(codec, ctypes.byref(parameters))
        assert opj.opj_codec_set_threads(codec, 4)
        is_decoded = opj.opj_read_header(stream, codec, ctypes.byref(image)) and opj.opj_decode(
            codec, stream, image
        )
        return image if is_decoded else None
    finally:
        opj.opj_stream_destroy(stream)
        opj.opj_destroy_codec(codec)


def checksum(image):
    components = image.contents.comps[: image.contents.numcomps]
    byte_length, signed = (components[0].prec + 7) // 8, components[0].sgnd
    code = {1: "b", 2: "h"}[byte_length]
    samples = array.array(code if signed else code.upper(), bytes(byte_length)) * (
        components[0].w * components[0].h * len(components)
    )
    for index, component in enumerate(components):
        plane = component.data[: component.w * component.h]
        samples[index :: len(components)] = array.array(samples.typecode, plane)
    return zlib.crc32(samples.tobytes())


def decode(path):
    image = jph_image_to_opj_bitmap(path)
    if image is None:
        return None
    result = checksum(image)
    opj.opj_image_destroy(image)
    return result


print(json.dumps({path: decode(path) for path in sys.argv[1:]}))
