import { DICOMWEB_OPERATIONS, type DicomwebOperation, servedDicomweb } from "./dicomweb-operations.ts";
import { shapeOf, type Member, type Model, type Operation, type Shape } from "./model.ts";

const BELOW = "/datastore/{datastoreId}";

/** Its description in the form of the service model (facts: dicomweb#getdicominstance). */
const toOperation = ({ name, method, path }: DicomwebOperation): Operation => ({
  name,
  method,
  requestUri: BELOW + path,
  input: `${name}Request`,
  output: `${name}Response`,
  errors: [
    "AccessDeniedException",
    "InternalServerException",
    "NotAcceptableException",
    "ResourceNotFoundException",
    "ThrottlingException",
    "ValidationException",
  ],
  isReadOnly: method === "GET",
  hostPrefix: "dicom-",
  ...(method === "GET" && { answersHead: true }),
});

/** The shape of each label of a path. */
const LABELS: Readonly<Record<string, string>> = {
  datastoreId: "DatastoreId",
  studyInstanceUID: "DICOMwebUID",
  seriesInstanceUID: "DICOMwebUID",
  sopInstanceUID: "DICOMwebUID",
  frameList: "DICOMwebFrameList",
  bulkdataId: "DICOMwebBulkdataId",
};

/** Members of an input, besides the labels of its path, the header Accept and the endpoint. */
const QUERIES: Readonly<Record<DicomwebOperation["query"], Readonly<Record<string, Member>>>> = {
  imageSetId: { imageSetId: { shape: "ImageSetId", location: "querystring" } },
  search: { query: { shape: "DICOMwebQuery", location: "rawquery" } },
  none: {},
};

function inputOf({ path, query }: DicomwebOperation): Shape {
  const labels = (BELOW + path)
    .split("/")
    .filter((segment) => segment.startsWith("{"))
    .map((segment) => segment.slice(1, -1));
  return {
    type: "structure",
    required: labels,
    members: {
      ...Object.fromEntries(
        labels.map((label) => [label, { shape: LABELS[label] ?? "", location: "uri" } satisfies Member]),
      ),
      ...QUERIES[query],
      accept: { shape: "DICOMwebAccept", location: "header" },
      endpoint: { shape: "DICOMwebEndpoint", location: "endpoint" },
    },
  };
}

/** UIDs are as strict as those of the release's service model. */
const stringsOf = ({ shapes }: Pick<Model, "shapes">): Readonly<Record<string, Shape>> => ({
  DICOMwebUID: uidOf(shapeOf(shapes, "DICOMStudyInstanceUID")),
  /** Assumed: frame-list-length. Longer ones than a server of Node.js reads reach the emulator in process. */
  DICOMwebFrameList: { type: "string", max: 65_536, pattern: "[1-9][0-9]{0,8}(,[1-9][0-9]{0,8})*" },
  DICOMwebBulkdataId: { type: "string", max: 32, pattern: "[0-9a-f]{32}" },
  DICOMwebQuery: { type: "string" },
  DICOMwebAccept: { type: "string" },
  DICOMwebEndpoint: { type: "string" },
});

const uidOf = ({ max = 0, pattern = "" }: Shape): Shape => ({ type: "string", max, pattern });

/** The operations of the service of the guide of May 2024. */
const first = (): DicomwebOperation[] => servedDicomweb({ launchedUntil: "2024-05-31" });

const shapesOf = (served: readonly DicomwebOperation[], shapes: Model["shapes"]): Model["shapes"] => ({
  ...stringsOf({ shapes }),
  ...Object.fromEntries(
    served.flatMap((operation) => [
      [`${operation.name}Request`, inputOf(operation)],
      [`${operation.name}Response`, { type: "structure", members: {} }],
    ]),
  ),
});

/**
 * The served model: the service model and the served operations of DICOMweb. Its shapes inherit those of the service
 * model: copies of them would cost a start more than it costs to parse them.
 */
export function withDicomweb({ operations, shapes }: Model, served = first()): Model {
  return {
    operations: new Map([
      ...operations,
      ...served.map((operation) => [operation.name, toOperation(operation)] as const),
    ]),
    shapes: Object.setPrototypeOf(shapesOf(served, shapes), shapes) as Model["shapes"],
  };
}

/** Clients whose root ends with a slash double it. */
const PATH = /^\/datastore\/[^/]+\/(?:studies|series|instances)(?:\/|$)/;
const DOUBLED = /^\/+datastore\/+[0-9a-z]{32}\/+(?:studies|series|instances)(?:\/|$)/;

/**
 * Whether a path belongs to DICOMweb, served or not. Such a path is never a bucket's.
 * @param path as it was sent
 */
export const isDicomwebPath = (path: string): boolean => PATH.test(path) || DOUBLED.test(path);

/** A path of DICOMweb without doubled slashes and a slash at its end; any other path unchanged. */
export const dicomwebPath = (path: string): string =>
  (path.endsWith("/") || path.includes("//")) && isDicomwebPath(path)
    ? path.replaceAll(/\/{2,}/g, "/").replace(/\/$/, "")
    : path;

/** The operation of DICOMweb, served or not, that AWS has at a method and a path. */
export function findDicomwebOperation(method: string, path: string): DicomwebOperation | undefined {
  const sent = dicomwebPath(path).split("/");
  return DICOMWEB_OPERATIONS.find((operation) => {
    const segments = (BELOW + operation.path).split("/");
    return (
      operation.method === (method === "HEAD" ? "GET" : method) &&
      segments.length === sent.length &&
      segments.every((segment, index) => segment.startsWith("{") || segment === sent[index])
    );
  });
}
