import type { DecodedParams, ResultOfDefinition } from '../define.ts';

/** Every command of the contract, by name. */
export const commands = {} as const;

export type CommandName = keyof typeof commands;
export type ParamsOf<N extends CommandName> = DecodedParams<(typeof commands)[N]['params']>;
export type ResultOf<N extends CommandName> = ResultOfDefinition<(typeof commands)[N]>;
