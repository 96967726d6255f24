import type { DicomwebOperation } from "../model/dicomweb-operations.ts";
import { LATEST_RELEASE } from "./service-release.ts";

/** Why an operation of DICOMweb that AWS has is not served, and what to do about it. */
export const whyNotServed = ({ name, launched, isMissing }: DicomwebOperation): string =>
  isMissing === true
    ? `the emulator does not have ${name} yet`
    : `${name} was launched on ${launched}: start with --service-release ${LATEST_RELEASE}, ` +
      "or with --dicomweb to have DICOMweb's reading in this release";
