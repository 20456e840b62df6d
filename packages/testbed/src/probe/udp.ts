import dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { Io, Target } from './io.ts';

/** Answers each datagram with the sender's address and the datagram; `drops?` with what its own socket had no room for. */
export function udpServer({ host, port }: Target, io: Io): void {
  const socket = dgram.createSocket('udp4');
  socket.on('error', () => undefined);
  socket.on('message', (message, from) => {
    const text = message.toString();
    const answer =
      text === dropsQuestion ? `drops ${socketDrops(port)}` : `${from.address} ${text}`;
    socket.send(answer, from.port, from.address);
  });
  socket.bind(port, host, () => io.report({ ready: true }));
  io.onEnd(() => {
    socket.close();
    io.exit(0);
  });
}

/** Sends until an answer comes or the time is up: `{ ok, peer }`. */
export function udpOnce(
  { host, port, timeout }: Target & { readonly timeout: number },
  io: Io,
): void {
  const socket = dgram.createSocket('udp4');
  const send = (): void => socket.send('probe', port, host);
  const again = setInterval(send, 200);
  let answered = false;
  const end = (result: Record<string, unknown>): void => {
    if (answered) return;
    answered = true;
    clearInterval(again);
    clearTimeout(timer);
    socket.close();
    io.report(result);
    io.exit(0);
  };
  const timer = setTimeout(() => end({ ok: false, reason: 'timeout' }), timeout);
  socket.on('error', (error: NodeJS.ErrnoException) =>
    end({ ok: false, reason: error.code ?? error.message }),
  );
  socket.once('message', message =>
    end({ ok: true, peer: message.toString().split(' ')[0] ?? '' }),
  );
  send();
}

/**
 * Sends `rate` numbered datagrams a second to an echoing server and reports how many the network lost. What the two
 * sockets dropped because their process did not get to run in time is counted apart.
 */
export function streamUdp({ host, port, rate }: Target & { readonly rate: number }, io: Io): void {
  const socket = dgram.createSocket('udp4');
  const pending = new Set<number>();
  const serverDrops: number[] = [];
  let sent = 0;
  let received = 0;
  let lastReceived = performance.now();
  let longestGapMs = 0;
  let tick: NodeJS.Timeout | undefined;
  socket.on('error', () => undefined);
  socket.on('message', message => {
    const [head, tail] = message.toString().split(' ');
    if (head === 'drops') {
      serverDrops.push(Number(tail));
      if (tick === undefined) begin();
      return;
    }
    if (!pending.delete(Number(tail))) return;
    const now = performance.now();
    if (received > 0) longestGapMs = Math.max(longestGapMs, now - lastReceived);
    lastReceived = now;
    received += 1;
  });
  const ask = (): void => socket.send(dropsQuestion, port, host);
  const begin = (): void => {
    io.report({ ready: true });
    const started = performance.now();
    // Timers are coarse: each tick sends what is due by now.
    tick = setInterval(() => {
      const due = Math.floor(((performance.now() - started) / 1000) * rate);
      for (; sent < due; sent += 1) {
        pending.add(sent);
        socket.send(String(sent), port, host);
      }
    }, 2);
  };
  const asking = setInterval(() => {
    if (tick === undefined) ask();
    else clearInterval(asking);
  }, 200);
  socket.bind(0, ask);
  io.onEnd(() => {
    clearInterval(tick);
    clearInterval(asking);
    const ended = performance.now();
    const overrun = (): number =>
      socketDrops(socket.address().port) + (serverDrops.at(-1) ?? 0) - (serverDrops[0] ?? 0);
    // The last datagrams are still under way; the question travels behind them.
    const draining = setInterval(() => {
      const waited = performance.now() - ended;
      const lost = pending.size - overrun();
      if (waited < drainMs.least || (lost > 0 && waited < drainMs.most)) return ask();
      clearInterval(draining);
      io.report({
        sent,
        received,
        lost,
        overrun: overrun(),
        longestGapMs: Math.round(longestGapMs),
      });
      socket.close();
      io.exit(0);
    }, 250);
  });
}

const dropsQuestion = 'drops?';
/** How long is waited for the answers to what was sent last; the longer where some do not come. */
const drainMs = { least: 1000, most: 10_000 };

/** Datagrams that a local UDP port had no room for, from the last column of `/proc/net/udp`. */
function socketDrops(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = readFileSync('/proc/net/udp', 'utf8').split('\n');
  const row = rows
    .map(line => line.trim().split(/\s+/))
    .find(columns => columns[1]?.endsWith(`:${hex}`) === true);
  return Number(row?.at(-1) ?? 0);
}

/** Sends one datagram from `sourcePort`. */
export function sendUdp(
  { host, port, sourcePort }: Target & { readonly sourcePort: number },
  io: Io,
): void {
  const socket = dgram.createSocket('udp4');
  socket.bind(sourcePort, () => {
    socket.setBroadcast(true);
    socket.send('spoofed', port, host, () => {
      socket.close();
      io.exit(0);
    });
  });
}
