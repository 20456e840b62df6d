export type { HostInstaller, InstallOrder, InstallTarget } from './fleet/installer.ts';
export type { AgentSettings } from './fleet/start-fleet.ts';
export {
  type RunningServer,
  type ServerOptions,
  startServer,
  type TemplateSettings,
} from './server.ts';
export type { BuiltInTemplate } from './store/seed/built-in-templates.ts';
export type { SeedSettings } from './store/seed.ts';
