import type { FieldDefinition } from '../define.ts';
import { formatDate } from './dates.ts';

/** What both encodings write: JSON values without null, dates already as text. */
export type JsonTree = string | number | boolean | readonly JsonTree[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonTree;
}

type Fields = Readonly<Record<string, FieldDefinition>>;

/** The declared fields of a response object that have a value, in the order of the definition. */
export function entityTree(fields: Fields, value: object): JsonObject {
  const values = new Map(Object.entries(value));
  return objectOf(
    Object.entries(fields).map(([name, field]) => [name, fieldTree(field, values.get(name))]),
  );
}

function fieldTree(field: FieldDefinition, value: unknown): JsonTree | undefined {
  const { fields } = field;
  if (fields === undefined || !isObject(value)) return valueTree(value);
  if (!Array.isArray(value)) return entityTree(fields, value);
  return value.filter(isObject).map(item => entityTree(fields, item));
}

/** Any value as a tree; undefined, null, functions and numbers JSON cannot hold have none. */
export function valueTree(value: unknown): JsonTree | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'bigint':
      return Number(value);
    case 'object':
      return value === null ? undefined : objectTree(value);
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined;
  }
}

function objectTree(value: object): JsonTree | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : formatDate(value);
  if (Array.isArray(value)) return value.map(valueTree).filter(item => item !== undefined);
  return objectOf(Object.entries(value).map(([name, item]) => [name, valueTree(item)]));
}

function objectOf(entries: readonly (readonly [string, JsonTree | undefined])[]): JsonObject {
  const kept: [string, JsonTree][] = [];
  for (const [name, value] of entries) if (value !== undefined) kept.push([name, value]);
  return Object.fromEntries(kept);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
