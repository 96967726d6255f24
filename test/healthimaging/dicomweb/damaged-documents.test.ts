import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { Blobs } from "../../../src/domain/blobs.ts";
import { Datastores } from "../../../src/domain/datastores/datastores.ts";
import { Quotas } from "../../../src/domain/limits/quotas.ts";
import { DEFAULT_DURATIONS } from "../../../src/domain/time/durations.ts";
import { createSearchActions } from "../../../src/healthimaging/dicomweb/search/search-actions.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import { documentOf, imageSetOf, type SketchedImageSet } from "../../domain/dicom-search/search-documents.ts";
import { ManualClock } from "../../manual-clock.ts";
import { createTransitions } from "../../transitions.ts";

const CALLER = { account: "000000000000", region: "us-east-1", accessKeyId: undefined };
const SKETCH: SketchedImageSet = {
  imageSetId: "i",
  study: "1.2",
  series: "1.3",
  patient: { PatientID: "P1", PatientAge: "040Y" },
  studyAttributes: {},
  seriesAttributes: {},
  instances: { "1.4": {} },
  version: 1,
  updatedAt: 1,
  isPrimary: true,
  state: "ACTIVE",
};

test("a result whose document is damaged after the index has read it is left out where it is needed", async () => {
  const state = new MemoryState();
  const clock = new ManualClock();
  const transitions = createTransitions(clock);
  const datastores = new Datastores({ state, clock, createId: () => "d", transitions, quotas: new Quotas() });
  datastores.create(CALLER, {});
  clock.advance(DEFAULT_DURATIONS.datastoreCreatingMs);
  let text = JSON.stringify(documentOf(SKETCH));
  const blobs: Pick<Blobs, "read"> = { read: async () => Buffer.from(text) };
  state.update(({ imageSets }) => imageSets.put(imageSetOf(SKETCH)));
  const behaviours = { dicomwebImageSets: "primary" } as const;
  const search = createSearchActions({ state, blobs: blobs as Blobs, datastores, behaviours })[
    "SearchDICOMStudies"
  ];
  const ask = async (query: string): Promise<{ count: number; hint: string | undefined }> => {
    const answer = await search?.({ datastoreId: "d", query, endpoint: "http://localhost" }, CALLER);
    const found = JSON.parse((await buffer(Readable.from(answer?.file ?? []))).toString()) as unknown[];
    return { count: found.length, hint: answer?.hint };
  };
  expect(await ask("")).toEqual({ count: 1, hint: undefined });
  text = "{";
  expect(await ask("")).toEqual({ count: 1, hint: undefined });
  expect(await ask("includefield=PatientAge")).toEqual({
    count: 0,
    hint: expect.stringContaining("not JSON") as string,
  });
});
