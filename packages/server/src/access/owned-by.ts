interface OwnedRow {
  readonly account: string | null;
  readonly account_id: string | null;
  /** `accounts.is_project`. */
  readonly is_project: boolean | null;
}

/** Whose a row is, as answers show it: the account's name, or name and id of the project. */
export function ownedBy({ account, account_id, is_project }: OwnedRow) {
  if (account === null || account_id === null) return {};
  return is_project === true ? { project: account, projectid: account_id } : { account };
}
