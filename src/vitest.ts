export { test, type EmulatorFixtures, type HealthImagingTest } from "./app/vitest-fixtures.ts";
