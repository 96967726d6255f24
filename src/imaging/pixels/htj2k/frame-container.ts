import { jphHeader } from "./jph.ts";

/** The format of GetImageFrame's answer: a JPH file (ISO/IEC 15444-15), or only the codestream. */
export type FrameContainer = "jph" | "codestream";
export const FRAME_CONTAINERS: readonly FrameContainer[] = ["jph", "codestream"];

/**
 * Assumed: jph-file. The guide's own examples decode a frame with readers that refuse a codestream, and the
 * one captured frame is a file (facts: frames#jph-file).
 */
export const DEFAULT_FRAME_CONTAINER: FrameContainer = "jph";

/** The sent bytes for a stored codestream, as chunks, so that it is not copied. */
export const inContainer = (codestream: Uint8Array, container: FrameContainer): readonly Uint8Array[] =>
  container === "jph" ? [jphHeader(codestream), codestream] : [codestream];

/** @throws TypeError for values that JavaScript callers pass without type checks */
export function checkFrameContainer(container: FrameContainer = DEFAULT_FRAME_CONTAINER): FrameContainer {
  if (FRAME_CONTAINERS.includes(container)) return container;
  throw new TypeError(`frameContainer expects one of ${FRAME_CONTAINERS.join(", ")}, got '${container}'`);
}
