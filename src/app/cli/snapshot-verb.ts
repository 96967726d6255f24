import { readFile, writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { ControlClient } from "../../local/sdk/control-client.ts";
import type { RestoreReport, SnapshotSummary } from "../../domain/snapshot.ts";
import type { Ask, Given, Verb } from "./control-verbs.ts";
import { UsageError } from "./settings/usage-error.ts";
import { errorCode } from "../../api/error-code.ts";

const FORMS =
  "snapshot takes list, save NAME, restore NAME, remove NAME, export NAME FILE or import FILE [--name NAME]";

/** `snapshot save demo`, and the others. */
export const snapshot: Verb = {
  flags: ["name"],
  switches: ["buckets", "force", "replace"],
  maxPositionals: 3,
  read: (given) => {
    const { positionals, flags, switches } = given;
    const [action = "list", first, second] = positionals;
    const form = FORM[action];
    if (form === undefined || positionals.length > form.positionals + 1) throw new UsageError(FORMS);
    if (form.positionals >= 1 && first === undefined) throw new UsageError(FORMS);
    if (form.positionals === 2 && second === undefined) throw new UsageError(FORMS);
    const others = [...switches, ...Object.keys(flags)].filter((name) => !COMMON.has(name));
    const unknown = others.find((name) => !form.flags.includes(name));
    if (unknown !== undefined) throw new UsageError(`snapshot ${action} takes no --${unknown}`);
    return form.read(given, first ?? "", second ?? "");
  },
};

const COMMON = new Set(["json", "endpoint"]);

interface Form {
  readonly positionals: number;
  readonly flags: readonly string[];
  readonly read: (given: Given, first: string, second: string) => Ask;
}

const FORM: Readonly<Record<string, Form>> = {
  list: {
    positionals: 0,
    flags: [],
    read: () => async (control) => {
      const snapshots = await control.snapshots.list();
      const lines = snapshots.map(describeSnapshot);
      return { json: { snapshots }, text: lines.length === 0 ? "there are no snapshots" : lines.join("\n") };
    },
  },
  save: {
    positionals: 1,
    flags: ["buckets", "force", "replace"],
    read:
      ({ switches }, name) =>
      async (control) => {
        const [buckets, force, replace] = ["buckets", "force", "replace"].map((option) =>
          switches.has(option),
        );
        const saved = await control.snapshots.save(name, { buckets, force, replace });
        return { json: saved, text: `saved ${describeSnapshot(saved)}` };
      },
  },
  restore: {
    positionals: 1,
    flags: [],
    read: (_, name) => async (control) => {
      const report = await control.snapshots.restore(name);
      return { json: report, text: describeRestore(name, report) };
    },
  },
  remove: {
    positionals: 1,
    flags: [],
    read: (_, name) => async (control) => {
      await control.snapshots.remove(name);
      return { json: { name }, text: `removed ${name}` };
    },
  },
  export: {
    positionals: 2,
    flags: [],
    read:
      ({ folder }, name, file) =>
      (control) =>
        exportTo(control, name, resolve(folder, file)),
  },
  import: {
    positionals: 1,
    flags: ["name", "replace"],
    read:
      ({ folder, flags, switches }, file) =>
      async (control) => {
        const bytes = await readFile(resolve(folder, file)).catch((error: unknown) => {
          throw new UsageError(`${file} cannot be read: ${codeOf(error)}`);
        });
        const name = flags["name"] ?? basename(file).replace(/(\.snapshot)?(\.tar)?\.(gz|tgz)$/, "");
        const imported = await control.snapshots.import(name, bytes, { replace: switches.has("replace") });
        return { json: imported, text: `imported ${describeSnapshot(imported)}` };
      },
  },
};

async function exportTo(control: ControlClient, name: string, path: string) {
  const bytes = await control.snapshots.export(name);
  await writeFile(path, bytes).catch((error: unknown) => {
    throw new UsageError(`${path} cannot be written: ${codeOf(error)}`);
  });
  const byteLength = bytes.length;
  return { json: { name, file: path, byteLength }, text: `exported ${name}: ${byteLength} bytes in ${path}` };
}

const describeSnapshot = ({
  name,
  savedAt,
  datastores,
  importJobs,
  imageSets,
  buckets,
}: SnapshotSummary): string =>
  [
    `${name}  ${savedAt}  ${count(datastores, "data store")}`,
    count(importJobs, "import job"),
    count(imageSets, "image set"),
    ...(buckets === null ? [] : [count(buckets, "bucket")]),
  ].join(", ");

function describeRestore(name: string, { epoch, cancelledJobs, buckets }: RestoreReport): string {
  const parts = [
    `restored ${name}: epoch ${epoch} begins`,
    `${count(cancelledJobs, "import job")} cancelled`,
  ];
  if (buckets !== undefined) parts.push(`${count(buckets.placed.length, "bucket")} restored`);
  if (buckets !== undefined && buckets.kept.length > 0)
    parts.push(`kept, since they are mounts: ${buckets.kept.join(" ")}`);
  return parts.join(", ");
}

const codeOf = (error: unknown): string => errorCode(error) || String(error);

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
