import type { Readable } from 'node:stream';

/** An image store as the management server names it. */
export interface ImageStoreRef {
  readonly id: string;
  /** `file:///path` or `nfs://server/path`, as `parseImageStoreUrl` understands. */
  readonly url: string;
}

export interface StoreSpace {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

export interface StoredFile {
  /** The file from its first byte; ends with an error when the store is lost on the way. */
  readonly stream: Readable;
  readonly sizeBytes: number;
}

/**
 * Files in image stores, for the management server, which mounts nothing and starts no process. Every call ends in bounded
 * time, also when a file server is dead. Errors are plain `Error`s that say what is wrong with the store or the file.
 */
export interface ImageStores {
  /** Makes the store's folder ours: marks it, so that an empty mount point is not taken for it. Refuses one that another store has. */
  claim(store: ImageStoreRef): Promise<void>;
  /** Takes our mark off a store and lets go of it. Its other files stay. Succeeds when it is gone. */
  release(store: ImageStoreRef): Promise<void>;
  /** Throws unless the store is there, is ours and, if asked for, takes a file. */
  check(store: ImageStoreRef, options: { readonly writable: boolean }): Promise<StoreSpace>;
  /** Puts a file to a path in the store: beside first, and under its name when all of it is on disk. Replaces one of that name. */
  write(store: ImageStoreRef, path: string, content: Readable): Promise<void>;
  read(store: ImageStoreRef, path: string): Promise<StoredFile>;
  /** Size of a file in bytes, `null` when the store is there but the file is not. */
  size(store: ImageStoreRef, path: string): Promise<number | null>;
  /** Succeeds when there is no such file. */
  remove(store: ImageStoreRef, path: string): Promise<void>;
  /** Lets go of all stores. */
  close(): Promise<void>;
}
