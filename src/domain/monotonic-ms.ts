/** Milliseconds since a fixed moment. `performance` would load all of node:perf_hooks. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1_000_000;
}
