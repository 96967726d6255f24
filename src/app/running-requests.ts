import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { HttpResponse } from "../api/http.ts";

/** The requests that are in flight. */
export class RunningRequests {
  readonly #underWay = new Set<Promise<void>>();

  /** Counts a request until it is answered; a streamed body until it is sent. */
  count(answered: Promise<HttpResponse>): Promise<HttpResponse> {
    const over = answered.then(sent, () => {}).finally(() => this.#underWay.delete(over));
    this.#underWay.add(over);
    return answered;
  }

  /** Resolves once the requests that are now in flight have ended. */
  async quiet(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}

const sent = ({ body }: HttpResponse): Promise<void> | undefined =>
  body instanceof Readable ? finished(body).catch(() => {}) : undefined;
