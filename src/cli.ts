#!/usr/bin/env node
// Nothing else is loaded before Node is known to be new enough to load it.
const OLDEST_NODE = [22, 22] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  const wanted = OLDEST_NODE.join(".");
  process.stderr.write(
    `healthimaging-local needs Node.js ${wanted} or newer, this is ${process.versions.node}\n`,
  );
  process.exitCode = 1;
} else {
  const { main } = await import("./cli/main.ts");
  process.exitCode = await main(process.argv.slice(2), process.env, process.cwd());
}
