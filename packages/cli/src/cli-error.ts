/** Something the operator can mend. `hint` says how; it may be empty. */
export class CliError extends Error {
  readonly hint: string;

  constructor(message: string, hint = '', cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'CliError';
    this.hint = hint;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
