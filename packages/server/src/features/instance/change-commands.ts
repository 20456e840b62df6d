import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Handlers, Intent } from '../../http/call.ts';
import { reserveResources } from '../resource-limit/reserve.ts';
import { replaceVolume } from '../volume/repository.ts';
import { instanceWithPassword } from './access-commands.ts';
import { assignInstance } from './assign.ts';
import { usableTemplate } from './choose.ts';
import { requireExpunger } from './expunge.ts';
import { homeOf } from './home.ts';
import { lockInstance } from './repository.ts';
import { showInstance } from './show.ts';
import { resizeInstance } from './size.ts';
import { updateInstance } from './update.ts';

export const instanceChangeCommands = {
  updateVirtualMachine: { kind: 'sync', run: updateInstance },
  assignVirtualMachine: { kind: 'sync', run: assignInstance },

  scaleVirtualMachine: {
    kind: 'job',
    async begin(call, params) {
      const { id } = await resizeInstance(call, params);
      return { object: { type: 'VirtualMachine', id }, waits: null };
    },
    result: () => Promise.resolve({ success: true }),
  },

  changeServiceForVirtualMachine: {
    kind: 'sync',
    async run(call, params) {
      const { id } = await resizeInstance(call, params);
      return showInstance(call.tx, id, call.caller.account.role);
    },
  },

  expungeVirtualMachine: {
    kind: 'job',
    async begin(call, params) {
      const instance = await lockInstance(call, { parameter: 'id', id: params.id });
      await requireExpunger(call);
      const { id, generation, desired_state: desired, name } = instance;
      if (desired !== 'Destroyed' && desired !== 'Expunged' && instance.state !== 'Error')
        throw refused(`Instance ${name} is ${instance.state}: destroy it first`);
      await call.tx
        .updateTable('instances')
        .set({ desired_state: 'Expunged', generation: generation + 1, last_updated: new Date() })
        .where('id', '=', id)
        .execute();
      return {
        object: { type: 'VirtualMachine', id },
        waits: { kind: 'instance', id, generation: generation + 1 },
      };
    },
    result: () => Promise.resolve({ success: true }),
  },

  recoverVirtualMachine: {
    kind: 'sync',
    async run(call, params) {
      const instance = await lockInstance(call, { parameter: 'id', id: params.id });
      await requireExpunger(call);
      const { id, name, state, desired_state: desired } = instance;
      if (state !== 'Destroyed' || desired !== 'Destroyed')
        throw refused(`Instance ${name} is ${state}, not Destroyed`);
      const size = await call.tx
        .selectFrom('service_offerings')
        .select(['cpu_number', 'memory_mib'])
        .where('id', '=', instance.service_offering_id)
        .executeTakeFirstOrThrow();
      await reserveResources(call.tx, instance, {
        user_vm: 1,
        cpu: size.cpu_number,
        memory: size.memory_mib,
      });
      await call.tx
        .updateTable('instances')
        .set({
          state: 'Stopped',
          desired_state: 'Stopped',
          destroyed: null,
          last_updated: new Date(),
        })
        .where('id', '=', id)
        .execute();
      return showInstance(call.tx, id, call.caller.account.role);
    },
  },

  restoreVirtualMachine: { kind: 'job', begin: restoreInstance, result: instanceWithPassword },
} satisfies Partial<Handlers>;

/** Asks for a new disk, of the same template or of another one of the same hypervisor. */
async function restoreInstance(
  call: Call,
  params: ParamsOf<'restoreVirtualMachine'>,
): Promise<Intent> {
  const { tx } = call;
  const named = { parameter: 'virtualmachineid', id: params.virtualmachineid };
  const instance = await lockInstance(call, named);
  const { id, name, state, generation } = instance;
  if ((state !== 'Running' && state !== 'Stopped') || instance.desired_state !== state)
    throw refused(`Unable to restore instance ${name}: it is ${state}, not Running or Stopped`);
  if (instance.migration_target !== null)
    throw refused(`Instance ${name} is being moved to another host`);
  const before = await tx
    .selectFrom('templates')
    .select(['id', 'hypervisor'])
    .where('id', '=', instance.template_id)
    .executeTakeFirstOrThrow();
  const template = await usableTemplate(
    call,
    params.templateid ?? before.id,
    await homeOf(call, instance),
  );
  if (template.hypervisor !== before.hypervisor)
    throw refused(
      `Template ${template.name} is for ${template.hypervisor}, the instance runs on ${before.hypervisor}`,
    );
  await tx
    .updateTable('instances')
    .set({
      restoring: true,
      template_id: template.id,
      generation: generation + 1,
      last_updated: new Date(),
    })
    .where('id', '=', id)
    .execute();
  await replaceVolume(tx, instance, template.size_bytes);
  return {
    object: { type: 'VirtualMachine', id },
    waits: { kind: 'instance', id, generation: generation + 1 },
  };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
