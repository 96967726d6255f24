import { Agent } from "node:http";
import { gunzipSync, gzipSync } from "node:zlib";
import { BUCKET } from "../../../test/crash/client.ts";
import { BLOCK, fillOf, readTarHeader, writeHeader } from "../../../src/storage/snapshots/tar.ts";
import type { Bomb, Target } from "./target.ts";

const MEBIBYTE = 2 ** 20;
const UPLOADS = 3_000;
const UPLOADS_AT_A_TIME = 8;

const attributes = Array.from({ length: 150_000 }, (_, index) => `a${index}="1"`).join(" ");

/** Bodies that cost a parser far more than their bytes. */
export const BODY_BOMBS: readonly Bomb[] = [
  {
    name: "DeleteObjects with 150,000 attributes",
    expected: /^400 .*<Code>MalformedXML</s,
    throwAt: (target) =>
      target.ask("POST", `/${BUCKET}?delete`, {
        service: "s3",
        body: `<Delete ${attributes}><Object><Key>a</Key></Object></Delete>`,
      }),
  },
  {
    name: "CompleteMultipartUpload with 150,000 attributes",
    expected: /^400 .*<Code>MalformedXML</s,
    throwAt: completeUpload,
  },
  {
    name: "250 KB of nested YAML",
    expected: /^422 .*nested too deeply/s,
    throwAt: (target) => target.ask("PUT", "/_local/scenarios/nested", { body: "[".repeat(250_000) }),
  },
  {
    name: "100,000 aws-chunked chunks of one byte",
    expected: /^4\d\d .*<Code>InvalidChunkSizeError</s,
    throwAt: (target) =>
      target.ask("PUT", `/${BUCKET}/chunks`, {
        service: "s3",
        headers: {
          "content-encoding": "aws-chunked",
          "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
          "x-amz-decoded-content-length": "100000",
        },
        body: `${"1\r\na\r\n".repeat(100_000)}0\r\n\r\n`,
      }),
  },
  {
    name: "3,000 multipart uploads",
    expected: /^1000 started, 2000 refused, 0 left$/,
    throwAt: startUploads,
  },
  {
    name: "CreateDatastore of 100,000 levels",
    expected: /^400 /,
    throwAt: (target) => target.ask("POST", "/datastore", { body: nestedJson("datastoreName", 100_000) }),
  },
  {
    name: "SearchImageSets of 100,000 levels",
    expected: /^400 /,
    throwAt: (target) =>
      target.ask("POST", `/datastore/${target.datastoreId}/searchImageSets`, {
        body: nestedJson("filters", 100_000),
      }),
  },
  {
    name: "durations of 10,000 levels",
    expected: /^400 /,
    throwAt: (target) =>
      target.ask("POST", "/_local/durations", { body: nestedJson("datastoreCreatingMs", 10_000) }),
  },
  {
    name: "a snapshot that unpacks to 4 GiB",
    expected: /^400 .*it unpacks to more than/s,
    throwAt: (target) => importSnapshot(target, 4_096),
  },
];

const nestedJson = (name: string, levels: number): string =>
  `{"${name}":${'{"a":['.repeat(levels / 2)}${"]}".repeat(levels / 2)}}`;

/** A snapshot with a valid beginning, then a frame of this many mebibytes of zeros. */
async function importSnapshot(target: Target, mebibytes: number): Promise<string> {
  const { snapshots } = target.control;
  await snapshots.save("whole", { force: true });
  const whole = gunzipSync(await snapshots.export("whole"));
  await snapshots.remove("whole");
  const manifestBytes = readTarHeader(whole.subarray(0, BLOCK))?.byteLength ?? 0;
  const id = "0".repeat(32);
  const name = `datastores/${id}/frames/${id}.jhc`;
  const begin = [
    whole.subarray(0, BLOCK + manifestBytes + fillOf(manifestBytes)),
    writeHeader({ name, byteLength: mebibytes * MEBIBYTE }),
  ];
  // Files of gzip may follow each other (RFC 1952, 2.2).
  const zeros = gzipSync(Buffer.alloc(MEBIBYTE));
  const body = Buffer.concat([gzipSync(Buffer.concat(begin)), Buffer.alloc(mebibytes * zeros.length, zeros)]);
  return target.ask("PUT", "/_local/snapshots/bomb/file", { body });
}

async function completeUpload(target: Target): Promise<string> {
  const id = uploadIdOf(await target.ask("POST", `/${BUCKET}/one?uploads`, { service: "s3" }));
  const path = `/${BUCKET}/one?uploadId=${id}`;
  const body = `<CompleteMultipartUpload ${attributes}/>`;
  const answered = await target.ask("POST", path, { service: "s3", body });
  await target.ask("DELETE", path, { service: "s3" });
  return answered;
}

/** Starts them, then aborts all that were. */
async function startUploads(target: Target): Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: UPLOADS_AT_A_TIME });
  const begin = (index: number): Promise<string> =>
    target.ask("POST", `/${BUCKET}/upload-${index}?uploads`, { service: "s3", agent });
  const answers = await Promise.all(Array.from({ length: UPLOADS }, (_, index) => begin(index)));
  const started = answers.flatMap((text, index) => (text.startsWith("200 ") ? [{ text, index }] : []));
  const aborted = await Promise.all(
    started.map(({ text, index }) =>
      target.ask("DELETE", `/${BUCKET}/upload-${index}?uploadId=${uploadIdOf(text)}`, {
        service: "s3",
        agent,
      }),
    ),
  );
  agent.destroy();
  const left = aborted.filter((text) => !text.startsWith("204 ")).length;
  return `${started.length} started, ${UPLOADS - started.length} refused, ${left} left`;
}

const uploadIdOf = (text: string): string => /<UploadId>([^<]+)</.exec(text)?.[1] ?? "none";
