import type { LocalErrorCode } from "../../../api/local-errors.ts";

/** What an error code of `/_local` means, and what to do about it. */
interface ErrorText {
  readonly meaning: string;
  readonly remedy: string;
}

/** For the OpenAPI document, the log and `docs/reference/errors.md`; a start of the emulator does not load them. */
export const ERROR_TEXTS: Readonly<Record<LocalErrorCode, ErrorText>> = {
  InvalidBody: {
    meaning: "The body is not the JSON object that the route expects.",
    remedy: "Send JSON as the example in the message shows.",
  },
  UnknownName: {
    meaning: "The request has a key, parameter, action, kind or status that does not exist.",
    remedy: "Use one of the names in the message, or the one after `Did you mean`.",
  },
  MissingValue: {
    meaning: "The request lacks a required key or parameter.",
    remedy: "Add it; the message shows an example.",
  },
  InvalidValue: {
    meaning: "A key or parameter has a value of another type or outside its range.",
    remedy: "The message says which value was found and which is expected.",
  },
  InvalidDuration: {
    meaning: "A duration is not valid.",
    remedy: "Write `250ms`, `10s`, `5m`, `2h`, `1d`, `1w`, or ISO 8601 such as `PT5M`.",
  },
  InvalidTime: {
    meaning: "A time is not valid, has no zone, or is one that the clock cannot go to.",
    remedy:
      "Write ISO 8601 with a zone, such as `2026-01-15T02:00:00Z`. The time must not be before the current one.",
  },
  InvalidLimit: {
    meaning: "The emulator has no such throttle, quota, deny pattern or reset option.",
    remedy: "`GET /_local/limits` lists the names. Quotas that AWS never raises need `force`.",
  },
  InvalidSnapshot: {
    meaning: "The snapshot's name or file cannot be used.",
    remedy: "Use a file that `GET /_local/snapshots/{name}/file` returned.",
  },
  HostNotAllowed: {
    meaning: "The request is for a host name that the emulator does not serve (DNS rebinding).",
    remedy: "Start the emulator with `--allow-host NAME` to serve that name, or use an address.",
  },
  OriginNotAllowed: {
    meaning: "A web page of another origin sent the request.",
    remedy: "Start the emulator with `--cors ORIGIN` to let pages of that origin in.",
  },
  RouteNotFound: {
    meaning: "No route has this method and path.",
    remedy: "`available` in the answer and `GET /_local` list all routes.",
  },
  ResourceNotFound: {
    meaning: "No data store, import job or image set has this id.",
    remedy: "Check the id, and whether a reset has removed it.",
  },
  HoldNotFound: {
    meaning: "The resource is not held.",
    remedy: "`GET /_local/holds` lists all held resources.",
  },
  SnapshotNotFound: {
    meaning: "No snapshot has this name.",
    remedy: "`GET /_local/snapshots` lists the names.",
  },
  ScenarioNotFound: {
    meaning: "No loaded scenario and no scenario of the package has this name.",
    remedy: "`GET /_local/scenarios` lists the names.",
  },
  WaitTimedOut: {
    meaning: "The resource has none of the statuses after the timeout, or nothing is due on a frozen clock.",
    remedy: "Wait longer, or move the clock; the message has the current status.",
  },
  SuppliedClock: {
    meaning: "The program that started the emulator supplies its clock, so `/_local` cannot move it.",
    remedy: "Move the clock in that program, or start the emulator without `clock`.",
  },
  StatusConflict: {
    meaning: "The resource cannot go from its status to the wanted one.",
    remedy: 'Choose one of `legal` in the answer, or send `"force": true`.',
  },
  StatusUnreachable: {
    meaning: "The resource can no longer reach any of the statuses that are waited for.",
    remedy: "Wait for one that can follow; the message has the current status and why it failed.",
  },
  ScenarioConflict: {
    meaning: "The scenario cannot be loaded or activated: a limit is reached.",
    remedy: "Remove or deactivate scenarios that are no longer needed.",
  },
  ScenarioNotActive: {
    meaning: "The scenario is not active.",
    remedy: "Activate it: `POST /_local/scenarios/{name}/activate`.",
  },
  UnknownSignal: {
    meaning: "Nothing in the scenario waits for this signal now.",
    remedy: "`GET /_local/scenarios/{name}/status` shows the signals that are expected.",
  },
  SnapshotConflict: {
    meaning:
      "A snapshot of this name exists, import jobs are in progress, or the snapshot is of another release.",
    remedy:
      "Send `replace` to replace the snapshot, `force` to save with import jobs in progress. The message of another release says how to use the snapshot.",
  },
  BodyTooLarge: {
    meaning: "The body is larger than the route reads.",
    remedy: "Send a smaller body; the message has the limit in bytes.",
  },
  SnapshotTooLarge: {
    meaning: "The snapshot's file, or its content, is larger than the free disk space.",
    remedy: "Free disk space, or save without buckets.",
  },
  InvalidScenario: {
    meaning: "The scenario, or the body that activates or signals it, has errors.",
    remedy: "`errors` in the answer has line, pointer, message and hint of each.",
  },
  WaitInterrupted: {
    meaning: "The emulator was stopped or reset during the wait.",
    remedy: "Wait again once the emulator runs.",
  },
  DataFolderNotWritable: {
    meaning:
      "The data folder is not writable: the disk is full or read-only, or the user lacks the permission.",
    remedy: "The message has the reason that the operating system gives.",
  },
};
