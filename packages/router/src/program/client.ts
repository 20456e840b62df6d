import { connect } from 'node:net';
import { type RouterAnswer, type RouterRequest, routerAnswerSchema } from '@isola/model';

/** Asks the running router program over its socket. Throws when it does not run. */
export function askRouter(path: string, request: RouterRequest): Promise<RouterAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.write(`${JSON.stringify(request)}\n`));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('isola-router closed the connection')));
    socket.on('data', (part: string) => {
      text += part;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const answer = routerAnswerSchema.safeParse(JSON.parse(line));
        if (!answer.success || answer.data.id !== request.id) continue;
        resolve(answer.data);
        socket.destroy();
      }
    });
  });
}
