import { expect, test } from "vitest";
import { nodeProblem } from "../../src/api/node-version.ts";

test.each(["20.20.2", "22.21.9", "18.0.0", ""])(
  "Node.js with the version %j is refused with a message",
  (version) => {
    expect(nodeProblem(version)).toBe(
      `healthimaging-local needs Node.js 22.22 or newer, found ${version}. ` +
        "`npm install --save-dev node@24` installs one for a project; `npx healthimaging-local` and npm scripts then use it",
    );
  },
);

test.each(["22.22.0", "23.0.0", "24.21.0", "100.0.0-nightly"])("Node.js %s is accepted", (version) => {
  expect(nodeProblem(version)).toBeUndefined();
});
