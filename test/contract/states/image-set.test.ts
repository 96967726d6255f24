import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyImageSetCommand,
  DeleteImageSetCommand,
  ListImageSetVersionsCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { controlled as test } from "../../elsewhere.ts";
import type { ControlledSandbox } from "../../clients.ts";
import { inRelease } from "../../setup/served-release.ts";
import { readDocument, updateCommand } from "../image-sets/image-sets.ts";
import {
  advance,
  createActive,
  getImageSet,
  hold,
  importImageSet,
  openFrozen,
  passDay,
  push,
  reach,
  release,
} from "./frozen.ts";

let data: string;
let sandbox: ControlledSandbox;
let datastoreId: string;
let imageSetId: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  sandbox = await openFrozen({ data });
  datastoreId = await createActive(sandbox);
  imageSetId = await importImageSet(sandbox, datastoreId, "bucket");
});
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(data, { recursive: true });
});

const resource = () => `imageSet/${imageSetId}`;
const read = (id = imageSetId) => getImageSet(sandbox, datastoreId, id);
const status = async (id?: string) => (await read(id)).imageSetWorkflowStatus;
const patientSex = async () =>
  (await readDocument(sandbox, datastoreId, imageSetId)).Patient.DICOM["PatientSex"];
const documents = (): string[] =>
  readdirSync(join(data, "datastores", datastoreId, "image-sets", imageSetId)).filter((name) =>
    name.startsWith("metadata"),
  );

const update = (latest = "1", value: unknown = "O") => {
  const updatable = { SchemaVersion: 1.1, Patient: { DICOM: { PatientSex: value } } };
  return sandbox.medicalImaging.send(updateCommand(datastoreId, imageSetId, latest, { updatable }));
};
const remove = () => sandbox.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
const copy = async (destinationImageSet?: {
  imageSetId: string;
  latestVersionId: string;
}): Promise<string> => {
  const copyImageSetInformation = { sourceImageSet: { latestVersionId: "1" }, destinationImageSet };
  const command = new CopyImageSetCommand({
    datastoreId,
    sourceImageSetId: imageSetId,
    copyImageSetInformation,
  });
  const { destinationImageSetProperties } = await sandbox.medicalImaging.send(command);
  return destinationImageSetProperties?.imageSetId ?? "";
};
const refused = { name: "ConflictException" };

describe("an update on a frozen clock", () => {
  test("is UPDATING for its duration, then UPDATED", async () => {
    const before = await patientSex();
    await update();
    await advance(sandbox, "299ms");
    expect([await status(), await patientSex()]).toEqual(["UPDATING", before]);
    expect(await advance(sandbox, "1ms")).toMatchObject({
      fired: [{ resource: resource(), from: "LOCKED/UPDATING", to: "ACTIVE/UPDATED" }],
    });
    expect([await status(), await patientSex()]).toEqual(["UPDATED", "O"]);
  });

  test("that breaks a rule is UPDATE_FAILED after the same duration", async () => {
    await update("1", { no: "text" });
    expect(await passDay(sandbox, resource())).toEqual(["LOCKED/UPDATING > ACTIVE/UPDATE_FAILED"]);
    expect((await read()).message).toMatch(/^INVALID_REQUEST: {2}/);
  });

  test("that is set to UPDATE_FAILED says why, uses its version up and leaves the content as it is", async () => {
    const before = await patientSex();
    await update();
    expect(await push(sandbox, resource(), "UPDATE_FAILED", { message: "no" })).toMatchObject({
      status: "ACTIVE/UPDATE_FAILED",
    });
    expect(await read()).toMatchObject({ versionId: "2", imageSetState: "ACTIVE", message: "no" });
    expect(await passDay(sandbox, resource())).toEqual([]);
    expect([await status(), await patientSex(), documents().length]).toEqual(["UPDATE_FAILED", before, 1]);
    await expect(update("1")).rejects.toMatchObject(refused);
    await update("2");
    expect(await passDay(sandbox, resource())).toEqual(["LOCKED/UPDATING > ACTIVE/UPDATED"]);
    expect(await read()).toMatchObject({ versionId: "3" });
    expect(await patientSex()).toBe("O");
  });

  test("that is set to UPDATED is done at once, held or not", async () => {
    await hold(sandbox, "imageSet/*", "UPDATING");
    await update();
    expect(await passDay(sandbox, resource())).toEqual([]);
    await expect(remove()).rejects.toMatchObject(refused);
    expect(await push(sandbox, resource(), "UPDATED")).toMatchObject({ status: "ACTIVE/UPDATED" });
    expect(await patientSex()).toBe("O");
  });

  test("that breaks a rule is UPDATE_FAILED when it is set to UPDATED, and the answer says why", async () => {
    await update("1", { no: "text" });
    const { code, message } = await push(sandbox, resource(), "UPDATED");
    expect([code, message]).toEqual([409, expect.stringContaining("became UPDATE_FAILED")]);
    expect(await status()).toBe("UPDATE_FAILED");
  });

  test("that is held ends with its own outcome when it is released", async () => {
    await update();
    expect(await hold(sandbox, resource())).toMatchObject({ statuses: ["LOCKED/UPDATING"] });
    expect(await passDay(sandbox, resource())).toEqual([]);
    await release(sandbox, resource());
    expect([await status(), await patientSex()]).toEqual(["UPDATED", "O"]);
  });
});

