import packageJson from "../../package.json" with { type: "json" };

/** Of this package. The build computes it: the bundle has nothing else of that file. */
export const VERSION = packageJson.version;
