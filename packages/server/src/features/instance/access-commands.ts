import type { ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { InstanceRow, JobRow } from '../../store/schema.ts';
import { usableKeyPairs } from './choose.ts';
import { homeOf } from './home.ts';
import { instanceOfJob } from './job-answer.ts';
import { chosenPassword, encryptedFor, fewestBits } from './password.ts';
import { lockInstance, ownedInstance } from './repository.ts';
import { showInstance } from './show.ts';
import { givenUserData } from './user-data.ts';

/** How one gets into an instance: keys, password, user data. They count from its next start. */
export const instanceAccessCommands = {
  resetSSHKeyForVirtualMachine: {
    kind: 'job',
    async begin(call, params) {
      const instance = await stoppedInstance(call, params.id);
      const names = [
        ...(params.keypair === undefined ? [] : [params.keypair]),
        ...(params.keypairs ?? []),
      ];
      if (names.length === 0)
        throw new IsolaError('missing_parameter', { command: call.command, parameter: 'keypairs' });
      const { owner } = await homeOf(call, instance);
      await call.tx
        .updateTable('instances')
        .set({ key_pairs: await usableKeyPairs(call, owner, names) })
        .where('id', '=', instance.id)
        .execute();
      return { object: { type: 'VirtualMachine', id: instance.id }, waits: null };
    },
    result: instanceOfJob,
  },

  resetPasswordForVirtualMachine: {
    kind: 'job',
    async begin(call, params) {
      const instance = await stoppedInstance(call, params.id);
      const { password_enabled: takesPassword, name } = await call.tx
        .selectFrom('templates')
        .select(['password_enabled', 'name'])
        .where('id', '=', instance.template_id)
        .executeTakeFirstOrThrow();
      if (!takesPassword) throw refused(`Template ${name} is not enabled for passwords`);
      await call.tx
        .updateTable('instances')
        .set({ sealed_password: call.secrets.encrypt(chosenPassword(params.password)) })
        .where('id', '=', instance.id)
        .execute();
      return { object: { type: 'VirtualMachine', id: instance.id }, waits: null };
    },
    result: instanceWithPassword,
  },

  getVMPassword: {
    kind: 'sync',
    async run(call, params) {
      const instance = await ownedInstance(call, { parameter: 'id', id: params.id });
      const { sealed_password: sealed, key_pairs: names } = instance;
      if (sealed === null) throw refused(`No password is kept for instance ${instance.name}`);
      const keys = await call.tx
        .selectFrom('ssh_key_pairs')
        .select('public_key')
        .where('account_id', '=', instance.account_id)
        .where('name', 'in', names.length === 0 ? [''] : names)
        .orderBy('seq')
        .execute();
      const password = call.secrets.decrypt(sealed);
      for (const { public_key: key } of keys) {
        const encryptedpassword = encryptedFor(key, password);
        if (encryptedpassword !== null) return { encryptedpassword };
      }
      throw refused(
        `Instance ${instance.name} has no SSH key of type RSA with ${fewestBits(password)} bits or more to encrypt its password for`,
      );
    },
  },

  resetUserDataForVirtualMachine: {
    kind: 'sync',
    async run(call, params) {
      const instance = await stoppedInstance(call, params.id);
      const given = await givenUserData(call, instance.account_id, params);
      if (given.user_data === undefined) throw refused('Give userdata or userdataid');
      await call.tx.updateTable('instances').set(given).where('id', '=', instance.id).execute();
      return showInstance(call.tx, instance.id, call.caller.account.role);
    },
  },

  getVirtualMachineUserData: {
    kind: 'sync',
    async run(call, params) {
      const { id, user_data: data } = await ownedInstance(call, {
        parameter: 'virtualmachineid',
        id: params.virtualmachineid,
      });
      return { virtualmachineid: id, ...(data === null ? {} : { userdata: data }) };
    },
  },
} satisfies Partial<Handlers>;

/**
 * The answer of a job that set a password. It stays encrypted in the job's row: `readableResult` opens it for who asked.
 */
export async function instanceWithPassword(
  db: Db,
  job: JobRow,
): Promise<ResultOf<'resetPasswordForVirtualMachine'>> {
  const shown = await instanceOfJob(db, job);
  const row = await db
    .selectFrom('instances')
    .select('sealed_password')
    .where('id', '=', job.object_id)
    .executeTakeFirst();
  const sealed = row?.sealed_password ?? null;
  return sealed === null ? shown : { ...shown, password: sealed };
}

/** An instance that the caller may act on, with its row locked. 431 unless it is stopped and stays so. */
export async function stoppedInstance(
  call: Call,
  id: string,
  parameter = 'id',
): Promise<InstanceRow> {
  const instance = await lockInstance(call, { parameter, id });
  if (instance.state !== 'Stopped' || instance.desired_state !== 'Stopped')
    throw refused(`Instance ${instance.name} is ${instance.state}: stop it first`);
  return instance;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
