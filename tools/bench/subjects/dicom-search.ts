import { buffer } from "node:stream/consumers";
import { Datastores } from "../../../src/domain/datastores/datastores.ts";
import { Quotas } from "../../../src/domain/limits/quotas.ts";
import { DEFAULT_DURATIONS } from "../../../src/domain/time/durations.ts";
import { systemClock } from "../../../src/domain/time/system-clock.ts";
import { Transitions } from "../../../src/domain/time/transitions.ts";
import type { SearchName } from "../../../src/healthimaging/dicomweb/search/search-attributes.ts";
import { createSearchActions } from "../../../src/healthimaging/dicomweb/search/search-actions.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import type { Effort } from "../effort.ts";
import { show } from "../figures.ts";
import { median } from "../ratio.ts";
import { DATASTORE, DATASTORE_ID, usedBytes } from "./image-sets.ts";
import { createSearched, type Shape } from "./searched-image-sets.ts";

const FEW = 1_000;
const MANY = 100_000;
const ROUNDS = 31;
const CALLER = { account: "000000000000", region: "us-east-1", accessKeyId: undefined };
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** Series as scanners make them, and the most index entries that a number of instances can have. */
const SHAPES: readonly (readonly [string, Shape])[] = [
  ["300 in a series, 3 series in a study", { inSeries: 300, inStudy: 3 }],
  ["each in a study of its own", { inSeries: 1, inStudy: 1 }],
];

/** Searches with their last page; without a limit a page has 1,000 results. */
const SEARCHES: readonly (readonly [SearchName, string])[] = [
  ["SearchDICOMAllInstances", ""],
  ["SearchDICOMAllInstances", "limit=100"],
  ["SearchDICOMAllInstances", "limit=100&Modality=CT"],
  ["SearchDICOMAllInstances", "limit=100&StudyDate=20240101-20240331"],
  ["SearchDICOMAllSeries", "limit=100"],
  ["SearchDICOMStudies", "limit=100"],
  ["SearchDICOMStudies", "limit=100&AccessionNumber=A99"],
  ["SearchDICOMStudies", "limit=100&PatientName=*iven1*"],
  ["SearchDICOMStudies", "limit=100&fuzzymatching=true&PatientName=given1"],
];

type Ask = (name: SearchName, query: string) => Promise<Buffer>;

/** An index of this number of instances; how long it took, and how much memory it needs. */
async function openIndex(
  count: number,
  shape: Shape,
): Promise<{ ask: Ask; bytes: number; elapsedMs: number }> {
  const state = new MemoryState();
  state.datastores.load(DATASTORE);
  const documents = createSearched(state, count, shape);
  const datastores = new Datastores({
    state,
    clock: systemClock,
    createId: () => "",
    quotas: new Quotas(),
    transitions: new Transitions({ clock: systemClock, durations: DEFAULT_DURATIONS, log: SILENT }),
  });
  const read = async (key: string): Promise<Uint8Array> => documents.get(key) ?? new Uint8Array();
  const nothing = async (): Promise<void> => {};
  const blobs = { read, write: nothing, take: nothing, remove: nothing };
  const search = createSearchActions({
    state,
    blobs,
    datastores,
    behaviours: { dicomwebImageSets: "primary" },
  });
  const ask: Ask = async (name, query) => {
    const input = { datastoreId: DATASTORE_ID, query, endpoint: "http://localhost:4464" };
    const answer = await search[name]?.(input, CALLER);
    return answer === undefined ? Buffer.alloc(0) : buffer(answer.file);
  };
  const before = usedBytes();
  const begin = processorMs();
  await ask("SearchDICOMStudies", "limit=1");
  return { ask, elapsedMs: processorMs() - begin, bytes: usedBytes() - before };
}

/** Of this process: it hardly moves when others use the machine. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function time(rounds: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begin = processorMs();
    await work();
    times.push(processorMs() - begin);
  }
  return median(times);
}

/** How many results a search has. */
async function countOf(ask: Ask, name: SearchName, query: string): Promise<number> {
  const rest = new URLSearchParams(query);
  rest.set("limit", "1");
  let [found, none] = [0, MANY + 1];
  while (none - found > 1) {
    const middle = (found + none) >> 1;
    rest.set("offset", String(middle - 1));
    if ((await ask(name, rest.toString())).length > 2) found = middle;
    else none = middle;
  }
  return found;
}

export async function benchDicomSearch(effort: Effort): Promise<void> {
  const [few, many] = [effort.count(FEW, 100), effort.count(MANY, 1_000)];
  const rounds = effort.rounds(ROUNDS);
  for (const [title, shape] of SHAPES) {
    const { ask: askFew } = await openIndex(few, shape);
    const { ask, bytes, elapsedMs } = await openIndex(many, shape);
    show(`an index of ${many} instances, ${title}`, `${elapsedMs.toFixed(0)} ms of processor time`);
    show("  its memory", `${(bytes / many).toFixed(0)} bytes an instance`);
    for (const [name, query] of SEARCHES) {
      const pageSize = Number(new URLSearchParams(query).get("limit") ?? 1_000);
      const last = Math.max(0, (await countOf(ask, name, query)) - pageSize);
      const lastQuery = `${query}&offset=${last}`;
      const objects = JSON.parse((await ask(name, query)).toString()) as unknown;
      const baseline = await time(rounds, () => Buffer.from(JSON.stringify(objects)));
      const ofFew = await time(rounds, () => askFew(name, query));
      const first = await time(rounds, () => ask(name, query));
      const atEnd = await time(rounds, () => ask(name, lastQuery));
      let asked = 0;
      // A key without a value asks for nothing, but makes another search of it: nothing is known of its pages before.
      const cold = await time(Math.min(rounds, 9), () =>
        ask(name, lastQuery + "&PatientID=".repeat(++asked)),
      );
      show(
        `${name}?${query}`,
        `of ${few} / first of ${many} / last / last before all others; ratio to JSON.stringify of the page`,
      );
      show(
        "  processor time of a page",
        `${ms(ofFew)} / ${ms(first)} / ${ms(atEnd)} / ${ms(cold)}; ${(first / baseline).toFixed(2)}, ${(atEnd / baseline).toFixed(2)}`,
      );
    }
  }
}

const ms = (milliseconds: number): string => `${milliseconds.toFixed(2)} ms`;
