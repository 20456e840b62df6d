import type { ParamDefinition } from '../define.ts';
import { parseDate } from './dates.ts';

/** A decoded value, or why the text is none. */
export type Decoded = { readonly value: unknown } | { readonly reason: string };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const internalNumber = /^\d{1,15}$/;
const wholeNumber = /^[+-]?\d{1,16}$/;
const longestText = 255;

/** Whether a text can be an id: a UUID, or an internal number of old scripts. */
export function isId(text: string): boolean {
  return uuid.test(text) || internalNumber.test(text);
}

/** Decodes one non-empty text; maps are not made of one text and give a reason. */
export function decodeValue(name: string, param: ParamDefinition, text: string): Decoded {
  switch (param.type) {
    case 'string':
      return decodeText(param, text);
    case 'uuid':
      return isId(text) || (text === '-1' && param.min === -1)
        ? { value: text.toLowerCase() }
        : { reason: 'Not an id.' };
    case 'integer':
      return decodeInteger(param, text, 2 ** 31 - 1);
    case 'long':
      return decodeInteger(param, text, Number.MAX_SAFE_INTEGER);
    case 'boolean':
      return decodeBoolean(text);
    case 'date': {
      const date = parseDate(text, name === 'enddate');
      return date === undefined
        ? { reason: 'Use 2026-11-22 or 2026-11-22T04:21:13+0000.' }
        : { value: date };
    }
    case 'list':
    case 'uuidlist':
      return decodeList(param, text);
    case 'map':
      return { reason: `Use ${name}[0].key=..` };
  }
}

function decodeText(param: ParamDefinition, text: string): Decoded {
  const length = param.length ?? longestText;
  if (text.length > length) return { reason: `Longer than ${length} characters.` };
  if (param.values === undefined) return { value: text };
  const found = param.values.find(value => value.toLowerCase() === text.toLowerCase());
  return found === undefined
    ? { reason: `Use one of ${param.values.join(', ')}.` }
    : { value: found };
}

function decodeInteger(param: ParamDefinition, text: string, largest: number): Decoded {
  const value = wholeNumber.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) return { reason: 'Not a whole number.' };
  const min = param.min ?? -largest - 1;
  const max = param.max ?? largest;
  if (value < min || value > max) return { reason: `Not within ${min} to ${max}.` };
  // -0 would be a different value to strict comparisons.
  return { value: value === 0 ? 0 : value };
}

function decodeBoolean(text: string): Decoded {
  switch (text.toLowerCase()) {
    case 'true':
    case '1':
      return { value: true };
    case 'false':
    case '0':
    // libcloud sends Python's None for what was not given; CloudStack takes it for false.
    case 'none':
      return { value: false };
    default:
      return { reason: 'Use true or false.' };
  }
}

/** Items of a list: each may cost a look-up. */
const mostItems = 500;

function decodeList(param: ParamDefinition, text: string): Decoded {
  const items = text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
  if (items.length > mostItems) return { reason: `More than ${mostItems} items.` };
  if (param.type === 'uuidlist') {
    return items.every(isId)
      ? { value: items.map(item => item.toLowerCase()) }
      : { reason: 'Not a list of ids.' };
  }
  const values: unknown[] = [];
  for (const item of items) {
    const decoded = decodeText(param, item);
    if ('reason' in decoded) return decoded;
    values.push(decoded.value);
  }
  return { value: values };
}
