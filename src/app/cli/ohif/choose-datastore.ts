import { isRecord, tryParseJson } from "../../../api/json.ts";
import type { TrustedCas } from "../../../local/sdk/http-client.ts";
import { ask, probe } from "../doctor/probe.ts";
import { noEmulatorAt } from "../no-emulator.ts";
import { OhifError } from "./ohif-error.ts";

export interface ChosenDatastore {
  readonly datastoreId: string;
  readonly datastoreName: string;
}

interface Choice {
  readonly endpoint: string;
  readonly ca: TrustedCas;
  /** An id or a name. */
  readonly datastore: string | undefined;
  /** A StudyInstanceUID. */
  readonly study: string | undefined;
}

/**
 * The data store that is shown, asked for as a viewer does, without credentials.
 * @throws OhifError if there is no emulator, no such data store or study, or no DICOMweb
 */
export async function chooseDatastore(choice: Choice): Promise<ChosenDatastore> {
  await requireEmulator(choice);
  const active = await listActive(choice);
  const { datastore } = choice;
  const named = active.filter(
    ({ datastoreId, datastoreName }) =>
      datastore === undefined || [datastoreId, datastoreName].includes(datastore),
  );
  const [first, ...others] = named;
  if (first === undefined) throw new OhifError(missing(datastore, active));
  if (others.length > 0)
    throw new OhifError(
      `there are ${named.length} data stores: name one with --datastore: ${namesOf(named)}`,
    );
  await requireStudies(choice, first);
  return first;
}

async function requireEmulator({ endpoint, ca }: Choice): Promise<void> {
  const seen = await probe(endpoint, ca);
  if (seen.kind === "emulator") return;
  if (seen.kind === "none") throw new OhifError(noEmulatorAt(endpoint, seen.code).message);
  if (seen.kind === "refused") throw new OhifError(`the emulator refuses ${endpoint}: ${seen.hint}`);
  if (seen.kind === "secure") throw new OhifError(`${endpoint} speaks HTTPS: name its address with https://`);
  throw new OhifError(
    `another program answers at ${endpoint} (HTTP ${seen.status}): name the address of the READY line with --endpoint`,
  );
}

async function listActive({ endpoint, ca }: Choice): Promise<ChosenDatastore[]> {
  const found: ChosenDatastore[] = [];
  for (let token = ""; ;) {
    const next = token === "" ? "" : `&nextToken=${encodeURIComponent(token)}`;
    const { status, body } = await ask(`${endpoint}/datastore?datastoreStatus=ACTIVE${next}`, { ca });
    const answer = tryParseJson(body);
    if (status !== 200 || !isRecord(answer))
      throw new OhifError(`data stores cannot be listed: ${messageIn(body, status)}`);
    found.push(...datastoresIn(answer["datastoreSummaries"]));
    if (typeof answer["nextToken"] !== "string") return found;
    token = answer["nextToken"];
  }
}

const datastoresIn = (summaries: unknown): ChosenDatastore[] =>
  (Array.isArray(summaries) ? summaries : []).filter(isRecord).map((summary) => ({
    datastoreId: textOf(summary["datastoreId"]),
    datastoreName: textOf(summary["datastoreName"]),
  }));

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function missing(datastore: string | undefined, active: readonly ChosenDatastore[]): string {
  if (active.length === 0)
    return `the emulator has no active data store${datastore === undefined ? "" : ` ${datastore}`}: start it with --seed DIR, or import DIR --datastore NAME`;
  return `the emulator has no active data store ${datastore}, but ${namesOf(active)}`;
}

const MAX_NAMES = 10;

const namesOf = (datastores: readonly ChosenDatastore[]): string =>
  datastores
    .slice(0, MAX_NAMES)
    .map(({ datastoreId, datastoreName }) => datastoreName || datastoreId)
    .join(", ");

/** Searches as a viewer does first: the answer shows whether the release has DICOMweb, too. */
async function requireStudies(
  { endpoint, ca, study }: Choice,
  { datastoreId }: ChosenDatastore,
): Promise<void> {
  const only = study === undefined ? "" : `&StudyInstanceUID=${encodeURIComponent(study)}`;
  const url = `${endpoint}/datastore/${datastoreId}/studies?limit=1${only}`;
  const { status, headers, body } = await ask(url, { ca, headers: { accept: "application/dicom+json" } });
  const hint = headers["x-local-hint"];
  if (status === 404)
    throw new OhifError(
      `the emulator does not serve DICOMweb's searches, which a viewer needs: start it with --service-release latest, or with --dicomweb${typeof hint === "string" ? ` (${hint})` : ""}`,
    );
  const found = tryParseJson(body);
  if (status !== 200 || !Array.isArray(found))
    throw new OhifError(`studies cannot be searched: ${messageIn(body, status)}`);
  if (study !== undefined && found.length === 0)
    throw new OhifError(`data store ${datastoreId} has no study ${study} that a viewer can find`);
}

function messageIn(body: string, status: number): string {
  const answer = tryParseJson(body);
  const message = isRecord(answer) ? (answer["message"] ?? answer["Message"]) : undefined;
  return typeof message === "string" ? message : `HTTP ${status}`;
}
