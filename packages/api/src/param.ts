import type { ParamDefinition, ParamType } from './define.ts';

type Options = Omit<ParamDefinition, 'type' | 'description'>;

interface ParamMaker<T extends ParamType> {
  (description: string): { readonly type: T; readonly description: string };
  <const O extends Options>(
    description: string,
    options: O,
  ): { readonly type: T; readonly description: string } & O;
}

function maker<T extends ParamType>(type: T): ParamMaker<T> {
  return <O extends Options>(description: string, options?: O) =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- absent options are no options
    ({ type, description, ...options }) as { type: T; description: string } & O;
}

/** Parameter definitions by type, to keep the command files readable. */
export const param = {
  text: maker('string'),
  id: maker('uuid'),
  whole: maker('integer'),
  long: maker('long'),
  flag: maker('boolean'),
  date: maker('date'),
  list: maker('list'),
  ids: maker('uuidlist'),
  map: maker('map'),
} as const;

/** Marks a parameter as required. */
export const required = { required: true } as const;

/** A port number. */
export const port = { min: 1, max: 65_535 } as const;
