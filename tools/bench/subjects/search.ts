import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SearchCriteria } from "@aws-sdk/client-medical-imaging";
import { LocalApi } from "../../../src/local/sdk/local-api.ts";
import { Datastores } from "../../../src/domain/datastores/datastores.ts";
import { behavioursOf } from "../../../src/api/releases/behaviours.ts";
import { SERVICE_RELEASES, type ServiceRelease } from "../../../src/api/releases/service-release.ts";
import { DEFAULT_DURATIONS } from "../../../src/domain/time/durations.ts";
import { ImageSets } from "../../../src/domain/image-sets/image-sets.ts";
import { Quotas } from "../../../src/domain/limits/quotas.ts";
import { Transitions } from "../../../src/domain/time/transitions.ts";
import { systemClock } from "../../../src/domain/time/system-clock.ts";
import { startEmulator } from "../../../src/index.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import type { Effort } from "../effort.ts";
import { makeFolder } from "../folders.ts";
import { show } from "../figures.ts";
import { median } from "../ratio.ts";
import { createImageSet, DATASTORE, DATASTORE_ID, idOf, START, usedBytes } from "./image-sets.ts";

const FEW = 1_000;
const MANY = 100_000;
const ROUNDS = 51;
const CALLER = { account: "000000000000", region: "us-east-1", accessKeyId: undefined };
const minutes = (index: number): Date => new Date(START + index * 60_000);
const equal = (value: object) => ({
  operator: "EQUAL" as const,
  values: [value as { DICOMStudyId: string }],
});
const between = (name: "createdAt" | "updatedAt", from: number, to: number) => ({
  operator: "BETWEEN" as const,
  values: [{ [name]: minutes(from) } as { createdAt: Date }, { [name]: minutes(to) } as { createdAt: Date }],
});

/** The requests for this number of image sets. */
const SEARCHES: readonly (readonly [string, (count: number) => SearchCriteria])[] = [
  ["all, newest update first", () => ({})],
  ["all, by study date", () => ({ sort: { sortField: "DICOMStudyDateAndTime", sortOrder: "ASC" } })],
  ["EQUAL DICOMPatientId", () => ({ filters: [equal({ DICOMPatientId: "P99" })] })],
  [
    "EQUAL DICOMStudyId (a fifth) and BETWEEN updatedAt (a half)",
    (count) => ({ filters: [equal({ DICOMStudyId: "3" }), between("updatedAt", 0, count / 2)] }),
  ],
  [
    "BETWEEN createdAt (a hundredth), by study date",
    (count) => ({
      filters: [between("createdAt", count / 2, count / 2 + count / 100)],
      sort: { sortField: "DICOMStudyDateAndTime", sortOrder: "DESC" },
    }),
  ],
  [
    "BETWEEN createdAt (the oldest fifth), newest update first",
    (count) => ({ filters: [between("createdAt", 0, count / 5)] }),
  ],
  [
    "EQUAL DICOMStudyId and EQUAL DICOMAccessionNumber, which nothing has",
    () => ({ filters: [equal({ DICOMStudyId: "1" }), equal({ DICOMAccessionNumber: "A2" })] }),
  ],
  [
    "BETWEEN DICOMPatientId that nothing has: no index",
    () => ({
      filters: [{ operator: "BETWEEN", values: [{ DICOMPatientId: "X" }, { DICOMPatientId: "Y" }] }],
    }),
  ],
];

/** Those of releases that search by it. */
const FLAG_SEARCHES: typeof SEARCHES = [
  ["EQUAL isPrimary true (most)", () => ({ filters: [equal({ isPrimary: true })] })],
  [
    "EQUAL isPrimary false (a fiftieth) and BETWEEN createdAt (a half)",
    (count) => ({ filters: [equal({ isPrimary: false }), between("createdAt", 0, count / 2)] }),
  ],
];

interface Store {
  readonly state: MemoryState;
  readonly imageSets: ImageSets;
}

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

function openStore(count: number, release: ServiceRelease): Store & { bytes: number } {
  const state = new MemoryState();
  state.datastores.load(DATASTORE);
  for (let index = 0; index < count; index++) state.imageSets.load(createImageSet(index));
  const before = usedBytes();
  const datastores = new Datastores({
    state,
    clock: systemClock,
    createId: () => "",
    quotas: new Quotas(),
    transitions: new Transitions({ clock: systemClock, durations: DEFAULT_DURATIONS, log: SILENT }),
  });
  const imageSets = new ImageSets({
    state,
    clock: systemClock,
    datastores,
    behaviours: behavioursOf(release),
  });
  return { state, imageSets, bytes: usedBytes() - before };
}

