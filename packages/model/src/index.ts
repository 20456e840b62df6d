export { decideByRules, isRoleRule, type RoleRule } from './access/role-rules.ts';
export { IsolaError } from './errors/isola-error.ts';
export { type ErrorCode, errorRegistry } from './errors/registry.ts';
export {
  type ImageStoreLocation,
  imageStoreUrl,
  parseImageStoreUrl,
} from './image-store-url.ts';
export {
  type GuestNetworkSettings,
  type Installation,
  installationSchema,
  type SimulatorSettings,
  type Underlay,
  type Uplink,
} from './installation.ts';
export * from './net/ipv4.ts';
export { canonicalCidrs, canonicalConfig } from './router-config/canonical.ts';
export { canonicalJson } from './router-config/canonical-json.ts';
export { ConfigIndex, type ItemChange } from './router-config/config-index.ts';
export * from './router-config/diagnostics.ts';
export { applyDelta, diffConfigs } from './router-config/diff.ts';
export { FingerprintAccumulator, fingerprintOf } from './router-config/fingerprint.ts';
export * from './router-config/protocol.ts';
export * from './router-config/types.ts';
export { isolaVersion } from './version.ts';
