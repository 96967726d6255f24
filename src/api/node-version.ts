const OLDEST = [22, 22] as const;

/**
 * Why this version of Node.js is not supported; undefined if it is. Loads nothing, so that any version can
 * run it.
 */
export function nodeProblem(running = process.versions.node): string | undefined {
  const [major = 0, minor = 0] = running.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
  return (
    `healthimaging-local needs Node.js ${OLDEST.join(".")} or newer, found ${running}. ` +
    "`npm install --save-dev node@24` installs one for a project; `npx healthimaging-local` and npm scripts then use it"
  );
}
