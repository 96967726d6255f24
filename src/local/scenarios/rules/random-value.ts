/** FNV-1a of strings and numbers, each with a terminator: ("ab", "c") differs from ("a", "bc"). */
export function hash(...parts: readonly (string | number)[]): number {
  let sum = 0x811c9dc5;
  for (const part of parts) {
    const text = String(part);
    for (let index = 0; index < text.length; index++) {
      sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
    }
    sum = Math.imul(sum ^ 0x10000, 0x01000193);
  }
  return sum;
}

/**
 * A pseudo-random number from 0 up to 1 that depends only on the four numbers. Each of them is followed by
 * the final mix of MurmurHash3, so that similar numbers give very different results.
 */
export function draw(a: number, b: number, c: number, d: number): number {
  return (mix(mix(mix(mix(spread(a)) ^ spread(b)) ^ spread(c)) ^ spread(d)) >>> 0) / 2 ** 32;
}

const spread = (value: number): number => Math.imul(value, 0x9e3779b1);

function mix(value: number): number {
  const first = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}
