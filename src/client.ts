export { clientConfig, type ClientConfig, type ClientConfigOptions } from "./local/sdk/client-config.ts";
export { withEmulator, type MockedSend, type WithEmulatorOptions } from "./local/sdk/with-emulator.ts";
