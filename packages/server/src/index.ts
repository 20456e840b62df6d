export type { HostInstaller, InstallOrder, InstallTarget } from './fleet/installer.ts';
export type { AgentSettings } from './fleet/start-fleet.ts';
export {
  type RunningServer,
  type ServerOptions,
  startServer,
  type TemplateSettings,
} from './server.ts';
export { simulatedImageStores } from './simulator/image-stores.ts';
export { type SimulatedWorld, simulatedWorld } from './simulator/simulator.ts';
export type { BuiltInTemplate } from './store/seed/built-in-templates.ts';
export type { EmptySettings, SeedSettings } from './store/seed.ts';
