import { execFile } from "node:child_process";
import { hostname } from "node:os";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openServer } from "../../clients.ts";

const REGISTER = pathToFileURL(resolve(import.meta.dirname, "../../../src/register.ts")).href;

async function run(program: string, env: NodeJS.ProcessEnv): Promise<string> {
  const args = ["--input-type=module", "--eval", program];
  const given = { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env };
  return (await promisify(execFile)(process.execPath, args, { env: given })).stdout;
}

/** A resolver of its own below the preload: `imaging` is this machine, `far` is another, nothing has a prefix. */
const LOOK = `
import dns from "node:dns";
import { promisify } from "node:util";
const KNOWN = { imaging: "127.0.0.1", far: "10.1.2.3", "medical-imaging.us-east-1.amazonaws.com": "10.1.2.3" };
const find = (name) => {
  if (name in KNOWN) return { address: KNOWN[name], family: 4 };
  throw Object.assign(new Error("ENOTFOUND " + name), { code: "ENOTFOUND" });
};
dns.lookup = (name, ...others) => {
  const [options, answer] = [others.length > 1 ? others[0] : {}, others.at(-1)];
  try {
    const found = find(name);
    if (options.all) answer(null, [found]);
    else answer(null, found.address, found.family);
  } catch (error) {
    answer(error);
  }
};
dns.promises.lookup = async (name) => find(name);
await import(${JSON.stringify(REGISTER)});
const seen = [];
const take = (error, found) => seen.push(error?.message ?? found);
for (const name of ["runtime-imaging", "dicom-imaging", "runtime-far", "runtime-none", "imaging"]) {
  dns.lookup(name, take);
  dns.lookup(name, { all: true }, take);
  await dns.promises.lookup(name).then(({ address }) => take(null, address), take);
}
dns.lookup("runtime-medical-imaging.us-east-1.amazonaws.com", take);
console.log(JSON.stringify(seen));
`;

test("the preload finds a prefixed name whose own resolves to loopback, and leaves others to their error", async () => {
  const own = ["127.0.0.1", [{ address: "127.0.0.1", family: 4 }], "127.0.0.1"];
  const lost = (name: string): string[] => Array<string>(3).fill(`ENOTFOUND ${name}`);
  expect(JSON.parse(await run(LOOK, {}))).toEqual([
    ...own,
    ...own,
    ...lost("runtime-far"),
    ...lost("runtime-none"),
    ...own,
    "ENOTFOUND runtime-medical-imaging.us-east-1.amazonaws.com",
  ]);
});

const SEARCH = `
import { MedicalImagingClient, SearchImageSetsCommand } from "@aws-sdk/client-medical-imaging";
const client = new MedicalImagingClient({ maxAttempts: 1, endpoint: process.env.ENDPOINT });
const answer = client.send(new SearchImageSetsCommand({ datastoreId: "a".repeat(32) }));
console.log(await answer.catch(({ name, message }) => name === "Error" ? message : name));
`;

test.each([
  ["the machine's own name", hostname()],
  ["a name below localhost", "runs-anywhere.localhost"],
])(
  "with the preload a Node.js program reaches image sets by %s, which no variable tells",
  async (_, host) => {
    await using sandbox = await openServer({ host: "0.0.0.0" });
    const env = {
      ENDPOINT: `http://${host}:${sandbox.emulator.port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    // Some systems resolve every name below localhost.
    if (host === hostname())
      expect(await run(SEARCH, env)).toMatch(/^getaddrinfo (?:ENOTFOUND|EAI_AGAIN) runtime-/);
    expect(await run(SEARCH, { ...env, NODE_OPTIONS: `--import=${REGISTER}` })).toBe(
      "ResourceNotFoundException\n",
    );
  },
);
