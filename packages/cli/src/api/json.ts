import { CliError } from '../cli-error.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at `network.0.id`. Throws a `CliError` that says how far the path led. */
export function valueAt(value: unknown, path: string): unknown {
  let here = value;
  const walked: string[] = [];
  for (const key of path.split('.')) {
    const next = Array.isArray(here) ? here[Number(key)] : isRecord(here) ? here[key] : undefined;
    if (next === undefined) {
      const known = isRecord(here) ? Object.keys(here).join(', ') : '';
      throw new CliError(
        `the answer has no ${[...walked, key].join('.')}`,
        known === '' ? '' : `It has: ${known}.`,
      );
    }
    walked.push(key);
    here = next;
  }
  return here;
}

/** A value as a script wants it: text as it is, everything else as JSON. */
export function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
