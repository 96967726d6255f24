import { parentPort } from "node:worker_threads";
import { toMessage } from "../api/message.ts";
import { DicomError } from "../dicom/dicom-error.ts";
import { PixelError } from "../pixels/pixel-error.ts";
import { FileImporter } from "./import-file.ts";
import type { FileFailure, WorkerReply, WorkerRequest } from "./protocol.ts";

const importer = new FileImporter();

/** Runs in a worker thread: one message in, a message for each frame and a last one out. */
parentPort?.on("message", ({ bytes }: WorkerRequest) => {
  void answer(bytes);
});

async function answer(bytes: Uint8Array): Promise<void> {
  const post = (reply: WorkerReply): void => {
    const transfer = reply.kind === "frame" ? [reply.codestream.buffer as ArrayBuffer] : [];
    parentPort?.postMessage(reply, transfer);
  };
  try {
    const instance = await importer.import(bytes, (codestream) => post({ kind: "frame", codestream }));
    post({ kind: "instance", instance, isWornOut: importer.isWornOut() });
  } catch (error) {
    const isWornOut = !isExpected(error) || importer.isWornOut();
    post({ kind: "failure", failure: describeFailure(error), isWornOut });
  }
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
