import { gunzipSync } from "node:zlib";
import {
  GetImageSetMetadataCommand,
  paginateSearchImageSets,
  SearchImageSetsCommand,
} from "@aws-sdk/client-medical-imaging";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { createServerLog } from "../../../src/app/cli/server-log.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import type { MetadataDocument } from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import { createActiveDatastore, importFiles, openServer, type Sandbox } from "../../clients.ts";
import { ownCorpus, readFrom } from "../../corpus/corpus.ts";

const SHORTEST_TELLING = 4;

/** The texts of the Patient level of every image set. */
async function patientsOf({ medicalImaging: client }: Sandbox, datastoreId: string): Promise<string[]> {
  const pages = await Array.fromAsync(paginateSearchImageSets({ client }, { datastoreId }));
  const imageSets = pages.flatMap(({ imageSetsMetadataSummaries = [] }) => imageSetsMetadataSummaries);
  const found = new Set<string>();
  for (const { imageSetId } of imageSets) {
    const { imageSetMetadataBlob } = await client.send(
      new GetImageSetMetadataCommand({ datastoreId, imageSetId }),
    );
    const bytes = gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "");
    const { Patient } = JSON.parse(bytes.toString()) as MetadataDocument;
    for (const value of Object.values(Patient.DICOM)) if (typeof value === "string") found.add(value);
  }
  return [...found].filter((text) => text.length >= SHORTEST_TELLING);
}

test("the log of an import contains no patient data and no credentials at the most verbose level", async () => {
  const lines: string[] = [];
  const server = createServerLog(
    { level: "debug", format: "json" },
    { write: (line) => void lines.push(line) },
  );
  await using sandbox = await openServer(server);
  const datastoreId = await createActiveDatastore(sandbox.medicalImaging, "DOE.JANE");
  const files = createSampleSeries(2).map(({ name, bytes }) => [`DOE^JANE/${name}`, bytes] as const);
  const others = ownCorpus.files.map((file) => [file.path, readFrom(ownCorpus, file)] as const);
  await importFiles(sandbox, datastoreId, "private", Object.fromEntries([...files, ...others]));
  const patients = await patientsOf(sandbox, datastoreId);
  expect(patients.length).toBeGreaterThan(0);

  // What callers get wrong, too.
  const { medicalImaging, s3 } = sandbox;
  const [patientId = ""] = patients;
  const filter = { values: [{ DICOMPatientId: `${patientId}*`.repeat(20) }], operator: "EQUAL" as const };
  const wrong = new SearchImageSetsCommand({ datastoreId, searchCriteria: { filters: [filter] } });
  await medicalImaging.send(wrong).catch(() => {});
  await s3.send(new GetObjectCommand({ Bucket: "private", Key: `${patientId}/none` })).catch(() => {});

  const log = lines.join("");
  expect(log).toContain("SearchImageSets 400 ValidationException");
  expect(log).toContain("StartDICOMImportJob 200");
  for (const text of [...patients, "DOE^JANE", "DOE.JANE", "Credential=", "Signature=", "arn:aws:iam"])
    expect(log.includes(text), `the log holds ${text}`).toBe(false);
});
