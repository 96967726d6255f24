import { EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL } from "../../api/transfer-syntaxes.ts";
import { notAcceptable, readAccept } from "./accept-header.ts";

/** The transfer syntaxes that frames can be sent in (facts: dicomweb#transfer-syntaxes-offered). */
export type OfferedTransferSyntax = typeof EXPLICIT_VR_LITTLE_ENDIAN | typeof HTJ2K_LOSSLESS_RPCL;

/** Every instance is stored so. */
export const STORED_TRANSFER_SYNTAX = HTJ2K_LOSSLESS_RPCL;

/** What an instance can be sent as; `*` is as it is stored. The first is the default. */
export type InstanceOffer = OfferedTransferSyntax | "*";

const FIRST_OFFERED = [EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL] as const;

/** A wider range is less specific (RFC 9110 12.5.1). */
const TYPES = ["*/*", "application/*", "application/dicom"];

/**
 * The transfer syntax that an Accept header requests for a file: the best quality wins, and of equal ones the first. A
 * range without a `transfer-syntax` means Explicit VR Little Endian.
 * Assumed: other-accepts. `multipart/related`, which the guide does not name, is not served, and in the first release
 * `transfer-syntax=*` is not.
 * @param offered by the release
 * @throws ServiceError NotAcceptableException
 */
export function chooseTransferSyntax(
  accept: string | undefined,
  offered: readonly InstanceOffer[] = FIRST_OFFERED,
): OfferedTransferSyntax {
  const ranges = readAccept(accept).map((range) => ({
    ...range,
    transferSyntaxUID: range.parameters.get("transfer-syntax") ?? EXPLICIT_VR_LITTLE_ENDIAN,
  }));
  const offers = offered.flatMap((uid) => {
    const matching = ranges.filter((range) => range.transferSyntaxUID === uid && TYPES.includes(range.type));
    const [best] = matching.toSorted((a, b) => TYPES.indexOf(b.type) - TYPES.indexOf(a.type));
    return best === undefined || best.quality === 0 ? [] : [{ uid, best }];
  });
  const [chosen] = offers.toSorted(
    (a, b) => b.best.quality - a.best.quality || ranges.indexOf(a.best) - ranges.indexOf(b.best),
  );
  if (chosen === undefined) {
    const expected = `application/dicom; transfer-syntax=${offered.join(" or ")}`;
    throw notAcceptable("No instance", accept, expected);
  }
  return chosen.uid === "*" ? STORED_TRANSFER_SYNTAX : chosen.uid;
}
