import { availableParallelism } from "node:os";
import { callSubject, CALLS, CONNECTIONS, type Kind } from "../against/calls.ts";
import { watch } from "../against/import-subjects.ts";
import { bareContestant, showBeside } from "../bare.ts";
import type { CodecRun } from "../bare-codec.ts";
import { compile } from "../compile.ts";
import { createCtFiles, createFrames } from "../ct-files.ts";
import type { Effort } from "../effort.ts";
import { authorization, Emulator } from "../emulator.ts";
import type { Contestant } from "../in-turn.ts";
import { LoadClient, type Asked } from "../load/load.ts";
import { ask, start, stop } from "../processes.ts";
import { thisTree } from "../trees.ts";

const SIDE = 512;
const INSTANCES = 20;
const FRAMES = 64;
const LISTS = 400;
const DECODED = 256;
const THREADS = Math.min(availableParallelism(), 8);
const DICOMWEB = { flags: ["--dicomweb"] };

/** The digits of a file's SOP Instance UID that no other has. */
const VARIED = /\d{4}(?=\.1\.1\.1$)/;

const octets = (transferSyntax: string): string =>
  `multipart/related; type="application/octet-stream"; transfer-syntax=${transferSyntax}`;
const STORED = octets("*");
const UNCOMPRESSED = octets("1.2.840.10008.1.2.1");
const LIST = Array.from({ length: FRAMES }, (_, index) => index + 1).join(",");

const get = (emulator: Emulator, place: string, accept: string): Asked => ({
  method: "GET",
  path: emulator.path(`/${place}`),
  headers: { authorization: authorization("medical-imaging"), accept },
});

/** Frames by WADO-RS: as they are stored beside a bare server of the same bytes, decoded beside the codec alone. */
export async function benchDicomweb(effort: Effort): Promise<void> {
  const client = await LoadClient.open();
  await benchStored(client, effort, oneByOne, CALLS / 2);
  await benchStored(client, effort, asList, LISTS);
  await client.close();
  await benchDecoded(effort);
}

/** A series of single frames: each in a call, as viewers load it. */
async function oneByOne(emulator: Emulator): Promise<Kind> {
  await emulator.fill("series", INSTANCES, createCtFiles(SIDE).file);
  await emulator.importAll("series");
  const { instancePath } = await emulator.firstImageSet();
  const [first, ...others] = Array.from({ length: INSTANCES }, (_, index) =>
    get(emulator, `${instancePath.replace(VARIED, String(1_000 + index))}/frames/1`, STORED),
  );
  if (first === undefined) throw new Error("a series has instances");
  return { name: `frames of ${SIDE}x${SIDE}, one by one`, requests: [first, ...others] };
}

/** An instance of many frames, all in one call. */
async function asList(emulator: Emulator): Promise<Kind> {
  await emulator.fill("frames", 1, () => createFrames(SIDE, FRAMES));
  await emulator.importAll("frames");
  const { instancePath } = await emulator.firstImageSet();
  return {
    name: `lists of ${FRAMES} frames of ${SIDE}x${SIDE}`,
    requests: [get(emulator, `${instancePath}/frames/${LIST}`, STORED)],
  };
}

async function benchStored(
  client: LoadClient,
  effort: Effort,
  prepare: (emulator: Emulator) => Promise<Kind>,
  calls: number,
): Promise<void> {
  const tree = await thisTree();
  const emulator = await Emulator.open(tree, DICOMWEB);
  const kind = await prepare(emulator);
  const { byteLength } = await fetchBytes(emulator, kind.requests[0]);
  await emulator.close();
  const count = effort.count(calls, CONNECTIONS);
  const bare = () => bareContestant(client, kind, count, byteLength);
  const ours = () =>
    callSubject(async (own) => [{ ...(await prepare(own)), calls }], DICOMWEB)(tree, { client, effort });
  await showBeside(
    "bare node:http",
    [bare, ours],
    { rounds: effort.rounds(9), isFresh: true },
    `of ${byteLength} bytes`,
  );
}

const fetchBytes = async (emulator: Emulator, { path, headers }: Asked): Promise<ArrayBuffer> => {
  const answer = await fetch(emulator.url + path, { headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.arrayBuffer();
};

/** Uncompressed frames over HTTP against as many threads that decode as many frames, and nothing else. */
async function benchDecoded(effort: Effort): Promise<void> {
  const lists = Math.ceil(effort.count(DECODED, FRAMES) / FRAMES);
  const name = `${lists * FRAMES} frames of ${SIDE}x${SIDE}`;
  const bare = async (): Promise<Contestant> => {
    const program = await compile(new URL("../bare-codec.ts", import.meta.url));
    const codec = await start([program, String(SIDE), String(THREADS), "decode"], { hasChannel: true });
    const work = async () => (await ask<CodecRun>(codec, { frames: lists * FRAMES })).elapsedMs;
    return { measure: () => watch(name, codec.pid, work), close: () => stop(codec) };
  };
  const tree = await thisTree();
  const ours = async (): Promise<Contestant> => {
    const emulator = await Emulator.open(tree, DICOMWEB);
    await emulator.fill("frames", 1, () => createFrames(SIDE, FRAMES));
    await emulator.importAll("frames");
    const { instancePath } = await emulator.firstImageSet();
    const request = get(emulator, `${instancePath}/frames/${LIST}`, UNCOMPRESSED);
    const work = async (): Promise<number> => {
      const begin = performance.now();
      for (let list = 0; list < lists; list++) await fetchBytes(emulator, request);
      return performance.now() - begin;
    };
    return { measure: () => watch(name, emulator.pid, work), close: () => emulator.close() };
  };
  const options = { rounds: effort.rounds(7), isFresh: true };
  await showBeside("bare codec", [bare, ours], options, `uncompressed, ${THREADS} threads`);
}
