// The container's HEALTHCHECK: exits with 0 where GET /_local/health answers 200. It runs every five seconds, so it
// loads two modules of Node.js and nothing else: fetch would load all of undici.
const { readFileSync } = require("node:fs");

// Arguments of the server come before its environment variables, as on its command line. Nothing is written for this:
// the container may be read-only.
const args = argumentsOfServer(process.argv[2] ?? "/proc/1/cmdline");
const { HEALTHIMAGING_LOCAL_HOST, HEALTHIMAGING_LOCAL_PORT, HEALTHIMAGING_LOCAL_TLS } = process.env;
const port = valueOf("--port") || HEALTHIMAGING_LOCAL_PORT || 4464;
const host = valueOf("--host") || HEALTHIMAGING_LOCAL_HOST || "localhost";
const isTls = args.includes("--tls") || /^(1|true)$/.test(HEALTHIMAGING_LOCAL_TLS ?? "");
const { get } = require(isTls ? "node:https" : "node:http");

// The certificate is for names of the emulator, not for the loopback address.
const options = { host: addressOf(host), port, path: "/_local/health", rejectUnauthorized: false };
const probe = get({ ...options, agent: false, timeout: 2500 }, ({ statusCode }) =>
  process.exit(statusCode === 200 ? 0 : 1),
);
probe.on("timeout", () => process.exit(1));
probe.on("error", () => process.exit(1));

/** Those of the container's first process; with `docker run --init` it is Docker's, whose arguments end in the server's. */
function argumentsOfServer(path) {
  try {
    const all = readFileSync(path, "utf8").split("\0");
    const command = all.findIndex((argument) => argument.endsWith("/cli.js"));
    return command < 0 ? [] : all.slice(command + 1);
  } catch {
    return [];
  }
}

/** Of `--flag VALUE` or `--flag=VALUE`; the last one counts. */
function valueOf(flag) {
  const index = args.findLastIndex((argument) => argument === flag || argument.startsWith(`${flag}=`));
  if (index < 0) return undefined;
  return args[index] === flag ? args[index + 1] : args[index].slice(flag.length + 1);
}

/** Where a server is reached that listens on all addresses, or on both of the loopback interface. */
function addressOf(name) {
  return ["0.0.0.0", "::", "localhost"].includes(name) ? "127.0.0.1" : name;
}
