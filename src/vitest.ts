export { test, type EmulatorFixtures } from "./compose/vitest-fixtures.ts";
