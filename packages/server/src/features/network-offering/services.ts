/** CloudStack's names of network services. */
export const serviceNames = [
  'Dhcp',
  'Dns',
  'Firewall',
  'SourceNat',
  'StaticNat',
  'PortForwarding',
  'UserData',
  'Lb',
  'Vpn',
  'Gateway',
  'NetworkACL',
  'Connectivity',
  'SecurityGroup',
] as const;

export type ServiceName = (typeof serviceNames)[number];

/** Services of a network offering and the provider of each, with the provider's capabilities as CloudStack names them. */
export type OfferingServices = Partial<
  Record<ServiceName, { provider: string; capabilities: Record<string, string> }>
>;

/** The provider of every service that Isola has. */
export const virtualRouter = 'VirtualRouter';

/** The services that routers give, with their capabilities. */
export const routerServices: OfferingServices = {
  Dhcp: routerService({}),
  Dns: routerService({ AllowDnsSuffixModification: 'true' }),
  Firewall: routerService({
    MultipleIps: 'true',
    SupportedEgressProtocols: 'tcp,udp,icmp,all',
    SupportedProtocols: 'tcp,udp,icmp',
    SupportedTrafficDirection: 'ingress,egress',
  }),
  PortForwarding: routerService({}),
  SourceNat: routerService({ RedundantRouter: 'false', SupportedSourceNatTypes: 'peraccount' }),
  StaticNat: routerService({}),
};

/** The router's services of these names. */
export function routerServicesOf(names: readonly ServiceName[]): OfferingServices {
  const services: OfferingServices = {};
  for (const name of names) {
    const service = routerServices[name];
    if (service !== undefined) services[name] = service;
  }
  return services;
}

/** The service that `text` names, in any letter case, or `null`. */
export function parseServiceName(text: string): ServiceName | null {
  return serviceNames.find(name => name.toLowerCase() === text.toLowerCase()) ?? null;
}

/** The names of the services an offering has, in alphabetical order. */
export function namesOf(services: OfferingServices): ServiceName[] {
  return serviceNames.filter(name => services[name] !== undefined).toSorted();
}

function routerService(capabilities: Record<string, string>): {
  provider: string;
  capabilities: Record<string, string>;
} {
  return { provider: virtualRouter, capabilities };
}
