import { identified } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { ownedInstance } from '../instance/repository.ts';
import { selectNics } from './repository.ts';
import { nicResponse } from './response.ts';

export const nicCommands = {
  listNics: {
    kind: 'sync',
    async run(call, params) {
      const instance = await ownedInstance(call, {
        parameter: 'virtualmachineid',
        id: params.virtualmachineid,
      });
      let query = selectNics(call.tx)
        .where('nics.instance_id', '=', instance.id)
        .orderBy('nics.device');
      if (params.nicid !== undefined) query = query.where(identified(params.nicid, 'nics'));
      if (params.networkid !== undefined)
        query = query.where(identified(params.networkid, 'networks'));
      if (params.keyword !== undefined)
        query = query.where(containing('networks.name', params.keyword));
      if (params.fordisplay !== undefined)
        query = query.where('networks.display_network', '=', params.fordisplay);
      const { count, rows } = await pageOf(call, query, params);
      const viewer = call.caller.account.role;
      return { count, items: rows.map(row => nicResponse(row, viewer)) };
    },
  },
} satisfies Partial<Handlers>;
