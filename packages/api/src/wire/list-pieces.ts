import type { CommandDefinition } from '../define.ts';
import { responseName } from './answer.ts';
import { encodeJson } from './encode-json.ts';
import { encodeXml, xmlElement } from './encode-xml.ts';
import { entityTree, type JsonObject } from './json-tree.ts';

/** The texts that an answer of a list consists of: the head, the items in as many pieces as there are, the tail. */
export interface ListPieces {
  readonly head: string;
  /** Some items; `first` when none were written before. */
  readonly items: (items: readonly object[], first: boolean) => string;
  readonly tail: string;
}

/** The pieces of a list that is not empty, of `count` items: together they are what `encodeJson` or `encodeXml` makes of the whole. */
export function listPieces(
  command: CommandDefinition,
  { json, count }: { readonly json: boolean; readonly count: number },
): ListPieces {
  const { name: list, fields } = command.response;
  const trees = (items: readonly object[]): JsonObject[] =>
    items.map(item => entityTree(fields, item));
  const name = responseName(command.name);
  if (json) {
    const tail = ']}}';
    return {
      head: encodeJson({ name, body: { count, [list]: [] } }).slice(0, -tail.length),
      items: (items, first) =>
        `${first || items.length === 0 ? '' : ','}${JSON.stringify(trees(items)).slice(1, -1)}`,
      tail,
    };
  }
  const tail = `</${name}>`;
  return {
    head: encodeXml({ name, body: { count } }).slice(0, -tail.length),
    items: items => xmlElement(list, trees(items)),
    tail,
  };
}
