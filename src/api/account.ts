/** What an AWS account's id looks like, for schemas. */
export const ACCOUNT_PATTERN = "^\\d{12}$";
const ACCOUNT = new RegExp(ACCOUNT_PATTERN);

export const isAccount = (text: string): boolean => ACCOUNT.test(text);
