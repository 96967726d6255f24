import { isPrivateCreator } from "./data-set.ts";
import { lookUp } from "./dictionary/dictionary.ts";

const KNOWN: ReadonlySet<string> = new Set(
  (
    "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR " +
    "US UT UV"
  ).split(" "),
);

export const isVr = (vr: string | undefined): vr is string => vr !== undefined && KNOWN.has(vr);

/**
 * The VR of an element whose file does not say it: implicit VR, or VR UN.
 * Of the dictionary's choices `US/SS` goes by Pixel Representation (PS3.5 A.1); the others are OW,
 * which Implicit VR Little Endian prescribes for them or which their bytes fit anyway.
 */
export function impliedVr(tag: string, isSigned: boolean): string {
  if (isPrivateCreator(tag)) return "LO";
  const vr = lookUp(tag)?.vr ?? "UN";
  if (vr === "US/SS") return isSigned ? "SS" : "US";
  return vr.includes("/") ? "OW" : vr;
}

/** Those with two reserved bytes and a length of 4 bytes in explicit VR (PS3.5 7.1.2). */
const LONG_FORM: ReadonlySet<string> = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));

export const isLongForm = (vr: string): boolean => LONG_FORM.has(vr);
