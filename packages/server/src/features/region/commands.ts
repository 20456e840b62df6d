import { IsolaError } from '@isola/model';
import type { Handlers } from '../../http/call.ts';
import { pageOfList } from '../../store/page.ts';
import { textSetting } from '../setting/value.ts';
import { icmpTypes, protocolNumbers } from './protocols.ts';

const local = {
  id: 1,
  name: 'Local',
  gslbserviceenabled: false,
  portableipserviceenabled: false,
} as const;

export const regionCommands = {
  listRegions: {
    kind: 'sync',
    async run(call, params) {
      const name = local.name.toLowerCase();
      const asked =
        (params.id ?? local.id) === local.id &&
        (params.name ?? name).toLowerCase() === name &&
        name.includes((params.keyword ?? '').toLowerCase());
      const region = { ...local, endpoint: await textSetting(call.tx, 'endpoint.url') };
      const { count, rows } = pageOfList(call, asked ? [region] : [], params);
      return { count, items: rows };
    },
  },

  listNetworkProtocols: {
    kind: 'sync',
    run(_call, { option }) {
      const items = listsByOption.get(option.toLowerCase());
      if (items === undefined)
        throw new IsolaError('refused_value', {
          reason: `option ${option} is not one of protocolnumber, icmptype`,
        });
      return Promise.resolve({ count: items.length, items });
    },
  },

  listSystemVms: {
    kind: 'sync',
    run: () => Promise.resolve({ count: 0, items: [] }),
  },
} satisfies Partial<Handlers>;

const listsByOption = new Map([
  ['protocolnumber', protocolNumbers],
  ['icmptype', icmpTypes],
]);
