import { inject, test } from "vitest";
import { isElsewhere } from "../elsewhere.ts";
import type { Behaviours } from "../../src/api/releases/behaviours.ts";
import type { NEW_INPUTS } from "../../src/api/releases/new-inputs.ts";
import type { ServiceRelease } from "../../src/api/releases/service-release.ts";

/** The release of the project that runs: see vitest.config.ts. */
const served = inject("serviceRelease");

type RowId = keyof Behaviours | keyof typeof NEW_INPUTS;

/**
 * What a test of both releases expects of the one that runs.
 * @param _row the difference in the table of behaviours: it says why the releases are not alike here
 */
export const inRelease = <T>(_row: RowId, values: Readonly<Record<ServiceRelease, T>>): T => values[served];

/**
 * A test of what one release does; a test of the row shows what the other one does.
 * @param _row the difference in the table of behaviours
 */
export const testOf = (release: ServiceRelease, _row: RowId) => test.runIf(served === release);

/** The same of a test that needs more of the emulator than AWS offers. */
export const controlledOf = (release: ServiceRelease, _row: RowId) =>
  test.skipIf(isElsewhere || served !== release);
