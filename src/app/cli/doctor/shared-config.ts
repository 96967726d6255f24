import { join } from "node:path";
import { notEmpty, type Environment } from "../settings/flags.ts";
import type { Machine } from "./machine.ts";

/** Values of one section; a key with lines below it has these as a section of its own. */
interface Section {
  readonly [key: string]: string | Section | undefined;
}

/** AWS's shared configuration: what it says for the profile in use. */
export interface SharedConfig {
  readonly path: string;
  readonly profile: string;
  /** Where there is such a profile. */
  readonly hasProfile: boolean;
  /** Of the profile. */
  readonly values: Section;
  /** The section `[services NAME]` that the profile names; undefined where it names none. */
  readonly services: { readonly name: string; readonly section: Section | undefined } | undefined;
  /** Whether the file of credentials has the profile. */
  readonly hasCredentials: boolean;
}

export async function readSharedConfig(env: Environment, machine: Machine): Promise<SharedConfig> {
  const home = notEmpty(env["HOME"]) ?? notEmpty(env["USERPROFILE"]) ?? "";
  const path = notEmpty(env["AWS_CONFIG_FILE"]) ?? join(home, ".aws", "config");
  const credentials = notEmpty(env["AWS_SHARED_CREDENTIALS_FILE"]) ?? join(home, ".aws", "credentials");
  const profile = notEmpty(env["AWS_PROFILE"]) ?? notEmpty(env["AWS_DEFAULT_PROFILE"]) ?? "default";
  const sections = parseIni((await machine.readFile(path)) ?? "");
  const own = sections.get(profile === "default" ? "default" : `profile ${profile}`);
  const name = plainValue(own?.["services"]);
  return {
    path,
    profile,
    hasProfile: own !== undefined,
    values: own ?? {},
    services: name === undefined ? undefined : { name, section: sections.get(`services ${name}`) },
    hasCredentials:
      hasKeys(own) || hasKeys(parseIni((await machine.readFile(credentials)) ?? "").get(profile)),
  };
}

/** A profile may also have a role, SSO or a program that gives credentials. */
const hasKeys = (section: Section | undefined): boolean =>
  [
    "aws_access_key_id",
    "role_arn",
    "sso_session",
    "sso_start_url",
    "credential_process",
    "login_session",
  ].some((key) => plainValue(section?.[key]) !== undefined);

export const plainValue = (value: Section[string]): string | undefined =>
  typeof value === "string" ? notEmpty(value) : undefined;
export const nestedSection = (value: Section[string]): Section | undefined =>
  typeof value === "object" ? value : undefined;

/** By name. Comments begin a line; lines that are indented belong to the key above. */
export function parseIni(text: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Record<string, string | Record<string, string>>>();
  let section: Record<string, string | Record<string, string>> | undefined;
  let nested: Record<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const [, name] = /^\s*\[\s*(.+?)\s*\]/.exec(line) ?? [];
    if (name !== undefined) {
      section = sections.get(name) ?? {};
      sections.set(name, section);
      nested = undefined;
      continue;
    }
    const [, indent = "", key = "", value = ""] = /^(\s*)([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === undefined || key === "") continue;
    if (indent !== "" && nested !== undefined) nested[key] = value;
    else if (value === "") section[key] = nested = {};
    else [section[key], nested] = [value, undefined];
  }
  return sections;
}
