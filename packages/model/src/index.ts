export { IsolaError } from './errors/isola-error.ts';
export { type ErrorCode, errorRegistry } from './errors/registry.ts';
export type { Installation, Uplink } from './installation.ts';
export * from './net/ipv4.ts';
export * from './router-config/protocol.ts';
export * from './router-config/types.ts';
