import { IsolaError } from '@isola/model';

/** What becomes of a command that a mock is about. */
export interface MockValue {
  /** Milliseconds before it takes effect. */
  readonly wait: number;
  /** `fail`: the host answers that it cannot now, and it is tried again; `fault`: it refuses. */
  readonly result: 'fail' | 'fault' | null;
  /** Only what concerns this router or guest; `null` for all. */
  readonly id: string | null;
}

/** Longest delay, in milliseconds. */
const longestWait = 600_000;

/** Reads `wait:500|result:fail`, in CloudStack's notation. Throws `refused_value` that says what is wrong. */
export function parseMockValue(text: string): MockValue {
  let value: MockValue = { wait: 0, result: null, id: null };
  for (const part of text.split('|')) {
    const [name, given] = split(part);
    switch (name.toLowerCase()) {
      case '':
        break;
      case 'wait': {
        const wait = Number(given);
        if (!/^\d{1,6}$/.test(given) || wait > longestWait)
          throw refused(`wait must be 0 to ${longestWait} milliseconds`);
        value = { ...value, wait };
        break;
      }
      case 'result': {
        const result = given.toLowerCase();
        if (result !== 'fail' && result !== 'fault' && result !== 'success')
          throw refused('result must be fail, fault or success');
        value = { ...value, result: result === 'success' ? null : result };
        break;
      }
      case 'enabled':
        if (given.toLowerCase() !== 'true' && given.toLowerCase() !== 'false')
          throw refused('enabled must be true or false');
        if (given.toLowerCase() === 'false') value = { ...value, result: 'fail' };
        break;
      case 'id':
        value = { ...value, id: given.toLowerCase() };
        break;
      default:
        throw refused(`value has no option ${name}: wait, result, enabled or id`);
    }
  }
  return value;
}

function split(part: string): [string, string] {
  const at = part.indexOf(':');
  return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
