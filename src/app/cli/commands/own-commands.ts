import type { Command, Flag } from "../../../local/control/routes/command.ts";
import { START_DEFAULTS } from "../../../local/sdk/start-defaults.ts";

/** The flag of every command that calls an emulator. */
export const ENDPOINT_FLAG = {
  flag: "endpoint",
  value: "URL",
  default: `http://127.0.0.1:${START_DEFAULTS.server.port}`,
  summary: "where the emulator is, also as localhost:4471",
} as const satisfies Flag;

/** Commands without a route of `/_local`. Each flag of `serve` is also an environment variable. */
export const SERVE = {
  words: "serve",
  summary: "start the emulator",
  flags: [
    {
      flag: "port",
      value: "N",
      default: `${START_DEFAULTS.server.port}`,
      summary: "port to listen on; 0 takes any free one",
    },
    { flag: "host", value: "HOST", default: "both loopback addresses", summary: "address to listen on" },
    {
      flag: "data",
      value: "DIR",
      default: "memory, gone at exit",
      summary: "keep everything in this folder",
    },
    { flag: "adopt-data", summary: "also in a folder that holds something else" },
    {
      flag: "seed",
      value: "DIR|FILE",
      summary: "import this folder of DICOM files first, or begin with a snapshot's file",
    },
    {
      flag: "follow-links",
      summary: "also import files outside that folder, where links in it lead to them",
    },
    {
      flag: "throttling",
      value: "MODE",
      default: START_DEFAULTS.server.throttling,
      summary: "aws, off, a multiple such as 10x, or a file",
    },
    { flag: "quotas", value: "FILE", summary: "a JSON file of quotas that differ from AWS's" },
    { flag: "deny", value: "ACTIONS", summary: "calls to deny, such as medical-imaging:Delete*" },
    {
      flag: "scenario",
      value: "SCENARIO",
      isMany: true,
      summary: "a failure to begin with: a name such as import-partial, or a file; repeatable",
    },
    { flag: "scenario-seed", value: "N", default: "0", summary: "seed for random decisions in scenarios" },
    {
      flag: "frame-container",
      value: "FORM",
      default: "jph",
      summary: "what frames are sent as: jph, codestream",
    },
    {
      flag: "import-memory",
      value: "SIZE",
      default: "half of what there is",
      summary: "memory for frames that are being imported, such as 2GB",
    },
    {
      flag: "cors",
      value: "ORIGINS",
      summary: "origins of web pages that may read answers, besides this machine's",
    },
    {
      flag: "allow-host",
      value: "NAMES",
      summary: "host names that are served besides local ones (DNS rebinding)",
    },
    { flag: "tls", summary: "HTTPS in place of HTTP, with certificates of a CA on this machine" },
    {
      flag: "tls-host",
      value: "NAMES",
      summary: "more host names and addresses that clients call it by over HTTPS",
    },
    {
      flag: "tls-folder",
      value: "DIR",
      default: "~/.healthimaging-local/tls",
      summary: "where the CA and its key are kept",
    },
    {
      flag: "account",
      value: "ID",
      default: "000000000000",
      summary: "account of access keys that are not an account",
    },
    { flag: "region", value: "NAME", default: "us-east-1", summary: "region of unsigned requests" },
    {
      flag: "regions",
      value: "CHOICE",
      default: "any",
      summary: "any, or guide: the four of the developer guide",
    },
    {
      flag: "bucket-owner",
      value: "BUCKET=ACCOUNT[@REGION],...",
      summary: "buckets of other accounts or regions, for cross-account imports",
    },
    { flag: "s3-endpoint", value: "URL", summary: "another S3, for buckets that the emulator does not have" },
    { flag: "log-level", value: "LEVEL", default: "info", summary: "error, warn, info, debug" },
    { flag: "log-format", value: "FORMAT", default: "text", summary: "text, json" },
  ],
  examples: ["serve", "serve --port 0 --throttling off", "serve --data ./data --seed ./my-dicom"],
} as const satisfies Command;

export const IMPORT = {
  words: "import",
  summary: "import a folder of DICOM files into a running emulator",
  arguments: [{ name: "DIR", summary: "the folder, with its subfolders" }],
  flags: [
    {
      flag: "datastore",
      value: "NAME",
      isRequired: true,
      summary: "id or name of a data store; it is created if it does not exist",
    },
    { flag: "follow-links", summary: "also files outside the folder, where links in it lead to them" },
    ENDPOINT_FLAG,
  ],
  usage: "import takes the folder to import, and the data store: import ./my-dicom --datastore demo",
  examples: ["import ./my-dicom --datastore demo"],
} as const satisfies Command;

export const ENV = {
  words: "env",
  summary: "print what a shell needs so that its clients talk to the emulator",
  flags: [
    ENDPOINT_FLAG,
    { flag: "account", value: "ID", default: "the emulator's", summary: "access key and account of its own" },
    { flag: "region", value: "NAME", default: "us-east-1", summary: "region of clients" },
    { flag: "shell", value: "NAME", default: "sh", summary: "sh, fish, powershell, cmd, dotenv" },
  ],
  examples: ["env", "env --shell fish", "env --account 111122223333"],
} as const satisfies Command;

export const DOCTOR = {
  words: "doctor",
  summary: "try what goes wrong on a machine, and name each cure; ends with 1 where there is a problem",
  flags: [
    ENDPOINT_FLAG,
    {
      flag: "origin",
      value: "URL",
      default: "a page of this machine",
      summary: "web page that is to read answers",
    },
    { flag: "output", value: "FORM", default: "text", summary: "text, json" },
  ],
  examples: ["doctor", "doctor --origin https://viewer.example", "doctor --output json"],
} as const satisfies Command;

export const HOSTS = {
  words: "hosts",
  summary: "print the lines of a hosts file that lead AWS's own host names to the emulator",
  flags: [
    { flag: "region", value: "NAMES", default: "us-east-1", summary: "regions, separated by commas" },
    { flag: "bucket", value: "NAMES", summary: "buckets, whose names SDKs put before the host of S3" },
    { flag: "address", value: "IP", default: "127.0.0.1", summary: "where the emulator listens" },
  ],
  examples: ["hosts", "hosts --region eu-west-1,us-west-2 --bucket dicom-input"],
} as const satisfies Command;

export const DEMO = {
  words: "demo",
  summary: "the whole way, alone, on a generated series",
  examples: ["demo"],
} as const satisfies Command;

export const HELP = {
  words: "help",
  summary: "show all commands, or one with its flags and examples",
  arguments: [{ name: "COMMAND", isOptional: true, isMany: true, summary: "clock, clock advance ..." }],
  examples: ["help", "help clock", "clock --help"],
} as const satisfies Command;

export const VERSION_COMMAND = {
  words: "version",
  summary: "print the version",
  examples: ["version", "-v"],
} as const satisfies Command;

export const OWN_COMMANDS: readonly Command[] = [
  SERVE,
  IMPORT,
  ENV,
  HOSTS,
  DOCTOR,
  DEMO,
  HELP,
  VERSION_COMMAND,
];
