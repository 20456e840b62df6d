import { identified } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { instanceOfJob } from '../instance/job-answer.ts';
import { ownedInstance } from '../instance/repository.ts';
import { viewerOf } from '../network/viewer.ts';
import { addNic } from './add.ts';
import { changeAddress } from './change-address.ts';
import { makeDefaultNic } from './make-default.ts';
import { removeNic } from './remove.ts';
import { selectNics } from './repository.ts';
import { nicResponse } from './response.ts';
import { addSecondary, jobSecondary, removeSecondary } from './secondary.ts';
import { switchNic } from './switch.ts';

export const nicCommands = {
  addIpToNic: { kind: 'job', begin: addSecondary, result: jobSecondary },

  removeIpFromNic: {
    kind: 'job',
    begin: removeSecondary,
    result: async () => ({ success: true }),
  },

  updateVmNicIp: { kind: 'job', begin: changeAddress, result: instanceOfJob },

  addNicToVirtualMachine: { kind: 'job', begin: addNic, result: instanceOfJob },

  removeNicFromVirtualMachine: { kind: 'job', begin: removeNic, result: instanceOfJob },

  updateDefaultNicForVirtualMachine: { kind: 'job', begin: makeDefaultNic, result: instanceOfJob },

  updateVmNic: {
    kind: 'job',
    begin: switchNic,
    async result(db, job) {
      const row = await selectNics(db)
        .where('nics.id', '=', job.object_id ?? '')
        .executeTakeFirst();
      return row === undefined
        ? { id: job.object_id ?? '' }
        : nicResponse(row, await viewerOf(db, job));
    },
  },

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
