import { fine, problem, type DoctorCheck, type Diagnosis } from "../check.ts";
import { nestedSection, plainValue } from "../shared-config.ts";
import type { DoctorContext } from "../doctor-context.ts";

const KEY = "medical_imaging";

export const servicesKey: DoctorCheck = {
  name: "config file",
  summary: "the [services] section of the AWS configuration file, whose key is medical_imaging",
  run: (context) => [checkServicesKey(context)],
};

function checkServicesKey({ config, env }: DoctorContext): Diagnosis {
  const { path, profile, hasProfile, services } = config;
  if (!hasProfile && profile !== "default" && env["AWS_ACCESS_KEY_ID"] === undefined)
    return problem(`${path} has no [profile ${profile}]`, "unset AWS_PROFILE, or add the profile");
  if (services === undefined)
    return fine(`the profile ${profile} has no services in ${path}: only endpoint variables count`);
  const { name, section } = services;
  if (section === undefined)
    return problem(
      `the profile ${profile} has services = ${name}, but ${path} has no [services ${name}]`,
      `add [services ${name}] with ${KEY} and, indented below it, endpoint_url`,
    );
  const wrong = Object.keys(section).find((key) => key !== KEY && /imaging/i.test(key));
  if (wrong !== undefined)
    return problem(
      `[services ${name}] in ${path} has the key ${wrong}, which no SDK reads`,
      `its name is ${KEY}`,
    );
  if (section[KEY] === undefined) return fine(`[services ${name}] in ${path} has no entry for HealthImaging`);
  if (plainValue(nestedSection(section[KEY])?.["endpoint_url"]) === undefined)
    return problem(
      `${KEY} of [services ${name}] in ${path} has no endpoint_url`,
      "write it on a line of its own below the key, indented by two spaces",
    );
  return fine(`${KEY} of [services ${name}] in ${path} has an endpoint_url`);
}
