import { EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL } from "../../api/transfer-syntaxes.ts";
import { STORED_TRANSFER_SYNTAX, type OfferedTransferSyntax } from "./accept.ts";
import { bestFirst, type MediaRange, notAcceptable, readAccept } from "./accept-header.ts";

/** How frames are sent. */
export interface FrameRepresentation {
  readonly transferSyntaxUID: OfferedTransferSyntax;
  /** Of a frame: `image/jphc`. */
  readonly mediaType: string;
  /** `multipart/related` with a part for each frame; otherwise the one frame is the body. */
  readonly isMultipart: boolean;
}

const OCTETS = "application/octet-stream";

/**
 * What the web calls a frame of each transfer syntax (PS3.18 8.7.3; facts: dicomweb#media-types-of-frames). A
 * codestream of HTJ2K is image/jphc, while GetImageFrame sends a file of boxes, image/jph.
 */
const MEDIA_TYPES: Readonly<Record<OfferedTransferSyntax, string>> = {
  [EXPLICIT_VR_LITTLE_ENDIAN]: OCTETS,
  [HTJ2K_LOSSLESS_RPCL]: "image/jphc",
};

/** In the order in which a range that fits several gets one. */
const OFFERED: readonly OfferedTransferSyntax[] = [EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL];

/**
 * The representation of frames that an Accept header requests: of its alternatives the best, of equal ones the first
 * that fits. Without a transfer syntax it is that of the media type, Explicit VR Little Endian for octets.
 * Assumed: single-part-frames. One frame is sent as it is where no `multipart/related` is asked for; several are not.
 * @throws ServiceError NotAcceptableException
 */
export function chooseFrames(accept: string | undefined, frameCount: number): FrameRepresentation {
  for (const range of bestFirst(readAccept(accept))) {
    const found = fit(range, frameCount);
    if (found !== undefined) return found;
  }
  const types = OFFERED.map((uid) => `type="${MEDIA_TYPES[uid]}"; transfer-syntax=${uid}`);
  throw notAcceptable(
    frameCount === 1 ? "No frame" : "No list of frames",
    accept,
    `multipart/related; ${types.join(", or ")}, or transfer-syntax=* for frames as they are stored`,
  );
}

const ANY_MULTIPART = new Set(["multipart/related", "multipart/*", "*/*"]);

function fit(range: MediaRange, frameCount: number): FrameRepresentation | undefined {
  const isMultipart = ANY_MULTIPART.has(range.type);
  if (!isMultipart && frameCount !== 1) return undefined;
  const mediaType = isMultipart ? (range.parameters.get("type")?.toLowerCase() ?? "*/*") : range.type;
  const wanted = range.parameters.get("transfer-syntax");
  const transferSyntaxUID = OFFERED.find(
    (uid) => isWanted(uid, wanted, mediaType) && isOfType(uid, mediaType, wanted !== undefined),
  );
  if (transferSyntaxUID === undefined) return undefined;
  const sentAs = mediaType.includes("*") ? MEDIA_TYPES[transferSyntaxUID] : mediaType;
  return { transferSyntaxUID, mediaType: sentAs, isMultipart };
}

function isWanted(uid: OfferedTransferSyntax, wanted: string | undefined, mediaType: string): boolean {
  if (wanted === "*") return uid === STORED_TRANSFER_SYNTAX;
  if (wanted !== undefined) return uid === wanted;
  return mediaType.startsWith("image/") || uid === EXPLICIT_VR_LITTLE_ENDIAN;
}

/**
 * Assumed: frames-as-octets. Frames of every transfer syntax are also octets if the range names the syntax: viewers ask
 * for `type="application/octet-stream"; transfer-syntax=*`.
 */
function isOfType(uid: OfferedTransferSyntax, mediaType: string, isNamed: boolean): boolean {
  const own = MEDIA_TYPES[uid];
  if (mediaType === own || mediaType === "*/*") return true;
  if (mediaType === OCTETS || mediaType === "application/*") return isNamed || own === OCTETS;
  return mediaType === "image/*" && own.startsWith("image/");
}
