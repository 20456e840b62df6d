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
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a copy of every row of a list, only to read it by name, costs more than all else here
  const values = value as Readonly<Record<string, unknown>>;
  const tree: Record<string, JsonTree> = {};
  for (const [name, field] of entriesOf(fields)) {
    const found = values[name];
    if (found === undefined) continue;
    const item = fieldTree(field, found);
    if (item !== undefined) tree[name] = item;
  }
  return tree;
}

/** Definitions never change, and lists ask for the same one for every row. */
const definitionEntries = new WeakMap<Fields, readonly (readonly [string, FieldDefinition])[]>();

function entriesOf(fields: Fields): readonly (readonly [string, FieldDefinition])[] {
  const known = definitionEntries.get(fields);
  if (known !== undefined) return known;
  const read = Object.entries(fields);
  definitionEntries.set(fields, read);
  return read;
}

function fieldTree(field: FieldDefinition, value: unknown): JsonTree | undefined {
  const { fields } = field;
  if (fields === undefined || !isObject(value)) return valueTree(value);
  if (!Array.isArray(value)) return entityTree(fields, value);
  return Object.isFrozen(value) ? frozenTree(fields, value) : listTree(fields, value);
}

function listTree(fields: Fields, list: readonly unknown[]): readonly JsonTree[] {
  return list.filter(isObject).map(item => entityTree(fields, item));
}

/** A list that never changes (the services of an offering, shown with each of its networks) is converted once. */
const frozen = new WeakMap<object, readonly JsonTree[]>();

function frozenTree(fields: Fields, list: readonly unknown[]): readonly JsonTree[] {
  const known = frozen.get(list);
  if (known !== undefined) return known;
  const tree = listTree(fields, list);
  frozen.set(list, tree);
  return tree;
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
