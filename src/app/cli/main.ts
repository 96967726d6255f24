import { errorMessage } from "../../api/error-message.ts";
import { readSettings } from "./settings/settings.ts";
import { UsageError } from "./settings/usage-error.ts";
import type { Environment } from "./settings/flags.ts";

/** Runs a command line. Returns the exit code. */
export async function main(args: readonly string[], env: Environment, cwd: string): Promise<number> {
  // The reader of the output may close it early.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  try {
    const settings = readSettings(args, env, cwd);
    switch (settings.command) {
      case "serve":
        return await (await import("./serve.ts")).serve(settings);
      case "import":
        return await (await import("./import-command.ts")).runImportCommand(settings);
      case "env":
        return print((await import("./environment.ts")).describeEnvironment(settings));
      case "doctor":
        return await (await import("./doctor-command.ts")).doctor(settings);
      case "hosts":
        return print((await import("./hosts.ts")).describeHosts(settings));
      case "convert":
        return print(await (await import("./convert-command.ts")).convert(settings));
      case "control":
        return await (await import("./control-command.ts")).control(settings);
      case "ohif":
        return await (await import("./ohif/ohif-command.ts")).showOhif(settings);
      case "demo":
        return await (await import("./demo.ts")).demo();
      case "version":
        return print(`${(await import("../../api/package-version.ts")).VERSION}\n`);
      case "help":
        return print((await import("./help.ts")).describeHelp(settings.words));
      case "line-help":
        return print((await import("./help.ts")).describeLine(settings.words));
    }
  } catch (error) {
    process.stderr.write(`healthimaging-local: ${errorMessage(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
