import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's young generations small. On a busy server they grow to 50 MB and are not released while requests
 * arrive. Measured: requests and imports take as much processor time as before. V8 reads the first flag
 * whenever a young generation would grow. The flag holds for all threads, so workers begin with the size that
 * they need: semi-spaces of 4 MiB. It holds for the entire process, so only the command line sets it.
 */
export function boundYoungGenerations(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--min-semi-space-size=4");
}
