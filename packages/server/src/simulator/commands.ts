import type { SimulatedCommand } from './simulated-host.ts';

/** A mock of this name loses hosts: with `result:fail` their agents only, with `result:fault` the hosts themselves. */
export const hostMock = 'PingCommand';
/** A mock of this name takes the control link of routers. */
export const linkMock = 'CheckRouterCommand';

const applying = ['applyConfig', 'applyDelta'] as const;

/** CloudStack's agent commands, and what of Isola's they stand for. */
const cloudStackNames: Readonly<Record<string, readonly SimulatedCommand[]>> = {
  StartCommand: ['startRouter', 'startGuest'],
  StopCommand: ['stopRouter', 'destroyRouter', 'stopGuest', 'destroyGuest'],
  RebootCommand: ['stopRouter', 'stopGuest'],
  PrepareForMigrationCommand: ['prepareIncoming'],
  MigrateCommand: ['migrateGuest'],
  PlugNicCommand: ['startGuest'],
  UnPlugNicCommand: ['startGuest'],
  PrimaryStorageDownloadCommand: ['ensureTemplate'],
  GetHostStatsCommand: ['load'],
  GetRouterMonitorResultsCommand: ['healthChecks'],
  SetFirewallRulesCommand: applying,
  SetPortForwardingRulesCommand: applying,
  SetStaticNatRulesCommand: applying,
  IpAssocCommand: applying,
  DhcpEntryCommand: applying,
  [hostMock]: [],
  [linkMock]: [],
};

/** What a mock of each name is about; its keys are the names as they are written. `*` is everything. */
export const mockNames: ReadonlyMap<string, ReadonlySet<SimulatedCommand> | 'all'> = new Map<
  string,
  ReadonlySet<SimulatedCommand> | 'all'
>([
  ['*', 'all'],
  ...Object.entries(cloudStackNames).map(([name, of]) => [name, new Set(of)] as const),
  ...(
    [
      'ensureSegment',
      'removeSegment',
      'ensureTemplate',
      'removeTemplate',
      'startRouter',
      'stopRouter',
      'destroyRouter',
      'replaceRouter',
      'applyConfig',
      'applyDelta',
      'resyncRouter',
      'report',
      'healthChecks',
      'startGuest',
      'stopGuest',
      'destroyGuest',
      'forgetGuest',
      'prepareIncoming',
      'migrateGuest',
      'load',
      'reaches',
      'setNeighbours',
    ] satisfies SimulatedCommand[]
  ).map(name => [name, new Set([name])] as const),
]);
