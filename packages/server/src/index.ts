export { type MemoryAgent, memoryAgent } from './reconciler/memory-agent.ts';
export { type RunningServer, type ServerOptions, startServer } from './server.ts';
export type { SeedSettings } from './store/seed.ts';
