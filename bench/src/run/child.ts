import { systemNamed } from '../systems/catalogue.ts';
import { Participant } from './participant.ts';
import type { Message, Opening, Question } from './protocol.ts';

/** Between two messages about jobs that have run, in milliseconds. */
const REPORT_MS = 10;

const system = systemNamed(process.argv[2] ?? '');
// Loading takes longer than anything else before a measure, so it begins before there is a database to open. One that
// can't be loaded is reported to whoever asks for it.
const loading = system.load();
loading.catch(() => undefined);

let participant: Participant | undefined;
let timer: NodeJS.Timeout | undefined;
let ran = 0;

// Whoever measures may be gone, and then wants to hear nothing.
const send = (message: Message): void => void process.send?.(message, () => undefined);

function report(count: number): void {
  ran = count;
  timer ??= setTimeout(() => {
    timer = undefined;
    send({ kind: 'ran', ran });
  }, REPORT_MS);
}

async function answer({ method, args }: Question): Promise<unknown> {
  if (method === 'loaded') return void (await loading);
  if (method === 'open') {
    const [{ role }] = args as [Opening];
    participant = await Participant.open(await loading, role, report);
    return undefined;
  }
  if (participant === undefined) throw new Error(`${method} before open`);
  return (participant[method] as (...given: readonly unknown[]) => Promise<unknown>)(...args);
}

process.on('message', (question: Question) => {
  answer(question).then(
    (result) => send({ kind: 'answer', id: question.id, result }),
    (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      send({ kind: 'error', id: question.id, error: text });
    },
  );
});
// Whoever measures is gone.
process.on('disconnect', () => process.exit());
