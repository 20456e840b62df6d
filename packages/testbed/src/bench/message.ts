/** One JSON line between the bench and its helpers. */
export type Message = Readonly<Record<string, unknown>>;

/** A number of a message. Throws when it is not one. */
export function numberOf(message: Message, name: string): number {
  const value = message[name];
  if (typeof value !== 'number') throw new Error(`no ${name} in ${JSON.stringify(message)}`);
  return value;
}

/** A text of a message. Throws when it is not one. */
export function textOf(message: Message, name: string): string {
  const value = message[name];
  if (typeof value !== 'string') throw new Error(`no ${name} in ${JSON.stringify(message)}`);
  return value;
}

/** Reads one. Throws when the line is not an object. */
export function parseMessage(line: string): Message {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw new Error(`not a message: ${line}`);
  return Object.fromEntries(Object.entries(value));
}
