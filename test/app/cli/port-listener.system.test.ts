import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { describePortInUse } from "../../../src/app/cli/port-in-use.ts";
import { findPortListener } from "../../../src/app/cli/port-listener.ts";
import { asOrdinaryUser } from "../../setup/ordinary-user.ts";

const LISTEN =
  'const server = require("node:net").createServer((socket) => socket.end());' +
  'server.listen(0, "127.0.0.1", () => console.log(server.address().port));';

const holders: ChildProcess[] = [];
afterEach(() => {
  for (const holder of holders.splice(0)) holder.kill("SIGKILL");
});

/** A program that listens on a port; answers the port and its process. */
async function hold(): Promise<{ readonly port: number; readonly processId: number | undefined }> {
  const holder = spawn(process.execPath, ["--eval", LISTEN], { stdio: ["ignore", "pipe", "inherit"] });
  holders.push(holder);
  for await (const line of createInterface({ input: holder.stdout }))
    return { port: Number(line), processId: holder.pid };
  throw new Error("the program does not listen");
}

// Only /proc of Linux says which process listens; elsewhere the message names none.
describe.skipIf(process.platform !== "linux")("on Linux, who listens on a port is", () => {
  test("a process of this user, by its number and program, without its arguments", async () => {
    const { port, processId } = await hold();
    expect(await findPortListener(port)).toEqual({ processId, program: expect.stringMatching(/^node$/) });
    expect(await describePortInUse(port, "localhost")).toBe(
      `port ${port} is in use by node (process ${processId}): stop it, or choose another port with --port`,
    );
  });

  // Only root can act as another user.
  test.skipIf(process.getuid?.() !== 0)("a process of another user, by the number of that user", async () => {
    const { port } = await hold();
    await asOrdinaryUser(async () => {
      expect(await findPortListener(port)).toEqual({ userId: "0" });
      expect(await describePortInUse(port, "0.0.0.0")).toContain(
        "a process of another user (uid 0): stop it",
      );
    });
  });

  test("nobody where the port is free", async () => {
    const { port } = await hold();
    const [holder] = holders.splice(0);
    const ended = new Promise((resolve) => holder?.once("exit", resolve));
    holder?.kill("SIGKILL");
    await ended;
    expect(await findPortListener(port)).toBeUndefined();
  });
});
