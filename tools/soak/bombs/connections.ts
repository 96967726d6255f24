import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Bomb, Target } from "./target.ts";

const SLOW_CLIENTS = 300;
const DRIPS = 20;
const PAUSE_MS = 150;

/** Requests that no client of AWS sends. */
export const CONNECTION_BOMBS: readonly Bomb[] = [
  {
    name: "100,000 headers",
    expected: /^HTTP\/1\.1 400 |^closed$/,
    throwAt: (target) => exchange(target, headers(100_000, "x")),
  },
  {
    name: "2,500 headers within 16 KB",
    expected: /^HTTP\/1\.1 (200|4\d\d) |^closed$/,
    throwAt: (target) => exchange(target, headers(2_500, "")),
  },
  { name: "300 clients that send a byte now and then", expected: /^0 answered$/, throwAt: sendSlowly },
];

const headers = (count: number, value: string): string =>
  `GET /_local/health HTTP/1.1\r\nhost: localhost\r\n${Array.from({ length: count }, () => `a:${value}\r\n`).join("")}\r\n`;

function open({ server }: Target): Socket {
  const { port, hostname } = new URL(server.url);
  return connect(Number(port), hostname);
}

/** @returns the first line that is answered */
function exchange(target: Target, text: string): Promise<string> {
  const socket = open(target);
  socket.write(text);
  return new Promise((resolve) => {
    socket.once("data", (bytes) => {
      resolve(bytes.toString("latin1").split("\r\n")[0] ?? "");
      socket.destroy();
    });
    socket.on("error", () => {});
    socket.once("close", () => resolve("closed"));
  });
}

/** Half of them are in their headers, half in a body; after some seconds all go away. */
async function sendSlowly(target: Target): Promise<string> {
  let answered = 0;
  const sockets = Array.from({ length: SLOW_CLIENTS }, (_, index) => {
    const socket = open(target);
    socket.on("error", () => {});
    socket.on("data", () => (answered += 1));
    const body = index % 2 === 0 ? "" : "content-length: 1000\r\n\r\n{";
    socket.write(`POST /datastore HTTP/1.1\r\nhost: localhost\r\n${body}`);
    return socket;
  });
  for (let drip = 0; drip < DRIPS; drip++) {
    await delay(PAUSE_MS);
    for (const socket of sockets) socket.write("a");
  }
  for (const socket of sockets) socket.destroy();
  return `${answered} answered`;
}
