import { Readable } from "node:stream";
import type { MedicalImagingClient } from "@aws-sdk/client-medical-imaging";
import type { MetadataMapping } from "../../../../src/domain/import-jobs/import-configuration.ts";

/**
 * Adds the input to the requests of a client whose SDK does not have it yet.
 * @param mappings of the next job; none for a job without
 * @returns the hints and the jobs of all answers
 */
export function withConfiguration(client: MedicalImagingClient, mappings: () => readonly MetadataMapping[]) {
  const seen: { hints: string[]; jobs: { importConfiguration?: unknown }[] } = { hints: [], jobs: [] };
  client.middlewareStack.add(
    (next, context) => (args) => {
      const request = args.request as { body: string };
      if (context["commandName"] === "StartDICOMImportJobCommand" && mappings().length > 0)
        request.body = addMappings(request.body, mappings());
      return next(args);
    },
    { step: "build", priority: "high" },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const response = result.response as { headers: Record<string, string>; body: Readable };
      const hint = response.headers["x-local-hint"];
      if (hint !== undefined) seen.hints.push(hint);
      if (context["commandName"] === "GetDICOMImportJobCommand") {
        const bytes = Buffer.concat((await response.body.toArray()) as Uint8Array[]);
        const { jobProperties } = JSON.parse(bytes.toString()) as { jobProperties: object };
        seen.jobs.push(jobProperties);
        response.body = Readable.from([bytes]);
      }
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  return seen;
}

/** The body of StartDICOMImportJob with mappings. */
export function addMappings(body: string, dicomMetadataMappings: readonly MetadataMapping[]): string {
  const importConfiguration = { dicomJsonMetadataImportConfiguration: { dicomMetadataMappings } };
  return JSON.stringify({ ...(JSON.parse(body) as object), importConfiguration });
}
