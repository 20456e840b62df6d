import { formatDate } from './dates.ts';

/** Decoded parameters as the texts a client sends: lists comma-joined, maps as `tags[0].key`. */
export function encodeParams(params: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]: [string, unknown]) => encodeParam(name, value)),
  );
}

function encodeParam(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (value instanceof Date) return [[name, formatDate(value)]];
  if (!Array.isArray(value)) return isScalar(value) ? [[name, String(value)]] : [];
  const records = value.filter(isRecord);
  if (records.length === 0) return [[name, value.join(',')]];
  return records.flatMap((record, index) =>
    Object.entries(record).map(
      ([key, text]: [string, unknown]) => [`${name}[${index}].${key}`, String(text)] as const,
    ),
  );
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
