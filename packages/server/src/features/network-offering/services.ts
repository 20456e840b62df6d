/** Services of a network offering and the provider of each, with the provider's capabilities as CloudStack names them. */
export type ServiceName =
  | 'Dhcp'
  | 'Dns'
  | 'Firewall'
  | 'SourceNat'
  | 'StaticNat'
  | 'PortForwarding'
  | 'UserData'
  | 'Lb'
  | 'Vpn'
  | 'Gateway'
  | 'NetworkACL'
  | 'Connectivity'
  | 'SecurityGroup';

export type OfferingServices = Partial<
  Record<ServiceName, { provider: string; capabilities: Record<string, string> }>
>;
