#!/usr/bin/env node
import { nodeProblem } from "./api/node-version.ts";

// First check the version of Node.js: an older one may be unable to load the rest.
const problem = nodeProblem();
if (problem === undefined) {
  const { main } = await import("./app/cli/main.ts");
  process.exitCode = await main(process.argv.slice(2), process.env, process.cwd());
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
