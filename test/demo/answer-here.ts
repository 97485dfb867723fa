import { answer } from '../support/fake-dashboard/fake-answers.js';
import type { FakeDashboard } from '../support/fake-dashboard/fake-dashboard.js';
import { FakeProblem } from '../support/fake-dashboard/fake-problem.js';
import type { DemoQueue } from './demo-queue.js';

/** Answers what the page asks in this tab: nothing goes over a network. */
export function answerHere(queue: DemoQueue): void {
  const base = new URL('./api/', document.baseURI);
  const network = window.fetch.bind(window);
  window.fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input, document.baseURI);
    return url.href.startsWith(base.href)
      ? respond(queue, url.pathname.slice(base.pathname.length), url, init)
      : network(input, init);
  };
  window.EventSource = class extends EventTarget {
    static readonly CLOSED = 2;
    readonly readyState = 1;
    private readonly mute: () => void;

    constructor() {
      super();
      const send = (): void => {
        this.dispatchEvent(new MessageEvent('pulse', { data: JSON.stringify(queue.pulseData()) }));
      };
      this.mute = queue.listen(send);
      setTimeout(() => {
        this.dispatchEvent(new Event('open'));
        send();
      });
    }

    close(): void {
      this.mute();
    }
  } as unknown as typeof EventSource;
}

async function respond(queue: DemoQueue, path: string, url: URL, init: RequestInit): Promise<Response> {
  try {
    const body = typeof init.body === 'string' ? init.body : '';
    const fake = queue as unknown as FakeDashboard;
    const given = answer(fake, init.method ?? 'GET', path, url.searchParams, body);
    if (path.startsWith('jobs/actions/')) return new Response(lines(given as AsyncIterable<object>));
    return typeof given === 'string' ? new Response(given) : Response.json(given);
  } catch (error) {
    const problem = error instanceof FakeProblem ? error : new FakeProblem(500, 'Error', String(error));
    const { status, title, message, more } = problem;
    return Response.json({ type: 'about:blank', title, detail: message, status, ...more }, { status });
  }
}

function lines(values: AsyncIterable<object>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      for await (const value of values) controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
      controller.close();
    },
  });
}
