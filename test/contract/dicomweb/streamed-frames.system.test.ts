import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openServer, type ServerSandbox } from "../../clients.ts";
import { get, importInto } from "../../healthimaging/dicomweb/instances.ts";
import { dicomFile, imageElements, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import { readParts } from "./multipart.ts";

const COUNT = 24;
const SIDE = 512;
/** Each frame is another pattern, so that memory that is used again too early shows. */
const frames = Array.from({ length: COUNT }, (_, index) =>
  Buffer.from(Uint8Array.from({ length: SIDE * SIDE }, (_each, at) => (at >> (index % 5)) * (index + 1))),
);
const image = { rows: SIDE, columns: SIDE, numberOfFrames: COUNT, pixelData: Buffer.concat(frames) };
const INSTANCE = "/studies/1.2.3.4.1/series/1.2.3.4.2/instances/1.2.3.4.3";

let sandbox: ServerSandbox;
let path: string;
beforeAll(async () => {
  sandbox = await openServer({ dicomweb: true });
  const file = dicomFile(instanceElements(...imageElements(image)));
  const { datastoreId } = await importInto(sandbox, "streamed", { "1.dcm": file });
  path = `/datastore/${datastoreId}${INSTANCE}`;
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const list = frames.map((_, index) => index + 1).join(",");
const read = async (accept: string) => {
  const { headers, body } = await get(sandbox, `${path}/frames/${list}`, { headers: { accept } });
  expect(headers["content-length"]).toBe(String(body.length));
  return readParts(headers["content-type"] ?? "", body).map(({ bytes }) => bytes);
};

test("decoded frames that are streamed to several clients at once have the pixels of the file", async () => {
  const answers = await Promise.all([1, 2, 3].map(() => read("*/*")));
  for (const parts of answers)
    expect(parts.map((part, index) => part.equals(frames[index] ?? Buffer.alloc(0)))).toEqual(
      frames.map(() => true),
    );
  const { body } = await get(sandbox, path);
  expect(body.subarray(-COUNT * SIDE * SIDE).equals(Buffer.concat(frames))).toBe(true);
});

test("a client that goes away while decoded frames are sent is not logged as an error", async () => {
  const errors: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: (message: string) => void errors.push(message) };
  await using own = await openServer({ dicomweb: true, log });
  const file = dicomFile(instanceElements(...imageElements(image)));
  const { datastoreId } = await importInto(own, "left", { "1.dcm": file });
  const place = `/datastore/${datastoreId}${INSTANCE}`;
  const { hostname, port } = new URL(own.emulator.url);
  for (let round = 0; round < 12; round++) {
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${place}/frames/${list} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(socket, "data");
    socket.destroy();
    await get(own, `${place}/frames/1`);
  }
  await get(own, place);
  expect(errors).toEqual([]);
});

test("stored frames that are streamed are the same each time", async () => {
  const accept = 'multipart/related; type="image/jphc"';
  const [first, second] = [await read(accept), await read(accept)];
  expect(first).toHaveLength(COUNT);
  expect(first.every((part, index) => part.equals(second[index] ?? Buffer.alloc(0)))).toBe(true);
});
