import { chown, open, rename, stat } from 'node:fs/promises';

export async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
}

/** Replaces a file as a whole; it is readable by its owner only (root unless another is given), at every moment. */
export async function writePrivately(
  path: string,
  text: string,
  owner?: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  if (owner !== undefined) await chown(fresh, owner.uid, owner.gid);
  await rename(fresh, path);
}
