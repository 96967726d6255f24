import { nodeProblem } from "../../../../api/node-version.ts";
import { fine, problem, type DoctorCheck } from "../check.ts";

export const node: DoctorCheck = {
  name: "node",
  summary: "whether this Node.js is new enough",
  run: ({ machine }) => {
    const tooOld = nodeProblem(machine.nodeVersion);
    return [tooOld === undefined ? fine(`Node.js ${machine.nodeVersion}`) : problem(tooOld)];
  },
};
