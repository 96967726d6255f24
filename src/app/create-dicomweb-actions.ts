import { isDicomwebOperation } from "../api/model/dicomweb-operations.ts";
import type { Model } from "../api/model/model.ts";
import { GetDICOMInstance } from "../healthimaging/dicomweb/GetDICOMInstance.ts";
import type { Actions } from "../healthimaging/http/medical-imaging.ts";
import type { ActionParts } from "./create-actions.ts";

/** The actions of DICOMweb. */
const create = (parts: Omit<ActionParts, "served">): Actions =>
  new Map(
    Object.entries({
      GetDICOMInstance: GetDICOMInstance(parts),
    }),
  );

/** The actions of DICOMweb that are served: a release may have fewer. */
export const createDicomwebActions = ({ served, ...parts }: ActionParts): Actions => {
  const { operations }: Pick<Model, "operations"> = served;
  return new Map([...create(parts)].filter(([name]) => operations.has(name) || !isDicomwebOperation(name)));
};
