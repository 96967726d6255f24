const GOOD = /^(ACTIVE|COMPLETED|CREATED|UPDATED|COPIED|IMPORTED|active|running|success|ok)$/;
const BAD = /FAILED$|^(DELETED|failure|error|expired)$/;

/** A status in the API's own words. */
export function StatusBadge({ of }: { readonly of: string | undefined }) {
  if (of === undefined) return null;
  const last = of.split("/").at(-1) ?? of;
  const kind = BAD.test(last) ? "bad" : of.startsWith("LOCKED") || !GOOD.test(last) ? "busy" : "good";
  return <span class={`badge ${kind}`}>{of}</span>;
}
