import type { ComponentType } from "preact";
import type { Params } from "./place.ts";

/** One screen: a file of `screens/`, and a line in `screens/screens.ts`. */
export interface Screen {
  /** Such as `data-stores/:datastoreId`: what stands after `#/`. */
  readonly path: string;
  readonly title: string;
  /** Where it stands in the navigation; left out, it is reached from other screens. */
  readonly group?: "Data" | "Behaviour" | "Observe" | "Emulator";
  readonly Body: ComponentType<{ readonly params: Params }>;
}
