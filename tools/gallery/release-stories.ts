import { UpdateImageSetMetadataCommand } from "@aws-sdk/client-medical-imaging";
import { readReport } from "./import-stories.ts";
import type { Stage } from "./stage.ts";
import { removeImageSet, showImageSet } from "./state-stories.ts";
import type { Story } from "./story.ts";

const UPDATE = new TextEncoder().encode(
  JSON.stringify({ SchemaVersion: 1.1, Patient: { DICOM: { PatientSex: "F" } } }),
);

/** AWS's client for JavaScript lacks the input, which is a parameter of the query. */
function updateStudy(datastoreId: string, imageSetId: string): UpdateImageSetMetadataCommand {
  const updateImageSetMetadataUpdates = { DICOMUpdates: { updatableAttributes: UPDATE } };
  const command = new UpdateImageSetMetadataCommand({
    datastoreId,
    imageSetId,
    latestVersionId: "1",
    updateImageSetMetadataUpdates,
  });
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { query: Record<string, string> }).query["includeStudyImageSets"] = "true";
      return next(args);
    },
    { step: "build" },
  );
  return command;
}

/** The primary image sets of two series of one study, without a word. */
async function study(stage: Stage) {
  const datastoreId = await stage.datastore();
  for (const series of [1, 2]) {
    const jobId = await stage.startJob(datastoreId, series);
    await stage.control.wait(`importJob/${jobId}`, { status: "COMPLETED" });
  }
  return (await stage.imageSets(datastoreId)).map((imageSetId) => ({ datastoreId, imageSetId }));
}

/** Of presets that need the service release 2026-06. */
export const RELEASE_STORIES: Readonly<Record<string, Story>> = {
  "merge-stuck": async (stage) => {
    const at = await stage.imageSet();
    await stage.activate();
    const jobId = await stage.startJob(at.datastoreId);
    await stage.control.wait(`imageSet/${at.imageSetId}`, { status: "IMPORTING" });
    await stage.control.clock.freeze();
    await stage.control.clock.advance("1h");
    stage.say("", "an hour after the series is imported again");
    await stage.showJob(at.datastoreId, jobId);
    await showImageSet(stage, at);
    await removeImageSet(stage, at);
    await stage.control.scenarios.signal("merge-stuck", "release");
    stage.say("", "after the signal release");
    await stage.control.wait(`importJob/${jobId}`, { status: "COMPLETED", autoAdvance: true });
    await stage.showJob(at.datastoreId, jobId);
    await showImageSet(stage, at);
  },
  "merge-failed": async (stage) => {
    const at = await stage.imageSet();
    await stage.activate();
    stage.say("", "the series is imported again");
    await readReport(stage, at.datastoreId, await stage.startJob(at.datastoreId));
    await showImageSet(stage, at);
  },
  "study-update-failed": async (stage) => {
    const imageSets = await study(stage);
    const [named = { datastoreId: "", imageSetId: "" }] = imageSets;
    await stage.activate();
    await stage.call(
      () => stage.client.send(updateStudy(named.datastoreId, named.imageSetId)),
      "UpdateImageSetMetadata",
      ({ imageSetState, imageSetWorkflowStatus }) => `${imageSetState}, ${imageSetWorkflowStatus}`,
    );
    await stage.control.wait(`imageSet/${named.imageSetId}`, { status: "ACTIVE" });
    for (const at of imageSets) await showImageSet(stage, at);
  },
};
