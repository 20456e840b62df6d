export { type Accepted, type Client, type ClientOptions, createClient } from './client.ts';
export { ApiError, type FetchLike } from './client-fetch.ts';
export { type CommandName, commands, type ParamsOf, type ResultOf } from './commands/index.ts';
export * from './define.ts';
export { type ApiDescription, type ApiField, type ApiParam, describeApis } from './list-apis.ts';
export { cloudStackVersion } from './version.ts';
export * from './wire/index.ts';
