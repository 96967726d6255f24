/** Codes that identify codestreams and files of compressed images, as numbers in byte order. */

/** ITU-T T.81 table B.1; SOF55 is that of JPEG-LS (ISO/IEC 14495-1 C.1.1). */
export const JPEG_MARKER = {
  SOF0: 0xffc0,
  SOF1: 0xffc1,
  SOF3: 0xffc3,
  DHT: 0xffc4,
  JPG: 0xffc8,
  DAC: 0xffcc,
  SOF15: 0xffcf,
  RST0: 0xffd0,
  RST7: 0xffd7,
  SOI: 0xffd8,
  EOI: 0xffd9,
  SOS: 0xffda,
  DQT: 0xffdb,
  DNL: 0xffdc,
  DRI: 0xffdd,
  APP14: 0xffee,
  SOF55: 0xfff7,
} as const;

/** Any number of them may precede a marker (T.81 B.1.1.2). */
export const FILL_BYTES = 0xffff;

/** ISO/IEC 15444-1 table A.2. */
export const JPEG_2000_MARKER = {
  SOC: 0xff4f,
  SIZ: 0xff51,
  COD: 0xff52,
  TLM: 0xff55,
  COM: 0xff64,
  SOT: 0xff90,
  SOD: 0xff93,
  EOC: 0xffd9,
} as const;

/** The type of the first box of a JP2 or JPH file, `jP  ` (ISO/IEC 15444-1 I.5.1). */
export const JP2_SIGNATURE_BOX = 0x6a502020;

/**
 * A frame of RLE begins with 16 numbers of 4 bytes: the number of segments, and their offsets (PS3.5 G.5).
 */
export const RLE_HEADER_BYTE_LENGTH = 64;
