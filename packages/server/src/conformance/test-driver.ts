import { type CommandDefinition, commands } from '@isola/api';
import type { Keys, TestServer } from '../http/test-server.ts';

export type Params = Readonly<Record<string, string>>;

export const definitions: ReadonlyMap<string, CommandDefinition> = new Map(
  Object.entries<CommandDefinition>(commands),
);

/** An answer of a command: the objects in it, or what is directly in its envelope. */
export interface Answered {
  readonly command: string;
  readonly objects: readonly object[];
}

/** Makes calls and keeps all answers. */
export interface Driver {
  readonly server: TestServer;
  readonly answers: readonly Answered[];
  /**
   * Calls, waits for the job if there is one, and gives what the answer is about: the object, the first of a list, or the whole body. Throws unless
   * the answer is 200.
   */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every command.
  // oxlint-disable-next-line typescript/no-explicit-any
  call(by: Keys, command: string, params?: Params): Promise<any>;
}

export function driver(server: TestServer): Driver {
  const answers: Answered[] = [];
  return {
    server,
    answers,
    async call(by, command, params) {
      const definition = definitions.get(command);
      if (definition === undefined) throw new Error(`there is no command ${command}`);
      const { status, body } = definition.async
        ? await server.run(by, command, params)
        : await server.call(by, command, params);
      if (status !== 200)
        throw new Error(`${command} ${JSON.stringify(params)}: ${JSON.stringify(body)}`);
      const objects = objectsOf(definition, body);
      answers.push({ command, objects });
      return objects[0] ?? body;
    },
  };
}

/** What the body of an answer is about. */
export function objectsOf(
  { shape, response }: CommandDefinition,
  body: Readonly<Record<string, unknown>>,
): readonly object[] {
  if (shape === 'bare') return [body];
  if (shape === 'success') return [];
  const found = body[response.name];
  const list: readonly unknown[] = Array.isArray(found) ? found : [found];
  return list.filter((item): item is object => typeof item === 'object' && item !== null);
}
