import { ServiceError } from "../../../api/errors.ts";
import { isRecord } from "../../../api/json.ts";
import type { InstanceDocument, JsonValue, MetadataDocument } from "./metadata-document.ts";
import { readPayload, type JsonObject } from "./update-payload.ts";

const NAME = "copiableAttributes";

/** @throws ServiceError ValidationException for what is not JSON with a SchemaVersion */
export const checkCopiable = (copiableAttributes: string): string =>
  readPayload(NAME, Buffer.from(copiableAttributes), HINT);

const HINT = "it is a string with JSON, which is not encoded as base64";

/**
 * The document with the instances that a copy names (facts: image-sets#copies).
 * Assumed: copied-instances. A series without Instances is copied whole. A name that the source does not have, a member
 * besides series and instances, and a copy of no instance are a ValidationException.
 * @param copiableAttributes checked by `checkCopiable`
 * @throws ServiceError ValidationException
 */
export function selectInstances(document: MetadataDocument, copiableAttributes: string): MetadataDocument {
  const { SchemaVersion: _, Study, ...others } = JSON.parse(copiableAttributes) as JsonObject;
  const { Series, ...besides } = members("Study", Study);
  refuseOthers({ ...others, ...besides });
  const selected = Object.entries(members("Series", Series)).map(([uid, given]) => {
    const series = Object.hasOwn(document.Study.Series, uid) ? document.Study.Series[uid] : undefined;
    if (series === undefined) throw invalid(`names series ${uid}, which the image set does not have`);
    const { Instances, ...rest } = members(`Series ${uid}`, given);
    refuseOthers(rest);
    return [
      uid,
      Instances === undefined ? series : { ...series, Instances: select(series.Instances, Instances) },
    ];
  });
  const chosen = Object.fromEntries(selected) as MetadataDocument["Study"]["Series"];
  if (Object.values(chosen).every(({ Instances }) => Object.keys(Instances).length === 0))
    throw invalid("names no instance");
  return { ...document, Study: { ...document.Study, Series: chosen } };
}

type Instances = Readonly<Record<string, InstanceDocument>>;

function select(instances: Instances, given: JsonValue): Instances {
  const selected = Object.entries(members("Instances", given)).map(([uid, content]) => {
    const instance = Object.hasOwn(instances, uid) ? instances[uid] : undefined;
    if (instance === undefined) throw invalid(`names instance ${uid}, which the image set does not have`);
    refuseOthers(members(`Instance ${uid}`, content));
    return [uid, instance];
  });
  return Object.fromEntries(selected) as Instances;
}

function refuseOthers(others: JsonObject): void {
  const [member] = Object.keys(others);
  if (member !== undefined) throw invalid(`has ${member}: expected series and instances`);
}

function members(name: string, value: JsonValue | undefined): JsonObject {
  if (isRecord(value)) return value;
  throw invalid(value === undefined ? `has no ${name}` : `has a ${name} that is not a JSON object`);
}

const invalid = (problem: string): ServiceError =>
  new ServiceError("ValidationException", `${NAME} ${problem}`);
