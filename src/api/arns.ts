/** Where a resource lives: data of different accounts and regions never meet. */
export interface Scope {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

export const datastoreArn = ({ account, region }: Scope, datastoreId: string): string =>
  `arn:aws:medical-imaging:${region}:${account}:datastore/${datastoreId}`;

/**
 * Takes an ARN apart that the model's pattern has accepted:
 * `arn:aws:medical-imaging:REGION:ACCOUNT:datastore/ID` or `.../datastore/ID/imageset/ID`.
 */
export function parseArn(arn: string): Scope & { datastoreId: string; imageSetId: string | undefined } {
  const [, , , region = "", account = "", resource = ""] = arn.split(":");
  const [, datastoreId = "", , imageSetId] = resource.split("/");
  return { region, account, datastoreId, imageSetId };
}

export const imageSetArn = (scope: Scope, datastoreId: string, imageSetId: string): string =>
  `${datastoreArn(scope, datastoreId)}/imageset/${imageSetId}`;