describe("a copy on a frozen clock", () => {
  test("holds both image sets LOCKED for its duration, then both are COPIED", async () => {
    const destination = await copy();
    expect([await status(), await status(destination)]).toEqual(["COPYING_WITH_READ_ONLY_ACCESS", "COPYING"]);
    expect((await advance(sandbox, "299ms")).fired).toEqual([]);
    const { fired = [] } = await advance(sandbox, "1ms");
    expect(fired.map(({ from, to }) => [from, to])).toEqual(
      expect.arrayContaining([
        ["LOCKED/COPYING", "ACTIVE/COPIED"],
        ["LOCKED/COPYING_WITH_READ_ONLY_ACCESS", "ACTIVE/COPIED"],
      ]),
    );
  });

  test.each(["source", "destination"])(
    "fails both image sets when its %s is set to COPY_FAILED",
    async (which) => {
      const destination = await copy();
      const pushed = which === "source" ? imageSetId : destination;
      await push(sandbox, `imageSet/${pushed}`, "COPY_FAILED", { message: "no" });
      for (const id of [imageSetId, destination]) {
        expect(await read(id)).toMatchObject({
          versionId: "1",
          imageSetState: "ACTIVE",
          imageSetWorkflowStatus: "COPY_FAILED",
          message: "no",
        });
      }
      expect((await advance(sandbox, "P1D")).fired).toEqual([]);
      // The new image set has been there from the start, with its content.
      expect((await readDocument(sandbox, datastoreId, destination)).ImageSetID).toBe(destination);
    },
  );

  test("leaves the content of the destination as it is when it is set to COPY_FAILED", async () => {
    const destination = await importImageSet(sandbox, datastoreId, "another");
    await copy({ imageSetId: destination, latestVersionId: "1" });
    await push(sandbox, `imageSet/${destination}`, "COPY_FAILED");
    expect(await read(destination)).toMatchObject({ versionId: "2", imageSetWorkflowStatus: "COPY_FAILED" });
    expect((await advance(sandbox, "P1D")).fired).toEqual([]);
    const [before, after] = [
      await readDocument(sandbox, datastoreId, destination, "1"),
      await readDocument(sandbox, datastoreId, destination, "2"),
    ];
    expect(after).toEqual(before);
  });

  test.each(["COPYING", "COPYING_WITH_READ_ONLY_ACCESS", "LOCKED"])(
    "that is held in %s keeps both states, and continues when it is released",
    async (at) => {
      await hold(sandbox, "imageSet/*", at);
      const destination = await copy();
      expect((await advance(sandbox, "P1D")).fired).toEqual([]);
      await release(sandbox, "imageSet/*");
      expect([await status(), await status(destination)]).toEqual(["COPIED", "COPIED"]);
    },
  );

  test("ends for both image sets when one is forced out of it", async () => {
    const destination = await copy();
    await push(sandbox, `imageSet/${destination}`, "UPDATING", { force: true });
    expect([await status(), await status(destination)]).toEqual(["COPY_FAILED", "UPDATING"]);
    expect(await passDay(sandbox, `imageSet/${destination}`)).toEqual(["LOCKED/UPDATING > ACTIVE/UPDATED"]);
  });
});

describe("a deletion on a frozen clock", () => {
  const files = () => join(data, "datastores", datastoreId, "frames");

  test("is DELETING for its duration, then DELETED with its files deleted", async () => {
    await remove();
    expect((await advance(sandbox, "299ms")).fired).toEqual([]);
    expect(readdirSync(files())).toHaveLength(1);
    expect(await passDay(sandbox, resource())).toEqual(["LOCKED/DELETING > DELETED/DELETED"]);
    expect(readdirSync(files())).toEqual([]);
    expect(documents()).toEqual([]);
  });

  test("waits while it is held, and is done when it is set to DELETED", async () => {
    await hold(sandbox, "imageSet/*", "DELETING");
    await remove();
    expect(await passDay(sandbox, resource())).toEqual([]);
    await push(sandbox, resource(), "DELETED");
    expect(await status()).toBe("DELETED");
    expect(await push(sandbox, resource(), "CREATED", { force: true })).toMatchObject({
      code: 409,
      message: `${resource()} is DELETED: its content no longer exists`,
    });
  });

  test("cannot be set to a failure", async () => {
    await remove();
    expect(await push(sandbox, resource(), "UPDATE_FAILED")).toMatchObject({ code: 409, legal: ["DELETED"] });
  });
});

