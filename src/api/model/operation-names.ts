import { THROTTLES, type Throttle } from "../limits/published-limits.ts";
import { DICOMWEB_OPERATIONS } from "./dicomweb-operations.ts";

/** The throttle of every operation that the emulator has in any release. */
export const allThrottles = (): ReadonlyMap<string, Throttle> =>
  new Map([
    ...THROTTLES,
    ...DICOMWEB_OPERATIONS.filter(({ isMissing }) => isMissing !== true).map(
      ({ name, throttle }) => [name, throttle] as const,
    ),
  ]);

/** Every operation that the emulator has in any release. */
export const operationNames = (): string[] => [...allThrottles().keys()];
