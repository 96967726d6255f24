import {
  dicomFile,
  element,
  encapsulatedPixelData,
  sequence,
  type WritableElement,
} from "../../../test/imaging/dicom/write-dicom.ts";
import { broken, content, file, identity } from "./broken-file.ts";
import type { CorpusFile } from "../corpus-file.ts";
import { damagedCodestreams, rleFrame } from "./damaged-codestreams.ts";
import { EXPLICIT, fileMetaOf } from "../instance.ts";

/** Files that are not imported, each for one reason. */
export const brokenFiles = (): CorpusFile[] => [
  ...notDicom(),
  ...withoutUids(),
  ...wrongLengths(),
  ...wrongShapes(),
  ...wrongFrames(),
  ...damagedCodestreams(),
];

const NOT_DICOM = "^DICOM attributes does not exist$";

function notDicom(): CorpusFile[] {
  const text = "This is a text, not a DICOM file, though its name ends like that of one.\n";
  return [
    broken("empty", ["NOT_DICOM", NOT_DICOM], () => new Uint8Array(0)),
    broken("text", ["NOT_DICOM", NOT_DICOM], () => Buffer.from(text)),
    broken("preamble-alone", ["NOT_DICOM", NOT_DICOM], () => new Uint8Array(128)),
    broken("no-preamble-no-meta", ["NOT_DICOM_P10", NOT_DICOM], () => file().subarray(132 + metaLength())),
    broken(
      "meta-without-transfer-syntax",
      ["MISSING_TRANSFER_SYNTAX", "^DICOM attribute TransferSyntaxUID does not exist$"],
      () =>
        dicomFile(content({}), {
          fileMeta: fileMetaOf(EXPLICIT, identity).filter(({ tag }) => !/^0002(0000|0010)$/.test(tag)),
        }),
    ),
    broken(
      "unsupported-transfer-syntax",
      [
        "UNSUPPORTED_TRANSFER_SYNTAX",
        "^Transfer syntax 1.2.840.10008.1.2.4.100 is not supported by the service$",
      ],
      () =>
        file({
          transferSyntaxUID: "1.2.840.10008.1.2.4.100",
          and: [encapsulatedPixelData([new Uint8Array(16)])],
        }),
    ),
    broken("directory", ["NOT_AN_INSTANCE", "^DICOM attribute SOPClassUID does not exist$"], directory),
  ];
}

const metaLength = (): number => dicomFile([], { fileMeta: fileMetaOf(EXPLICIT, identity) }).length - 132;

/** A media storage directory (PS3.10 8), which has records and no instance of its own. */
function directory(): Uint8Array {
  const directoryIdentity = { ...identity, sopClassUID: "1.2.840.10008.1.3.10" };
  const records = [[element("00041430", "CS", "PATIENT"), element("00100020", "LO", "CORPUS-1")]];
  const elements = [element("00041130", "CS", "CORPUS"), sequence("00041220", records)];
  return dicomFile(elements, { fileMeta: fileMetaOf(EXPLICIT, directoryIdentity) });
}

function withoutUids(): CorpusFile[] {
  const missing = (name: string, tag: string, keyword: string): CorpusFile =>
    broken(name, ["MISSING_REQUIRED_UID", `^DICOM attribute ${keyword} does not exist$`], () =>
      file({ without: [tag] }),
    );
  return [
    missing("no-sop-class-uid", "00080016", "SOPClassUID"),
    missing("no-sop-instance-uid", "00080018", "SOPInstanceUID"),
    missing("no-study-uid", "0020000D", "StudyInstanceUID"),
    missing("no-series-uid", "0020000E", "SeriesInstanceUID"),
    broken(
      "empty-series-uid",
      ["MISSING_REQUIRED_UID", "^DICOM attribute SeriesInstanceUID does not exist$"],
      () => file({ and: [element("0020000E", "UI")] }),
    ),
    broken(
      "bad-uid-format",
      ["INVALID_UID_FORMAT", "^DICOM attribute StudyInstanceUID is not a valid UID"],
      () => file({ and: [element("0020000D", "UI", "2.25.not-a-number")] }),
    ),
    broken("long-uid", ["INVALID_UID_FORMAT", "^DICOM attribute StudyInstanceUID has 70 characters"], () =>
      file({ and: [element("0020000D", "UI", `2.25.${"1".repeat(65)}`)] }),
    ),
    broken(
      "long-patient-id",
      ["PARSE_ERROR", "^DICOM attribute PatientID has 65 characters, at most 64"],
      () => file({ and: [element("00100020", "LO", "P".repeat(65))] }),
    ),
  ];
}

