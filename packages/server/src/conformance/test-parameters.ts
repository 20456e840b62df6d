import type { CommandDefinition, ParamDefinition } from '@isola/api';

/** A call that must be refused because of one of its parameters. */
export interface WrongCall {
  readonly parameter: string;
  readonly params: Readonly<Record<string, string>>;
}

const nobody = '6f1f9c1c-64a1-4b0e-9d27-0a4f1f4f7f10';

/** A well-formed value, of nothing that is there. */
function rightValue({ type, min, values }: ParamDefinition): string {
  switch (type) {
    case 'uuid':
    case 'uuidlist':
      return nobody;
    case 'integer':
    case 'long':
      return String(min ?? 1);
    case 'boolean':
      return 'true';
    case 'date':
      return '2026-01-01';
    case 'string':
    case 'list':
    case 'map':
      return values?.[0] ?? 'x';
  }
}

/** What fits into the address of a request. */
const longest = 4096;

/** Texts that are no value of the parameter. */
function wrongValues({ type, min, max, values, length = 255 }: ParamDefinition): readonly string[] {
  const chosen = values === undefined ? [] : ['none of these'];
  const largest = { integer: 2 ** 31, long: 2 ** 53 };
  switch (type) {
    case 'uuid':
      return ['not-an-id', `${nobody}0`, '-2'];
    case 'uuidlist':
      return ['not-an-id', `${nobody},not-an-id`];
    case 'integer':
    case 'long':
      return [
        'one',
        '1.5',
        String((max ?? largest[type]) + 1),
        ...(min === undefined ? [] : [String(min - 1)]),
      ];
    case 'boolean':
      return ['maybe', '2'];
    case 'date':
      return ['yesterday', '2026-13-01', '1'];
    case 'string':
    case 'list':
      return [...(length > longest ? [] : ['x'.repeat(length + 1)]), ...chosen];
    case 'map':
      return ['plain'];
  }
}

/** Every required parameter left out in turn, and every parameter with texts that are no value of it. */
export function wrongCalls({ params }: CommandDefinition): readonly WrongCall[] {
  const needed: Record<string, string> = {};
  for (const [name, param] of Object.entries(params))
    if (param.required === true)
      needed[param.type === 'map' ? `${name}[0].key` : name] = rightValue(param);
  const calls: WrongCall[] = [];
  for (const [parameter, param] of Object.entries(params)) {
    const others = Object.fromEntries(
      Object.entries(needed).filter(([name]) => name.split('[')[0] !== parameter),
    );
    if (param.required === true) calls.push({ parameter, params: others });
    for (const value of wrongValues(param))
      calls.push({ parameter, params: { ...others, [parameter]: value } });
  }
  return calls;
}
