import { describe, expect, test } from "vitest";
import type { JobRecord } from "../../src/domain/import-jobs/job-records.ts";
import { FilesInHand, Turns } from "../../src/importer/files-in-hand.ts";

class MemoryRecord implements JobRecord {
  readonly lines: string[] = [];
  read = (): string[] => [...this.lines];
  begin = (lines: readonly string[]): void => this.append(lines);
  append(lines: readonly string[]): void {
    this.lines.push(...lines);
  }
}

/** Work on a file that ends when the test says so. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let hasBegun = false;
  const run = (): Promise<void> => {
    hasBegun = true;
    return promise;
  };
  return { run, end: resolve, hasBegun: () => hasBegun };
}

/** A record of a process that died with these files in hand. */
function recordOfDeath(turns: Turns, ...files: string[]): MemoryRecord {
  const record = new MemoryRecord();
  const dead = new FilesInHand(record, turns);
  for (const file of files) void dead.during(file, () => new Promise(() => {}));
  return record;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("files in work", () => {
  test("are recorded before their work begins", async () => {
    const record = new MemoryRecord();
    const inHand = new FilesInHand(record, new Turns());
    await inHand.during("a", async () => {
      expect(record.lines.at(-1)).toBe('{"at":"begin","file":"a","isAlone":false}');
    });
    await inHand.during("b", async () => {});
    inHand.stop();
    expect(new FilesInHand(record, new Turns()).deaths.suspects.size).toBe(0);
  });

  test("cost one write for each file", async () => {
    const record = new MemoryRecord();
    let writes = 0;
    record.append = () => void (writes += 1);
    const inHand = new FilesInHand(record, new Turns());
    for (let file = 0; file < 100; file++) await inHand.during(String(file), async () => {});
    expect(writes).toBe(101);
  });

  test("of a process that died are repeated alone, among those of other jobs too", async () => {
    const record = recordOfDeath(new Turns(), "a", "b");
    await settled();
    const turns = new Turns();
    const [job, other] = [new FilesInHand(record, turns), new FilesInHand(new MemoryRecord(), turns)];
    const [x, a, y, b] = [work(), work(), work(), work()];
    const all = [
      other.during("x", x.run),
      job.during("a", a.run),
      other.during("y", y.run),
      job.during("b", b.run),
    ];
    const begun = (): boolean[] => [x, a, y, b].map(({ hasBegun }) => hasBegun());
    const steps = [];
    for (const each of [x, a, y, b]) {
      await settled();
      steps.push(begun());
      each.end();
    }
    await Promise.all(all);
    expect(steps).toEqual([
      [true, false, false, false],
      [true, true, false, false],
      [true, true, true, false],
      [true, true, true, true],
    ]);
  });

  test("that end alone are recorded as ended at once: a later death does not blame them", async () => {
    const record = recordOfDeath(new Turns(), "a");
    await settled();
    const inHand = new FilesInHand(record, new Turns());
    await inHand.during("a", async () => {});
    const { suspects, culprits } = new FilesInHand(record, new Turns()).deaths;
    expect([...suspects, ...culprits]).toEqual([]);
  });

  test("are recorded as ended once no further file begins", async () => {
    const record = new MemoryRecord();
    const inHand = new FilesInHand(record, new Turns());
    await inHand.during("a", async () => {});
    inHand.endFiles();
    expect([...new FilesInHand(record, new Turns()).deaths.suspects]).toEqual([]);
  });

  test("stay recorded where their work was broken off, until the job is marked as stopping", async () => {
    const record = new MemoryRecord();
    const inHand = new FilesInHand(record, new Turns());
    const broken = inHand.during("a", () => Promise.reject(new Error("broken off")));
    await expect(broken).rejects.toThrow("broken off");
    expect([...new FilesInHand(record, new Turns()).deaths.suspects]).toEqual(["a"]);
  });
});
