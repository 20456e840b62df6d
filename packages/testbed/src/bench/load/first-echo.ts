import dgram from 'node:dgram';
import { clock } from '../clock.ts';

let echo: Promise<{ at: number }> | undefined;

/** Sends a datagram every so many milliseconds until one comes back. Resolves once the first was sent. */
export async function probeUntilEcho(target: {
  host: string;
  port: number;
  every: number;
}): Promise<{ sending: true }> {
  const socket = dgram.createSocket('udp4');
  socket.on('error', () => undefined);
  await new Promise<void>(resolve =>
    socket.send('probe', target.port, target.host, () => resolve()),
  );
  const again = setInterval(() => socket.send('probe', target.port, target.host), target.every);
  echo = new Promise(resolve => {
    socket.once('message', () => {
      const at = clock();
      clearInterval(again);
      socket.close();
      resolve({ at });
    });
  });
  return { sending: true };
}

/** When the first echo of the probe under way came. */
export async function awaitEcho(): Promise<{ at: number }> {
  if (echo === undefined) throw new Error('no probe is under way');
  return await echo;
}
