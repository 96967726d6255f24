import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isTransferSyntaxUid,
  type TransferSyntaxUid,
} from "../../../api/transfer-syntaxes.ts";
import type { DataSet } from "../data-set.ts";
import { missingAttribute, notDicom, UnsupportedError } from "../dicom-error.ts";
import { isPairOfCapitals, lettersAt } from "./element-header.ts";
import { ElementReader } from "./element-reader.ts";
import { toDataSet } from "./element-tree.ts";
import { inflateDataSet } from "./inflate.ts";
import { MetadataBudget } from "../metadata/metadata-budget.ts";
import { isVr } from "../vr.ts";

/** A DICOM file (PS3.10 7): its values are views of the input bytes. */
export interface Part10 {
  readonly transferSyntaxUid: TransferSyntaxUid;
  /** Group 0002. */
  readonly fileMeta: DataSet;
  readonly dataSet: DataSet;
  /** Elements of which only the last one counts. */
  readonly repeatedTags?: readonly string[];
}

const PREAMBLE_LENGTH = 128;

/**
 * Throws DicomError, and nothing else, for bytes that are not a DICOM file or cannot be read as one.
 * @param budget of the file's metadata
 */
export function parsePart10(bytes: Uint8Array, budget = new MetadataBudget(Infinity)): Part10 {
  if (asciiAt(bytes, PREAMBLE_LENGTH, 4) !== "DICM" || bytes.length === PREAMBLE_LENGTH + 4) {
    throw notDicom();
  }
  const [fileMeta, end] = readFileMeta(bytes, budget);
  if (fileMeta.size === 0) throw notDicom();
  const transferSyntaxUid = transferSyntaxUidOf(fileMeta);
  const [dataSet, repeatedTags] = readDataSet(bytes.subarray(end), transferSyntaxUid, budget);
  if (dataSet.size === 0) throw notDicom();
  return { transferSyntaxUid, fileMeta, dataSet, repeatedTags };
}

/** Always Explicit VR Little Endian. It ends with its group: its group length is often wrong. */
function readFileMeta(bytes: Uint8Array, budget: MetadataBudget): readonly [DataSet, end: number] {
  const encoding = { isExplicit: true, isBigEndian: false };
  const reader = new ElementReader(bytes, budget);
  const [raw, end] = reader.readGroup(PREAMBLE_LENGTH + 4, "0002", encoding);
  return [toDataSet(raw, bytes), end];
}

function transferSyntaxUidOf(fileMeta: DataSet): TransferSyntaxUid {
  const bytes = fileMeta.get("00020010")?.bytes ?? new Uint8Array(0);
  const uid = asciiAt(bytes, 0, Math.min(bytes.length, 256)).replace(/[\0 ]+$/, "");
  if (uid === "") throw missingAttribute("TransferSyntaxUID");
  if (isTransferSyntaxUid(uid)) return uid;
  throw new UnsupportedError(`Transfer syntax ${uid.slice(0, 64)}`);
}

/** @param rest the bytes after the file meta information */
function readDataSet(
  rest: Uint8Array,
  uid: TransferSyntaxUid,
  budget: MetadataBudget,
): readonly [DataSet, repeatedTags: readonly string[]] {
  if (rest.length === 0) throw notDicom();
  const bytes = uid === DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN ? inflateDataSet(rest) : rest;
  const encoding = {
    isExplicit: isWrittenExplicit(bytes, uid !== IMPLICIT_VR_LITTLE_ENDIAN),
    isBigEndian: uid === EXPLICIT_VR_BIG_ENDIAN,
  };
  const reader = new ElementReader(bytes, budget);
  return [toDataSet(reader.readDataSet(encoding), bytes), reader.repeatedTags];
}

/**
 * Assumed: wrong-transfer-syntax. If a data set is clearly not encoded as its transfer syntax says, its first
 * element decides. Such files are common, and other readers accept them.
 */
function isWrittenExplicit(bytes: Uint8Array, isClaimed: boolean): boolean {
  const letters = lettersAt(bytes, 4);
  return isClaimed ? isPairOfCapitals(letters) : isVr(letters);
}

const asciiAt = (bytes: Uint8Array, offset: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + length));
