import type { Command, Flag } from "../../../local/control/routes/command.ts";
import { DEFAULT_RELEASE, LATEST_RELEASE, RELEASE_NAMES } from "../../../api/releases/service-release.ts";
import { START_DEFAULTS } from "../../../local/sdk/start-defaults.ts";

/** The flag of every command that calls an emulator. */
export const ENDPOINT_FLAG = {
  flag: "endpoint",
  value: "URL",
  default: `http://127.0.0.1:${START_DEFAULTS.server.port}`,
  summary: "address of the emulator, such as localhost:4471",
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
      summary: "port to listen on; 0 is any free port",
    },
    { flag: "host", value: "HOST", default: "both loopback addresses", summary: "address to listen on" },
    {
      flag: "data",
      value: "DIR",
      default: "in memory, deleted at exit",
      summary: "folder that keeps all data",
    },
    { flag: "adopt-data", summary: "allow a data folder that has other files" },
    {
      flag: "service-release",
      value: "RELEASE",
      default: DEFAULT_RELEASE,
      summary: `release of AWS HealthImaging: ${RELEASE_NAMES.join(", ")}`,
    },
    {
      flag: "dicomweb",
      summary: "DICOMweb's reading also with a release that does not have it, for viewers",
    },
    {
      flag: "seed",
      value: "DIR|FILE",
      summary: "folder of DICOM files to import first, or file of a snapshot to start with",
    },
    {
      flag: "follow-links",
      summary: "also import files outside that folder that links in it lead to",
    },
    {
      flag: "throttling",
      value: "MODE",
      default: START_DEFAULTS.server.throttling,
      summary: "aws, off, a multiple such as 10x, or a file",
    },
    { flag: "quotas", value: "FILE", summary: "JSON file of quotas that differ from AWS's" },
    { flag: "deny", value: "ACTIONS", summary: "calls to deny, such as medical-imaging:Delete*" },
    {
      flag: "scenario",
      value: "SCENARIO",
      isMany: true,
      summary: "scenario to activate at the start: a name such as import-partial, or a file; repeatable",
    },
    { flag: "scenario-seed", value: "N", default: "0", summary: "seed for random decisions in scenarios" },
    {
      flag: "frame-container",
      value: "FORM",
      default: "jph",
      summary: "form of the frames that are sent: jph, codestream",
    },
    {
      flag: "import-memory",
      value: "SIZE",
      default: "half of the memory",
      summary: "memory for frames during imports, such as 2GB",
    },
    {
      flag: "console",
      value: "SWITCH",
      default: "on",
      summary: "the console for browsers, at / and /_local/console: on, off",
    },
    {
      flag: "cors",
      value: "ORIGINS",
      summary: "further origins of web pages that may read answers; those of this machine may",
    },
    {
      flag: "allow-host",
      value: "NAMES",
      summary: "further host names to serve; local names are served (DNS rebinding)",
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
      summary: "account of access keys that are not 12 digits",
    },
    { flag: "region", value: "NAME", default: "us-east-1", summary: "region of unsigned requests" },
    {
      flag: "regions",
      value: "CHOICE",
      default: "any",
      summary: "regions to serve: any, or guide (those of the developer guide)",
    },
    {
      flag: "bucket-owner",
      value: "BUCKET=ACCOUNT[@REGION],...",
      summary: "buckets of other accounts or regions, for cross-account imports",
    },
    { flag: "s3-endpoint", value: "URL", summary: "S3 endpoint for buckets that the emulator does not have" },
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
    { flag: "follow-links", summary: "also import files outside the folder that links in it lead to" },
    ENDPOINT_FLAG,
  ],
  usage: "import expects a folder and a data store: import ./my-dicom --datastore demo",
  examples: ["import ./my-dicom --datastore demo"],
} as const satisfies Command;

export const ENV = {
  words: "env",
  summary: "print variables that make clients of a shell use the emulator",
  flags: [
    ENDPOINT_FLAG,
    {
      flag: "account",
      value: "ID",
      default: "the emulator's",
      summary: "account, and access key, of the clients",
    },
    { flag: "region", value: "NAME", default: "us-east-1", summary: "region of clients" },
    { flag: "shell", value: "NAME", default: "sh", summary: "sh, fish, powershell, cmd, dotenv" },
  ],
  examples: ["env", "env --shell fish", "env --account 111122223333"],
} as const satisfies Command;

export const DOCTOR = {
  words: "doctor",
  summary: "check this machine for known problems, and name a cure for each; exit code 1 if there is one",
  flags: [
    ENDPOINT_FLAG,
    {
      flag: "origin",
      value: "URL",
      default: "a page of this machine",
      summary: "web page that must be able to read answers",
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
  summary: "run a whole import on a generated series, without a server",
  examples: ["demo"],
} as const satisfies Command;

export const CONVERT = {
  words: "convert",
  summary: `convert a data folder and its snapshots to release ${LATEST_RELEASE}; it cannot be undone`,
  flags: [
    {
      flag: "data",
      value: "DIR",
      default: "HEALTHIMAGING_LOCAL_DATA",
      summary: "the data folder; no emulator may be using it",
    },
  ],
  usage: "convert needs a data folder: convert --data ./data",
  examples: ["convert --data ./data"],
} as const satisfies Command;

export const OHIF = {
  words: "ohif",
  summary: "serve the viewer OHIF for a data store, and print the link; npm fetches it the first time",
  flags: [
    { flag: "datastore", value: "NAME", default: "the only one", summary: "id or name of a data store" },
    { flag: "study", value: "UID", summary: "study to open, by its StudyInstanceUID, in place of the list" },
    { flag: "port", value: "N", default: "4474", summary: "port for the viewer's page; 0 is any free port" },
    ENDPOINT_FLAG,
  ],
  examples: ["ohif", "ohif --datastore demo", "ohif --study 1.2.840.113619.2.30.1"],
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
  CONVERT,
  OHIF,
  HELP,
  VERSION_COMMAND,
];
