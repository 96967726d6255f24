import type { RequestAnswer } from "../../local/sdk/control-operations.ts";

/** How a request is made with the AWS CLI; undefined for requests that it has no command for. */
export function cliLineOf(request: RequestAnswer): string | undefined {
  const { operation, path, query, requestBody, region } = request;
  if (!/^[A-Z][A-Za-z]+$/.test(operation) || operation.startsWith("GetDICOMInstance")) return undefined;
  const words = ["aws", "medical-imaging", kebab(operation)];
  words.push("--endpoint-url", location.origin, "--region", region);
  for (const [name, value] of [
    ...labelsOf(path),
    ...new URLSearchParams(query),
    ...membersOf(requestBody, operation),
  ])
    words.push(`--${kebab(MEMBERS[name] ?? name)}`, quote(value));
  if (/^(GetImageFrame|GetImageSetMetadata)$/.test(operation)) words.push("output.bin");
  return words.join(" ");
}

const kebab = (name: string): string =>
  name
    .replaceAll("DICOM", "Dicom")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();

const LABELS: Readonly<Record<string, string>> = {
  datastore: "datastoreId",
  imageSet: "imageSetId",
  job: "jobId",
  tags: "resourceArn",
};

/** Parameters of a query whose members have another name. */
const MEMBERS: Readonly<Record<string, string | undefined>> = {
  version: "versionId",
  latestVersion: "latestVersionId",
};

/** The ids in a path: each follows the name of its kind. */
function labelsOf(path: string): [string, string][] {
  const segments = path.split("/").slice(1);
  return segments.flatMap((segment, index): [string, string][] => {
    const label = LABELS[segments[index - 1] ?? ""];
    return label === undefined || segment === "" ? [] : [[label, decodeURIComponent(segment)]];
  });
}

/** Of a body; one that the journal truncated is left out. */
function membersOf(body: string, operation: string): [string, string][] {
  if (body === "") return [];
  try {
    const members = JSON.parse(body) as Record<string, unknown>;
    const payload = PAYLOADS[operation];
    if (payload !== undefined) return [[payload, body]];
    return Object.entries(members).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
  } catch {
    return [];
  }
}

/** Operations whose body is one member. */
const PAYLOADS: Readonly<Record<string, string | undefined>> = {
  SearchImageSets: "searchCriteria",
  GetImageFrame: "imageFrameInformation",
  UpdateImageSetMetadata: "updateImageSetMetadataUpdates",
  CopyImageSet: "copyImageSetInformation",
};

const quote = (value: string): string =>
  /^[\w.:/=-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