/** Median milliseconds of the first page and of the last. */
function timePages(
  rounds: number,
  { imageSets }: Store,
  criteria: SearchCriteria,
): [first: number, last: number] {
  const ask = (nextToken?: string) => imageSets.search(CALLER, DATASTORE_ID, criteria, { nextToken });
  let lastToken: string | undefined;
  for (let next: string | null = ask().nextToken; next !== null; next = ask(next).nextToken) lastToken = next;
  const time = (nextToken: string | undefined): number => {
    const begin = performance.now();
    ask(nextToken);
    return performance.now() - begin;
  };
  const times = Array.from({ length: rounds }, () => [time(undefined), time(lastToken)] as const);
  return [median(times.map(([first]) => first)), median(times.map(([, last]) => last))];
}

/** Microseconds of one change that moves an image set to the newest end. */
function timeChange({ state }: Store, count: number): number {
  const CHANGES = 2_000;
  let updatedAt = Date.UTC(2030, 0, 1);
  const change = (turn: number): void => {
    const imageSet = state.imageSets.get(idOf((turn * 7_919) % count));
    if (imageSet === undefined) throw new Error("no image set");
    const [version] = imageSet.versions;
    updatedAt += 1;
    const versions = [{ ...version, updatedAt }] as const;
    state.update(({ imageSets }) => imageSets.put({ ...imageSet, versions }));
  };
  const rounds = Array.from({ length: 9 }, () => {
    const begin = performance.now();
    for (let turn = 0; turn < CHANGES; turn++) change(turn);
    return ((performance.now() - begin) / CHANGES) * 1000;
  });
  return median(rounds);
}

const us = (milliseconds: number): string => `${(milliseconds * 1000).toFixed(0)} µs`;

export async function benchSearch(effort: Effort): Promise<void> {
  for (const release of SERVICE_RELEASES) benchIndex(effort, release);
  await benchOpen(effort.count(MANY, 1_000), effort.rounds(ROUNDS));
}

function benchIndex(effort: Effort, release: ServiceRelease): void {
  const [few, many] = [effort.count(FEW, 100), effort.count(MANY, 1_000)];
  const begin = performance.now();
  const [storeOfFew, storeOfMany] = [openStore(few, release), openStore(many, release)];
  show(
    `${release}: image sets put into memory and indexed: ${few + many}`,
    `${(performance.now() - begin).toFixed(0)} ms`,
  );
  show("  memory of the search index", `${(storeOfMany.bytes / many).toFixed(0)} bytes an image set`);
  const flags = behavioursOf(release).primaryImageSets.length > 0 ? FLAG_SEARCHES : [];
  for (const [name, criteriaOf] of [...SEARCHES, ...flags]) {
    const [first, last] = timePages(effort.rounds(ROUNDS), storeOfFew, criteriaOf(few));
    const [firstOfMany, lastOfMany] = timePages(effort.rounds(ROUNDS), storeOfMany, criteriaOf(many));
    show(`search: ${name}`, `of ${few} / of ${many}, ratio`);
    show("  first page", `${us(first)} / ${us(firstOfMany)}, ${(firstOfMany / first).toFixed(2)}`);
    show("  last page", `${us(last)} / ${us(lastOfMany)}, ${(lastOfMany / last).toFixed(2)}`);
  }
  const hundred = timeChange(openStore(100, release), 100);
  const ofMany = timeChange(storeOfMany, many);
  show("one change of an image set in memory, of 100", `${hundred.toFixed(1)} µs`);
  show(`  of ${many}`, `${ofMany.toFixed(1)} µs`);
}

/** Opens a folder with this number of documents, as the state writes them, and requests a page over HTTP. */
async function benchOpen(count: number, rounds: number): Promise<void> {
  const data = await makeFolder();
  const folder = join(data, "datastores", DATASTORE_ID);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "datastore.json"), JSON.stringify(DATASTORE));
  for (let index = 0; index < count; index++) {
    const at = join(folder, "image-sets", idOf(index));
    await mkdir(at, { recursive: true });
    await writeFile(join(at, "image-set.json"), JSON.stringify(createImageSet(index)));
  }
  const begin = performance.now();
  const emulator = await startEmulator({ data });
  show(`opening a folder of ${count} image sets`, `${((performance.now() - begin) / 1000).toFixed(1)} s`);
  const api = new LocalApi({ endpoint: emulator.url, accessKeyId: "bench", region: "us-east-1" });
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const asked = performance.now();
    await api.bytes("POST", `/datastore/${DATASTORE_ID}/searchImageSets`, {});
    times.push(performance.now() - asked);
  }
  show("  a page of 50 over HTTP", us(median(times)));
  api.close();
  await emulator.close();
  await rm(data, { recursive: true });
}
