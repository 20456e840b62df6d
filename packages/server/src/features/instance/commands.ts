import { IsolaError } from '@isola/model';
import { requireActiveOwner } from '../../access/active-owner.ts';
import type { Call, Handlers, Intent } from '../../http/call.ts';
import { longPageOf } from '../../store/page.ts';
import type { InstanceRow, RowPatch, TemplateRow } from '../../store/schema.ts';
import { demandNetwork } from '../network/demand.ts';
import { insistOnEnabled } from '../zone/usable.ts';
import { instanceWithPassword } from './access-commands.ts';
import { deployInstance } from './deploy.ts';
import { requireExpunger } from './expunge.ts';
import { instanceOfJob } from './job-answer.ts';
import { askedParts, filteredInstances } from './list.ts';
import { migrateInstance } from './migrate.ts';
import { requestedPlace } from './place.ts';
import { lockInstance, ownedInstance } from './repository.ts';
import { showInstances } from './show.ts';

export const instanceCommands = {
  deployVirtualMachine: { kind: 'job', begin: deployInstance, result: instanceWithPassword },

  startVirtualMachine: {
    kind: 'job',
    async begin(call, params) {
      const named = { parameter: 'id', id: params.id };
      await requireActiveOwner(call, (await ownedInstance(call, named)).account_id);
      const instance = await lockInstance(call, named);
      requireState(instance, 'start', ['Stopped', 'Running']);
      const requested = await requestedPlace(call, params, {
        zone: { id: instance.zone_id },
        template: await templateOf(call, instance),
      });
      if (instance.state === 'Running') return change(call, instance, {});
      await insistOnEnabled(call, instance.zone_id);
      await demandNetworks(call, instance.id);
      return change(call, instance, { ...requested, state: 'Starting', desired_state: 'Running' });
    },
    result: instanceOfJob,
  },

  stopVirtualMachine: {
    kind: 'job',
    async begin(call, params) {
      const instance = await lockInstance(call, { parameter: 'id', id: params.id });
      requireState(instance, 'stop', ['Starting', 'Running', 'Stopping', 'Stopped']);
      const forced = params.forced === true;
      if (instance.state === 'Stopped') return change(call, instance, {});
      return change(call, instance, { state: 'Stopping', desired_state: 'Stopped', forced });
    },
    result: instanceOfJob,
  },

  rebootVirtualMachine: {
    kind: 'job',
    async begin(call, params) {
      const instance = await lockInstance(call, { parameter: 'id', id: params.id });
      requireState(instance, 'reboot', ['Running']);
      await demandNetworks(call, instance.id);
      return change(call, instance, {
        reboot_generation: instance.generation + 1,
        forced: params.forced === true,
      });
    },
    result: instanceOfJob,
  },

  destroyVirtualMachine: {
    kind: 'job',
    async begin(call, params) {
      const instance = await lockInstance(call, { parameter: 'id', id: params.id });
      const expunge = params.expunge === true;
      if (expunge) await requireExpunger(call);
      if (instance.delete_protection)
        throw new IsolaError('refused_value', {
          reason: `Instance ${instance.name} is protected from being destroyed (deleteprotection)`,
        });
      if (instance.desired_state === 'Expunged') return change(call, instance, {});
      const runs = instance.state === 'Running' || instance.state === 'Starting';
      return change(call, instance, {
        desired_state: expunge ? 'Expunged' : 'Destroyed',
        forced: params.forced === true,
        ...(runs ? { state: 'Stopping' as const } : {}),
      });
    },
    result: instanceOfJob,
  },

  migrateVirtualMachine: { kind: 'job', begin: migrateInstance, result: instanceOfJob },

  listVirtualMachines: {
    kind: 'sync',
    async run(call, params) {
      const query = await filteredInstances(call, params);
      const { count, rows } = await longPageOf(
        call,
        { query: query.orderBy('instances.seq'), key: 'instances.id' },
        params,
      );
      const viewer = call.caller.account.role;
      const parts = askedParts(params.details);
      const withUserData = params.userdata === true;
      return { count, items: await showInstances(call.tx, rows, { viewer, parts, withUserData }) };
    },
  },
} satisfies Partial<Handlers>;

/** Raises the instance's generation with what is asked of it. */
async function change(
  call: Call,
  { id, generation }: InstanceRow,
  patch: RowPatch<'instances'>,
): Promise<Intent> {
  await call.tx
    .updateTable('instances')
    .set({ ...patch, generation: generation + 1, last_updated: new Date() })
    .where('id', '=', id)
    .execute();
  return {
    object: { type: 'VirtualMachine', id },
    waits: { kind: 'instance', id, generation: generation + 1 },
  };
}

function requireState(
  instance: InstanceRow,
  verb: string,
  states: readonly InstanceRow['state'][],
): void {
  const leaving = instance.desired_state === 'Destroyed' || instance.desired_state === 'Expunged';
  if (states.includes(instance.state) && !leaving) return;
  throw new IsolaError('refused_value', {
    reason: `Unable to ${verb} instance ${instance.name}: it is ${instance.state}`,
  });
}

function templateOf(call: Call, instance: InstanceRow): Promise<TemplateRow> {
  return call.tx
    .selectFrom('templates')
    .selectAll()
    .where('id', '=', instance.template_id)
    .executeTakeFirstOrThrow();
}

async function demandNetworks(call: Call, instanceId: string): Promise<void> {
  const nics = await call.tx
    .selectFrom('nics')
    .select('network_id')
    .where('instance_id', '=', instanceId)
    .orderBy('network_id')
    .execute();
  for (const { network_id: id } of nics) {
    await demandNetwork(call.tx, id);
    call.wake('network', id);
  }
}