function wrongLengths(): CorpusFile[] {
  const late = sequence("00400275", [[element("00400007", "LO", "Step")]], { claimedLength: 60_000 });
  return [
    broken("cut-in-file-meta", ["PARSE_ERROR", ""], () => file().subarray(0, 200)),
    broken("cut-in-data-set", ["PARSE_ERROR", ""], () => file().subarray(0, 132 + metaLength() + 101)),
    broken("cut-in-pixel-data", ["PIXEL_DATA_TRUNCATED", ""], () => file().subarray(0, -40)),
    broken("element-longer-than-file", ["PARSE_ERROR", ""], () =>
      file({ and: [element("00104000", "LT", "x", { claimedLength: 60_000 })] }),
    ),
    broken("sequence-longer-than-file", ["PARSE_ERROR", ""], () => file({ and: [late] })),
    broken("sequence-without-end", ["PARSE_ERROR", ""], () =>
      dicomFile(
        [
          ...content({ without: ["7FE00010"] }),
          { ...sequence("FFFA0001", []), vr: "SQ", claimedLength: 0xffffffff },
        ],
        {
          fileMeta: fileMetaOf(EXPLICIT, identity),
        },
      ),
    ),
  ];
}

function wrongShapes(): CorpusFile[] {
  const shape = (name: string, message: string, ...and: readonly WritableElement[]): CorpusFile =>
    broken(name, ["BAD_IMAGE_SHAPE", message], () => file({ and }));
  return [
    broken("no-rows", ["BAD_IMAGE_SHAPE", "^DICOM attribute Rows does not exist$"], () =>
      file({ without: ["00280010"] }),
    ),
    shape("no-pixels", "has no pixels$", element("00280010", "US", 0)),
    shape("bits-allocated-12", "^BitsAllocated 12 is not supported", element("00280100", "US", 12)),
    shape(
      "bits-stored-more-than-allocated",
      "^BitsStored 12 is not supported",
      element("00280101", "US", 12),
    ),
    shape("high-bit-below-stored", "^HighBit 5 is not supported", element("00280102", "US", 5)),
    shape(
      "four-samples",
      "^SamplesPerPixel 4 is not supported",
      element("00280002", "US", 4),
      element("00280010", "US", 3),
    ),
    shape("unknown-colours", "^PhotometricInterpretation TANGERINE", element("00280004", "CS", "TANGERINE")),
  ];
}

function wrongFrames(): CorpusFile[] {
  const RLE = "1.2.840.10008.1.2.5";
  return [
    broken("more-frames-than-native", ["FRAME_COUNT_MISMATCH", "expected 576 bytes"], () =>
      file({ and: [element("00280008", "IS", "3")] }),
    ),
    broken("fewer-frames-than-native", ["FRAME_COUNT_MISMATCH", "expected 192 bytes"], () =>
      file({ and: [element("7FE00010", "OB", new Uint8Array(192 * 3).fill(7))] }),
    ),
    broken("negative-frames", ["FRAME_COUNT_MISMATCH", "^DICOM attribute NumberOfFrames is -1"], () =>
      file({ and: [element("00280008", "IS", "-1")] }),
    ),
    broken("more-frames-than-fragments", ["FRAME_COUNT_MISMATCH", "expected 4 frames, got 1"], () =>
      file({
        transferSyntaxUID: RLE,
        and: [element("00280008", "IS", "4"), encapsulatedPixelData([rleFrame()])],
      }),
    ),
    broken("native-in-encapsulated-syntax", ["PARSE_ERROR", "is not encapsulated$"], () =>
      file({ transferSyntaxUID: RLE }),
    ),
    broken("encapsulated-in-native-syntax", ["PARSE_ERROR", "is encapsulated$"], () =>
      file({ and: [encapsulatedPixelData([rleFrame()])] }),
    ),
    broken("fragment-longer-than-file", ["PIXEL_DATA_TRUNCATED", "PixelData is truncated"], () =>
      file({ transferSyntaxUID: RLE, and: [encapsulatedPixelData([rleFrame()])] }).subarray(0, -30),
    ),
  ];
}
