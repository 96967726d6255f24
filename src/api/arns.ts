/** Where a resource lives: data of different accounts and regions never meet. */
export interface Scope {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

export const datastoreArn = ({ account, region }: Scope, datastoreId: string): string =>
  `arn:aws:medical-imaging:${region}:${account}:datastore/${datastoreId}`;

export const imageSetArn = (scope: Scope, datastoreId: string, imageSetId: string): string =>
  `${datastoreArn(scope, datastoreId)}/imageset/${imageSetId}`;
