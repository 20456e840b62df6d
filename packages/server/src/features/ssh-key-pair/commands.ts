import { IsolaError } from '@isola/model';
import { identified, inScope, listScope, ownerOf } from '../../access/access.ts';
import { ownedBy } from '../../access/owned-by.ts';
import { requireRoom } from '../../access/room.ts';
import type { Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { checkedName } from '../user/create.ts';
import { newKeyPair } from './generate.ts';
import { parsePublicKey } from './public-key.ts';
import { insertKeyPair, type OwnedKeyPair, selectKeyPairs } from './repository.ts';

export const sshKeyPairCommands = {
  createSSHKeyPair: {
    kind: 'sync',
    async run(call, params) {
      const owner = await ownerOf(call, params);
      const name = checkedName('name', params.name);
      const { key, privatePem } = await newKeyPair('');
      await requireRoom(call, 'ssh_key_pairs', owner.account.id);
      const row = await insertKeyPair(call.tx, { owner, name, key });
      if (row === undefined) throw taken(name);
      return { ...fields(row), privatekey: privatePem };
    },
  },

  registerSSHKeyPair: {
    kind: 'sync',
    async run(call, params) {
      const owner = await ownerOf(call, params);
      const name = checkedName('name', params.name);
      const key = parsePublicKey(params.publickey);
      await requireRoom(call, 'ssh_key_pairs', owner.account.id);
      const row = await insertKeyPair(call.tx, { owner, name, key });
      if (row === undefined) throw taken(name);
      return fields(row);
    },
  },

  listSSHKeyPairs: {
    kind: 'sync',
    async run(call, params) {
      let query = selectKeyPairs(call.tx)
        .where(inScope(await listScope(call, params), 'ssh_key_pairs'))
        .orderBy('ssh_key_pairs.seq');
      if (params.id !== undefined) query = query.where(identified(params.id, 'ssh_key_pairs'));
      if (params.name !== undefined) query = query.where('ssh_key_pairs.name', '=', params.name);
      if (params.fingerprint !== undefined)
        query = query.where('ssh_key_pairs.fingerprint', '=', params.fingerprint.toLowerCase());
      if (params.keyword !== undefined)
        query = query.where(containing('ssh_key_pairs.name', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(fields) };
    },
  },

  deleteSSHKeyPair: {
    kind: 'sync',
    async run(call, params) {
      const { account } = await ownerOf(call, params);
      const gone = await call.tx
        .deleteFrom('ssh_key_pairs')
        .where('account_id', '=', account.id)
        .where('name', '=', params.name)
        .returning('id')
        .executeTakeFirst();
      if (gone === undefined)
        throw new IsolaError('refused_value', {
          reason: `A key pair with name ${params.name} does not exist for account ${account.name}`,
        });
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

function fields(row: OwnedKeyPair) {
  return {
    id: row.id,
    name: row.name,
    fingerprint: row.fingerprint,
    ...ownedBy(row),
    domainid: row.domain_id,
    domain: row.domain,
  };
}

function taken(name: string): IsolaError {
  return new IsolaError('refused_value', {
    reason: `A key pair with name ${name} already exists in the account`,
  });
}
