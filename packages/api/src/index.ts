export * from './define.ts';
export { type CommandName, commands, type ParamsOf, type ResultOf } from './commands/index.ts';
