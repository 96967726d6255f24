// The container's HEALTHCHECK: exits with 0 where GET /_local/health answers 200. It runs every five seconds, so it
// loads one module of Node.js and nothing else: fetch would load all of undici.
const { HEALTHIMAGING_LOCAL_PORT: port, HEALTHIMAGING_LOCAL_TLS: tls } = process.env;
const { get } = require(/^(1|true)$/.test(tls ?? "") ? "node:https" : "node:http");

// The certificate is for names of the emulator, not for the loopback address.
const options = { host: "127.0.0.1", port: port || 4464, path: "/_local/health", rejectUnauthorized: false };
const probe = get({ ...options, agent: false, timeout: 2500 }, ({ statusCode }) =>
  process.exit(statusCode === 200 ? 0 : 1),
);
probe.on("timeout", () => process.exit(1));
probe.on("error", () => process.exit(1));
