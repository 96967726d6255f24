import {
  isEncapsulatedUid,
  isTransferSyntaxUid,
  type EncapsulatedUid,
} from "../../../src/api/transfer-syntaxes.ts";

/** @throws Error for any other UID: the test is wrong */
export function encapsulatedUid(uid: string): EncapsulatedUid {
  if (isTransferSyntaxUid(uid) && isEncapsulatedUid(uid)) return uid;
  throw new Error(`${uid} is not a transfer syntax with compressed pixel data`);
}
