import { defineCommand } from '../define.ts';
import { diagnosticsDataEntity, diagnosticsEntity } from '../entities/diagnostics.ts';
import { routerEntity } from '../entities/router.ts';
import { routerHealthChecksEntity } from '../entities/router-health-checks.ts';
import { systemVmEntity, upgradeJobEntity } from '../entities/system-vm.ts';
import { param, required } from '../param.ts';
import { pageParams, refusedScope, scopeParams } from './common.ts';

export const listRouters = defineCommand({
  name: 'listRouters',
  description: 'Lists virtual routers',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    ...scopeParams,
    clusterid: param.id('Show only routers in this cluster'),
    fetchhealthcheckresults: param.flag('Whether to answer the results of the health checks too'),
    forvpc: param.flag('Show only routers of VPCs (or only others)'),
    healthchecksfailed: param.flag('Show only routers with a failed health check (or only others)'),
    hostid: param.id('Show only routers on this host'),
    id: param.id('Show only this router'),
    name: param.text('Show only the router of this name'),
    networkid: param.id('Show only routers of this network'),
    podid: param.id('Show only routers in this pod'),
    state: param.text('Show only routers in this state, for example Running'),
    version: param.text('Show only routers of this version'),
    zoneid: param.id('Show only routers of this zone'),
  },
  refused: refusedScope,
  response: routerEntity,
  shape: 'list',
});

export const startRouter = defineCommand({
  name: 'startRouter',
  description: 'Starts a router and configures it',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the router', required),
  },
  response: routerEntity,
  shape: 'one',
  event: 'ROUTER.START',
});

export const stopRouter = defineCommand({
  name: 'stopRouter',
  description: 'Stops a router; its network is cut off until it starts again',
  async: true,
  roles: ['Root Admin'],
  params: {
    forced: param.flag('Whether its power is cut; it always is, a router has nothing to lose'),
    id: param.id('Id of the router', required),
  },
  response: routerEntity,
  shape: 'one',
  event: 'ROUTER.STOP',
});

export const rebootRouter = defineCommand({
  name: 'rebootRouter',
  description: 'Restarts a router and configures it',
  async: true,
  roles: ['Root Admin'],
  params: {
    forced: param.flag('Whether its power is cut; it always is, a router has nothing to lose'),
    id: param.id('Id of the router', required),
  },
  response: routerEntity,
  shape: 'one',
  event: 'ROUTER.REBOOT',
});

export const destroyRouter = defineCommand({
  name: 'destroyRouter',
  description: 'Removes a router; restarting its network makes a new one',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the router', required),
  },
  response: routerEntity,
  shape: 'one',
  event: 'ROUTER.DESTROY',
});

export const getRouterHealthCheckResults = defineCommand({
  name: 'getRouterHealthCheckResults',
  description: 'Gives the results of the health checks of a router',
  async: false,
  roles: ['Root Admin'],
  params: {
    performfreshchecks: param.flag('Whether to run the checks now'),
    routerid: param.id('Id of the router', required),
  },
  response: routerHealthChecksEntity,
  shape: 'one',
  event: 'ROUTER.HEALTH.CHECKS',
});

export const runDiagnostics = defineCommand({
  name: 'runDiagnostics',
  description: 'Has a router ping an address, ask for it with ARP, or trace the way to it',
  async: true,
  roles: ['Root Admin'],
  params: {
    ipaddress: param.text('IPv4 address, or but for arping the name of a host', required),
    params: param.text(
      'Options: ping -c -s -W -n, arping -c -I, traceroute -m -n; for example "-c 3 -n"',
    ),
    targetid: param.id('Id of the router', required),
    type: param.text('What to do', { required: true, values: ['ping', 'arping', 'traceroute'] }),
  },
  response: diagnosticsEntity,
  shape: 'one',
  event: 'ROUTER.DIAGNOSTICS',
});

export const getDiagnosticsData = defineCommand({
  name: 'getDiagnosticsData',
  description: 'Packs logs and configuration of a router; the link to them is good for a day',
  async: true,
  roles: ['Root Admin'],
  params: {
    files: param.list(
      'Files under /var/log and /etc/isola, [IPTABLES], [IFCONFIG] and [ROUTE]; the usual ones when not given',
    ),
    targetid: param.id('Id of the router', required),
  },
  response: diagnosticsDataEntity,
  shape: 'one',
  event: 'ROUTER.DIAGNOSTICS',
});

const sizeParams = {
  id: param.id('Id of the router', required),
  serviceofferingid: param.id('The new size, of listServiceOfferings issystem=true', required),
} as const;

export const changeServiceForRouter = defineCommand({
  name: 'changeServiceForRouter',
  description: 'Gives a stopped router another size, which its successors have, too',
  async: false,
  roles: ['Root Admin'],
  params: sizeParams,
  response: routerEntity,
  shape: 'one',
  event: 'ROUTER.UPGRADE',
});

export const changeServiceForSystemVm = defineCommand({
  name: 'changeServiceForSystemVm',
  description: 'Gives a stopped router another size, which its successors have, too',
  async: false,
  roles: ['Root Admin'],
  params: sizeParams,
  refused: ['details'],
  response: systemVmEntity,
  shape: 'one',
  event: 'ROUTER.UPGRADE',
});

export const scaleSystemVm = defineCommand({
  name: 'scaleSystemVm',
  description: 'Gives a router another size; one that runs is replaced, with its connections',
  async: true,
  roles: ['Root Admin'],
  params: sizeParams,
  refused: ['details'],
  response: systemVmEntity,
  shape: 'one',
  event: 'ROUTER.UPGRADE',
});

export const migrateSystemVm = defineCommand({
  name: 'migrateSystemVm',
  description: 'Moves a router to another host: one with its addresses takes its place there',
  async: true,
  roles: ['Root Admin'],
  params: {
    autoselect: param.flag('Whether a host is chosen when none is given; default true'),
    hostid: param.id('Host to move it to'),
    virtualmachineid: param.id('Id of the router', required),
  },
  refused: ['storageid'],
  response: systemVmEntity,
  shape: 'one',
  event: 'VM.MIGRATE',
});

export const upgradeRouterTemplate = defineCommand({
  name: 'upgradeRouterTemplate',
  description:
    'Replaces routers whose image is older than the newest system template, each in a job',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: param.text('Routers of this account; with domainid'),
    clusterid: param.id('Routers in this cluster'),
    domainid: param.id('Routers of this domain'),
    id: param.id('This router'),
    podid: param.id('Routers in this pod'),
    zoneid: param.id('Routers of this zone'),
  },
  response: upgradeJobEntity,
  shape: 'list',
  event: 'ROUTER.UPGRADE',
});
