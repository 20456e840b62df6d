import { IsolaError } from '@isola/model';
import type { StoragePoolType } from '../../store/schema.ts';

export interface StorageLocation {
  readonly type: StoragePoolType;
  readonly server: string;
  readonly path: string;
}

const types: Readonly<Record<string, StoragePoolType>> = {
  nfs: 'NetworkFilesystem',
  networkfilesystem: 'NetworkFilesystem',
  sharedmountpoint: 'SharedMountPoint',
  filesystem: 'Filesystem',
};
const serverPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:]{2,39}\])$/;
/** Names of letters and digits only, so that no list, log or mount table needs to quote them. */
const pathPattern = /^(?:\/[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*)+$/;

/** Where storage is, from the URL of `createStoragePool`. 431 for what is none. */
export function parseStorageUrl(url: string): StorageLocation {
  const [, scheme = '', server = '', path = ''] = /^([a-z]+):\/\/([^/]*)(\/.*)$/i.exec(url) ?? [];
  const type = Object.hasOwn(types, scheme.toLowerCase()) ? types[scheme.toLowerCase()] : undefined;
  if (type === undefined)
    throw refused(`url ${url}: storage is nfs://, SharedMountPoint:// or filesystem://`);
  const place = server === '' && type !== 'NetworkFilesystem' ? 'localhost' : server;
  if (!serverPattern.test(place))
    throw refused(`url ${url}: the file server is no name or address`);
  if (!pathPattern.test(path)) throw refused(`url ${url}: the folder is no path`);
  return { type, server: place.toLowerCase(), path };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
