export { ensurePackages } from './machine/apt.ts';
export { packagesFor } from './machine/packages.ts';
