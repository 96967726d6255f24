import { readSettings, UsageError, type Environment } from "./settings/settings.ts";

const HELP = `healthimaging-local: AWS HealthImaging on this machine

  healthimaging-local [serve]                start the emulator (npm start)
    --port N          port to listen on, 0 for any free one     [4464]
    --host HOST       address to listen on                      [both loopback addresses]
    --data DIR        keep everything in this folder            [memory, gone at exit]
    --adopt-data      though that folder holds something else
    --seed DIR|FILE   import this folder of DICOM files first, or begin with a snapshot's file
    --follow-links    also files outside that folder, where links in it lead to them
    --throttling M    aws, off, a multiple such as 10x, a file  [aws]
    --quotas FILE     quotas that are not AWS's
    --deny ACTIONS    calls to deny, such as medical-imaging:Delete*
    --scenario S      a failure to begin with: a name such as import-partial, or a file; repeatable
    --scenario-seed N what the draws of scenarios follow from   [0]
    --frame-container C
                      what frames are sent as: jph, codestream  [jph]
    --import-memory M memory for frames that are being imported [half of what there is]
    --cors ORIGINS    origins of web pages that may read answers, besides this machine's
    --allow-host N,.. host names that are served besides local ones (DNS rebinding)
    --account ID      account of keys that are no account       [000000000000]
    --region NAME     region of requests that are unsigned      [us-east-1]
    --regions R       any, or guide: the four of the developer guide  [any]
    --bucket-owner B=ACCOUNT[@REGION],...
                      buckets of other accounts or regions, for cross-account imports
    --s3-endpoint URL another S3, for buckets that are not here [none]
    --log-level L     error, warn, info, debug                  [info]
    --log-format F    text, json                                [text]
    Each flag is also an environment variable: HEALTHIMAGING_LOCAL_PORT ...

  healthimaging-local import DIR --datastore NAME
                      import a folder of DICOM files into a running emulator; NAME is the id or
                      the name of a data store, which is created where there is none
    --follow-links    also files outside the folder, where links in it lead to them
    --endpoint URL    where the emulator is                     [http://127.0.0.1:4464]

  healthimaging-local env                    print what a shell needs: eval "$(healthimaging-local env)"
    --endpoint URL    where the emulator is                     [http://127.0.0.1:4464]
    --account ID      access key and account of its own         [the emulator's]
    --region NAME                                               [us-east-1]
    --shell NAME      sh, fish, powershell, cmd, dotenv         [sh]

  healthimaging-local COMMAND                ask a running emulator
    reset             back to the start; --account ID alone, --buckets too
    clock             now, freeze [TIME], advance 5m, set TIME, resume
    limits            show them; --throttling M, --quotas FILE, --deny ACTIONS (or none) change them
    wait RESOURCE     until it is --status S[,S]; --timeout 10s, --auto-advance moves a frozen clock
    durations         show them; NAME=MS changes one
    status RESOURCE   show it
    push RESOURCE S   to a status, now; --message TEXT, --force
    hold [RESOURCE]   in its status, or in --status S; release RESOURCE lets it go on
    health            how its parts are
    report            what clients did, and what AWS would have refused; --account ID,
                      --fail-on refused,throttled,unread,unseen,ignored ends with 1 where there is any
    scenario          list, validate FILE, load FILE [--name N] [--activate],
                      activate NAME [--seed N] [--account ID] [--ttl 10m], deactivate NAME, reset NAME,
                      status NAME, hits NAME [--rule R], verify NAME, remove NAME, signal NAME SIGNAL
    requests          list, calls, count or clear; --op GetImageFrame, --status 5xx, --since SEQ,
                      --fault SCENARIO, --account ID, --access-key K, --limit N
    snapshot          list, save NAME (--buckets, --force, --replace), restore NAME, remove NAME,
                      export NAME FILE, import FILE (--name NAME, --replace)
    A resource is datastore/ID, importJob/ID or imageSet/ID. Each takes
    --json            print the answer as JSON
    --endpoint URL    where the emulator is                     [http://127.0.0.1:4464]
    Exit code: 0; 1 where the emulator refuses, or what is waited for does not come; 2 for a wrong
    command line, or where no emulator answers.

  healthimaging-local demo                   the whole way, alone, on a generated series
  healthimaging-local help | version
`;

/** Runs a command line; answers the exit code. */
export async function main(args: readonly string[], env: Environment, cwd: string): Promise<number> {
  // Whoever reads the output may go away first.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  try {
    const settings = readSettings(args, env, cwd);
    switch (settings.command) {
      case "serve":
        return await (await import("./serve.ts")).serve(settings);
      case "import":
        return await (await import("./import-command.ts")).importFolder(settings);
      case "env":
        return print((await import("./environment.ts")).describeEnvironment(settings));
      case "control":
        return await (await import("./control-command.ts")).control(settings);
      case "demo":
        return await (await import("./demo.ts")).demo();
      case "version":
        return print(`${(await import("../compose.ts")).VERSION}\n`);
      case "help":
        return print(HELP);
    }
  } catch (error) {
    process.stderr.write(`healthimaging-local: ${explain(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error));
