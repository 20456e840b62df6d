/**
 * One definition per API command. Request decoding, `listApis`, the docs and the client's types all come from it.
 */

export type ParamType =
  | 'string'
  | 'uuid'
  | 'integer'
  | 'long'
  | 'boolean'
  | 'date'
  | 'list'
  | 'uuidlist'
  | 'map';

export interface ParamDefinition {
  readonly type: ParamType;
  readonly description: string;
  readonly required?: true;
  /** Longest string accepted; 255 when not given. */
  readonly length?: number;
  /** Of an id: -1 where that means all. */
  readonly min?: number;
  readonly max?: number;
  /** Accepted values, compared without regard to case. */
  readonly values?: readonly string[];
}

export type FieldType =
  | 'string'
  | 'uuid'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'date'
  | 'map'
  | 'list'
  | 'any';

export interface FieldDefinition {
  readonly type: FieldType;
  readonly description: string;
  /** Fields of the objects in a `list`, or of a nested object in `map`. */
  readonly fields?: Readonly<Record<string, FieldDefinition>>;
}

/** A field without fields of its own. */
export interface PlainField<T extends FieldType> {
  readonly type: T;
  readonly description: string;
}

/** A response object: `name` is its key in the answer (`network`, `virtualmachine`). */
export interface EntityDefinition {
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldDefinition>>;
}

/** Kinds of roles. */
export type Role = 'Root Admin' | 'Resource Admin' | 'Domain Admin' | 'User';

export interface CommandDefinition {
  readonly name: string;
  readonly description: string;
  readonly async: boolean;
  readonly roles: readonly Role[];
  readonly params: Readonly<Record<string, ParamDefinition>>;
  /** CloudStack's parameters that change what the call means and that Isola has not: refused, not ignored. */
  readonly refused?: readonly string[];
  readonly response: EntityDefinition;
  /**
   * `list`: count and objects; `one`: the object under its key; `success`: `success` and `displaytext`;
   * `bare`: fields directly inside the envelope (login, queryAsyncJobResult).
   */
  readonly shape: 'list' | 'one' | 'success' | 'bare';
  /** CloudStack's event type, for commands that change something. */
  readonly event?: string;
}

interface ParamValues {
  string: string;
  /** A UUID, or an internal number as text. */
  uuid: string;
  integer: number;
  long: number;
  boolean: boolean;
  date: Date;
  list: readonly string[];
  uuidlist: readonly string[];
  /** `details[0].key=..&details[0].value=..` and the like: one record per index; dotted plain maps come as one record. */
  map: readonly Readonly<Record<string, string>>[];
}

type Params = Readonly<Record<string, ParamDefinition>>;
type RequiredName<P extends Params> = {
  [K in keyof P]: P[K] extends { required: true } ? K : never;
}[keyof P];

/** Decoded parameters: required ones are there, the others may be absent (never `undefined`). */
export type DecodedParams<P extends Params> = {
  readonly [K in RequiredName<P>]: ParamValues[P[K]['type']];
} & {
  readonly [K in Exclude<keyof P, RequiredName<P>>]?: ParamValues[P[K]['type']];
};

interface FieldValues {
  string: string;
  uuid: string;
  integer: number;
  number: number;
  boolean: boolean;
  date: Date;
  map: Readonly<Record<string, unknown>>;
  list: readonly unknown[];
  any: unknown;
}

/** A response object: fields without a value are absent. Dates are encoded by the HTTP layer. */
export type EntityOf<E extends EntityDefinition> = {
  readonly [K in keyof E['fields']]?: FieldValues[E['fields'][K]['type']] | undefined;
};

export interface ListResult<T> {
  /** Matching objects in all, not just on this page. */
  readonly count: number;
  readonly items: readonly T[];
}

export interface SuccessResult {
  readonly success: boolean;
  readonly displaytext?: string;
}

export type ResultOfDefinition<D extends CommandDefinition> = D['shape'] extends 'list'
  ? ListResult<EntityOf<D['response']>>
  : D['shape'] extends 'success'
    ? SuccessResult
    : EntityOf<D['response']>;

/** Checks a definition and keeps its literal types. */
export function defineCommand<const D extends CommandDefinition>(definition: D): D {
  return definition;
}

export function defineEntity<const E extends EntityDefinition>(definition: E): E {
  return definition;
}
