import { ServiceError } from "../../api/errors.ts";
import { EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL } from "../../api/transfer-syntaxes.ts";

/**
 * The transfer syntaxes that an instance can be sent in; the first is the default
 * (facts: dicomweb#transfer-syntaxes-offered).
 */
const OFFERED = [EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL] as const;
export type OfferedTransferSyntax = (typeof OFFERED)[number];

interface MediaRange {
  /** In lower case: `application/dicom`. */
  readonly type: string;
  readonly transferSyntaxUID: string;
  readonly quality: number;
}

/** A wider range is less specific (RFC 9110 12.5.1). */
const TYPES = ["*/*", "application/*", "application/dicom"];

/**
 * The transfer syntax that an Accept header requests: the best quality wins, and of equal ones the first. A
 * range without a `transfer-syntax` means Explicit VR Little Endian.
 * Assumed: other-accepts. `transfer-syntax=*` and `multipart/related`, which the guide does not name, are not
 * served.
 * @throws ServiceError NotAcceptableException
 */
export function chooseTransferSyntax(accept: string | undefined): OfferedTransferSyntax {
  const ranges = accept === undefined || accept.trim() === "" ? [ANYTHING] : readAccept(accept);
  const offers = OFFERED.flatMap((uid) => {
    const matching = ranges.filter((range) => range.transferSyntaxUID === uid && TYPES.includes(range.type));
    const [best] = matching.toSorted((a, b) => TYPES.indexOf(b.type) - TYPES.indexOf(a.type));
    return best === undefined || best.quality === 0 ? [] : [{ uid, best }];
  });
  const [chosen] = offers.toSorted(
    (a, b) => b.best.quality - a.best.quality || ranges.indexOf(a.best) - ranges.indexOf(b.best),
  );
  if (chosen !== undefined) return chosen.uid;
  throw new ServiceError("NotAcceptableException", `No instance can be sent as '${accept?.slice(0, 256)}'`, {
    hint: `Accept expects application/dicom; transfer-syntax=${OFFERED.join(" or ")}`,
  });
}

const ANYTHING: MediaRange = { type: "*/*", transferSyntaxUID: EXPLICIT_VR_LITTLE_ENDIAN, quality: 1 };

/** Ranges that are not well-formed are ignored. */
function readAccept(accept: string): MediaRange[] {
  return split(accept, ",").flatMap((range) => {
    const [type = "", ...parameters] = split(range, ";");
    const values = new Map(parameters.map(readParameter));
    const quality = values.get("q") ?? "1";
    if (!/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(quality)) return [];
    const transferSyntaxUID = values.get("transfer-syntax") ?? EXPLICIT_VR_LITTLE_ENDIAN;
    return [{ type: type.toLowerCase(), transferSyntaxUID, quality: Number(quality) }];
  });
}

/** Splits at separators outside quotes. */
function split(text: string, separator: "," | ";"): string[] {
  const parts = text.match(
    separator === "," ? /(?:"(?:\\.|[^"\\])*"|[^,"]|")+/g : /(?:"(?:\\.|[^"\\])*"|[^;"]|")+/g,
  );
  return (parts ?? []).map((part) => part.trim());
}

function readParameter(parameter: string): [name: string, value: string] {
  const equals = parameter.indexOf("=");
  const name = parameter.slice(0, equals < 0 ? undefined : equals);
  const value = equals < 0 ? "" : parameter.slice(equals + 1).trim();
  const unquoted = /^"(.*)"$/s.exec(value)?.[1]?.replace(/\\(.)/gs, "$1");
  return [name.trim().toLowerCase(), unquoted ?? value];
}
