/** Encodes one character in a set; undefined if the set lacks it. */
type Encoder = (character: string) => readonly number[] | undefined;

interface CodeSet {
  readonly encode: Encoder;
  /** The bytes that call the set up (PS3.3 C.12.1.1.2). */
  readonly escape: string;
}

const ascii: Encoder = (character) => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? [code] : undefined;
};

/** The inverse of what the runtime decodes, over all bytes or pairs of bytes above 7F. */
function inverseOf(label: string, prefix: readonly number[] = [], pairs = false): Encoder {
  const decoder = new TextDecoder(label);
  const table = new Map<string, number[]>();
  const range = (from: number): number[] => Array.from({ length: 0x100 - from }, (_, at) => from + at);
  for (const first of range(0x80)) {
    for (const second of pairs ? range(0x40) : [undefined]) {
      const bytes = [first, ...(second === undefined ? [] : [second])];
      const text = decoder.decode(Uint8Array.from([...prefix, ...bytes]));
      if (!text.includes("\ufffd") && Array.from(text).length === 1 && !table.has(text))
        table.set(text, bytes);
    }
  }
  return (character) => table.get(character);
}

const lazily = (make: () => Encoder): Encoder => {
  let made: Encoder | undefined;
  return (character) => (made ??= make())(character);
};

/** Of four bytes: characters beyond the basic plane lie in a row (GB 18030-2005). */
const gb18030Beyond: Encoder = (character) => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x10000) return undefined;
  const linear = code - 0x10000 + 189_000;
  return [
    0x81 + Math.floor(linear / 12_600),
    0x30 + (Math.floor(linear / 1_260) % 10),
    0x81 + (Math.floor(linear / 10) % 126),
    0x30 + (linear % 10),
  ];
};

const euc = (label: string, prefix: readonly number[] = []): Encoder =>
  lazily(() => {
    const inverse = inverseOf(label, prefix, true);
    return (character) => (inverse(character)?.every((byte) => byte > 0xa0) ? inverse(character) : undefined);
  });
const to7Bits =
  (encoder: Encoder): Encoder =>
  (character) =>
    encoder(character)?.map((byte) => byte & 0x7f);
const single = (label: string): Encoder => lazily(() => inverseOf(label));

/** By defined term; of the code extensions the escape sequence counts, of the others it is empty. */
const CODE_SETS: Readonly<Record<string, CodeSet>> = {
  "": { encode: ascii, escape: "\x1b(B" },
  "ISO_IR 100": { encode: single("iso-8859-1"), escape: "" },
  "ISO_IR 101": { encode: single("iso-8859-2"), escape: "" },
  "ISO_IR 109": { encode: single("iso-8859-3"), escape: "" },
  "ISO_IR 110": { encode: single("iso-8859-4"), escape: "" },
  "ISO_IR 126": { encode: single("iso-8859-7"), escape: "" },
  "ISO_IR 127": { encode: single("iso-8859-6"), escape: "" },
  "ISO_IR 138": { encode: single("iso-8859-8"), escape: "" },
  "ISO_IR 144": { encode: single("iso-8859-5"), escape: "" },
  "ISO_IR 148": { encode: single("iso-8859-9"), escape: "" },
  "ISO_IR 166": { encode: single("windows-874"), escape: "" },
  "ISO_IR 13": { encode: single("shift_jis"), escape: "" },
  "ISO_IR 192": { encode: (character) => [...Buffer.from(character)], escape: "" },
  GB18030: { encode: lazily(() => either(inverseOf("gb18030", [], true), gb18030Beyond)), escape: "" },
  GBK: { encode: lazily(() => inverseOf("gbk", [], true)), escape: "" },
  "ISO 2022 IR 100": { encode: single("iso-8859-1"), escape: "\x1b-A" },
  "ISO 2022 IR 101": { encode: single("iso-8859-2"), escape: "\x1b-B" },
  "ISO 2022 IR 144": { encode: single("iso-8859-5"), escape: "\x1b-L" },
  "ISO 2022 IR 13": { encode: single("shift_jis"), escape: "\x1b)I" },
  "ISO 2022 IR 58": { encode: euc("gbk"), escape: "\x1b$)A" },
  "ISO 2022 IR 87": { encode: to7Bits(euc("euc-jp")), escape: "\x1b$B" },
  "ISO 2022 IR 149": { encode: euc("euc-kr"), escape: "\x1b$)C" },
  "ISO 2022 IR 159": { encode: to7Bits(euc("euc-jp", [0x8f])), escape: "\x1b$(D" },
};

const either =
  (...encoders: readonly Encoder[]): Encoder =>
  (character) =>
    encoders.map((encode) => encode(character)).find((bytes) => bytes !== undefined);

/** These end what an escape sequence called up (PS3.5 6.1.2.5.3). */
const DELIMITERS = new Set("^=\\\r\n\f\t");
/** Sets of G0, which take ASCII's place until it is called back. */
const IN_G0 = new Set(["ISO 2022 IR 87", "ISO 2022 IR 159"]);

/**
 * Encodes text by the terms of Specific Character Set, backslash between them; the first is in force
 * at the start of each component. Throws an error for a character that none of them has.
 */
export function encodeText(text: string, specificCharacterSet: string): Uint8Array {
  const terms = specificCharacterSet.split("\\");
  const [initial = ""] = terms;
  const bytes: number[] = [];
  let called = initial;
  const call = (term: string): void => {
    if (term === called) return;
    const isBack = term === initial && !IN_G0.has(called) && ascii !== CODE_SETS[term]?.encode;
    if (IN_G0.has(called) && !IN_G0.has(term)) bytes.push(...Buffer.from("\x1b(B", "latin1"));
    if (isBack || (term !== initial && term !== "")) {
      bytes.push(...Buffer.from(CODE_SETS[term]?.escape ?? "", "latin1"));
    }
    called = term;
  };
  for (const character of text) {
    const plain = ascii(character);
    if (plain) {
      if (IN_G0.has(called) || DELIMITERS.has(character)) call(IN_G0.has(called) ? initial : called);
      if (DELIMITERS.has(character)) called = initial;
      bytes.push(...plain);
      continue;
    }
    const term = terms.find((each) => codeSet(each).encode(character));
    if (term === undefined) throw new Error(`${specificCharacterSet} does not have ${character}`);
    call(term);
    bytes.push(...(codeSet(term).encode(character) ?? []));
  }
  if (IN_G0.has(called)) call(initial);
  return Uint8Array.from(bytes);
}

function codeSet(term: string): CodeSet {
  const found = CODE_SETS[term];
  if (found === undefined) throw new Error(`no character set ${term} here`);
  return found;
}
