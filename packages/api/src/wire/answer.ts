import type { CommandDefinition, ListResult, SuccessResult } from '../define.ts';
import { entityTree, type JsonObject } from './json-tree.ts';

/** An answer before it is written as JSON or XML: the envelope's name and what is in it. */
export interface Answer {
  readonly name: string;
  readonly body: JsonObject;
}

/** What a command may give; `ResultOf` says which for each. */
export type CommandResult = ListResult<object> | SuccessResult | object;

/** The envelope's name; `errorresponse` when the command is not known. */
export function responseName(command: string | undefined): string {
  return command === undefined ? 'errorresponse' : `${command.toLowerCase()}response`;
}

/** The answer of a command that is done. */
export function resultAnswer(command: CommandDefinition, result: CommandResult): Answer {
  const body =
    command.shape === 'success'
      ? // CloudStack writes a text here, and clients compare it with 'true'.
        {
          ...jobResultTree(command, result),
          success: String('success' in result && result.success),
        }
      : jobResultTree(command, result);
  return { name: responseName(command.name), body };
}

/** The answer of an async command that was accepted; `id` is the object's, where there is one already. */
export function acceptedAnswer(
  command: CommandDefinition,
  job: { readonly jobid: string; readonly id?: string | undefined },
): Answer {
  const body = job.id === undefined ? { jobid: job.jobid } : { id: job.id, jobid: job.jobid };
  return { name: responseName(command.name), body };
}

/** A result as `jobresult` holds it. */
export function jobResultTree(command: CommandDefinition, result: CommandResult): JsonObject {
  const { name, fields } = command.response;
  switch (command.shape) {
    case 'list': {
      const { count, items } = listOf(command, result);
      if (count === 0) return {};
      if (items.length === 0) return { count };
      return { count, [name]: items.map(item => entityTree(fields, item)) };
    }
    case 'one':
      return { [name]: entityTree(fields, result) };
    case 'success':
    case 'bare':
      return entityTree(fields, result);
  }
}

function listOf(command: CommandDefinition, result: CommandResult): ListResult<object> {
  if ('items' in result && 'count' in result) return result;
  throw new TypeError(`${command.name} must give a list`);
}
