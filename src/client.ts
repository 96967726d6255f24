export { clientConfig, type ClientConfig, type ClientConfigOptions } from "./client/client-config.ts";
export { withEmulator, type WithEmulatorOptions } from "./client/with-emulator.ts";
