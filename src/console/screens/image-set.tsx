import { useMemo, useState } from "preact/hooks";
import { linkTo, type Params } from "../app/place.ts";
import { askControl } from "../calls/ask-control.ts";
import { viewedFramesOf, readImageSetMetadata } from "../calls/image-set-metadata.ts";
import { callApi, type ShownImageSet } from "../calls/medical-imaging-api.ts";
import { showTime } from "../calls/show-time.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { MetadataTree } from "../parts/metadata-tree.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Viewer } from "../viewer/viewer.tsx";

interface VersionsPage {
  readonly imageSetPropertiesList: readonly ShownImageSet[];
}

/** One image set: its images, its versions and tags, its metadata. */
export function ImageSetScreen({
  params: { datastoreId = "", imageSetId = "" },
}: {
  readonly params: Params;
}) {
  const path = `/datastore/${datastoreId}/imageSet/${imageSetId}`;
  const [chosen, setChosen] = useState<string>();
  const current = useAnswer(() => callApi<ShownImageSet>("POST", `${path}/getImageSet`), [path]);
  const versions = useAnswer(() => callApi<VersionsPage>("POST", `${path}/listImageSetVersions`), [path]);
  const versionId = chosen ?? current.answer?.versionId;
  const metadata = useAnswer(
    async () =>
      versionId === undefined ? undefined : readImageSetMetadata(datastoreId, imageSetId, versionId),
    [path, versionId],
  );
  const document = metadata.answer;
  const frames = useMemo(() => (document === undefined ? undefined : viewedFramesOf(document)), [document]);
  return (
    <>
      <p>
        <a href={linkTo("data-stores", datastoreId)}>All image sets</a> <code>{imageSetId}</code>
      </p>
      <ProblemNote of={current.problem ?? versions.problem ?? metadata.problem} />
      {frames !== undefined && frames.length > 0 && (
        <Viewer frames={frames} datastoreId={datastoreId} imageSetId={imageSetId} />
      )}
      {frames?.length === 0 && <p class="empty">This image set has no image frames.</p>}
      <h2>State</h2>
      {current.answer !== undefined && <Facts imageSet={current.answer} />}
      <h2>Versions</h2>
      <DataTable
        caption="Versions"
        rows={versions.answer?.imageSetPropertiesList}
        keyOf={(version) => version.versionId}
        empty="No version."
        columns={versionColumns(versionId, setChosen)}
      />
      <h2>Metadata{versionId === undefined ? "" : ` of version ${versionId}`}</h2>
      {document !== undefined && <MetadataTree label="Metadata" document={document} />}
    </>
  );
}

function Facts({ imageSet }: { readonly imageSet: ShownImageSet }) {
  const { imageSetId, imageSetArn = "", imageSetState, imageSetWorkflowStatus = "" } = imageSet;
  const tags = useAnswer(
    () => callApi<{ tags: Record<string, string> }>("GET", `/tags/${encodeURIComponent(imageSetArn)}`),
    [imageSetArn],
  );
  const tier = useAnswer(() => askControl("readImageSet", { params: { imageSetId } }), [imageSetId]);
  const named = Object.entries(tags.answer?.tags ?? {});
  return (
    <dl class="facts panel">
      <dt>Status</dt>
      <dd>
        <StatusBadge of={`${imageSetState}/${imageSetWorkflowStatus}`} />
      </dd>
      {imageSet.message !== null && <dt>Message</dt>}
      {imageSet.message !== null && <dd>{imageSet.message}</dd>}
      <dt>Created, updated (UTC)</dt>
      <dd>
        {showTime(imageSet.createdAt)}, {showTime(imageSet.updatedAt)}
      </dd>
      {imageSet.isPrimary !== undefined && <dt>Primary</dt>}
      {imageSet.isPrimary !== undefined && <dd>{imageSet.isPrimary ? "yes" : "no"}</dd>}
      <dt>Storage tier</dt>
      <dd>
        {tier.answer?.storageTier ?? "-"}, last accessed {showTime(tier.answer?.lastAccessedAt)}
      </dd>
      <dt>Tags</dt>
      <dd>{named.length === 0 ? "none" : named.map(([key, value]) => `${key}=${value}`).join(", ")}</dd>
      <dt>ARN</dt>
      <dd>
        <span class="mono">{imageSetArn}</span>
      </dd>
    </dl>
  );
}

const versionColumns = (
  shown: string | undefined,
  choose: (versionId: string) => void,
): Column<ShownImageSet>[] => [
  { title: "Version", cell: ({ versionId }) => versionId },
  {
    title: "Status",
    cell: (version) => (
      <StatusBadge
        of={`${version.imageSetState}/${version.ImageSetWorkflowStatus ?? version.imageSetWorkflowStatus ?? ""}`}
      />
    ),
  },
  { title: "Created (UTC)", cell: ({ createdAt }) => showTime(createdAt) },
  { title: "Message", cell: ({ message }) => message ?? "-" },
  {
    title: "Metadata",
    cell: ({ versionId }) => (
      <button type="button" aria-pressed={versionId === shown} onClick={() => choose(versionId)}>
        Show
      </button>
    ),
  },
];
