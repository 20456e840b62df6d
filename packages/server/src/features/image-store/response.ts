import type { ResultOf } from '@isola/api';
import type { ImageStoreRow } from '../../store/schema.ts';

/** An image store as the API shows it. */
export function imageStoreResponse(
  store: ImageStoreRow & { readonly zone: string },
): ResultOf<'addImageStore'> {
  return {
    id: store.id,
    name: store.name,
    url: store.url,
    protocol: protocolOf[store.provider],
    providername: store.provider,
    scope: 'ZONE',
    readonly: store.is_readonly,
    zoneid: store.zone_id,
    zonename: store.zone,
    ...(store.total_bytes === null ? {} : { disksizetotal: store.total_bytes }),
    ...(store.used_bytes === null ? {} : { disksizeused: store.used_bytes }),
  };
}

const protocolOf = { Local: 'file', NFS: 'nfs' } as const;
