import type { DoctorCheck } from "../check.ts";
import { cliPrefix } from "./check-cli-prefix.ts";
import { clock } from "./check-clock.ts";
import { cors } from "./check-cors.ts";
import { credentials } from "./check-credentials.ts";
import { docker } from "./check-docker.ts";
import { emulator } from "./check-emulator.ts";
import { endpoints } from "./check-endpoints.ts";
import { node } from "./check-node.ts";
import { nodePrefix } from "./check-node-prefix.ts";
import { proxy } from "./check-proxy.ts";
import { pythonPrefix } from "./check-python-prefix.ts";
import { region } from "./check-region.ts";
import { servicesKey } from "./check-services-key.ts";
import { throttling } from "./check-throttling.ts";
import { trust } from "./check-trust.ts";

/** What is tried, in the order in which it is shown. */
export const CHECKS: readonly DoctorCheck[] = [
  node,
  emulator,
  trust,
  endpoints,
  servicesKey,
  credentials,
  region,
  nodePrefix,
  pythonPrefix,
  cliPrefix,
  proxy,
  throttling,
  clock,
  cors,
  docker,
];
