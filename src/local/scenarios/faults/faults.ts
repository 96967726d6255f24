import { checksumMismatch } from "./checksum-mismatch.ts";
import { contentType } from "./content-type.ts";
import { corruptFrame } from "./corrupt-frame.ts";
import { delay } from "./delay.ts";
import type { Fault } from "./effect.ts";
import { error } from "./error.ts";
import { fail } from "./fail.ts";
import { gzip } from "./gzip.ts";
import { hang } from "./hang.ts";
import { hold } from "./hold.ts";
import { importFile } from "./import-file.ts";
import { latency } from "./latency.ts";
import { manifest } from "./manifest.ts";
import { multipart } from "./parts/multipart.ts";
import { resetConnection } from "./reset.ts";
import { slow } from "./slow.ts";
import { throttle } from "./throttle.ts";
import { truncate } from "./truncate.ts";
import { unavailable } from "./unavailable.ts";

/** Every kind of fault, by its name in scenarios. */
export const FAULTS: ReadonlyMap<string, Fault> = new Map(
  [
    throttle,
    error,
    unavailable,
    latency,
    slow,
    hang,
    resetConnection,
    truncate,
    corruptFrame,
    multipart,
    checksumMismatch,
    gzip,
    contentType,
    importFile,
    manifest,
    hold,
    delay,
    fail,
  ].map((fault: Fault) => [fault.name, fault]),
);
