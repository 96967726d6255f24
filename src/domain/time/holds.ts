import { resourceName, type Resource, type ResourceKind } from "../resource.ts";
import type { Transition, Transitions } from "./transitions.ts";

/** For a hold of every resource of a kind, including future ones. */
export const EVERY = "*";

/** Keeps a resource in a transient state. */
export interface Hold {
  readonly kind: ResourceKind;
  /** Or `*`. */
  readonly id: string;
  /** The states in which it is held. */
  readonly statuses: readonly string[];
}

/** Resources that are held by hand: one hold for each, and one for each kind. */
export class Holds {
  readonly #transitions: Transitions;
  readonly #holds = new Map<string, Hold>();

  constructor(transitions: Transitions) {
    this.#transitions = transitions;
    transitions.addRule((transition) => (this.#isHeld(transition) ? "hold" : "go"));
  }

  /** Replaces an existing hold. */
  set(hold: Hold): void {
    this.#holds.set(resourceName(hold), hold);
    this.#transitions.reevaluate();
  }

  get(resource: Resource): Hold | undefined {
    return this.#holds.get(resourceName(resource));
  }

  list(): Hold[] {
    return [...this.#holds.values()];
  }

  /**
   * Releases a hold; the resource leaves at once unless something else holds it. @returns whether there was
   * one
   */
  release(resource: Resource): boolean {
    const wasThere = this.#holds.delete(resourceName(resource));
    this.#transitions.reevaluate();
    return wasThere;
  }

  /** Holds of resources that no longer exist. */
  forget(kind: ResourceKind, ids: Iterable<string>): void {
    for (const id of ids) this.#holds.delete(resourceName({ kind, id }));
  }

  #isHeld({ kind, id, from }: Transition): boolean {
    return [id, EVERY].some((held) =>
      this.#holds.get(resourceName({ kind, id: held }))?.statuses.includes(from),
    );
  }
}
