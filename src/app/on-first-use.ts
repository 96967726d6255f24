/** A function that is created at its first call, so that a start does not load what may never be used. */
export function onFirstUse<Args extends readonly unknown[], Answer>(
  make: () => Promise<(...args: Args) => Promise<Answer>>,
): (...args: Args) => Promise<Answer> {
  let made: ReturnType<typeof make> | undefined;
  return async (...args) => (await (made ??= make()))(...args);
}
