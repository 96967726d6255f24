/** Bytes of a header; a file's bytes are padded to a multiple. */
export const BLOCK = 512;

/** Bytes of a header for a name, and for the folder before it if that is not enough. */
const MAX_NAME = 100;
const MAX_PREFIX = 155;
/** The largest number of 11 octal digits. */
const MAX_BYTES = 8 ** 11 - 1;

export interface TarEntry {
  readonly name: string;
  readonly byteLength: number;
}

/** A header of POSIX's ustar (IEEE 1003.1, pax) for a plain file without an owner, dated 1970. */
export function writeHeader({ name, byteLength }: TarEntry): Buffer {
  const cut = Buffer.byteLength(name) > MAX_NAME ? name.lastIndexOf("/") : -1;
  const [prefix, rest] = [name.slice(0, Math.max(0, cut)), name.slice(cut + 1)];
  const fits = Buffer.byteLength(prefix) <= MAX_PREFIX && Buffer.byteLength(rest) <= MAX_NAME;
  if (!fits || byteLength > MAX_BYTES)
    throw new Error(`${name} (${byteLength} bytes) does not fit in a tar file`);
  const header = Buffer.alloc(BLOCK);
  header.write(rest, 0, "utf8");
  header.write(prefix, 345, "utf8");
  for (const [text, at] of [
    ["0000644\0", 100],
    ["0000000\0", 108],
    ["0000000\0", 116],
    [`${byteLength.toString(8).padStart(11, "0")}\0`, 124],
    ["00000000000\0", 136],
    ["0", 156],
    ["ustar\x0000", 257],
  ] as const)
    header.write(text, at, "latin1");
  header.write(`${sumOf(header).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

/**
 * @returns undefined for the block of zeros that ends the file
 * @throws if it is not the header of a plain file: links and folders are refused
 */
export function readTarHeader(header: Buffer): TarEntry | undefined {
  if (header.every((byte) => byte === 0)) return undefined;
  if (parseInt(textAt(header, 148, 8), 8) !== sumOf(header)) throw new Error("a tar header is damaged");
  const name = `${prefixOf(header)}${textAt(header, 0, MAX_NAME)}`;
  const type = textAt(header, 156, 1);
  if (type !== "" && type !== "0")
    throw new Error(`${JSON.stringify(name)} is not a plain file (type ${JSON.stringify(type)})`);
  const size = textAt(header, 124, 12).trim();
  if (!/^[0-7]{1,12}$/.test(size)) throw new Error(`the size of ${JSON.stringify(name)} is not a number`);
  return { name, byteLength: parseInt(size, 8) };
}

/** How many zeros follow that many bytes. */
export const fillOf = (byteLength: number): number => (BLOCK - (byteLength % BLOCK)) % BLOCK;

function prefixOf(header: Buffer): string {
  const prefix = textAt(header, 257, 5) === "ustar" ? textAt(header, 345, MAX_PREFIX) : "";
  return prefix === "" ? "" : `${prefix}/`;
}

function textAt(header: Buffer, start: number, length: number): string {
  const end = header.indexOf(0, start);
  return header.toString("utf8", start, end < 0 ? start + length : Math.min(end, start + length));
}

/** Sum of all bytes; those of the sum itself count as spaces. */
const sumOf = (header: Buffer): number =>
  header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);