describe("an image set that is set to a LOCKED state", () => {
  test.each([
    ["UPDATING", "UPDATED", "2"],
    ["COPYING", "COPIED", "2"],
    ["COPYING_WITH_READ_ONLY_ACCESS", "COPIED", "1"],
  ])(
    "in %s refuses writes, and is %s after its duration with its content unchanged",
    async (at, after, version) => {
      const before = await readDocument(sandbox, datastoreId, imageSetId);
      expect(await push(sandbox, resource(), at)).toMatchObject({ status: `LOCKED/${at}` });
      await expect(update(version)).rejects.toMatchObject(refused);
      expect(await passDay(sandbox, resource())).toEqual([`LOCKED/${at} > ACTIVE/${after}`]);
      expect(await read()).toMatchObject({ versionId: version, imageSetState: "ACTIVE" });
      expect(await readDocument(sandbox, datastoreId, imageSetId)).toEqual(before);
      await update(version);
    },
  );

  test("can be set to a failure, and can be held", async () => {
    await push(sandbox, resource(), "COPYING");
    await hold(sandbox, resource());
    expect(await passDay(sandbox, resource())).toEqual([]);
    await push(sandbox, resource(), "COPY_FAILED", { message: "no" });
    expect(await read()).toMatchObject({ imageSetWorkflowStatus: "COPY_FAILED", message: "no" });
  });

  test("is deleted when it is set to DELETING", async () => {
    await push(sandbox, resource(), "DELETING");
    expect(await passDay(sandbox, resource())).toEqual(["LOCKED/DELETING > DELETED/DELETED"]);
  });

  test.each(["UPDATING", "COPYING_WITH_READ_ONLY_ACCESS"])("in %s continues after a restart", async (at) => {
    await push(sandbox, resource(), at);
    await sandbox[Symbol.asyncDispose]();
    sandbox = await openFrozen({ data });
    expect(await status()).toBe(at);
    await reach(sandbox, resource(), "ACTIVE");
    expect(await status()).toBe(at === "UPDATING" ? "UPDATED" : "COPIED");
  });
});

describe("an image set that is forced into a state", () => {
  test("is not changed later by the update that it is forced out of", async () => {
    const before = await patientSex();
    await update();
    await push(sandbox, resource(), "CREATED", { force: true });
    expect(await passDay(sandbox, resource())).toEqual([]);
    expect([await status(), await patientSex(), documents().length]).toEqual(["CREATED", before, 1]);
  });

  test("shows the message of a forced failure", async () => {
    expect(await push(sandbox, resource(), "UPDATE_FAILED")).toMatchObject({
      code: 409,
      legal: inRelease("workflowStatuses", {
        "2024-05": ["UPDATING", "COPYING", "COPYING_WITH_READ_ONLY_ACCESS", "DELETING"],
        "2026-06": [
          "UPDATING",
          "UPDATING_FOR_STUDY_CONSISTENCY",
          "COPYING",
          "COPYING_WITH_READ_ONLY_ACCESS",
          "IMPORTING",
          "DELETING",
        ],
      }),
    });
    await push(sandbox, resource(), "UPDATE_FAILED", { force: true, message: "no" });
    expect(await read()).toMatchObject({ versionId: "1", imageSetState: "ACTIVE", message: "no" });
  });

  test("is deleted with its files when it is forced to DELETED", async () => {
    expect(await push(sandbox, resource(), "DELETED", { force: true })).toMatchObject({
      status: "DELETED/DELETED",
    });
    await advance(sandbox, "0s");
    const versions = await sandbox.medicalImaging.send(
      new ListImageSetVersionsCommand({ datastoreId, imageSetId }),
    );
    expect(versions.imageSetPropertiesList?.map(({ imageSetState }) => imageSetState)).toEqual(["DELETED"]);
    expect(
      existsSync(join(data, "datastores", datastoreId, "image-sets", imageSetId, "metadata-1.json")),
    ).toBe(false);
  });

  test("is refused when a state is given instead of a status", async () => {
    expect(await push(sandbox, resource(), "LOCKED")).toMatchObject({ code: 400 });
    expect(await push(sandbox, resource(), "LOCKED/UPDATING")).toMatchObject({ code: 200 });
  });
});
