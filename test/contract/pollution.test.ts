import {
  CreateDatastoreCommand,
  ListTagsForResourceCommand,
  SearchImageSetsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createEmulator, type Emulator } from "../../src/index.ts";
import { createActiveDatastore, openSandbox, type Sandbox } from "../clients.ts";
import { controlled } from "../elsewhere.ts";
import { importSlices, readDocument, settle, updateCommand } from "./image-sets/image-sets.ts";

/** Names that every object has, or that set what all objects have. */
const NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"];
/** `{"__proto__": ...}` written in code sets a prototype; read from JSON it is a member. */
const objectOf = (name: string, value: unknown): Record<string, unknown> =>
  JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`) as Record<string, unknown>;

const pristine = Reflect.ownKeys(Object.prototype);
afterEach(() => {
  expect(Reflect.ownKeys(Object.prototype)).toEqual(pristine);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

describe("a name of a member that every JavaScript object has", () => {
  let sandbox: Sandbox;
  let datastoreId: string;
  beforeAll(async () => {
    sandbox = await openSandbox({ durations: { jobSubmittedMs: 0, imageSetUpdatingMs: 0 } });
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());

  controlled("is a tag key like any other", async () => {
    const { medicalImaging: client } = sandbox;
    const names = NAMES.filter((name) => name !== "__proto__");
    const resourceArn = `arn:aws:medical-imaging:us-east-1:000000000000:datastore/${datastoreId}`;
    const list = async () => (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    await client.send(
      new TagResourceCommand({ resourceArn, tags: Object.fromEntries(names.map((name) => [name, "x"])) }),
    );
    expect(await list()).toEqual(Object.fromEntries(names.map((name) => [name, "x"])));
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: names }));
    expect(await list()).toEqual({});
  });

  controlled.each(NAMES)("is not an attribute that can be updated or removed: %s", async (name) => {
    const imageSetId = await importSlices(sandbox, datastoreId, `names-${NAMES.indexOf(name)}`, 0, 1);
    const before = await readDocument(sandbox, datastoreId, imageSetId);
    const polluted = { polluted: "yes" };
    const payloads = [
      { updatable: { SchemaVersion: 1.1, Patient: { DICOM: objectOf(name, polluted) } } },
      { updatable: { SchemaVersion: 1.1, Patient: objectOf(name, { PatientName: "A" }) } },
      {
        updatable: { SchemaVersion: 1.1, ...objectOf(name, polluted), Study: { Series: objectOf(name, {}) } },
      },
      { removable: { SchemaVersion: 1.1, Patient: { DICOM: objectOf(name, polluted) } } },
    ];
    let latest = "1";
    for (const payload of payloads) {
      await sandbox.medicalImaging.send(updateCommand(datastoreId, imageSetId, latest, payload));
      const { versionId = "", imageSetWorkflowStatus } = await settle(sandbox, datastoreId, imageSetId);
      expect(imageSetWorkflowStatus).toBe("UPDATE_FAILED");
      latest = versionId;
    }
    expect(await readDocument(sandbox, datastoreId, imageSetId)).toEqual(before);
  });

  controlled("is not an attribute that can be searched by", async () => {
    for (const name of NAMES) {
      const filters = [{ values: [objectOf(name, "x")], operator: "EQUAL" }];
      const search = new SearchImageSetsCommand({ datastoreId, searchCriteria: { filters } as never });
      await expect(sandbox.medicalImaging.send(search), name).rejects.toThrow();
    }
  });

  controlled("is a data store's name where the model allows it", async () => {
    const { medicalImaging: client } = sandbox;
    const command = new CreateDatastoreCommand({ datastoreName: "constructor", clientToken: "constructor" });
    expect((await client.send(command)).datastoreStatus).toBe("CREATING");
  });
});

describe("a member that is named like one of every JavaScript object", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await createEmulator();
  });
  afterAll(() => emulator.close());
  const ask = async (method: string, path: string, query: string, body: string): Promise<number> => {
    const headers = { host: "localhost", "content-type": "application/json" };
    const content = (async function* () {
      yield Buffer.from(body);
    })();
    return (await emulator.handle({ method, path, query, headers, body: content })).status;
  };

  test.each(NAMES)("changes nothing in a body, in its members, in tags or in a query: %s", async (name) => {
    const inner = `{${JSON.stringify(name)}: {"polluted": "yes"}}`;
    const query = `${name}=x&${name}[polluted]=yes&${name}.polluted=yes`;
    const statuses = [
      await ask("POST", "/datastore", query, `{"clientToken": "t", ${inner.slice(1)}`),
      await ask("POST", "/datastore", "", `{"clientToken": "u", "tags": ${inner}}`),
      await ask("GET", "/datastore", query, ""),
      await ask("GET", `/${name}`, query, ""),
      await ask("POST", "/_local/clock", "", inner),
      await ask("POST", "/_local/durations", "", inner),
      await ask("POST", "/_local/limits", "", inner),
      await ask("GET", "/_local/wait", query, ""),
    ];
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });
});
