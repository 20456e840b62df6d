export { type RunningServer, type ServerOptions, startServer } from './server.ts';
export type { SeedSettings } from './store/seed.ts';
