/** Origins of pages in apps: `capacitor://localhost`. */
const APP_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+$/;

/** The first of `origins` that is neither an origin as browsers send it nor `*`; undefined if there is none. */
export const findInvalidOrigin = (origins: readonly string[]): string | undefined =>
  origins.find((origin) => origin !== "*" && !isPageOrigin(origin));

function isPageOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  return origin === text || (!/^(?:https?|file|data):$/.test(protocol) && APP_ORIGIN.test(text));
}
