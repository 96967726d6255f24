import { askControl } from "../calls/ask-control.ts";
import { changeCaller } from "../calls/console-caller.ts";
import type { ListedDatastore } from "../calls/medical-imaging-api.ts";
import { useAnswer } from "../calls/use-answer.ts";

interface Place {
  readonly account: string;
  readonly region: string;
  readonly count: number;
}

/** Accounts and regions with data stores, from the use of the quota. */
async function placesWithDatastores(): Promise<Place[]> {
  const { quotas } = await askControl("readLimits", {});
  return (quotas["Maximum data stores"].use ?? []).flatMap((use) =>
    "account" in use && use.inUse > 0 ? [{ account: use.account, region: use.region, count: use.inUse }] : [],
  );
}

/** Data stores that the list does not have, since another account or region made them. */
export function OtherCallers({ shown }: { readonly shown: readonly ListedDatastore[] }) {
  const { answer = [] } = useAnswer(placesWithDatastores, [shown]);
  const isShown = ({ account, region }: Place): boolean =>
    shown.some(({ datastoreArn }) => datastoreArn.includes(`:${region}:${account}:`));
  const others = answer.filter((place) => !isShown(place));
  if (others.length === 0) return null;
  return (
    <section>
      <h2>Data stores of other accounts and regions</h2>
      <div class="row">
        {others.map(({ account, region, count }) => (
          <button
            key={`${account} ${region}`}
            type="button"
            onClick={() => {
              changeCaller({ accessKeyId: account, region });
              location.reload();
            }}
          >
            {account}, {region}: {count}
          </button>
        ))}
      </div>
    </section>
  );
}
