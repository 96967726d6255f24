import { describe, expect, test } from "vitest";
import { createEmulator, startEmulator } from "../../src/index.ts";

/** As a user of JavaScript, or one whose options are not written in the call. */
const given = (options: unknown): object => options as object;

describe("createEmulator and startEmulator refuse", () => {
  test.each([
    [{ throtling: "aws" }, 'createEmulator has no option "throtling". Did you mean "throttling"?'],
    [{ endpoint: "x" }, 'createEmulator has no option "endpoint". Expected one of data, adoptData'],
    [{ port: 0 }, 'createEmulator has no option "port": startEmulator listens on a port'],
    [
      { durations: { jobInProgresMs: 1 } },
      'durations of createEmulator has no option "jobInProgresMs". Did you mean',
    ],
    [
      { defaults: { acount: "1" } },
      'defaults of createEmulator has no option "acount". Did you mean "account"?',
    ],
    [{ allowHost: "a.example" }, "allowHost of createEmulator expects an array of strings, got a string"],
    [
      { allowHost: [1] },
      "allowHost of createEmulator expects an array of strings, got an array with a number",
    ],
    [{ cors: [["a"]] }, "expects an array of strings, got an array with an array of strings"],
    [{ deny: [undefined] }, "expects an array of strings, got an array with undefined"],
    [{ data: null }, "data of createEmulator expects a path, got null"],
    [{ data: new URL("file:///a") }, "data of createEmulator expects a path, got an object"],
    [{ adoptData: "yes" }, "adoptData of createEmulator expects a boolean, got a string"],
    [{ onRequest: {} }, "onRequest of createEmulator expects a function, got an object"],
    [{ importMemory: "2GB" }, "importMemory of createEmulator expects a number, got a string"],
    [{ durations: [] }, "durations of createEmulator expects an object, got an array of strings"],
    [{ durations: { jobInProgressMs: "1" } }, 'durations: jobInProgressMs: "1" is not a duration'],
    [
      { durations: { jobInProgressMs: -1 } },
      "jobInProgressMs expects a whole number of milliseconds from 0 on",
    ],
    [{ durations: { jobInProgressMs: Number.NaN } }, "or a duration such as 5m, got NaN"],
    [{ bucketOwners: { Dicom: { account: "111122223333" } } }, 'expects names of buckets, got "Dicom"'],
    [{ bucketOwners: { dicom: "111122223333" } }, 'expects an object such as { account: "111122223333" }'],
    [
      { bucketOwners: { dicom: { account: "1111" } } },
      'account of "dicom" in bucketOwners of createEmulator expects 12 digits, got "1111"',
    ],
    [{ bucketOwners: { dicom: {} } }, "expects 12 digits, got undefined"],
    [{ bucketOwners: { dicom: { account: 111122223333 } } }, "expects a string, got a number"],
    [
      { bucketOwners: { dicom: { account: "111122223333", region: "US East" } } },
      "a region such as us-east-1",
    ],
    [{ bucketOwners: { dicom: { acount: "111122223333" } } }, 'Did you mean "account"?'],
    [{ externalS3: { endpont: "http://s3" } }, 'no option "endpont". Did you mean "endpoint"?'],
    [{ externalS3: { region: 1 } }, "region of externalS3 of createEmulator expects a string, got a number"],
    [{ externalS3: {} }, "endpoint of externalS3 expects a URL such as http://localhost:9000, got undefined"],
    [{ externalS3: { endpoint: "localhost:9000" } }, 'got "localhost:9000"'],
    [
      { externalS3: { endpoint: "http://s3", credentials: { accessKeyId: "a" } } },
      "credentials of externalS3 expects accessKeyId and secretAccessKey, which are strings: secretAccessKey is",
    ],
    [{ throttling: "sometimes" }, 'throttling expects "aws"'],
    [{ throttling: { limits: { GetFrame: { rate: 1, burst: 1 } } } }, "GetFrame"],
    [{ quotas: { "Maximum stores": 1 } }, 'quotas has no "Maximum stores"'],
    [{ deny: ["Delete"] }, "deny expects actions such as medical-imaging:Get*"],
    [{ workers: 0 }, "workers expects a whole number from 1 on, got 0"],
    [
      { importMemory: 0.5 },
      "importMemory expects a whole number of bytes, at least 1048576 (1 MiB), got 0.5",
    ],
    [{ frameContainer: "jp2" }, "frameContainer expects one of jph, codestream, got 'jp2'"],
    [{ scenarioSeed: -1 }, "scenarioSeed: seed expects a whole number from 0 to 4294967295, got -1"],
    [{ allowHost: ["http://a.example"] }, "allowHost expects host names"],
    [{ regions: "gude" }, 'regions of createEmulator expects any or guide, got "gude"'],
    [
      { clock: {} },
      "clock of createEmulator expects an object with now(), schedule() and during(): now is missing",
    ],
    [{ defaults: { account: 1 } }, "account of defaults of createEmulator expects a string, got a number"],
    [{ defaults: { account: "12" } }, 'account of defaults of createEmulator expects 12 digits, got "12"'],
    [
      { defaults: { region: "US East" } },
      'region of defaults of createEmulator expects a region such as us-east-1, got "US East"',
    ],
    [
      { regions: "guide", defaults: { region: "eu-central-1" } },
      'serves: us-east-1, us-west-2, ap-southeast-2, eu-west-1, got "eu-central-1"',
    ],
    [
      { cors: ["https://viewer.example", "x"] },
      'cors of createEmulator expects origins such as https://viewer.example, or "*", got "x"',
    ],
    [{ cors: ["https://viewer.example/"] }, 'got "https://viewer.example/"'],
    [{ log: {} }, "log of createEmulator expects an object with info(), warn() and error(): info is missing"],
    [{ log: { info: () => {}, warn: () => {} } }, "error is missing"],
    [{ data: "" }, "data of createEmulator expects a path, got an empty string"],
    [{ seed: "" }, "seed of createEmulator expects a path, got an empty string"],
    [null, "createEmulator expects an object of options, got null"],
    [["a"], "createEmulator expects an object of options, got an array of strings"],
  ])("%j", async (options, message) => {
    const created = createEmulator(given(options));
    await expect(created).rejects.toThrow(TypeError);
    await expect(created).rejects.toThrow(message);
  });

  test("but durations may be milliseconds or texts", async () => {
    const durations = { jobInProgressMs: "5m", jobSubmittedMs: 7, datastoreCreatingMs: undefined };
    await using emulator = await createEmulator({ durations });
    expect(await emulator.control.durations.get()).toMatchObject({
      jobInProgressMs: 300_000,
      jobSubmittedMs: 7,
      datastoreCreatingMs: 500,
    });
  });

  test.each([
    ["createEmulator", createEmulator, /Expected one of data, .*, scenarioSeed$/],
    ["startEmulator", startEmulator, /Expected one of data, .*, scenarioSeed, port, host, tls$/],
  ] as const)("and %s lists a port only where it takes one", async (_, make, message) => {
    await expect(make(given({ throtling: "aws" }))).rejects.toThrow(message);
  });

  test("a port or host of another kind", async () => {
    await expect(startEmulator(given({ port: "0" }))).rejects.toThrow(
      "port of startEmulator expects a number, got a string",
    );
    await expect(startEmulator(given({ host: 1 }))).rejects.toThrow(
      "host of startEmulator expects a host name, got a number",
    );
  });

  test("an empty host, which would listen on every address", async () => {
    const started = startEmulator({ host: "" });
    await expect(started).rejects.toThrow(TypeError);
    await expect(started).rejects.toThrow("host of startEmulator expects a host name, got an empty string");
  });

  test.each([99_999, -1, 0.5, Number.NaN])("the port %d", async (port) => {
    const started = startEmulator({ port });
    await expect(started).rejects.toThrow(TypeError);
    await expect(started).rejects.toThrow(
      `port of startEmulator expects a whole number from 0 to 65535, got ${port}`,
    );
  });

  test("a misspelt port, and nothing is left listening", async () => {
    await expect(startEmulator(given({ prot: 4464 }))).rejects.toThrow(
      'startEmulator has no option "prot". Did you mean "port"?',
    );
  });
});

test("a seed that is not there is told in a sentence", async () => {
  await expect(createEmulator({ seed: "/no/such/snapshot.tar" })).rejects.toThrow(
    "seed expects the file of a snapshot, got /no/such/snapshot.tar: it does not exist",
  );
});

test("another S3 needs its endpoint alone", async () => {
  await using emulator = await createEmulator({ externalS3: { endpoint: "http://127.0.0.1:9" } });
  expect((await emulator.control.health()).status).toBe("ok");
});

test("createEmulator takes any origin that a browser sends, and the console as its log", async () => {
  const cors = ["https://viewer.example", "http://a.example:8080", "capacitor://localhost", "*"];
  await using emulator = await createEmulator({
    cors,
    log: console,
    regions: "guide",
    defaults: { account: "111122223333", region: "eu-west-1" },
  });
  expect((await emulator.control.health()).status).toBe("ok");
});

test("an option that is undefined is as one that is left out, whatever its name", async () => {
  await using emulator = await createEmulator(given({ throtling: undefined, data: undefined }));
  expect((await emulator.control.health()).status).toBe("ok");
});
