/**
 * The inverse DCT of ITU-T T.81 A.3.3 in integers, by the factorisation of Loeffler, Ligtenberg and Moschytz
 * with constants of 13 bits: the arithmetic of the "slow" transform of the Independent JPEG Group, so that
 * decoders based on theirs return the same samples.
 */
const CONST_BITS = 13;
const fixed = (value: number): number => Math.round(value * (1 << CONST_BITS));

const F_0_298 = fixed(0.298631336);
const F_0_390 = fixed(0.390180644);
const F_0_541 = fixed(0.5411961);
const F_0_765 = fixed(0.765366865);
const F_0_899 = fixed(0.899976223);
const F_1_175 = fixed(1.175875602);
const F_1_501 = fixed(1.50132111);
const F_1_847 = fixed(1.847759065);
const F_1_961 = fixed(1.96157056);
const F_2_053 = fixed(2.053119869);
const F_2_562 = fixed(2.562915447);
const F_3_072 = fixed(3.072711026);

const workspace = new Int32Array(64);

/**
 * Transforms 64 dequantised coefficients into 8 rows of samples at `offset` of `output`.
 * @param bits 8 or 12: with 12 the first pass keeps one bit less, so that 32 bits suffice
 */
export function inverseDct(
  coefficients: Int32Array,
  output: Uint8Array | Uint16Array,
  offset: number,
  stride: number,
  bits: number,
): void {
  const passBits = bits === 8 ? 2 : 1;
  for (let column = 0; column < 8; column++) {
    transform(coefficients, column, 8, workspace, column, 8, CONST_BITS - passBits);
  }
  const middle = 1 << (bits - 1);
  const highest = (1 << bits) - 1;
  for (let row = 0; row < 8; row++) {
    transform(workspace, row * 8, 1, workspace, row * 8, 1, CONST_BITS + passBits + 3);
    for (let column = 0; column < 8; column++) {
      const sample = (workspace[row * 8 + column] ?? 0) + middle;
      output[offset + row * stride + column] = sample < 0 ? 0 : sample > highest ? highest : sample;
    }
  }
}

/** One transform of 8 values, `step` apart, each shifted down and rounded by `shift` bits. */
function transform(
  input: Int32Array,
  from: number,
  step: number,
  output: Int32Array,
  to: number,
  outputStep: number,
  shift: number,
): void {
  const in0 = input[from] ?? 0;
  const in1 = input[from + step] ?? 0;
  const in2 = input[from + 2 * step] ?? 0;
  const in3 = input[from + 3 * step] ?? 0;
  const in4 = input[from + 4 * step] ?? 0;
  const in5 = input[from + 5 * step] ?? 0;
  const in6 = input[from + 6 * step] ?? 0;
  const in7 = input[from + 7 * step] ?? 0;
  const round = 1 << (shift - 1);

  // The even part.
  const e1 = Math.imul(in2 + in6, F_0_541);
  const low = e1 - Math.imul(in6, F_1_847);
  const high = e1 + Math.imul(in2, F_0_765);
  const sum = ((in0 + in4) << CONST_BITS) + round;
  const difference = ((in0 - in4) << CONST_BITS) + round;
  const even0 = sum + high;
  const even3 = sum - high;
  const even1 = difference + low;
  const even2 = difference - low;

  // The odd part.
  const z5 = Math.imul(in7 + in3 + in5 + in1, F_1_175);
  const z1 = -Math.imul(in7 + in1, F_0_899);
  const z2 = -Math.imul(in5 + in3, F_2_562);
  const z3 = z5 - Math.imul(in7 + in3, F_1_961);
  const z4 = z5 - Math.imul(in5 + in1, F_0_390);
  const odd3 = Math.imul(in7, F_0_298) + z1 + z3;
  const odd2 = Math.imul(in5, F_2_053) + z2 + z4;
  const odd1 = Math.imul(in3, F_3_072) + z2 + z3;
  const odd0 = Math.imul(in1, F_1_501) + z1 + z4;

  output[to] = (even0 + odd0) >> shift;
  output[to + 7 * outputStep] = (even0 - odd0) >> shift;
  output[to + outputStep] = (even1 + odd1) >> shift;
  output[to + 6 * outputStep] = (even1 - odd1) >> shift;
  output[to + 2 * outputStep] = (even2 + odd2) >> shift;
  output[to + 5 * outputStep] = (even2 - odd2) >> shift;
  output[to + 3 * outputStep] = (even3 + odd3) >> shift;
  output[to + 4 * outputStep] = (even3 - odd3) >> shift;
}
