/** The id of a data store, an image set, an import job or a frame, as the service model defines it. */
export const ID_PATTERN = "[0-9a-z]{32}";
const ID = new RegExp(`^${ID_PATTERN}$`);

export const isResourceId = (text: string): boolean => ID.test(text);

/** Where a resource lives: data of different accounts and regions never meet. */
export interface Scope {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

export const datastoreArn = ({ account, region }: Scope, datastoreId: string): string =>
  `arn:${partitionOf(region)}:medical-imaging:${region}:${account}:datastore/${datastoreId}`;

const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["us-isob-", "aws-iso-b"],
  ["us-iso-", "aws-iso"],
];

export const partitionOf = (region: string): string =>
  PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";

/**
 * Splits an ARN that matches the model's pattern: `arn:aws:medical-imaging:REGION:ACCOUNT:datastore/ID` or
 * `.../datastore/ID/imageset/ID`.
 */
export function parseArn(arn: string): { datastoreId: string; imageSetId: string | undefined } {
  const [, , , , , resource = ""] = arn.split(":");
  const [, datastoreId = "", , imageSetId] = resource.split("/");
  return { datastoreId, imageSetId };
}

export const imageSetArn = (scope: Scope, datastoreId: string, imageSetId: string): string =>
  `${datastoreArn(scope, datastoreId)}/imageset/${imageSetId}`;
