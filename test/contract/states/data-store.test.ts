import { DeleteDatastoreCommand, ListDatastoresCommand } from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { controlled as test } from "../../elsewhere.ts";
import type { ControlledSandbox } from "../../clients.ts";
import {
  advance,
  createActive,
  createDatastore,
  datastoreStatus,
  hold,
  importImageSet,
  openFrozen,
  passDay,
  push,
  reach,
  release,
} from "./frozen.ts";

let sandbox: ControlledSandbox;
beforeEach(async () => {
  sandbox = await openFrozen();
});
afterEach(() => sandbox[Symbol.asyncDispose]());

const statusOf = (id: string) => datastoreStatus(sandbox, id);
const remove = (datastoreId: string) =>
  sandbox.medicalImaging.send(new DeleteDatastoreCommand({ datastoreId }));

describe("a data store on a frozen clock", () => {
  test("is CREATING for its duration, then ACTIVE, and after DeleteDatastore DELETING, then DELETED", async () => {
    const id = await createDatastore(sandbox);
    expect(await advance(sandbox, "499ms")).toMatchObject({ fired: [] });
    expect(await statusOf(id)).toBe("CREATING");
    expect(await advance(sandbox, "1ms")).toMatchObject({ fired: [{ from: "CREATING", to: "ACTIVE" }] });
    expect(await statusOf(id)).toBe("ACTIVE");
    await remove(id);
    await advance(sandbox, "299ms");
    expect(await statusOf(id)).toBe("DELETING");
    expect(await advance(sandbox, "1ms")).toMatchObject({ fired: [{ from: "DELETING", to: "DELETED" }] });
    expect(await statusOf(id)).toBe("DELETED");
  });

  test("stays CREATE_FAILED when it is set to that status, and can be deleted", async () => {
    const id = await createDatastore(sandbox);
    expect(await push(sandbox, `datastore/${id}`, "CREATE_FAILED", { message: "no key" })).toMatchObject({
      code: 200,
      resource: `datastore/${id}`,
      status: "CREATE_FAILED",
    });
    expect(await passDay(sandbox, `datastore/${id}`)).toEqual([]);
    expect(await statusOf(id)).toBe("CREATE_FAILED");
    const listed = await sandbox.medicalImaging.send(
      new ListDatastoresCommand({ datastoreStatus: "CREATE_FAILED" }),
    );
    expect(listed.datastoreSummaries).toHaveLength(1);
    await expect(importImageSet(sandbox, id, "never")).rejects.toMatchObject({ name: "ConflictException" });
    await remove(id);
    expect(await passDay(sandbox, `datastore/${id}`)).toEqual(["DELETING > DELETED"]);
  });

  test("takes the status that is set at once, and continues from there by itself", async () => {
    const id = await createDatastore(sandbox);
    await push(sandbox, `datastore/${id}`, "ACTIVE");
    expect(await statusOf(id)).toBe("ACTIVE");
    await push(sandbox, `datastore/${id}`, "DELETING");
    expect(await statusOf(id)).toBe("DELETING");
    expect(await passDay(sandbox, `datastore/${id}`)).toEqual(["DELETING > DELETED"]);
  });

  test("keeps its status while it is held, and continues as soon as it is released", async () => {
    const id = await createDatastore(sandbox);
    expect(await hold(sandbox, `datastore/${id}`)).toMatchObject({ code: 200, statuses: ["CREATING"] });
    expect(await passDay(sandbox, `datastore/${id}`)).toEqual([]);
    expect(await statusOf(id)).toBe("CREATING");
    expect(await release(sandbox, `datastore/${id}`)).toMatchObject({ code: 200 });
    expect(await statusOf(id)).toBe("ACTIVE");
    expect(await release(sandbox, `datastore/${id}`)).toMatchObject({ code: 404 });
  });

  test("is held by a hold on all data stores that is older than it; a status that is set applies all the same", async () => {
    await hold(sandbox, "datastore/*", "CREATING");
    const [first, second] = [await createDatastore(sandbox), await createDatastore(sandbox)];
    await advance(sandbox, "P1D");
    expect([await statusOf(first), await statusOf(second)]).toEqual(["CREATING", "CREATING"]);
    await push(sandbox, `datastore/${first}`, "ACTIVE");
    expect([await statusOf(first), await statusOf(second)]).toEqual(["ACTIVE", "CREATING"]);
    expect(await sandbox.local("GET", "holds")).toMatchObject({
      holds: [{ resource: "datastore/*", statuses: ["CREATING"] }],
    });
    await release(sandbox, "datastore/%2A");
    expect(await statusOf(second)).toBe("ACTIVE");
  });

  test("becomes ACTIVE by itself when only DELETING is held", async () => {
    await hold(sandbox, "datastore/*", "DELETING");
    const id = await createActive(sandbox);
    await remove(id);
    expect(await passDay(sandbox, `datastore/${id}`)).toEqual([]);
    await release(sandbox, "datastore/*");
    expect(await statusOf(id)).toBe("DELETED");
  });

  test("refuses a status that its state table does not lead to, unless it is forced", async () => {
    const id = await createActive(sandbox);
    expect(await push(sandbox, `datastore/${id}`, "CREATE_FAILED")).toMatchObject({
      code: 409,
      message: `datastore/${id} is ACTIVE: the next status is DELETING; send "force": true for CREATE_FAILED`,
      legal: ["DELETING"],
    });
    expect(await statusOf(id)).toBe("ACTIVE");
    await push(sandbox, `datastore/${id}`, "DELETED", { force: true });
    expect(await statusOf(id)).toBe("DELETED");
    await push(sandbox, `datastore/${id}`, "CREATING", { force: true });
    expect(await passDay(sandbox, `datastore/${id}`)).toEqual(["CREATING > ACTIVE"]);
  });

  test("is not set to DELETING while it has image sets, unless it is forced", async () => {
    const id = await createActive(sandbox);
    await importImageSet(sandbox, id, "some");
    const { code, message } = await push(sandbox, `datastore/${id}`, "DELETING");
    expect([code, message]).toEqual([409, expect.stringContaining("still contains image sets")]);
    expect(await push(sandbox, `datastore/${id}`, "DELETING", { force: true })).toMatchObject({ code: 200 });
    await reach(sandbox, `datastore/${id}`, "DELETED");
  });
});

