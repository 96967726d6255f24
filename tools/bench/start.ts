import { median, show } from "./figures.ts";
import { EMULATOR, start, stop } from "./server.ts";

const ROUNDS = 10;
const BARE_START =
  'require("http").createServer().listen(0, "127.0.0.1", function () { console.log("READY http://127.0.0.1:" + this.address().port) })';

export async function benchStart(): Promise<void> {
  const emulator: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [args, times] of [
      [EMULATOR, emulator],
      [["-e", BARE_START], bare],
    ] as const) {
      const started = await start(args);
      times.push(started.milliseconds);
      await stop(started);
    }
  }
  show("process start to READY, median", `${median(emulator).toFixed(0)} ms`);
  show(
    "  against a bare node:http server's",
    `${median(bare).toFixed(0)} ms, ratio ${(median(emulator) / median(bare)).toFixed(2)}`,
  );
}
