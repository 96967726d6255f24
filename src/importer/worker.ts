import { parentPort } from "node:worker_threads";
import { toMessage } from "../api/message.ts";
import { DicomError } from "../dicom/dicom-error.ts";
import { PixelError } from "../pixels/pixel-error.ts";
import { FileReader } from "./file-reader.ts";
import { FrameCredit } from "./frame-credit.ts";
import { FrameSpool, SpoolError } from "./frame-spool.ts";
import { FileImporter } from "./import-file.ts";
import type { FileFailure, FileOutcome, WorkerReply, WorkerRequest } from "./protocol.ts";

type FileRequest = Extract<WorkerRequest, { kind: "file" }>;

const reader = new FileReader();
const importer = new FileImporter();
const credit = new FrameCredit();

/** Runs in a worker thread: one file in, a message for each frame and a last one out. */
parentPort?.on("message", (request: WorkerRequest) => {
  switch (request.kind) {
    case "warm-up":
      // A codec that cannot be loaded is reported by the first file that needs it.
      return void importer.warmUp().catch(() => {});
    case "frame-taken":
      return credit.giveBack();
    case "file":
      return void answer(request);
  }
});

async function answer(request: FileRequest): Promise<void> {
  const [outcome, isBroken] = await process(request);
  post({ ...outcome, isWornOut: isBroken || importer.isWornOut() });
}

/** @returns also whether this thread is not to be relied on from now on */
async function process({ source, spool }: FileRequest): Promise<readonly [FileOutcome, boolean]> {
  let bytes: Uint8Array;
  try {
    bytes = "path" in source ? reader.read(source.path) : source.bytes;
  } catch (error) {
    return [{ kind: "unreadable", cause: String(error) }, false];
  }
  const frames = new FrameSpool(spool);
  try {
    const handOn = async (codestream: Uint8Array, frameId: string): Promise<void> => {
      await credit.spend();
      post({ kind: "frame", path: frames.put(codestream), frameId });
    };
    const instance = await importer.import(bytes, source.maxMetadataBytes ?? Infinity, handOn);
    return [{ kind: "instance", instance }, false];
  } catch (error) {
    if (error instanceof SpoolError) return [{ kind: "unwritable", cause: error.message }, false];
    return [{ kind: "failure", failure: describeFailure(error) }, !isExpected(error)];
  }
}

function post(reply: WorkerReply): void {
  const bytes = reply.kind === "instance" ? [reply.instance.head.buffer, reply.instance.text.buffer] : [];
  parentPort?.postMessage(reply, bytes);
}

const isExpected = (error: unknown): error is Error =>
  error instanceof DicomError || error instanceof PixelError;

/** What the file is to blame for is its owner's error, anything else is ours. */
function describeFailure(error: unknown): FileFailure {
  if (isExpected(error)) return { exceptionType: "ValidationException", message: error.message };
  const cause = error instanceof Error ? error.message : String(error);
  return {
    exceptionType: "InternalServerException",
    message: toMessage(`The file could not be processed: ${cause}`),
  };
}
