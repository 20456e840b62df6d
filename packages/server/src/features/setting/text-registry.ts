import { isSite } from '../../templates/allowed-address.ts';
import { healthCheckNames, healthChecksOf } from '../router/health-check-names.ts';

/** A setting whose value is a text; it takes effect without a restart. */
export interface TextSettingDefinition {
  readonly category: 'Advanced' | 'Network' | 'Usage';
  readonly default: string;
  readonly description: string;
  /** Why a value is refused; `null` when it is not. */
  readonly refusal: (text: string) => string | null;
}

export const textSettingRegistry = {
  'usage.aggregation.timezone': {
    category: 'Usage',
    default: 'GMT',
    description: 'Time zone whose days (or hours) usage records are about: Europe/Berlin',
    refusal: text => (isTimeZone(text) ? null : `${text} is no time zone`),
  },
  'endpoint.url': {
    category: 'Advanced',
    default: 'http://localhost:8080/client/api',
    description: 'URL of the API as clients reach it; links in answers begin like it',
    refusal: text =>
      /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? null : `${text} is no http or https URL`,
  },
  'secstorage.allowed.internal.sites': {
    category: 'Advanced',
    default: '',
    description:
      'CIDRs inside the data centre, separated by commas, from which templates may be downloaded',
    refusal: wrongSite,
  },
  'webhook.allowed.internal.sites': {
    category: 'Advanced',
    default: '',
    description:
      'CIDRs inside the data centre, separated by commas, that webhooks may be delivered to',
    refusal: wrongSite,
  },
  'router.health.checks.to.exclude': {
    category: 'Network',
    default: '',
    description: 'Health checks of routers that are not kept, separated by commas',
    refusal: wrongCheck,
  },
  'router.health.checks.failures.to.recreate.vr': {
    category: 'Network',
    default: '',
    description:
      'Health checks, separated by commas: a router where one fails at its time is replaced, as restartNetwork cleanup=true does',
    refusal: wrongCheck,
  },
} as const satisfies Record<string, TextSettingDefinition>;

export type TextSettingName = keyof typeof textSettingRegistry;

/** Whether a text setting of that name exists. */
export function isTextSettingName(name: string): name is TextSettingName {
  return Object.hasOwn(textSettingRegistry, name);
}

/** Names of all text settings, in the registry's order. */
export const textSettingNames: readonly TextSettingName[] =
  Object.keys(textSettingRegistry).filter(isTextSettingName);

/** The parts of a list that is separated by commas. */
export function sitesOf(text: string): readonly string[] {
  return text
    .split(',')
    .map(site => site.trim())
    .filter(site => site !== '');
}

function isTimeZone(text: string): boolean {
  if (text === 'GMT' || text === 'UTC') return true;
  return Intl.supportedValuesOf('timeZone').includes(text);
}

function wrongSite(text: string): string | null {
  const wrong = sitesOf(text).find(site => !isSite(site));
  return wrong === undefined ? null : `${wrong} is no address or CIDR`;
}

function wrongCheck(text: string): string | null {
  const wrong = [...healthChecksOf(text)].find(name => !healthCheckNames.has(name));
  return wrong === undefined
    ? null
    : `${wrong} is no health check of routers: ${[...healthCheckNames].join(', ')}`;
}
