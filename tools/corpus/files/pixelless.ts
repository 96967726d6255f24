import { element, sequence, type WritableElement } from "../../../test/imaging/dicom/write-dicom.ts";
import { type CorpusFile, type FileOptions, ownFile } from "../corpus-file.ts";
import { IMPLICIT } from "../instance.ts";

/** An item of a code sequence (PS3.3 8.8). */
export const code = (value: string, meaning: string): WritableElement[] => [
  element("00080100", "SH", value),
  element("00080102", "SH", "99CORPUS"),
  element("00080104", "LO", meaning),
];

/** Instances without pixels. */
export function pixellessFiles(): CorpusFile[] {
  const of = (name: string, options: FileOptions): CorpusFile =>
    ownFile(`nopixel/${name}.dcm`, undefined, options);
  return [
    of("report", { modality: "SR", elements: report() }),
    of("report-implicit", { modality: "SR", elements: report(), transferSyntaxUID: IMPLICIT }),
    of("document", { modality: "DOC", elements: documentElements() }),
    of("structure-set", { modality: "RTSTRUCT", elements: structureSet() }),
    of("presentation-state", { modality: "PR", elements: presentation() }),
    of("waveform", { modality: "ECG", elements: waveform() }),
  ];
}

function report(): WritableElement[] {
  const text = (value: string): WritableElement[] => [
    element("0040A010", "CS", "CONTAINS"),
    element("0040A040", "CS", "TEXT"),
    sequence("0040A043", [code("T1", "Finding")]),
    element("0040A160", "UT", value),
  ];
  const number = [
    element("0040A010", "CS", "CONTAINS"),
    element("0040A040", "CS", "NUM"),
    sequence("0040A043", [code("N1", "Length")]),
    sequence("0040A300", [
      [sequence("004008EA", [code("mm", "millimetre")]), element("0040A30A", "DS", "12.5")],
    ]),
  ];
  const container = [
    element("0040A010", "CS", "CONTAINS"),
    element("0040A040", "CS", "CONTAINER"),
    element("0040A050", "CS", "SEPARATE"),
    sequence("0040A730", [text("Inner finding"), number], { hasUndefinedLength: true }),
  ];
  return [
    element("0040A040", "CS", "CONTAINER"),
    element("0040A491", "CS", "COMPLETE"),
    element("0040A493", "CS", "UNVERIFIED"),
    sequence("0040A043", [code("R1", "Report")]),
    sequence("0040A730", [text("Nothing of note."), container]),
  ];
}

const documentElements = (): WritableElement[] => [
  element("00420010", "ST", "A document of the corpus"),
  element("00420011", "OB", Buffer.from("%PDF-1.4\n% not one really: made for tests\n%%EOF\n")),
  element("00420012", "LO", "application/pdf"),
];

const structureSet = (): WritableElement[] => [
  element("30060002", "SH", "CORPUS"),
  sequence("30060020", [[element("30060022", "IS", "1"), element("30060026", "LO", "Ellipse")]]),
  sequence("30060039", [
    [
      element("3006002A", "IS", "255\\0\\0"),
      sequence("30060040", [
        [
          element("30060042", "CS", "CLOSED_PLANAR"),
          element("30060046", "IS", "4"),
          element("30060050", "DS", "0\\0\\0\\10\\0\\0\\10\\10\\0\\0\\10\\0"),
        ],
      ]),
      element("30060084", "IS", "1"),
    ],
  ]),
];

const presentation = (): WritableElement[] => [
  element("00700080", "CS", "CORPUS"),
  sequence("00700001", [
    [
      element("00700002", "CS", "LAYER"),
      sequence("00700008", [[element("00700006", "ST", "Look here"), element("00700010", "FL", [1.5, 2.5])]]),
    ],
  ]),
];

function waveform(): WritableElement[] {
  const samples = Int16Array.from({ length: 64 }, (_, at) => Math.round(900 * Math.sin(at / 5)));
  return [
    sequence("54000100", [
      [
        element("003A0005", "US", 1),
        element("003A0010", "UL", 64),
        element("003A001A", "DS", "250"),
        element("54001004", "US", 16),
        element("54001006", "CS", "SS"),
        element("54001010", "OW", new Uint8Array(samples.buffer)),
      ],
    ]),
  ];
}
