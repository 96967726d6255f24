import { describe, expect, test } from "vitest";
import { createServerLog } from "../../../src/app/cli/server-log.ts";
import type { LogSettings } from "../../../src/app/cli/settings/log-settings.ts";
import type { RequestEntry } from "../../../src/app/log/request-entry.ts";

const ENTRY: RequestEntry = {
  requestId: "r-1",
  operation: "GetImageFrame",
  datastoreId: "d-1",
  status: 200,
  error: undefined,
  durationMs: 1.23456,
};
const REFUSED: RequestEntry = { ...ENTRY, status: 404, error: "ResourceNotFoundException" };
const BROKEN: RequestEntry = { ...ENTRY, status: 500, error: "InternalServerException" };

function open(settings: LogSettings) {
  const lines: string[] = [];
  return { lines, ...createServerLog(settings, { write: (line) => void lines.push(line) }) };
}

describe("the log of a server", () => {
  test("is one JSON object per line, with the request and its duration", () => {
    const { lines, onRequest, log } = open({ level: "debug", format: "json" });
    onRequest?.(ENTRY);
    log.error("a worker ended", new Error("out of memory"));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        level: "debug",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        requestId: "r-1",
        operation: "GetImageFrame",
        datastoreId: "d-1",
        status: 200,
        durationMs: 1.235,
        msg: "GetImageFrame 200",
      },
      { level: "error", msg: "a worker ended", err: { message: "out of memory" } },
    ]);
    expect(lines.every((line) => line.endsWith("\n"))).toBe(true);
  });

  test.each(["json", "text"] as const)("as %s names no object that the system could not open", (format) => {
    const { lines, log } = open({ level: "debug", format });
    const unopened = (path: string): Error => new Error(`EMFILE: too many open files, open '${path}'`);
    const path = "/data/s3/dicom/DOE^JANE's/1.dcm";
    log.error("an S3 request failed", Object.assign(unopened(path), { code: "EMFILE", path }));
    log.error(
      "a restore failed",
      new Error("no buckets", { cause: unopened("/data/s3-next/dicom/DOE^JANE\n") }),
    );
    log.error("a document failed", unopened("/data/datastores/d/datastore.json"));
    const text = lines.join("");
    expect(text).not.toContain("DOE");
    expect(text).not.toContain("1.dcm");
    expect(text).toContain("EMFILE: too many open files, open '/data/s3/...");
    expect(text).toContain("open '/data/datastores/d/datastore.json'");
    expect(text).toContain("server-log.test.ts");
  });

  test("is a readable line in text format", () => {
    const { lines, onRequest, log } = open({ level: "info", format: "text" });
    onRequest?.(REFUSED);
    log.warn("no room");
    log.info("import job j is COMPLETED", { jobId: "j", durationMs: 512 });
    expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} {2}/, ""))).toEqual([
      "GetImageFrame 404 ResourceNotFoundException  1.235 ms  r-1\n",
      "warning: no room\n",
      "import job j is COMPLETED  512 ms\n",
    ]);
  });

  test.each([
    ["error", ["GetImageFrame 500 InternalServerException"]],
    ["info", ["GetImageFrame 404 ResourceNotFoundException", "GetImageFrame 500 InternalServerException"]],
    [
      "debug",
      [
        "GetImageFrame 200",
        "GetImageFrame 404 ResourceNotFoundException",
        "GetImageFrame 500 InternalServerException",
      ],
    ],
  ] as const)("at level %s tells of what it should", (level, told) => {
    const { lines, onRequest } = open({ level, format: "json" });
    for (const entry of [ENTRY, REFUSED, BROKEN]) onRequest?.(entry);
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(told);
  });
});
