export { type CommandName, commands, type ParamsOf, type ResultOf } from './commands/index.ts';
export * from './define.ts';
