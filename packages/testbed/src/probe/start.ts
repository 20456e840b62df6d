import type { Io } from './io.ts';
import { proxy } from './proxy.ts';
import { holdTcp, tcpOnce, tcpServer } from './tcp.ts';
import { sendUdp, streamUdp, udpOnce, udpServer } from './udp.ts';
import { webServer } from './web.ts';

/**
 * A small network peer that tests start somewhere: servers that say who called, one-shot calls, and long streams that
 * count what was lost. Its last line is its answer. Throws on a mode that there is not.
 */
export function startProbe(args: readonly string[], io: Io): void {
  const [mode, host = '', port = '0', extra = ''] = args;
  const target = { host, port: Number(port) };
  switch (mode) {
    case 'tcp-server':
      return tcpServer(target, io);
    case 'udp-server':
      return udpServer(target, io);
    case 'web-server':
      return webServer({ ...target, text: extra }, io);
    case 'proxy':
      return proxy({ ...target, socketPath: extra }, io);
    case 'tcp':
      return tcpOnce({ ...target, timeout: Number(extra) }, io);
    case 'udp':
      return udpOnce({ ...target, timeout: Number(extra) }, io);
    case 'send':
      return sendUdp({ ...target, sourcePort: Number(extra) }, io);
    case 'hold-tcp':
      return holdTcp(target, io);
    case 'stream-udp':
      return streamUdp({ ...target, rate: Number(extra) }, io);
    default:
      throw new Error(`there is no probe ${mode}`);
  }
}
