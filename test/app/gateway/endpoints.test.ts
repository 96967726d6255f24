import { describe, expect, test } from "vitest";
import { withDicomweb } from "../../../src/api/model/dicomweb-model.ts";
import { model } from "../../../src/api/model/model.ts";
import { isServedAt } from "../../../src/app/gateway/endpoints.ts";

const servedAt = (host: string | undefined): string[] =>
  [...withDicomweb(model).operations.values()]
    .filter((operation) => isServedAt(host, operation))
    .map(({ name }) => name);

const RUNTIME = [
  "CopyImageSet",
  "DeleteImageSet",
  "GetImageFrame",
  "GetImageSet",
  "GetImageSetMetadata",
  "ListImageSetVersions",
  "SearchImageSets",
  "UpdateImageSetMetadata",
];

describe("the host", () => {
  test.each([
    "runtime-medical-imaging.us-east-1.amazonaws.com",
    "runtime-medical-imaging.eu-west-1.amazonaws.com:443",
    "Runtime-Medical-Imaging.us-east-1.api.aws",
    "runtime-medical-imaging.us-east-1.amazonaws.com.",
    "RUNTIME-medical-imaging.us-east-1.amazonaws.com.:443",
    "vpce-0a1b-2c3d.runtime-medical-imaging.us-west-2.vpce.amazonaws.com",
  ])("%s serves the operations of image sets only", (host) => {
    expect(servedAt(host).toSorted()).toEqual(RUNTIME);
  });

  test.each([
    "medical-imaging.us-east-1.amazonaws.com",
    "medical-imaging-fips.us-west-2.amazonaws.com",
    "medical-imaging.ap-southeast-2.api.aws:80",
  ])("%s serves the operations of data stores, imports and tags only", (host) => {
    expect(servedAt(host)).toHaveLength(10);
    expect(servedAt(host).filter((name) => RUNTIME.includes(name))).toEqual([]);
  });

  test("dicom-medical-imaging serves GetDICOMInstance only", () => {
    expect(servedAt("dicom-medical-imaging.us-east-1.amazonaws.com")).toEqual(["GetDICOMInstance"]);
  });

  test.each([
    undefined,
    "localhost",
    "runtime-localhost:4464",
    "medical-imaging",
    "runtime-medical-imaging.local",
    "xmedical-imaging.us-east-1.amazonaws.com",
  ])("%s serves every operation", (host) => {
    expect(servedAt(host)).toHaveLength(19);
  });
});
