/** Properties of Value Representations (PS3.5 6.2) for readers and writers. */

const vrs = (names: string): ReadonlySet<string> => new Set(names.split(" "));

const KNOWN = vrs(
  "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV",
);

export const isVr = (vr: string | undefined): vr is string => vr !== undefined && KNOWN.has(vr);

const BINARY = vrs("OB OD OF OL OV OW UN");

/** Values that are bytes or words: neither text nor numbers. */
export const isBinary = (vr: string): boolean => BINARY.has(vr);

/** VRs with two reserved bytes and a length of 4 bytes in explicit VR (PS3.5 7.1.2). */
const LONG_FORM = vrs("OB OD OF OL OV OW SQ SV UC UN UR UT UV");

export const isLongForm = (vr: string): boolean => LONG_FORM.has(vr);

/** Header bytes of items, delimiters, implicit VR and short forms (PS3.5 7.1). */
export const HEADER_LENGTH = 8;
export const LONG_HEADER_LENGTH = 12;

/** The length of a value field that a delimiter ends. */
export const UNDEFINED_LENGTH = 0xffffffff;
