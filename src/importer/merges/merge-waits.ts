import type { State } from "../../domain/state.ts";

/** Resolves once one of the image sets has changed. */
export async function changeOf(
  state: State,
  imageSetIds: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unwatch = state.watch((changes) => {
    for (const { kind, document } of changes)
      if (kind === "imageSets" && imageSetIds.has(document.imageSetId)) resolve();
  });
  await untilAborted(promise, signal).finally(unwatch);
}

/** @throws the reason of the signal, once it is aborted */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}
