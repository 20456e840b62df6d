import { IsolaError } from '@isola/model';
import type { CommandDefinition, DecodedParams, ParamDefinition } from '../define.ts';
import { decodeValue } from './decode-value.ts';
import { type RawPairs, type RawParams, readRawParams } from './raw-params.ts';

const secret = /password|secret|userdata|sessionkey|privatekey/;

/**
 * Decodes a call's parameters by the command's definition. Unknown parameters are ignored and empty ones count as
 * absent. Throws `missing_parameter`, `invalid_parameter` or `unknown_id` (an id that cannot be one), naming it.
 */
export function decodeParams<C extends CommandDefinition>(
  command: C,
  pairs: RawPairs,
): DecodedParams<C['params']> {
  const raw = readRawParams(pairs);
  refuseUnsupported(command, raw);
  const decoded: Record<string, unknown> = {};
  for (const [name, param] of Object.entries(command.params)) {
    const value = decodeParam({ command: command.name, name, param, raw });
    if (value !== undefined) decoded[name] = value;
    else if (param.required) {
      throw new IsolaError('missing_parameter', { command: command.name, parameter: name });
    }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the loop went through the very definition the type is computed from.
  return decoded as DecodedParams<C['params']>;
}

/** `-1` means none in CloudStack's own clients, which send it with every list. */
function refuseUnsupported(command: CommandDefinition, raw: RawParams): void {
  for (const name of command.refused ?? []) {
    const text = raw.get(name) ?? (raw.records(name).length > 0 ? `${name}[0]` : undefined);
    if (text === undefined || text === '-1' || text.toLowerCase() === 'false') continue;
    throw new IsolaError('invalid_parameter', {
      command: command.name,
      parameter: name,
      value: text.slice(0, 100),
      reason: 'Not supported.',
    });
  }
}

interface Place {
  readonly command: string;
  readonly name: string;
  readonly param: ParamDefinition;
  readonly raw: RawParams;
}

function decodeParam(place: Place): unknown {
  const key = place.name.toLowerCase();
  if (place.param.type === 'map') return decodeMap(place, key);
  const text = place.raw.get(key);
  if (text === undefined) return undefined;
  const decoded = decodeValue(place.name, place.param, text);
  if ('value' in decoded) return decoded.value;
  throw refusal(place, text, decoded.reason);
}

function decodeMap(place: Place, key: string): unknown {
  const records = place.raw.records(key);
  const text = place.raw.get(key);
  if (records.length === 0 && text !== undefined)
    throw refusal(place, text, `Use ${place.name}[0].key=..`);
  const length = place.param.length ?? 4096;
  for (const record of records) {
    for (const [field, text] of Object.entries(record)) {
      if (field.length > 255 || text.length > length) throw refusal(place, field, 'Too long.');
    }
  }
  return records.length === 0 ? undefined : records;
}

function refusal(place: Place, text: string, reason: string): IsolaError {
  const { command, name: parameter, param } = place;
  const value = secret.test(parameter) ? '***' : text.slice(0, 100);
  const isId = param.type === 'uuid' || param.type === 'uuidlist';
  return isId
    ? new IsolaError('unknown_id', { command, parameter, value })
    : new IsolaError('invalid_parameter', { command, parameter, value, reason });
}
