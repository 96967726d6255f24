import { dicomFile, element, sequence, type WritableElement } from "../../imaging/dicom/write-dicom.ts";

interface SearchedFile {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly others: readonly WritableElement[];
}

const text = (tag: string, vr: string, value: string): WritableElement =>
  element(tag, vr, Buffer.from(value));

/** A file without pixels. */
const file = ({ study, series, sop, others }: SearchedFile): Uint8Array =>
  dicomFile(
    [
      text("00080005", "CS", "ISO_IR 192"),
      text("00080016", "UI", "1.2.840.10008.5.1.4.1.1.88.11"),
      text("00080018", "UI", sop),
      text("0020000D", "UI", study),
      text("0020000E", "UI", series),
      ...others,
    ].toSorted((a, b) => (a.tag < b.tag ? -1 : 1)),
  );

const JANE = [
  text("00080020", "DA", "20240115"),
  text("00080030", "TM", "101500"),
  text("00080050", "SH", "A1"),
  text("00080090", "PN", "House^Gregory"),
  text("00081030", "LO", "Nuclear medicine"),
  text("00100010", "PN", "Doe^Jane"),
  text("00100020", "LO", "P1"),
  text("00100030", "DA", "19700101"),
  text("00101010", "AS", "054Y"),
];
const TARO = [
  text("00080020", "DA", "20240220"),
  text("00100010", "PN", "Yamada^Tarou=山田^太郎"),
  text("00100020", "LO", "P2"),
];

/** Two studies: one with a CT and an MR series, one with a report. */
export const SEARCHED_FILES: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  [
    ...["1", "2", "10"].map((number) =>
      file({
        study: "1.2.1",
        series: "1.2.1.1",
        sop: `1.2.1.1.${number}`,
        others: [
          ...JANE,
          text("00080060", "CS", "CT"),
          text("0008103E", "LO", "Chest"),
          text("00200011", "IS", "2"),
          text("00200013", "IS", number),
          text("00180050", "DS", "1.50"),
          text("00190010", "LO", "Philips"),
          text("00191001", "LO", `private ${number}`),
          sequence("00081140", [
            [text("00081150", "UI", "1.9"), text("00081155", "UI", `1.9.${number}`)],
            [text("00081150", "UI", "1.8")],
          ]),
        ],
      }),
    ),
    file({
      study: "1.2.1",
      series: "1.2.1.2",
      sop: "1.2.1.2.1",
      others: [...JANE, text("00080060", "CS", "MR"), text("00200011", "IS", "1")],
    }),
    file({
      study: "1.2.2",
      series: "1.2.2.1",
      sop: "1.2.2.1.1",
      others: [...TARO, text("00080060", "CS", "SR"), text("00200013", "IS", "1")],
    }),
  ].map((bytes, index) => [`${index}.dcm`, bytes]),
);
