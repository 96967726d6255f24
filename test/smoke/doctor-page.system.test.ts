import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openServer } from "../clients.ts";
import { readDocuments } from "../documents.ts";
import { ENTRY } from "../entry.ts";

const [documents] = readDocuments();

/** A block as it stands, but for npm's detour; nothing else is in its environment. */
async function shell(code: string, url: string): Promise<{ code: unknown; out: string }> {
  const command = code.replaceAll("npx healthimaging-local", `'${process.execPath}' '${ENTRY}'`);
  const env = { PATH: process.env["PATH"], HOME: "/nowhere", HEALTHIMAGING_LOCAL_ENDPOINT: url };
  return promisify(execFile)("sh", ["-c", command], { env }).then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    (error: { code: unknown; stdout: string }) => ({ code: error.code, out: error.stdout }),
  );
}

test("the blocks of docs/guide/doctor.md say what they are said to say", async () => {
  await using sandbox = await openServer();
  const { url } = sandbox.emulator;
  const [first = "", second = ""] = (documents?.of(import.meta.filename) ?? []).map(({ code }) => code);
  const { code, out } = await shell(first, url);
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^ok +emulator +.*\n(?:.*\n)*\n0 problems, \d+ warnings\n$/m),
  ]);
  const origin = await shell(second, url);
  expect(origin.code).toBe(1);
  expect(JSON.parse(origin.out)).toMatchObject({
    endpoint: url,
    problems: 1,
    checks: expect.arrayContaining([
      {
        check: "cors",
        level: "problem",
        found: "pages of https://viewer.example may not read answers",
        cure: "start the emulator with --cors https://viewer.example",
      },
    ]),
  });
});
