import type { Model, Operation, Shape } from "./model.ts";

/**
 * The DICOMweb service of the guide of May 2024. No SDK has it, so it has no service model. Its one operation,
 * WADO-RS's retrieval of an instance, is described here as the others are (facts: dicomweb#getdicominstance).
 */
const GET_DICOM_INSTANCE: Operation = {
  name: "GetDICOMInstance",
  method: "GET",
  requestUri:
    "/datastore/{datastoreId}/studies/{studyInstanceUID}/series/{seriesInstanceUID}/instances/{sopInstanceUID}",
  input: "GetDICOMInstanceRequest",
  output: "GetDICOMInstanceResponse",
  errors: [
    "AccessDeniedException",
    "InternalServerException",
    "NotAcceptableException",
    "ResourceNotFoundException",
    "ThrottlingException",
    "ValidationException",
  ],
  isReadOnly: true,
  hostPrefix: "dicom-",
  answersHead: true,
};

const UID: Shape = { type: "string", max: 64, pattern: "(?:[1-9][0-9]*|0)(\\.(?:[1-9][0-9]*|0))*" };

const SHAPES: Readonly<Record<string, Shape>> = {
  GetDICOMInstanceRequest: {
    type: "structure",
    required: ["datastoreId", "studyInstanceUID", "seriesInstanceUID", "sopInstanceUID"],
    members: {
      datastoreId: { shape: "DatastoreId", location: "uri" },
      studyInstanceUID: { shape: "DICOMwebUID", location: "uri" },
      seriesInstanceUID: { shape: "DICOMwebUID", location: "uri" },
      sopInstanceUID: { shape: "DICOMwebUID", location: "uri" },
      imageSetId: { shape: "ImageSetId", location: "querystring" },
      accept: { shape: "DICOMwebAccept", location: "header" },
    },
  },
  GetDICOMInstanceResponse: { type: "structure", members: {} },
  DICOMwebUID: UID,
  DICOMwebAccept: { type: "string" },
};

/**
 * The served model: the service model and DICOMweb. Its shapes inherit those of the service model: copies of them would
 * cost a start more than it costs to parse them.
 */
export function withDicomweb({ operations, shapes }: Model): Model {
  return {
    operations: new Map([...operations, [GET_DICOM_INSTANCE.name, GET_DICOM_INSTANCE]]),
    shapes: Object.setPrototypeOf({ ...SHAPES }, shapes) as Model["shapes"],
  };
}

/**
 * Whether a path belongs to DICOMweb, served or not. Such a path is never a bucket's.
 * @param path as it was sent
 */
export const isDicomwebPath = (path: string): boolean =>
  /^\/datastore\/[^/]+\/(studies|series|instances)(\/|$)/.test(path);
