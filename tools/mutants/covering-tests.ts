import { basename } from "node:path";
import { topFolder } from "./branches.ts";
import type { TestFileCoverage } from "./coverage.ts";
import { hasLine } from "./istanbul.ts";

/**
 * Test files that can detect a change of a line, the fastest first. Test files that fail anyway are left out.
 */
export class CoveringTests {
  readonly #passing: readonly TestFileCoverage[];

  constructor(coverages: readonly TestFileCoverage[]) {
    this.#passing = coverages
      .filter(({ ending }) => ending === "passed")
      .sort((a, b) => a.durationMs - b.durationMs);
  }

  /** Test files that ran the line in their own process. */
  of(file: string, line: number): TestFileCoverage[] {
    return this.#passing.filter(({ lines }) => hasLine(lines[file] ?? "", line));
  }

  isSeen(file: string): boolean {
    return this.#passing.some(({ lines }) => lines[file] !== undefined);
  }

  /** Test files named after the source: serve.test.ts for serve.ts. */
  ofName(file: string): TestFileCoverage[] {
    return this.#passing.filter(({ file: test }) => basename(test).startsWith(`${basename(file, ".ts")}.`));
  }

  /**
   * Test files in a folder named after the source's folder: for code in workers and child processes, which
   * coverage does not see.
   */
  ofFolder(file: string): TestFileCoverage[] {
    const folder = topFolder(file);
    return this.#passing.filter(({ file: test }) => test.split("/").slice(0, -1).includes(folder));
  }
}
