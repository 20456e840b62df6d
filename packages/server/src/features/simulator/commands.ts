import type { ParamsOf, ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { mockNames } from '../../simulator/commands.ts';
import type { HostScope, Mock, Mocks } from '../../simulator/mocks.ts';

export const simulatorCommands = {
  configureSimulator: {
    kind: 'sync',
    async run(call, params) {
      const mocks = mocksOf(call);
      const mock = mocks.add({
        name: mockName(params.name),
        scope: await scopeOf(call, params),
        value: params.value,
        count: params.count ?? null,
      });
      return mockResponse(mock);
    },
  },

  querySimulatorMock: {
    kind: 'sync',
    run: async (call, { id }) => mockResponse(mockOf(call, id)),
  },

  cleanupSimulatorMock: {
    kind: 'sync',
    run: async (call, { id }) => ({ success: mocksOf(call).remove(mockOf(call, id).id) }),
  },
} satisfies Partial<Handlers>;

/** 432 where nothing is simulated. */
function mocksOf({ mocks, command }: Call): Mocks {
  if (mocks === null) throw new IsolaError('unknown_command', { command });
  return mocks;
}

function mockOf(call: Call, id: string): Mock {
  const mock = mocksOf(call).get(id);
  if (mock === undefined) throw unknownId(call, { parameter: 'id', id });
  return mock;
}

function mockName(text: string): string {
  for (const name of mockNames.keys()) if (name.toLowerCase() === text.toLowerCase()) return name;
  throw new IsolaError('refused_value', {
    reason: `No command ${text} is simulated; name one of: ${[...mockNames.keys()].join(', ')}`,
  });
}

const places = {
  zoneid: ['zones', 'zoneId'],
  podid: ['pods', 'podId'],
  clusterid: ['clusters', 'clusterId'],
  hostid: ['hosts', 'hostId'],
} as const;

/** 431 for a place that is not there. */
async function scopeOf(
  call: Call,
  params: ParamsOf<'configureSimulator'>,
): Promise<Partial<HostScope>> {
  let scope: Partial<HostScope> = {};
  for (const parameter of ['zoneid', 'podid', 'clusterid', 'hostid'] as const) {
    const id = params[parameter];
    if (id === undefined) continue;
    const [table, key] = places[parameter];
    const row = await call.tx
      .selectFrom(table)
      .select('id')
      .where(identified(id, table))
      .executeTakeFirst();
    if (row === undefined) throw unknownId(call, { parameter, id });
    scope = { ...scope, [key]: row.id };
  }
  return scope;
}

function mockResponse({ id, name, value, left, scope }: Mock): ResultOf<'querySimulatorMock'> {
  return {
    id,
    name,
    value: [
      ...(value.wait > 0 ? [`wait:${value.wait}`] : []),
      ...(value.result === null ? [] : [`result:${value.result}`]),
      ...(value.id === null ? [] : [`id:${value.id}`]),
    ].join('|'),
    count: left ?? undefined,
    zoneid: scope.zoneId,
    podid: scope.podId,
    clusterid: scope.clusterId,
    hostid: scope.hostId,
  };
}
