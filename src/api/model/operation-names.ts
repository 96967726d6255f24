import { THROTTLES, type Throttle } from "../limits/published-limits.ts";
import { DICOMWEB_OPERATIONS } from "./dicomweb-operations.ts";

const DICOMWEB = DICOMWEB_OPERATIONS.filter(({ isMissing }) => isMissing !== true);

/** The throttle of every operation that the emulator has in any release. */
export const ALL_THROTTLES: ReadonlyMap<string, Throttle> = new Map([
  ...THROTTLES,
  ...DICOMWEB.map(({ name, throttle }) => [name, throttle] as const),
]);

/** Every operation that the emulator has in any release. */
export const OPERATION_NAMES: readonly string[] = [...ALL_THROTTLES.keys()];
