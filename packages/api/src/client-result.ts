import type { CommandDefinition, FieldDefinition } from './define.ts';
import { parseDate } from './wire/dates.ts';

/** What a handler of the server gave, read back from the inside of an envelope or a `jobresult`. */
export function readResult(command: CommandDefinition, body: object): object {
  const { name, fields } = command.response;
  const entries: Readonly<Record<string, unknown>> = { ...body };
  switch (command.shape) {
    case 'list': {
      const items = entries[name];
      return {
        count: typeof entries['count'] === 'number' ? entries['count'] : 0,
        items: Array.isArray(items) ? items.map(item => readFields(fields, item)) : [],
      };
    }
    case 'one':
      return readFields(fields, entries[name]);
    case 'success':
      return { ...entries, success: String(entries['success']) === 'true' };
    case 'bare':
      return readFields(fields, entries);
  }
}

function readFields(fields: Readonly<Record<string, FieldDefinition>>, value: unknown): object {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [
      name,
      readField(Object.hasOwn(fields, name) ? fields[name] : undefined, item),
    ]),
  );
}

function readField(field: FieldDefinition | undefined, value: unknown): unknown {
  if (field?.type === 'date' && typeof value === 'string') return parseDate(value) ?? value;
  const fields = field?.fields;
  if (fields === undefined) return value;
  return Array.isArray(value)
    ? value.map(item => readFields(fields, item))
    : readFields(fields, value);
}
