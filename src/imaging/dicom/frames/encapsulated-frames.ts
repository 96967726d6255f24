import { joinBytes } from "../../pixels/bytes.ts";
import {
  byteLengthOfCodestream,
  endsCodestream,
  holdsSecondStart,
  startsCodestream,
} from "../part10/codestream-bounds.ts";
import type { DataElement } from "../data-set.ts";
import { DicomError } from "../dicom-error.ts";
import { HEADER_LENGTH } from "../vr.ts";
import type { FrameProblem, PixelData } from "./native-frames.ts";

type Encapsulated = NonNullable<DataElement["encapsulated"]>;

/**
 * The codestream of each frame of encapsulated Pixel Data (PS3.5 A.4), its fragments joined. The Basic Offset
 * Table is often wrong, so of several methods the first one that finds `count` frames is used. Throws
 * DicomError if none does.
 */
export function encapsulatedFrames(
  pixelData: Encapsulated,
  count: number,
): Required<Omit<PixelData, "shape">> {
  const fragments = pixelData.fragments.filter(({ length }) => length > 0);
  const frames =
    onePerFragment(fragments, count) ??
    byOffsetTable(pixelData, count) ??
    byStart(fragments, count) ??
    byEnd(fragments, count);
  if (frames) {
    frames.forEach(checkAlone);
    return { frames, problems: problemsOf(pixelData, frames) };
  }
  throw new DicomError(
    `DICOM attribute PixelData: expected ${count} frames, got ${fragments.length} fragments ` +
      "that do not divide into them",
  );
}

/**
 * Assumed: frame-warnings. FrameNumberMismatch if there are fewer fragments than frames: no fragment may have several
 * (PS3.5 A.4). InvalidOffsetTable if there is a Basic Offset Table that is not that of the frames.
 */
function problemsOf({ offsetTable, fragments }: Encapsulated, frames: readonly Uint8Array[]): FrameProblem[] {
  const isFewer = fragments.filter(({ length }) => length > 0).length < frames.length;
  const isTableWrong = offsetTable.length > 0 && !isTableOf(offsetTable, fragments, frames);
  return [
    ...(isFewer ? (["FrameNumberMismatch"] as const) : []),
    ...(isTableWrong ? (["InvalidOffsetTable"] as const) : []),
  ];
}

/** Whether each offset is that of the fragment in which its frame begins, or of empty ones before it. */
function isTableOf(
  offsetTable: readonly number[],
  fragments: readonly Uint8Array[],
  frames: readonly Uint8Array[],
): boolean {
  if (offsetTable.length !== frames.length) return false;
  const bytesBefore = new Map<number, number>();
  let [offset, byteLength] = [0, 0];
  for (const { length } of fragments) {
    bytesBefore.set(offset, byteLength);
    offset += HEADER_LENGTH + length;
    byteLength += length;
  }
  let start = 0;
  return frames.every((frame, index) => {
    const isHere = bytesBefore.get(offsetTable[index] ?? -1) === start;
    start += frame.length;
    return isHere;
  });
}

/** Decoders stop at the end of a codestream: a frame after it would be lost silently. */
function checkAlone(frame: Uint8Array, index: number): void {
  if (!holdsSecondStart(frame)) return;
  const byteLength = byteLengthOfCodestream(frame);
  if (byteLength === undefined || !startsCodestream(withoutPadding(frame.subarray(byteLength)))) return;
  throw new DicomError(
    `DICOM attribute PixelData: expected one codestream in frame ${index + 1}, got more ` +
      `after its ${byteLength} bytes`,
  );
}

/** An Extended Offset Table requires one fragment for each frame, too (PS3.3 C.7.6.3.1.8). */
const onePerFragment = (fragments: readonly Uint8Array[], count: number): Uint8Array[] | undefined =>
  fragments.length === count ? [...fragments] : undefined;

function byOffsetTable({ offsetTable, fragments }: Encapsulated, count: number): Uint8Array[] | undefined {
  if (offsetTable.length !== count || count < 2) return undefined;
  const starts = new Map<number, number>();
  let offset = 0;
  for (const [index, { length }] of fragments.entries()) {
    starts.set(offset, index);
    offset += HEADER_LENGTH + length;
  }
  const indices = offsetTable.map((each) => starts.get(each) ?? -1);
  const isAscending = indices.every((each, at) => (at === 0 ? each === 0 : each > (indices[at - 1] ?? 0)));
  if (!isAscending) return undefined;
  const frames = groups(fragments, indices);
  return frames.every(startsCodestream) ? frames : undefined;
}

/** Splits at fragments that start a codestream after one that ends a codestream. */
function byStart(fragments: readonly Uint8Array[], count: number): Uint8Array[] | undefined {
  const starts = [...fragments.keys()].filter((index) => {
    const [before, here] = [fragments[index - 1], fragments[index]];
    return before === undefined || (here && startsCodestream(here) && endsCodestream(before));
  });
  // All fragments together are one frame, unless they are clearly more.
  if (starts.length !== count) return undefined;
  return groups(fragments, starts);
}

/** Splits at the ends of the codestreams themselves, whatever the number of fragments. */
function byEnd(fragments: readonly Uint8Array[], count: number): Uint8Array[] | undefined {
  if (fragments.length > count || count === 1) return undefined;
  const frames: Uint8Array[] = [];
  for (let rest = join(fragments); rest.length > 0 && startsCodestream(rest);) {
    if (frames.length === count) return undefined;
    const byteLength = byteLengthOfCodestream(rest);
    if (byteLength === undefined) return undefined;
    frames.push(rest.subarray(0, byteLength));
    rest = withoutPadding(rest.subarray(byteLength));
  }
  return frames.length === count ? frames : undefined;
}

/** Joins the fragments from each index to the next. */
const groups = (fragments: readonly Uint8Array[], starts: readonly number[]): Uint8Array[] =>
  starts.map((start, at) => join(fragments.slice(start, starts[at + 1])));

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return first && parts.length === 1 ? first : joinBytes(parts);
}

function withoutPadding(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? bytes.subarray(bytes.length) : bytes.subarray(start);
}
