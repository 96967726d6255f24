export { test, type EmulatorFixtures } from "./app/vitest-fixtures.ts";
