const { HEALTHIMAGING_LOCAL_TEST_TIMEOUT_FACTOR } = process.env;
const factor = Number(HEALTHIMAGING_LOCAL_TEST_TIMEOUT_FACTOR || 1);
if (!(factor > 0)) {
  throw new Error(
    `HEALTHIMAGING_LOCAL_TEST_TIMEOUT_FACTOR is "${HEALTHIMAGING_LOCAL_TEST_TIMEOUT_FACTOR}": expected a number above 0, such as 3 for a machine that is three times as slow`,
  );
}

/** A time-out of a machine that has nothing else to do, in milliseconds, as long as this machine needs it. */
export const scaled = (milliseconds: number): number => Math.ceil(milliseconds * factor);

/** What a test or a hook may take, and what `expect.poll` waits for, where they say nothing else. */
export const TEST_TIMEOUT_MS = scaled(60_000);
export const POLL_TIMEOUT_MS = scaled(20_000);
