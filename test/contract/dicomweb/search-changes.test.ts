import { DeleteImageSetCommand } from "@aws-sdk/client-medical-imaging";
import { expect } from "vitest";
import { controlled as test } from "../../elsewhere.ts";
import { findImageSets, settle, updateCommand } from "../image-sets/image-sets.ts";
import { dicomFile, element, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import { copyOf, importAll, openDicomweb, primaryOf } from "./dicomweb.ts";
import { SEARCHED_FILES } from "./searched-files.ts";

const UPDATE = {
  SchemaVersion: 1.1,
  Patient: { DICOM: { PatientName: "Roe^Ann" } },
  Study: { Series: { "1.2.2.1": { Instances: { "1.2.2.1.1": { DICOM: { WarningReason: 45330 } } } } } },
};
const FILES = { "4.dcm": SEARCHED_FILES["4.dcm"] ?? new Uint8Array() };
const INSTANCES = "/studies/1.2.2/series/1.2.2.1/instances";

const RELEASES = [
  { serviceRelease: "2024-05", dicomweb: true },
  { serviceRelease: "2026-06", dicomweb: false },
] as const;

test.each(RELEASES)("searches of $serviceRelease follow updates, copies and removals", async (options) => {
  await using sandbox = await openDicomweb(options);
  const { medicalImaging } = sandbox;
  const { datastoreId } = await importAll(sandbox, "followed", FILES);
  const find = async (path: string): Promise<unknown> =>
    (await sandbox.get(`/datastore/${datastoreId}${path}`)).json();
  const primary = await primaryOf(sandbox, datastoreId);
  expect(await find("/studies?PatientName=Roe*")).toEqual([]);

  const { versionId = "" } = await settle(sandbox, datastoreId, primary);
  await medicalImaging.send(updateCommand(datastoreId, primary, versionId, { updatable: UPDATE }));
  await settle(sandbox, datastoreId, primary);
  expect(await find("/studies?PatientName=Roe*")).toHaveLength(1);
  expect(await find(`${INSTANCES}?WarningReason=453*`)).toMatchObject([
    { "00081196": { vr: "US", Value: [45330] } },
  ]);
  expect(await find(`${INSTANCES}?WarningReason=45312`)).toEqual([]);

  await copyOf(sandbox, datastoreId, primary);
  expect(await find("/instances")).toHaveLength(1);
  expect(await find("/studies?includefield=all")).toMatchObject([{ "00201208": { Value: [1] } }]);

  for (const imageSetId of await findImageSets(sandbox, datastoreId)) {
    await medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
  }
  await expect.poll(() => find("/studies")).toEqual([]);
});

test.each(RELEASES)("searches of $serviceRelease find the image sets of the release", async (options) => {
  await using sandbox = await openDicomweb(options);
  const { datastoreId } = await importAll(sandbox, "chosen", FILES);
  const find = async (): Promise<unknown[]> =>
    (await sandbox.get(`/datastore/${datastoreId}/studies`)).json() as unknown[];
  const primary = await primaryOf(sandbox, datastoreId);
  await copyOf(sandbox, datastoreId, primary);
  expect(await find()).toHaveLength(1);
  await sandbox.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: primary }));
  await expect.poll(() => findImageSets(sandbox, datastoreId)).not.toContain(primary);
  expect(await find()).toHaveLength(options.dicomweb ? 1 : 0);
});

test("searches of 2026-06 find the warnings of imports, by code and by wildcard", async () => {
  await using sandbox = await openDicomweb({ serviceRelease: "2026-06" });
  const fileOf = (sop: string, imageType: string): Uint8Array =>
    dicomFile(instanceElements(element("00080018", "UI", sop), element("00080008", "CS", imageType)));
  const { datastoreId } = await importAll(sandbox, "warned", {
    "0.dcm": fileOf("1.2.3.4.3", "ORIGINAL"),
    "1.dcm": fileOf("1.2.3.4.4", "LONGER_THAN_SIXTEEN_CHARACTERS"),
  });
  const find = async (query: string): Promise<Record<string, { Value?: unknown[] }>[]> => {
    const path = `/datastore/${datastoreId}/studies/1.2.3.4.1/series/1.2.3.4.2/instances`;
    return (await sandbox.get(path + query)).json() as Record<string, { Value?: unknown[] }>[];
  };
  expect(await find("")).toHaveLength(2);
  const warned = await find("?WarningReason=*");
  expect(warned).toMatchObject([{ "00080018": { Value: ["1.2.3.4.4"] } }]);
  const [code] = warned[0]?.["00081196"]?.Value ?? [];
  expect(code).toBe(45_571);
  expect(await find(`?00081196=${String(code)}`)).toEqual(warned);
  expect(await find("?WarningReason=4557%3F")).toEqual(warned);
  expect(await find("?WarningReason=45330")).toEqual([]);
});

test("searches find the same after a reset and the restore of a snapshot", async () => {
  await using sandbox = await openDicomweb({ serviceRelease: "2024-05", dicomweb: true });
  const { control } = sandbox.emulator;
  const { datastoreId } = await importAll(sandbox, "restored", FILES);
  const find = () => sandbox.get(`/datastore/${datastoreId}/studies`);
  const before = (await find()).json();
  await control.snapshots.save("searched");
  await control.reset();
  expect(await find()).toMatchObject({ status: 404 });
  await control.snapshots.restore("searched");
  expect((await find()).json()).toEqual(before);
  expect(before).toHaveLength(1);
});
