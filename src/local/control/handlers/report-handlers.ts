import { describeReport } from "../../report/describe-report.ts";
import type { Recorder } from "../../report/recorder.ts";
import { NOTHING, ok, type Handlers } from "../handler.ts";

/** Reports what clients did, and what AWS would have refused. */
export const reportHandlers = (recorder: Recorder): Handlers<"readReport" | "clearReport"> => ({
  readReport: ({ query: { account, format } }) => {
    const report = recorder.report(account);
    return ok(format === "text" ? describeReport(report) : report);
  },
  clearReport: ({ query: { account } }) => {
    if (account === undefined) recorder.reset();
    else recorder.resetAccount(account);
    return NOTHING;
  },
});
