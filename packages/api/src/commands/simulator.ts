import { defineCommand } from '../define.ts';
import { simulatorMockEntity } from '../entities/simulator-mock.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';

export const configureSimulator = defineCommand({
  name: 'configureSimulator',
  description:
    'Has commands of simulated hosts fail or wait; a server with --simulator only, as CloudStack’s simulator (Isola’s own command)',
  async: false,
  roles: ['Root Admin'],
  params: {
    clusterid: param.id('Only hosts of this cluster'),
    count: param.whole('How many commands it is about; any number when not given', { min: 1 }),
    hostid: param.id('Only this host'),
    name: param.text(
      'Command that it is about: StartCommand, StopCommand, MigrateCommand, SetFirewallRulesCommand ..., PingCommand for the host itself, CheckRouterCommand for control links, a command of Isola’s agents, or * for all',
      required,
    ),
    podid: param.id('Only hosts of this pod'),
    value: param.text(
      'Options separated by |: wait:MILLISECONDS, result:fail (tried again) or result:fault (refused), enabled:false, id:UUID for one router or instance',
      required,
    ),
    zoneid: param.id('Only hosts of this zone'),
  },
  refused: ['jsonresponse'],
  response: simulatorMockEntity,
  shape: 'one',
});

export const querySimulatorMock = defineCommand({
  name: 'querySimulatorMock',
  description:
    'Shows a mock of configureSimulator and how often it still counts, as CloudStack’s simulator (Isola’s own command)',
  async: false,
  roles: ['Root Admin'],
  params: { id: param.text('Id of the mock', required) },
  response: simulatorMockEntity,
  shape: 'one',
});

export const cleanupSimulatorMock = defineCommand({
  name: 'cleanupSimulatorMock',
  description:
    'Removes a mock: hosts and links that it took come back, as CloudStack’s simulator (Isola’s own command)',
  async: false,
  roles: ['Root Admin'],
  params: { id: param.text('Id of the mock', required) },
  response: successEntity,
  shape: 'success',
});
