export { type CommandName, commands, type ParamsOf, type ResultOf } from './commands/index.ts';
export * from './define.ts';
export { cloudStackVersion } from './version.ts';
export * from './wire/index.ts';
