import type { Caller } from "../../domain/caller.ts";
import { requireDicomJson } from "./accept-plain.ts";
import type { SeriesRequest } from "./find-instance.ts";
import type { MetadataDependencies, MetadataRequest } from "./GetDICOMInstanceMetadata.ts";
import { writeInstanceJson } from "./instance-json.ts";
import { answerDicomJson, type DicomJsonAnswer } from "./json-answer.ts";

/**
 * WADO-RS: the elements of all instances of a series, without pixel data, in the order of the metadata document
 * (facts: dicomweb#metadata).
 */
export const GetDICOMSeriesMetadata =
  ({ instances, tiers }: MetadataDependencies) =>
  async (request: SeriesRequest & MetadataRequest, caller: Caller): Promise<DicomJsonAnswer> => {
    requireDicomJson(request.accept);
    const found = await instances.findSeries(request, caller);
    async function* write(): AsyncGenerator<string> {
      for await (const each of found) {
        tiers.touch(each.imageSetId);
        const { sopInstanceUID } = each;
        yield writeInstanceJson(each, { ...request, sopInstanceUID }, request.endpoint);
      }
    }
    return answerDicomJson(write());
  };
