import dgram from 'node:dgram';
import { report, type Target, whenStdinCloses } from './report.ts';

/** Answers each datagram with the sender's address and the datagram. */
export function udpServer({ host, port }: Target): void {
  const socket = dgram.createSocket('udp4');
  socket.on('error', () => undefined);
  socket.on('message', (message, from) =>
    socket.send(`${from.address} ${message.toString()}`, from.port, from.address),
  );
  socket.bind(port, host, () => report({ ready: true }));
  whenStdinCloses(() => process.exit(0));
}

/** Sends until an answer comes or the time is up: `{ ok, peer }`. */
export function udpOnce({ host, port }: Target, timeout: number): void {
  const socket = dgram.createSocket('udp4');
  const send = (): void => socket.send('probe', port, host);
  const again = setInterval(send, 200);
  const end = (result: Record<string, unknown>): void => {
    clearInterval(again);
    clearTimeout(timer);
    socket.close();
    report(result);
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

/** Sends `rate` numbered datagrams a second to an echoing server and reports how many did not come back. */
export function streamUdp({ host, port }: Target, rate: number): void {
  const socket = dgram.createSocket('udp4');
  const pending = new Set<number>();
  let sent = 0;
  let received = 0;
  let lastReceived = performance.now();
  let longestGapMs = 0;
  let refused = 0;
  const started = performance.now();
  socket.on('error', () => {
    refused += 1;
  });
  socket.on('message', message => {
    const sequence = Number(message.toString().split(' ')[1]);
    if (!pending.delete(sequence)) return;
    const now = performance.now();
    if (received > 0) longestGapMs = Math.max(longestGapMs, now - lastReceived);
    lastReceived = now;
    received += 1;
    if (received === 1) report({ ready: true });
  });
  // Timers are coarse: each tick sends what is due by now.
  const tick = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * rate);
    for (; sent < due; sent += 1) {
      pending.add(sent);
      socket.send(String(sent), port, host);
    }
  }, 2);
  whenStdinCloses(() => {
    clearInterval(tick);
    // The last datagrams are still under way.
    setTimeout(() => {
      report({
        sent,
        received,
        lost: pending.size,
        refused,
        longestGapMs: Math.round(longestGapMs),
      });
      process.exit(0);
    }, 500);
  });
}

/** Sends one datagram from `sourcePort`. */
export function sendUdp({ host, port }: Target, sourcePort: number): void {
  const socket = dgram.createSocket('udp4');
  socket.bind(sourcePort, () => {
    socket.setBroadcast(true);
    socket.send('spoofed', port, host, () => socket.close());
  });
}
