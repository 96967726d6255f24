import type { Environment } from "../../../../src/app/cli/settings/flags.ts";
import type { Machine, Ran } from "../../../../src/app/cli/doctor/machine.ts";
import type { Probe } from "../../../../src/app/cli/doctor/probe.ts";
import { readSharedConfig } from "../../../../src/app/cli/doctor/shared-config.ts";
import { configuredEndpoint, type DoctorContext } from "../../../../src/app/cli/doctor/doctor-context.ts";
import type { TrustFiles } from "../../../../src/app/tls/tls-folder.ts";
import type { DoctorCheck } from "../../../../src/app/cli/doctor/check.ts";

export interface Fake {
  readonly endpoint?: string;
  readonly env?: Environment;
  readonly probe?: Probe;
  readonly trustFiles?: TrustFiles;
  readonly node?: string;
  /** By path. */
  readonly files?: Readonly<Record<string, string>>;
  /** By program, in the order in which they are run. */
  readonly programs?: Readonly<Record<string, readonly Partial<Ran>[]>>;
  /** Names that are found, and where. */
  readonly names?: Readonly<Record<string, string>>;
}

export interface FakeMachine extends Machine {
  /** What was run, with its arguments. */
  readonly ran: string[];
}

export function fakeMachine({ node = "24.1.0", files = {}, programs = {}, names = {} }: Fake): FakeMachine {
  const ran: string[] = [];
  const left = new Map(Object.entries(programs).map(([name, all]) => [name, [...all]]));
  const lookup = async (host: string): Promise<string | undefined> => names[host];
  return {
    ran,
    nodeVersion: node,
    now: () => 0,
    lookup,
    systemLookup: lookup,
    readFile: async (path) => files[path],
    run: async (program, args) => {
      ran.push([program, ...args].join(" "));
      const all = left.get(program);
      return all === undefined ? undefined : { code: 0, stdout: "", stderr: "", ...all.shift() };
    },
  };
}

/** What a check finds on a machine that is not there: each finding as `level: found -> cure`. */
export async function tryOn({ run }: DoctorCheck, fake: Fake = {}): Promise<string[]> {
  const findings = await run(await contextOf(fake));
  return findings.map(
    ({ level, found, cure }) => `${level}: ${found}${cure === undefined ? "" : ` -> ${cure}`}`,
  );
}

async function contextOf(fake: Fake): Promise<DoctorContext> {
  const {
    endpoint = "http://127.0.0.1:4464",
    env: given = {},
    probe = { kind: "none", code: "ECONNREFUSED" },
  } = fake;
  const env = { HOME: "/home/a", ...given };
  const machine = fakeMachine(fake);
  const config = await readSharedConfig(env, machine);
  return {
    endpoint,
    host: new URL(endpoint).hostname.replace(/^\[|\]$/g, ""),
    origin: undefined,
    env,
    version: "1.0.0",
    machine,
    probe,
    ca: undefined,
    trustFiles: fake.trustFiles,
    config,
    reliesOnEnvironment: configuredEndpoint("medical_imaging", env, config) !== undefined,
  };
}
