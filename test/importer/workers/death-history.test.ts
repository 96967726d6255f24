import { describe, expect, test } from "vitest";
import { readDeaths, type DeathHistory, type Note } from "../../../src/importer/workers/death-history.ts";

const START: Note = { at: "start" };
const STOP: Note = { at: "stop" };
const begin = (...files: string[]): Note[] => files.map((file) => ({ at: "begin", file, isAlone: false }));
const alone = (file: string): Note => ({ at: "begin", file, isAlone: true });
const end = (...files: string[]): Note[] => files.map((file) => ({ at: "end", file }));

const read = (...notes: Note[]): { [Member in keyof DeathHistory]: unknown } => {
  const { suspects, culprits, fruitlessDeaths } = readDeaths(notes.map((note) => JSON.stringify(note)));
  return { suspects: [...suspects], culprits: [...culprits], fruitlessDeaths };
};
const NOTHING = { suspects: [], culprits: [], fruitlessDeaths: 0 };

describe("the deaths of importing processes", () => {
  test("are none where a job has not begun or each process ended as it should", () => {
    expect(read()).toEqual(NOTHING);
    expect(read(START, ...begin("a", "b"), STOP, START, ...begin("a"), ...end("a"), STOP)).toEqual(NOTHING);
  });

  test("make suspects of only the files that were in work", () => {
    const history = read(START, ...begin("a", "b", "c"), ...end("b"));
    expect(history).toEqual({ suspects: ["a", "c"], culprits: [], fruitlessDeaths: 0 });
    const later = read(START, ...begin("a", "b"), START, ...begin("c", "d"), ...end("c"));
    expect(later).toMatchObject({ suspects: ["a", "b", "d"], culprits: [] });
  });

  test("make a culprit of a file that was alone in work", () => {
    const first = [START, ...begin("a", "b"), START, ...begin("c"), ...end("c"), alone("a")] as const;
    expect(read(...first)).toEqual({ suspects: ["b"], culprits: ["a"], fruitlessDeaths: 0 });
    expect(read(...first, START, alone("b"), ...end("b"), STOP)).toMatchObject({
      suspects: [],
      culprits: ["a"],
    });
  });

  test("clear a suspect that was then completed alone", () => {
    const history = read(START, ...begin("a", "b"), START, alone("a"), ...end("a"), alone("b"), STOP);
    expect(history).toMatchObject({ suspects: ["b"], culprits: [] });
  });

  test("count as fruitless where there is no culprit and no more files are done than before", () => {
    expect(read(START, START, START)).toMatchObject({ fruitlessDeaths: 3 });
    const two = [START, ...end("a", "b")];
    expect(read(...two)).toMatchObject({ fruitlessDeaths: 0 });
    expect(read(...two, ...two)).toMatchObject({ fruitlessDeaths: 1 });
    expect(read(...two, ...two, START, ...end("a"))).toMatchObject({ fruitlessDeaths: 2 });
    expect(read(...two, ...two, START, ...end("a", "b", "c"))).toMatchObject({ fruitlessDeaths: 0 });
    expect(read(START, START, START, alone("a"))).toMatchObject({ fruitlessDeaths: 0, culprits: ["a"] });
  });

  test("count as fruitless while the job finishes and while it ends, not while it waits for its end", () => {
    const finishing = [START, ...begin("a"), ...end("a")];
    expect(read(...finishing, ...finishing, ...finishing, ...finishing)).toEqual({
      suspects: [],
      culprits: [],
      fruitlessDeaths: 3,
    });
    const waiting = [...finishing, STOP];
    expect(read(...waiting, ...waiting, ...waiting, ...waiting)).toEqual(NOTHING);
    const ending: Note[] = [...waiting, { at: "commit" }];
    expect(read(...ending, ...ending, ...ending, ...ending)).toMatchObject({ fruitlessDeaths: 3 });
  });

  test("are read with lines ignored that are not notes", () => {
    const lines = ["", "{", "null", '{"at":"begin"}', '{"at":"other","file":"a"}', '{"at":"start"}'];
    expect(readDeaths(lines)).toMatchObject({ fruitlessDeaths: 1 });
  });
});
