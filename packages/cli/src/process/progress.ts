/** Shows what is being done. Steps of less than a second leave no trace. */
export interface Progress {
  /** Runs `work` and shows its title while it lasts, with what it notes, and how long it took. */
  step<T>(title: string, work: (note: Note) => Promise<T>): Promise<T>;
  line(text: string): void;
}

/** Says what a step is at. */
type Note = (detail: string) => void;

const frames = ['|', '/', '-', '\\'];

/** Progress on a stream: a line that moves on a terminal, else a line at the beginning, each half minute, and at the end. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  const line = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    line,
    step: async (title, work) => {
      const start = performance.now();
      const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;
      let detail = '';
      const state = (): string => `${title} ${seconds()}${detail === '' ? '' : ` (${detail})`}`;
      const stop = stream.isTTY ? spin(stream, state) : report(line, title, state);
      try {
        const result = await work(text => {
          detail = text;
        });
        if (performance.now() - start >= 1000) stop(`  ${title}: done in ${seconds()}`);
        else stop(null);
        return result;
      } catch (error) {
        stop(`  ${title}: failed after ${seconds()}`);
        throw error;
      }
    },
  };
}

/** Ends a step's display; with a last line, or with none. */
type Stop = (last: string | null) => void;

function spin(stream: NodeJS.WriteStream, state: () => string): Stop {
  let frame = 0;
  const clear = '\r\u001b[K';
  const timer = setInterval(() => {
    frame += 1;
    const text = `${frames[frame % frames.length] ?? ''} ${state()}`;
    stream.write(`${clear}${text.slice(0, stream.columns - 1)}`);
  }, 200);
  return last => {
    clearInterval(timer);
    stream.write(last === null ? clear : `${clear}${last}\n`);
  };
}

function report(line: (text: string) => void, title: string, state: () => string): Stop {
  const first = setTimeout(() => line(`  ${title} ...`), 1000);
  const later = setInterval(() => line(`  ${state()} ...`), 30_000);
  return last => {
    clearTimeout(first);
    clearInterval(later);
    if (last !== null) line(last);
  };
}
