import os from 'node:os';
import { createInterface } from 'node:readline';
import { type Message, numberOf, parseMessage, textOf } from '../message.ts';
import { acceptConnections, makeConnections } from './connections.ts';
import { echoDatagrams } from './echo.ts';
import { awaitEcho, probeUntilEcho } from './first-echo.ts';
import { makeCalls, serveBody } from './http.ts';

/**
 * The bench's helper inside namespaces: one mode a process, a JSON question a line, a JSON answer a line. It ends when
 * standard input closes.
 */
const modes: Readonly<Record<string, (question: Message) => Promise<object>>> = {
  'first-echo': question =>
    question['host'] === undefined
      ? awaitEcho()
      : probeUntilEcho({
          host: textOf(question, 'host'),
          port: numberOf(question, 'port'),
          every: numberOf(question, 'every'),
        }),
  echo: question => echoDatagrams(numberOf(question, 'port')),
  accept: question => acceptConnections(numberOf(question, 'port')),
  connections: question =>
    makeConnections({
      host: textOf(question, 'host'),
      firstPort: numberOf(question, 'firstPort'),
      ports: numberOf(question, 'ports'),
      milliseconds: numberOf(question, 'milliseconds'),
    }),
  'http-server': question => serveBody(textOf(question, 'body')),
  'http-load': question =>
    makeCalls({
      port: numberOf(question, 'port'),
      path: textOf(question, 'path'),
      calls: numberOf(question, 'calls'),
    }),
};

// Ahead of other work of the machine, which would be measured with it.
os.setPriority(-20);
const answer = modes[process.argv[2] ?? ''];
if (answer === undefined) throw new Error(`unknown mode ${process.argv[2]}`);
process.stdout.write('{"ready":true}\n');
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(parseMessage(line)))}\n`);
}
process.exit(0);
