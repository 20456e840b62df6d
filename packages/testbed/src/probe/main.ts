import { proxy } from './proxy.ts';
import { holdTcp, tcpOnce, tcpServer } from './tcp.ts';
import { sendUdp, streamUdp, udpOnce, udpServer } from './udp.ts';
import { webServer } from './web.ts';

/**
 * A small network peer that tests start inside a namespace: servers that say who called, one-shot calls, and long
 * streams that count what was lost. Prints one JSON line. Long ones end when standard input closes.
 */
const [mode, host = '', port = '0', extra = ''] = process.argv.slice(2);
const target = { host, port: Number(port) };

switch (mode) {
  case 'tcp-server':
    tcpServer(target);
    break;
  case 'udp-server':
    udpServer(target);
    break;
  case 'web-server':
    webServer(target, extra);
    break;
  case 'proxy':
    proxy(target, extra);
    break;
  case 'tcp':
    tcpOnce(target, Number(extra));
    break;
  case 'udp':
    udpOnce(target, Number(extra));
    break;
  case 'send':
    sendUdp(target, Number(extra));
    break;
  case 'hold-tcp':
    holdTcp(target);
    break;
  case 'stream-udp':
    streamUdp(target, Number(extra));
    break;
  default:
    process.stderr.write(`unknown mode ${mode}\n`);
    process.exitCode = 2;
}
