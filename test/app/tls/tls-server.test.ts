import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../../src/app/gateway/listen.ts";
import { createTlsServer } from "../../../src/app/gateway/tls-server.ts";
import { openTls } from "../../../src/app/tls/open-tls.ts";
import { ManualClock } from "../../manual-clock.ts";

test("a connection ends that is not encrypted within a minute, and one that is encrypted does not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [log, clock] = [{ warn: () => {} }, new ManualClock()];
  const { ca, certificates } = await openTls({ folder }, { host: "localhost", serves: () => true, log });
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const handle = async () => {
    asked.resolve();
    await answered.promise;
    return { status: 200, headers: {}, body: "late" };
  };
  const create = () => createTlsServer(handle, { certificates, log, clock });
  const { port, close } = await listen(create, "127.0.0.1", 0, "https");
  onTestFinished(() => close(Promise.resolve()));
  const open = (): Socket =>
    connect(port, "127.0.0.1")
      .on("error", () => {})
      .resume();
  const [silent, halfway] = [open(), open()];
  halfway.write(Buffer.from([0x16, 3, 1]));
  const ends = Promise.all([once(silent, "close"), once(halfway, "close")]);

  const request = get({ port, host: "127.0.0.1", ca: ca.certificate, agent: false });
  const response = once(request, "response") as Promise<[IncomingMessage]>;
  await asked.promise;
  expect(clock.scheduled).toBe(2);
  clock.advance(60_000);
  await ends;
  answered.resolve();
  const [answer] = await response;
  expect(await text(answer)).toBe("late");
});
