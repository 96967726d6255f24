import { EXTERNAL_S3_DEFAULTS, isHttpUrl, type ExternalS3 } from "../../../aws/s3/external-s3-options.ts";
import { PREFIX, type Environment } from "./flags.ts";
import { UsageError } from "./usage-error.ts";

const SUFFIXES = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "REGION"] as const;
const variableOfS3 = (suffix: (typeof SUFFIXES)[number]): string => `${PREFIX}S3_${suffix}`;

/** `HEALTHIMAGING_LOCAL_S3_REGION` and the rest: variables without a flag. */
export const S3_VARIABLES: readonly string[] = SUFFIXES.map(variableOfS3);

/** Credentials come from the environment only: every user of the machine can see flags. */
export function readExternalS3(endpoint: string | undefined, env: Environment): ExternalS3 | undefined {
  if (endpoint === undefined) return undefined;
  if (!isHttpUrl(endpoint))
    throw new UsageError(`--s3-endpoint expects a URL such as http://localhost:9000, got '${endpoint}'`);
  const of = (suffix: (typeof SUFFIXES)[number]): string | undefined =>
    env[variableOfS3(suffix)] || undefined;
  const { region, credentials } = EXTERNAL_S3_DEFAULTS;
  const sessionToken = of("SESSION_TOKEN");
  return {
    endpoint,
    region: of("REGION") ?? region,
    credentials: {
      accessKeyId: of("ACCESS_KEY_ID") ?? credentials.accessKeyId,
      secretAccessKey: of("SECRET_ACCESS_KEY") ?? credentials.secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  };
}
