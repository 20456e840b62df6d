import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { NetworkOfferingRow } from '../../store/schema.ts';
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

export type GuestType = NetworkOfferingRow['guest_ip_type'];

/** The type of network that an offering is for. */
export function guestTypeOf(text: string): GuestType {
  switch (text.toLowerCase()) {
    case 'isolated':
      return 'Isolated';
    case 'shared':
      return 'Shared';
    case 'l2':
      return 'L2';
    default:
      throw refused(`guestiptype ${text} is not Isolated, Shared or L2`);
  }
}

/** Refuses, by name, what an offering may ask for in CloudStack and Isola does not have, or does not have for its type of network. */
export function refuseUnserved(request: Request): void {
  const type = guestTypeOf(request.guestiptype);
  if (request.forvpc === true) throw refused('forvpc=true is not available');
  if (type === 'Shared' && (request.specifyvlan !== true || request.specifyipranges !== true))
    throw refused(
      'An offering for shared networks needs specifyvlan=true and specifyipranges=true',
    );
  if (type !== 'Shared' && request.specifyipranges === true)
    throw refused('specifyipranges=true is for shared networks');
  if (request.maxconnections !== undefined)
    throw refused('maxconnections is for the service Lb, which is not available');
}

/** The services that a request asks for, with providers. Refuses unknown and unserved ones and those that lack another. */
export function requestedServices(request: Request): OfferingServices {
  const names = (request.supportedservices ?? []).map(servedName);
  requireServicesOf(guestTypeOf(request.guestiptype), names);
  const lacking = needSourceNat.filter(name => names.includes(name));
  if (lacking.length > 0 && !names.includes('SourceNat'))
    throw refused(
      `The virtual router cannot give ${lacking.join(', ')} without the service SourceNat`,
    );
  for (const entry of request.serviceproviderlist ?? []) checkProvider(entry, names);
  for (const entry of request.servicecapabilitylist ?? []) checkCapability(entry, names);
  return routerServicesOf(names);
}

const sharedServices: readonly ServiceName[] = ['Dhcp', 'Dns'];

function requireServicesOf(type: GuestType, names: readonly ServiceName[]): void {
  if (type === 'L2') {
    if (names.length > 0)
      throw refused('An L2 network has no router: supportedservices must be empty');
    return;
  }
  if (names.length === 0)
    throw refused(`supportedservices must name at least one service of ${type} networks`);
  const other = names.find(name => type === 'Shared' && !sharedServices.includes(name));
  if (other !== undefined)
    throw refused(
      `Service ${other} is not for shared networks, whose gateway is not ours: ${sharedServices.join(' and ')} are`,
    );
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
