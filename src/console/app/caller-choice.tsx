import { useState } from "preact/hooks";
import { readForm } from "../parts/read-form.ts";
import { changeCaller, currentCaller } from "../calls/console-caller.ts";

/** The account and region whose data is shown. */
export function CallerChoice() {
  const [isOpen, setOpen] = useState(false);
  const caller = currentCaller();
  const name = caller === undefined ? "Default account" : `${caller.accessKeyId}, ${caller.region}`;
  return (
    <div class="caller">
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {name}
      </button>
      {isOpen && (
        <form class="popover" onSubmit={submit}>
          <label>
            Account (12 digits) or access key
            <input name="accessKeyId" value={caller?.accessKeyId ?? ""} autoFocus />
          </label>
          <label>
            Region
            <input name="region" value={caller?.region ?? "us-east-1"} required pattern="[a-z0-9\-]+" />
          </label>
          <p class="hint">
            Without an account, requests are not signed: they belong to the default account and region.
          </p>
          <button class="primary">Show</button>
        </form>
      )}
    </div>
  );
}

function submit(event: SubmitEvent): void {
  const field = readForm(event);
  const accessKeyId = field("accessKeyId");
  changeCaller(accessKeyId === "" ? undefined : { accessKeyId, region: field("region") });
  location.reload();
}
