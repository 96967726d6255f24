import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Starts what was built, asks it for what clients ask first, and ends it: then the code that V8 compiled of it is
 * kept, and the next start is as fast as any.
 */
const server = spawn(process.execPath, [process.argv[2] ?? "dist/cli.js", "--port", "0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
for await (const line of createInterface({ input: server.stdout })) {
  if (!line.startsWith("READY ")) continue;
  const url = line.slice("READY ".length);
  for (const path of ["/_local/health", "/datastore", "/"]) await (await fetch(url + path)).arrayBuffer();
  break;
}
server.kill("SIGTERM");
[process.exitCode = 1] = (await once(server, "exit")) as [number | undefined];