describe("the status and the hold of a resource", () => {
  test.each([
    ["datastore/nope", { status: "ACTIVE" }, 404, "datastore/nope does not exist"],
    ["imageset/x", { status: "ACTIVE" }, 400, 'Did you mean "imageSet"?'],
    ["datastore/*", { status: "ACTIVE" }, 400, "A status belongs to one resource"],
    ["datastore/ID", { status: "ACTVE" }, 400, 'Did you mean "ACTIVE"?'],
    ["datastore/ID", { status: "active" }, 400, 'Did you mean "ACTIVE"?'],
    ["datastore/ID", {}, 400, "status is missing"],
    ["datastore/ID", { status: "ACTIVE", mesage: "x" }, 400, 'Did you mean "message"?'],
    ["datastore/ID", { status: "ACTIVE", message: "x" }, 400, "only failures have one"],
    ["datastore/ID", { status: "CREATE_FAILED", message: "" }, 400, "message expects 1 to 2,048"],
    ["datastore/ID", { status: "CREATE_FAILED", message: "é" }, 400, "message expects 1 to 2,048"],
    ["datastore/ID", { status: "CREATE_FAILED", message: "x".repeat(2_049) }, 400, "message expects 1 to"],
    ["datastore/ID", { status: "ACTIVE", force: "yes" }, 400, "force expects true or false"],
    ["datastore/ID", "[]", 400, "not a JSON object"],
  ])("PUT %s %j is refused", async (resource, body, code, reason) => {
    const id = await createDatastore(sandbox);
    const answer = await sandbox.local("PUT", `resources/${resource.replace("ID", id)}/status`, body);
    expect([answer.code, answer.message]).toEqual([code, expect.stringContaining(reason)]);
    expect(await statusOf(id)).toBe("CREATING");
  });

  test.each([
    ["datastore/nope", "", 404, "datastore/nope does not exist"],
    ["datastore/ID", { status: "ACTIVE" }, 400, '"ACTIVE" is not a status to hold a datastore in'],
    [
      "datastore/ID",
      { status: "CREATIN" },
      400,
      'Did you mean "CREATING"? Expected one of CREATING, DELETING',
    ],
    ["datastore/ID", { statsu: "CREATING" }, 400, 'Did you mean "status"?'],
    ["datastore/ID", { status: 5 }, 400, "status expects a status such as"],
    ["datastore/ID", "", 409, "is ACTIVE, which is not a transient status: use one of CREATING, DELETING"],
    ["store/*", "", 400, "Expected one of datastore, importJob, imageSet"],
  ])("PUT %s/hold %j is refused", async (resource, body, code, reason) => {
    const id = await createActive(sandbox);
    const answer = await sandbox.local("PUT", `resources/${resource.replace("ID", id)}/hold`, body);
    expect([answer.code, answer.message]).toEqual([code, expect.stringContaining(reason)]);
    expect(await sandbox.local("GET", "holds")).toMatchObject({ holds: [] });
  });

  test("are answered by GET", async () => {
    const id = await createDatastore(sandbox);
    expect(await sandbox.local("GET", `resources/datastore/${id}/status`)).toMatchObject({
      code: 200,
      status: "CREATING",
    });
    expect(await sandbox.local("GET", `resources/datastore/${id}/hold`)).toMatchObject({ code: 404 });
    await hold(sandbox, "datastore/*");
    expect(await sandbox.local("GET", "resources/datastore/*/hold")).toMatchObject({
      statuses: ["CREATING", "DELETING"],
    });
  });
});
