import * as z from 'zod';
import { IsolaError } from '../errors/isola-error.ts';
import { parseIpv4 } from '../net/ipv4.ts';

/** Host names that a router is asked to resolve: labels of letters, digits and inner hyphens. */
const hostName =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const target = z.string().max(253).refine(isTarget);
const count = z.int().min(1).max(10);

/** What a router tries to find out. Only values within these bounds ever reach a program. */
export const diagnosticSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ping'),
    target,
    count,
    /** Bytes of data in a packet. */
    size: z.int().min(0).max(1472),
    /** Seconds to wait for the last answer. */
    wait: count,
    numeric: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('arping'),
    target: z.string().refine(text => parseIpv4(text) !== null),
    count,
    /** `null`: that of the route to the target. */
    device: z
      .string()
      .regex(/^eth\d{1,2}$/)
      .nullable(),
  }),
  z.strictObject({
    type: z.literal('traceroute'),
    target,
    maxHops: z.int().min(1).max(30),
    numeric: z.boolean(),
  }),
]);
export type Diagnostic = z.infer<typeof diagnosticSchema>;

export const diagnosticOutcomeSchema = z.strictObject({
  exitCode: z.int(),
  stdout: z.string(),
  stderr: z.string(),
});
export type DiagnosticOutcome = z.infer<typeof diagnosticOutcomeSchema>;

/** Files of a router that may be asked for: its logs and its configuration; no keys. */
export const diagnosticFileSchema = z
  .string()
  .max(255)
  .regex(
    /^(?:\[(?:IPTABLES|IFCONFIG|ROUTE)\]|\/var\/log\/[\w./-]+|\/etc\/(?:isola\/[\w./-]+|dnsmasq\.conf|cloudstack\/router\.json))$/,
  )
  .refine(path => !path.split('/').includes('..'));

/** What is packed when no files are named. */
export const defaultDiagnosticFiles: readonly string[] = [
  '[IPTABLES]',
  '[IFCONFIG]',
  '[ROUTE]',
  '/etc/dnsmasq.conf',
  '/var/log/cloud.log',
  '/var/log/router.log',
  '/var/log/dnsmasq/current',
  '/var/log/isola-router/current',
];

interface Asked {
  readonly type: string;
  readonly target: string;
  /** Options as one types them: `-c 3 -n`. */
  readonly options: string;
}

/**
 * A diagnostic from its type, target and options as text. Throws `refused_value` for an option that is not known, or out of
 * bounds.
 */
export function parseDiagnostic({ type, target, options }: Asked): Diagnostic {
  const kind = type.toLowerCase();
  const known = Object.hasOwn(optionsOf, kind) ? optionsOf[kind] : undefined;
  if (known === undefined) throw refused(`type must be ping, arping or traceroute, not ${type}`);
  const words = options.split(/\s+/).filter(word => word !== '');
  const given: Record<string, unknown> = { ...defaults[kind], type: kind, target };
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const option = Object.hasOwn(known, word) ? known[word] : undefined;
    if (option === undefined)
      throw refused(`${kind} takes the options ${Object.keys(known).join(' ')}, not ${word}`);
    if (option.kind === 'flag') given[option.field] = true;
    else {
      const value = words.shift();
      if (value === undefined) throw refused(`option ${word} needs a value`);
      given[option.field] = option.kind === 'text' ? value : wholeNumber(value);
    }
  }
  const parsed = diagnosticSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [field = ''] = parsed.error.issues[0]?.path ?? [];
  const word = Object.keys(known).find(name => known[name]?.field === field);
  throw refused(
    field === 'target'
      ? 'ipaddress must be an IPv4 address or, but for arping, the name of a host'
      : `option ${word ?? String(field)} of ${kind} is out of bounds`,
  );
}

interface Option {
  readonly field: string;
  readonly kind: 'number' | 'text' | 'flag';
}

const optionsOf: Readonly<Record<string, Readonly<Record<string, Option>>>> = {
  ping: {
    '-c': { field: 'count', kind: 'number' },
    '-s': { field: 'size', kind: 'number' },
    '-W': { field: 'wait', kind: 'number' },
    '-n': { field: 'numeric', kind: 'flag' },
  },
  arping: {
    '-c': { field: 'count', kind: 'number' },
    '-I': { field: 'device', kind: 'text' },
  },
  traceroute: {
    '-m': { field: 'maxHops', kind: 'number' },
    '-n': { field: 'numeric', kind: 'flag' },
  },
};

const defaults: Readonly<Record<string, object>> = {
  ping: { count: 4, size: 56, wait: 2, numeric: false },
  arping: { count: 4, device: null },
  traceroute: { maxHops: 15, numeric: false },
};

function wholeNumber(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}

function isTarget(text: string): boolean {
  return parseIpv4(text) !== null || (hostName.test(text) && !/^[\d.]+$/.test(text));
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
