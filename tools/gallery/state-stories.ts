import type { Stage } from "./stage.ts";
import type { Story } from "./story.ts";

const UPDATE = new TextEncoder().encode(
  JSON.stringify({ SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: "changed" } } }),
);

export interface ImageSet {
  readonly datastoreId: string;
  readonly imageSetId: string;
}

const update = (stage: Stage, at: ImageSet): Promise<unknown> =>
  stage.call(
    () =>
      stage.client.updateImageSetMetadata({
        ...at,
        latestVersionId: "1",
        updateImageSetMetadataUpdates: { DICOMUpdates: { updatableAttributes: UPDATE } },
      }),
    "UpdateImageSetMetadata",
  );

export const showImageSet = (stage: Stage, at: ImageSet): Promise<unknown> =>
  stage.call(
    () => stage.client.getImageSet(at),
    "GetImageSet",
    ({ imageSetState, imageSetWorkflowStatus, versionId, message = "" }) =>
      `${imageSetState}, ${imageSetWorkflowStatus}, version ${versionId}${message === "" ? "" : `: ${message}`}`,
  );

export const removeImageSet = (stage: Stage, at: ImageSet): Promise<unknown> =>
  stage.call(() => stage.client.deleteImageSet(at), "DeleteImageSet");

export const STATE_STORIES: Readonly<Record<string, Story>> = {
  "datastore-create-failed": async (stage) => {
    await stage.activate();
    for (const datastoreName of ["first", "second"]) {
      const { datastoreId = "", datastoreStatus } = await stage.client.createDatastore({ datastoreName });
      stage.say("CreateDatastore", `${datastoreName}: ${datastoreStatus}`);
      await stage.control.wait(`datastore/${datastoreId}`, { status: ["ACTIVE", "CREATE_FAILED"] });
      const { datastoreProperties } = await stage.client.getDatastore({ datastoreId });
      stage.say("GetDatastore", `${datastoreName}: ${datastoreProperties?.datastoreStatus}`);
    }
  },
  "stuck-locked": async (stage) => {
    const at = await stage.imageSet();
    await stage.control.clock.freeze();
    await stage.activate();
    await update(stage, at);
    await showImageSet(stage, at);
    await removeImageSet(stage, at);
    await stage.control.clock.advance("10m");
    stage.say("", "ten minutes later");
    await showImageSet(stage, at);
  },
  "conflict-on-delete": async (stage) => {
    const at = await stage.imageSet();
    await stage.activate();
    await removeImageSet(stage, at);
    await removeImageSet(stage, at);
  },
  "ambiguous-write": async (stage) => {
    const at = await stage.imageSet();
    await stage.activate();
    await update(stage, at);
    await stage.control.wait(`imageSet/${at.imageSetId}`, { status: "ACTIVE" });
    await showImageSet(stage, at);
    await stage.call(() => stage.client.createDatastore({ datastoreName: "other" }), "CreateDatastore");
    const { datastoreSummaries = [] } = await stage.client.listDatastores({});
    stage.say("ListDatastores", datastoreSummaries.map(({ datastoreName }) => datastoreName).join(", "));
  },
};
