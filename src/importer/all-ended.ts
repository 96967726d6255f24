/** Waits for all, whatever becomes of each, then throws what the first of those that failed threw. */
export async function allEnded(tasks: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(tasks);
  const failed = results.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}
