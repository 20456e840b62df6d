/**
 * Compares `package-lock.json` with `node_modules/.package-lock.json`, which npm keeps about what it installed.
 * Gives the first package that is missing or of another version, or null when all are there.
 */
export function missingPackage(lock, installed) {
  if (installed === null) return 'node_modules';
  for (const [path, wanted] of Object.entries(lock.packages)) {
    // The clone's own packages are links; optional ones are for other systems.
    if (!path.startsWith('node_modules/') || wanted.optional) continue;
    const found = installed.packages[path];
    if (found?.version !== wanted.version || found?.resolved !== wanted.resolved) return path;
  }
  return null;
}
