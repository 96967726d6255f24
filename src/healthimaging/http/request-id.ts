/**
 * A UUID of version 4 for `x-amzn-requestid`. It must be distinct, not secret: loading `node:crypto` costs
 * the first call 6 ms.
 */
export function newRequestId(): string {
  const [a, b, c, d] = [word(), word(), word(), word()];
  const variant = ((Number.parseInt(c.slice(0, 1), 16) & 0x3) | 0x8).toString(16);
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

/** 32 random bits in hexadecimal digits. */
const word = (): string =>
  Math.floor(Math.random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, "0");
