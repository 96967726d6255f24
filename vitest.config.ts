import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Imports of real files share two cores with everything else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
