/** What the page of settings says of a flag beyond its help: Markdown, with links from docs/reference. */
export const SETTING_DETAILS: Readonly<Record<string, string | undefined>> = {
  port: "The port to listen on. `0` takes any free port.",
  host: "The address to listen on. The container image sets `0.0.0.0`.",
  data: "Keeps everything in this folder. One process at a time may use it. See [the data folder](data-folder.md).",
  "adopt-data": "Also accepts a data folder that holds other files. Without it such a folder is refused.",
  "service-release":
    "The [release](../guide/service-release.md) of AWS HealthImaging: `2024-05` or `2026-06`; `latest` is another name of the newest, which is then stored. A data folder opens with the release that it was made with. In process: `serviceRelease`; for a container: `withServiceRelease()`.",
  seed: "A folder of DICOM files: it is imported before READY, into a data store with the folder's name, unless that data store exists. Or a [snapshot](../guide/snapshots.md) file: the emulator starts with it, unless there is a data store already.",
  "follow-links":
    "If the seed is a folder: also imports files outside it that links in it point to. Each file is imported once. Links to folders are not followed, and links to files inside the folder are skipped. The same for an import: `import DIR --follow-links`, `importFolder(dir, { followLinks: true })`.",
  throttling:
    "How often actions may be called: `aws`, `off`, a multiple such as `10x`, or a JSON file. See [limits](../guide/limits.md). What a test starts has `off`: see [defaults](../decisions/defaults.md).",
  quotas:
    'A JSON file of quotas that differ from AWS\'s: `{"Maximum data stores": 100}`. A quota has its name in the developer guide, its name in Service Quotas or its code (`L-8829B870`).',
  deny: "Calls to deny, separated by commas: `medical-imaging:Delete*`. For one access key: `KEY=medical-imaging:*`.",
  scenario:
    "A [scenario](../guide/scenarios.md) to start with: the name of a preset, or a file. Repeat the flag for more; in the variable, separate them by commas.",
  "scenario-seed":
    "The seed for random decisions in scenarios that have no seed of their own. The log and the scenario's status show it.",
  "frame-container":
    "What GetImageFrame sends: `jph`, a JPH file, or `codestream`, the HTJ2K codestream inside it. See [GetImageFrame](differences-from-aws.md#getimageframe).",
  "import-memory":
    "Memory for frames that are being imported, such as `2GB` or `512MiB`, at least `1MiB`. In a container with a memory limit the default is half of that limit. A frame is charged 4.5 to 9.5 times its decoded size, the worst case. Large frames wait for each other. A frame that is charged more than the whole setting fails, and its message names the setting; so does a file of more than 512 MiB that is larger than the setting. A container of 2 GiB imports native frames up to 227 MiB and HTJ2K frames up to 107 MiB. In process: `importMemory`, in bytes.",
  console:
    "`on`: a browser that opens the emulator's address gets the [console](../guide/console.md), which is also at `/_local/console`. `off`: neither path has it. In process: `console: false`.",
  cors: "More origins whose web pages may read answers and change things, separated by commas. `*` is every origin. Pages from loopback addresses are always allowed. See [SECURITY.md](../../SECURITY.md).",
  "allow-host":
    "More [host names](host-names.md) to serve, separated by commas. Each name includes every name below it (`imaging.example` also serves `bucket.imaging.example`). `*` is every name.",
  tls: "[HTTPS](../guide/tls.md) in place of HTTP, with certificates of a CA on this machine. The commands that read the variable look for `https://127.0.0.1:4464`.",
  "tls-host":
    "More host names and addresses that clients use over HTTPS, separated by commas. The names are served like those of `--allow-host`.",
  "tls-folder":
    "Where the CA and its key are kept. The default is `~/.healthimaging-local/tls`, in the image `/data/tls`.",
  account: "The account of unsigned requests, and of access keys that are not 12 digits.",
  region: "The region of unsigned requests.",
  regions:
    "`any` serves every region. `guide` serves the regions of the developer guide: us-east-1, us-west-2, ap-southeast-2 and eu-west-1, with release `2026-06` also eu-west-2; calls in other regions are an InvalidSignatureException 403.",
  "bucket-owner":
    "Buckets of other accounts or regions, separated by commas: `their-dicom=111122223333@eu-west-1`. Every other bucket belongs to the account that uses it.",
  "s3-endpoint":
    "Another S3 (LocalStack, MinIO, AWS) for import jobs whose bucket is not one of the emulator's own. Its credentials are environment variables: see below. A request that gets no answer within 20 seconds is tried three times.",
  "log-level":
    "`error`; `warn`: also throttled calls; `info`: also import jobs, failures, and requests that were refused or that a scenario changed; `debug`: every request.",
  "log-format":
    "`text`, or `json`: one object for each line, with request id, operation, status and duration.",
};
