import { useState } from "preact/hooks";
import { type ImageSetSearch, SEARCH_ATTRIBUTES, SEARCH_SORT_FIELDS } from "../calls/search-image-sets.ts";
import { readForm } from "../parts/read-form.ts";

/** What SearchImageSets can ask: one filter, and an order. */
export function SearchForm({ onSearch }: { readonly onSearch: (search: ImageSetSearch) => void }) {
  const [name, setName] = useState("");
  const attribute = SEARCH_ATTRIBUTES.find((one) => one.name === name);
  const isRange = attribute?.kind === "time" || attribute?.kind === "studyDate";
  const submit = (event: SubmitEvent): void => {
    const text = readForm(event);
    onSearch({
      attribute,
      from: text("from"),
      to: text("to"),
      sortField: text("sortField"),
      sortOrder: text("sortOrder"),
    });
  };
  return (
    <form class="row" role="search" onSubmit={submit}>
      <label>
        Attribute
        <select value={name} onChange={({ currentTarget }) => setName(currentTarget.value)}>
          <option value="">All image sets</option>
          {SEARCH_ATTRIBUTES.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </select>
      </label>
      {attribute?.kind === "boolean" && (
        <label>
          Value
          <select name="from">
            <option>true</option>
            <option>false</option>
          </select>
        </label>
      )}
      {attribute?.kind === "text" && (
        <label>
          Value
          <input name="from" required />
        </label>
      )}
      {isRange && (
        <>
          <label>
            From
            <input name="from" type="date" required />
          </label>
          <label>
            To
            <input name="to" type="date" />
          </label>
        </>
      )}
      <label>
        Sort by
        <select name="sortField">
          <option value="">(default)</option>
          {SEARCH_SORT_FIELDS.map((field) => (
            <option key={field}>{field}</option>
          ))}
        </select>
      </label>
      <label>
        Order
        <select name="sortOrder">
          <option>DESC</option>
          <option>ASC</option>
        </select>
      </label>
      <button class="primary">Search</button>
    </form>
  );
}
