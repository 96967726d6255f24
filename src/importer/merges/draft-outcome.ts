import type { Blobs } from "../../domain/blobs.ts";
import type { ImageSetDraft } from "../image-set-drafts.ts";
import type { Ledger, ReachedImageSet } from "../job-report.ts";
import type { FileFailure } from "../protocol.ts";
import { removeFrames } from "../store-file.ts";
import { warningsOf, type DifferingHeads } from "./coerced-elements.ts";

/** Every file of a draft has become part of an image set. */
export function acceptDraft(
  ledger: Ledger,
  draft: ImageSetDraft,
  imageSet: ReachedImageSet,
  differing: DifferingHeads,
): void {
  for (const file of draft.instances()) ledger.succeed(file.index, imageSet, warningsOf(file, differing));
  for (const file of draft.replaced) ledger.replace(file.index, imageSet, warningsOf(file, differing));
}

/** Every file of a draft fails, for the same reason. */
export async function rejectDraft(
  { blobs, ledger }: { readonly blobs: Blobs; readonly ledger: Ledger },
  draft: ImageSetDraft,
  failure: FileFailure,
): Promise<void> {
  for (const { index, frameIds } of filesOf(draft)) {
    ledger.fail(index, failure);
    await removeFrames(blobs, draft.datastoreId, frameIds);
  }
  await draft.discardPages(blobs);
}

/** The files of a draft have no outcome yet. */
export function retractDraft(ledger: Ledger, draft: ImageSetDraft): void {
  for (const { index } of filesOf(draft)) ledger.retract(index);
}

const filesOf = (draft: ImageSetDraft) => [...draft.instances(), ...draft.replaced];
