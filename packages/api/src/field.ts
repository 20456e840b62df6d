import type { FieldDefinition, FieldType, PlainField } from './define.ts';

type Fields = Readonly<Record<string, FieldDefinition>>;

function maker<T extends FieldType>(type: T): (description: string) => PlainField<T> {
  return description => ({ type, description });
}

/** Field definitions by type, to keep the entity files readable. */
export const field = {
  text: maker('string'),
  id: maker('uuid'),
  whole: maker('integer'),
  number: maker('number'),
  flag: maker('boolean'),
  date: maker('date'),
  map: maker('map'),
  list: maker('list'),
  any: maker('any'),
  /** A list of objects with these fields. */
  objects: <const F extends Fields>(description: string, fields: F) =>
    ({ type: 'list', description, fields }) as const,
} as const;
