import { globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
/** What 0.1.0 said to its users. Its code still has to run: see tools/fixtures-0.1.0. */
const RELEASED = "test/fixtures/0.1.0/public/README.md";

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** The test that runs it, from the comment in the line before it: `<!-- test/readme.test.ts runs this block -->`. */
  readonly test: string | undefined;
  /** The test of what it does, where it cannot run as it stands: `<!-- test/x.test.ts does the same -->`. */
  readonly likewise: string | undefined;
  /** Why nothing runs it: `<!-- not run: no JDK -->`. */
  readonly notRunSince: string | undefined;
  /** Where it begins: `README.md:59`, `0.1.0's README.md:59`. */
  readonly at: string;
}

/** The code of the documents of a version, for a file of tests that runs it. */
export class Documents {
  readonly version: "today" | "0.1.0";
  readonly blocks: readonly CodeBlock[];
  readonly #isDone: (block: CodeBlock) => boolean;
  readonly #run = new Set<CodeBlock>();

  /** @param isDone whether a block needs no run here */
  constructor(
    version: "today" | "0.1.0",
    blocks: readonly CodeBlock[],
    isDone: (block: CodeBlock) => boolean = () => false,
  ) {
    this.version = version;
    this.blocks = blocks;
    this.#isDone = isDone;
  }

  /** The code of the first block with a text, which counts as run wherever it stands. @throws Error where there is none */
  run(text: string, language?: string): string {
    const block = this.#find(text, language);
    if (block === undefined) throw new Error(`no block of ${this.version} has ${text}`);
    // A page may show a block of another page: character for character, so that one run is enough.
    const { code, language: spoken } = block;
    for (const each of this.blocks) if (each.code === code && each.language === spoken) this.#run.add(each);
    return block.code;
  }

  /** Whether it has blocks with these texts, of which one has to be run. */
  has(texts: readonly string[]): boolean {
    const blocks = texts.flatMap((text) => this.#find(text) ?? []);
    return blocks.length === texts.length && !blocks.every(this.#isDone);
  }

  /** The blocks of a test: those that name it, under its name of today or of that version. */
  of(test: string): readonly CodeBlock[] {
    return this.blocks.filter((block) => block.test !== undefined && nameOf(block.test) === nameOf(test));
  }

  /** Where the blocks of a test begin that it has not run and has to. */
  notRun(test: string): string[] {
    return this.of(test)
      .filter((block) => !this.#run.has(block) && !this.#isDone(block))
      .map(({ at }) => at);
  }

  #find(text: string, language?: string): CodeBlock | undefined {
    const isMeant = (block: CodeBlock): boolean => language === undefined || block.language === language;
    return this.blocks.find((block) => isMeant(block) && block.code.includes(text));
  }
}

/** Tests have moved to other folders and speeds, and kept this. */
const nameOf = (test: string): string | undefined => basename(test).split(".")[0];

export const today: readonly CodeBlock[] = [
  "README.md",
  ...globSync("docs/**/*.md", { cwd: ROOT }).toSorted(),
].flatMap((document) => readBlocks(document, document));
export const released: readonly CodeBlock[] = readBlocks(RELEASED, "0.1.0's README.md");

/** The block of today that is the same, character for character. */
export const sameOf = (block: CodeBlock): CodeBlock | undefined =>
  today.find(({ code, language }) => code === block.code && language === block.language);

/** Today's documents, and those of 0.1.0, of which only the blocks that differ today are run. */
export const readDocuments = (): readonly Documents[] => [
  new Documents("today", today),
  new Documents("0.1.0", released, (block) => sameOf(block) !== undefined),
];

/** Those whose blocks with these texts a test has to run. */
export const withCode = (documents: readonly Documents[], ...texts: string[]): Documents[] =>
  documents.filter((each) => each.version === "today" || each.has(texts));

function readBlocks(document: string, name: string): CodeBlock[] {
  const text = readFileSync(join(ROOT, document), "utf8");
  return [...text.matchAll(/^(.*)\n```(\w*)\n([\s\S]*?)^```$/gm)].map((found) => {
    const [, before = "", language = "", code = ""] = found;
    const line = text.slice(0, found.index).split("\n").length + 1;
    return {
      language,
      code,
      test: /^<!-- (\S+) runs this block -->$/.exec(before)?.[1],
      likewise: /^<!-- (\S+) does the same -->$/.exec(before)?.[1],
      notRunSince: /^<!-- not run: (\S.*) -->$/.exec(before)?.[1],
      at: `${name}:${line}`,
    };
  });
}

/** What is not as 0.1.0's documents have it, on purpose, and how their code has it back. */
export interface SwitchBack {
  /** The section of the CHANGELOG has it: "What may break your tests". */
  readonly why: string;
  /** The first line of the block. */
  readonly block: string;
  readonly from: string;
  readonly to: string;
}

const JPH = "GetImageFrame sends JPH files";
export const SWITCHES_BACK: readonly SwitchBack[] = [
  {
    why: JPH,
    block: "// frames.test.ts; ./my-dicom is a folder of DICOM files",
    from: '\ntest("a frame',
    to: '\ntest.override("emulatorOptions", { frameContainer: "codestream" });\ntest("a frame',
  },
  {
    why: JPH,
    block: "// container.test.ts",
    from: ".start();",
    to: '.withFrameContainer("codestream").start();',
  },
];

/** The code of a block of 0.1.0 with what is another thing today switched back. @throws Error where a switch has no place */
export function switchedBack(code: string): string {
  const [first] = code.split("\n");
  const switches = SWITCHES_BACK.filter(({ block }) => block === first);
  return switches.reduce((text, { block, from, to }) => {
    if (!text.includes(from)) throw new Error(`there is no ${from} in ${block}`);
    return text.replace(from, to);
  }, code);
}
