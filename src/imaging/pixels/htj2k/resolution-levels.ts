/** One resolution of a frame, in pixels. */
export interface ResolutionSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Assumed: smallest-resolution. 640x480 goes down to 160x120, 512x375 stops at 256x188 instead of 128x94
 * (facts: frames#resolutions): any limit from 95 to 120 fits.
 */
const SMALLEST_SIDE = 100;

/** DICOM PS3.5 10.18: the base resolution's width or height is at most this. */
const LARGEST_BASE_SIDE = 64;

/** A side of `length` pixels, halved `reduction` times, rounded up (ISO/IEC 15444-1 B.5). */
export function reduceSide(length: number, reduction: number): number {
  return Math.ceil(length / 2 ** reduction);
}

/**
 * The resolutions in an image frame's metadata, from base to full: smaller ones while the smaller side has at
 * least 100 pixels. Always at least the full one.
 */
export function resolutionLevels(width: number, height: number): ResolutionSize[] {
  const levels: ResolutionSize[] = [{ width, height }];
  for (let reduction = 1; ; reduction++) {
    const level = { width: reduceSide(width, reduction), height: reduceSide(height, reduction) };
    if (Math.min(level.width, level.height) < SMALLEST_SIDE) return levels.toReversed();
    levels.push(level);
  }
}

/**
 * How often a frame is halved in its codestream: down to a thumbnail, below the smallest listed resolution.
 * Never 0, for which the codec returns wrong samples.
 */
export function decompositionCount(width: number, height: number): number {
  let decompositions = 1;
  while (reduceSide(Math.min(width, height), decompositions) > LARGEST_BASE_SIDE) decompositions++;
  return decompositions;
}
