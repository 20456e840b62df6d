import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import {
  namesOf,
  type OfferingServices,
  parseServiceName,
  routerServices,
  routerServicesOf,
  type ServiceName,
  virtualRouter,
} from './services.ts';

type Request = ParamsOf<'createNetworkOffering'>;

const needSourceNat: readonly ServiceName[] = ['Firewall', 'PortForwarding', 'StaticNat'];

/** Refuses, by name, what an offering may ask for in CloudStack and Isola does not have. */
export function refuseUnserved(request: Request): void {
  if (request.guestiptype.toLowerCase() !== 'isolated')
    throw refused(`guestiptype ${request.guestiptype} is not available: only Isolated is`);
  for (const name of ['forvpc', 'specifyipranges'] as const)
    if (request[name] === true) throw refused(`${name}=true is not available`);
  if (request.maxconnections !== undefined)
    throw refused('maxconnections is for the service Lb, which is not available');
}

/** The services that a request asks for, with providers. Refuses unknown and unserved ones and those that lack another. */
export function requestedServices(request: Request): OfferingServices {
  const names = (request.supportedservices ?? []).map(servedName);
  if (names.length === 0)
    throw refused('supportedservices must name at least one service of an isolated network');
  const lacking = needSourceNat.filter(name => names.includes(name));
  if (lacking.length > 0 && !names.includes('SourceNat'))
    throw refused(
      `The virtual router cannot give ${lacking.join(', ')} without the service SourceNat`,
    );
  for (const entry of request.serviceproviderlist ?? []) checkProvider(entry, names);
  for (const entry of request.servicecapabilitylist ?? []) checkCapability(entry, names);
  return routerServicesOf(names);
}

type Entry = Readonly<Record<string, string>>;

function checkProvider(entry: Entry, names: readonly ServiceName[]): void {
  const service = servedName(entry['service'] ?? '');
  if (!names.includes(service))
    throw refused(
      `serviceproviderlist: service ${service} is not among supportedservices (${names.join(', ')})`,
    );
  requireRouter(entry['provider'] ?? '');
}

function checkCapability(entry: Entry, names: readonly ServiceName[]): void {
  const service = servedName(entry['service'] ?? '');
  const capability = entry['capabilitytype'] ?? '';
  const value = entry['capabilityvalue'] ?? '';
  if (!names.includes(service))
    throw refused(`servicecapabilitylist: service ${service} is not among supportedservices`);
  const has = Object.entries(routerServices[service]?.capabilities ?? {}).find(
    ([name]) => name.toLowerCase() === capability.toLowerCase(),
  );
  if (has === undefined)
    throw refused(`servicecapabilitylist: service ${service} has no capability ${capability}`);
  if (has[1].toLowerCase() !== value.toLowerCase())
    throw refused(
      `servicecapabilitylist: ${service} with ${has[0]}=${value} is not available: only ${has[1]} is`,
    );
}

function servedName(text: string): ServiceName {
  const name = parseServiceName(text);
  if (name === null) throw refused(`Invalid service name ${text}`);
  if (routerServices[name] === undefined)
    throw refused(
      `Service ${name} is not available: supportedservices may name ${namesOf(routerServices).join(', ')}`,
    );
  return name;
}

function requireRouter(provider: string): void {
  if (provider.toLowerCase() !== virtualRouter.toLowerCase())
    throw refused(`Service provider ${provider} is not available: only ${virtualRouter} is`);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
