import { useMemo, useState } from "preact/hooks";

/** A JSON document as a tree that can be searched; branches open with the mouse and the keyboard. */
export function MetadataTree({ label, document }: { readonly label: string; readonly document: object }) {
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const count = useMemo(() => (wanted === "" ? 0 : countHits(document, wanted)), [document, wanted]);
  return (
    <section>
      <label>
        Search attributes and values{" "}
        <input type="search" value={query} onInput={({ currentTarget }) => setQuery(currentTarget.value)} />
      </label>{" "}
      <span class="hint" role="status">
        {wanted === "" ? "" : `${count} found`}
      </span>
      <div class="tree panel" role="group" aria-label={label}>
        <Branch entries={Object.entries(document)} wanted={wanted} depth={0} />
      </div>
    </section>
  );
}

type Entries = readonly (readonly [string, unknown])[];

/** Values that show their elements in their own line are leaves. */
const isBranch = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  !(Array.isArray(value) && value.every((one) => typeof one !== "object" || one === null));

function Branch({ entries, wanted, depth }: { entries: Entries; wanted: string; depth: number }) {
  const shown = wanted === "" ? entries : entries.filter(([name, value]) => hasHit(name, value, wanted));
  return (
    <ul>
      {shown.map(([name, value]) => (
        <li key={name}>
          {isBranch(value) ? (
            <Node name={name} value={value} wanted={wanted} depth={depth} />
          ) : (
            <>
              <span class="name">{name}</span> <span class="mono">{describeValue(value)}</span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

interface NodeProps {
  readonly name: string;
  readonly value: object;
  readonly wanted: string;
  readonly depth: number;
}

/** The content is made when it is opened: a document may have thousands of instances. */
function Node({ name, value, wanted, depth }: NodeProps) {
  const [isOpen, setOpen] = useState(depth < 1);
  const entries = Object.entries(value);
  const isShown = isOpen || wanted !== "";
  return (
    <details open={isShown} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <span class="name">{name}</span> <span class="hint">{entries.length}</span>
      </summary>
      {isShown && (
        <Branch
          entries={entries}
          wanted={name.toLowerCase().includes(wanted) ? "" : wanted}
          depth={depth + 1}
        />
      )}
    </details>
  );
}

/** Of a leaf: a text, a number, a boolean, an array of those, or null. */
function describeValue(value: unknown): string {
  if (value === null) return "(empty)";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const hasHit = (name: string, value: unknown, wanted: string): boolean =>
  name.toLowerCase().includes(wanted) ||
  (isBranch(value)
    ? Object.entries(value).some(([inner, one]) => hasHit(inner, one, wanted))
    : describeValue(value).toLowerCase().includes(wanted));

function countHits(value: object, wanted: string): number {
  let count = 0;
  for (const [name, inner] of Object.entries(value)) {
    if (isBranch(inner)) count += countHits(inner, wanted);
    if (name.toLowerCase().includes(wanted) || (!isBranch(inner) && hasHit("", inner, wanted))) count++;
  }
  return count;
}
