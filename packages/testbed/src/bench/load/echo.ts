import dgram from 'node:dgram';

/** Sends every datagram on a port back to where it came from. */
export async function echoDatagrams(port: number): Promise<{ port: number }> {
  const socket = dgram.createSocket('udp4');
  socket.on('error', () => undefined);
  socket.on('message', (message, from) => socket.send(message, from.port, from.address));
  await new Promise<void>(resolve => socket.bind(port, '0.0.0.0', resolve));
  return { port };
}
