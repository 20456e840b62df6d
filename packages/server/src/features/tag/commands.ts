import { IsolaError } from '@isola/model';
import { inScope, listScope } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { longPageOf } from '../../store/page.ts';
import { uuidOrNil } from '../../store/uuid.ts';
import { tagResponse } from './load.ts';
import { ownedResources } from './owned.ts';
import { selectTags } from './repository.ts';
import { parseTaggable } from './resources.ts';

export const tagCommands = {
  createTags: {
    kind: 'job',
    async begin(call, params) {
      const resources = await ownedResources(call, params);
      const tags = pairsOf(params.tags);
      const rows = resources.flatMap(resource =>
        tags.map(tag => ({
          resource_type: resource.type,
          resource_id: resource.id,
          key: tag.key,
          value: tag.value,
          customer: params.customer ?? null,
          account_id: resource.account_id,
          domain_id: resource.domain_id,
        })),
      );
      const made = await call.tx
        .insertInto('tags')
        .values(rows)
        .onConflict(conflict => conflict.doNothing())
        .returning('id')
        .execute();
      if (made.length < rows.length)
        throw refused('A tag with one of these keys exists already on one of the resources');
      return { object: null, waits: null };
    },
    result: () => Promise.resolve({ success: true }),
  },

  listTags: {
    kind: 'sync',
    async run(call, params) {
      let query = selectTags(call.tx)
        .where(inScope(await listScope(call, params), 'tags'))
        .orderBy('tags.seq');
      if (params.key !== undefined) query = query.where('tags.key', '=', params.key);
      if (params.value !== undefined) query = query.where('tags.value', '=', params.value);
      if (params.customer !== undefined) query = query.where('tags.customer', '=', params.customer);
      if (params.keyword !== undefined) query = query.where(containing('tags.key', params.keyword));
      if (params.resourcetype !== undefined)
        query = query.where('tags.resource_type', '=', parseTaggable(params.resourcetype) ?? '');
      if (params.resourceid !== undefined)
        query = query.where('tags.resource_id', '=', uuidOrNil(params.resourceid));
      const { count, rows } = await longPageOf(call, { query, key: 'tags.id' }, params);
      return { count, items: rows.map(tagResponse) };
    },
  },

  deleteTags: {
    kind: 'job',
    async begin(call, params) {
      const resources = await ownedResources(call, params);
      const wanted = (params.tags ?? []).map(tag => ({ key: keyOf(tag), value: tag['value'] }));
      for (const resource of resources) {
        for (const tag of wanted.length === 0 ? [null] : wanted) {
          let query = call.tx
            .deleteFrom('tags')
            .where('resource_type', '=', resource.type)
            .where('resource_id', '=', resource.id);
          if (tag !== null) query = query.where('key', '=', tag.key);
          if (tag?.value !== undefined) query = query.where('value', '=', tag.value);
          await query.execute();
        }
      }
      return { object: null, waits: null };
    },
    result: () => Promise.resolve({ success: true }),
  },
} satisfies Partial<Handlers>;

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** 431 without a key or value, or when a key comes twice. */
function pairsOf(maps: readonly Readonly<Record<string, string>>[]): readonly Pair[] {
  const pairs = maps.map(map => {
    const value = map['value'];
    if (value === undefined) throw refused('tags need a key and a value each');
    return { key: keyOf(map), value };
  });
  if (pairs.length === 0) throw refused('tags must not be empty');
  if (new Set(pairs.map(pair => pair.key)).size < pairs.length)
    throw refused('tags name a key twice');
  return pairs;
}

function keyOf(map: Readonly<Record<string, string>>): string {
  const key = map['key'];
  if (key === undefined || key === '') throw refused('tags need a key each');
  return key;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
