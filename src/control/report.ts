import type { HttpRequest, HttpResponse } from "../api/http.ts";
import { describeReport } from "../report/describe-report.ts";
import type { Recorder } from "../report/recorder.ts";
import { answer } from "./answer.ts";
import { ControlError } from "./control-error.ts";
import { readQuery } from "./read-request.ts";

export const REPORT_PATHS = ["GET or DELETE /_local/report?account={account}&format={json or text}"] as const;

/** Serves `/_local/report`: what clients did, and what AWS would have made of it. */
export function answerReport(recorder: Recorder, { method, query }: HttpRequest): HttpResponse {
  try {
    const { account, format = "json" } = readQuery(
      query,
      method === "DELETE" ? ["account"] : ["account", "format"],
    );
    if (account !== undefined && !/^\d{12}$/.test(account))
      throw new ControlError(400, `account is 12 digits, got ${JSON.stringify(account.slice(0, 64))}`);
    if (method === "DELETE") return clear(recorder, account);
    if (format !== "json" && format !== "text")
      throw new ControlError(400, `format is json or text, got ${JSON.stringify(format.slice(0, 64))}`);
    const report = recorder.report(account);
    if (format === "json") return answer(200, report);
    return {
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8" },
      body: describeReport(report),
    };
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return answer(error.status, { message: error.message, ...error.details });
  }
}

function clear(recorder: Recorder, account: string | undefined): HttpResponse {
  if (account === undefined) recorder.reset();
  else recorder.resetAccount(account);
  return { status: 204, headers: {} };
}
