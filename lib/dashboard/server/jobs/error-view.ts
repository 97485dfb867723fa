import type { ErrorView, StackFrame } from '../../api/jobs.api.js';
import { cutText } from './value-node.js';

const MOST = { message: 4_000, frames: 100, frame: 1_000, causes: 20 };
const FRAME = /^\s*at /;
/** How a section begins that is about another error; see `describeFailure()`. */
const SECTION = /^(?:Caused by|Error \d+ of \d+): /;

interface Section {
  readonly name: string;
  readonly message: string;
  readonly frames: StackFrame[];
}

/** A stored error, its stack taken apart. */
export function errorView(
  name: string | null,
  message: string | null,
  stack: string | null,
): ErrorView | null {
  if (name === null) return null;
  const lines = (stack ?? '').split('\n');
  const starts = lines.flatMap((line, at) => (at > 0 && SECTION.test(line) ? [at] : []));
  const [own = [], ...others] = [0, ...starts].map((at, i, all) => lines.slice(at, all[i + 1]));
  const causes = others.slice(0, MOST.causes).map(sectionOf);
  const frames = framesOf(own);
  const text = message ?? '';
  return {
    name,
    message: cutText(text, MOST.message),
    frames: frames.slice(0, MOST.frames),
    causes: causes.map((cause) => ({ ...cause, frames: cause.frames.slice(0, MOST.frames) })),
    cut:
      text.length > MOST.message ||
      others.length > causes.length ||
      [frames, ...causes.map((cause) => cause.frames)].some(({ length }) => length > MOST.frames),
  };
}

function sectionOf(lines: readonly string[]): Section {
  const head = lines.filter((line) => !FRAME.test(line)).join('\n');
  const text = head.replace(SECTION, (label) => (label.startsWith('Caused') ? '' : label));
  const [, name = 'Error', message = ''] = /^((?:Error \d+ of \d+: )?[^:\n]*)(?:: ([^]*))?$/.exec(text) ?? [];
  return { name: name.slice(0, 255), message: cutText(message, MOST.message), frames: framesOf(lines) };
}

/** Those of the application first, each part in its order. */
function framesOf(lines: readonly string[]): StackFrame[] {
  const frames = lines
    .filter((line) => FRAME.test(line))
    .map((line) => ({ text: cutText(line.trim(), MOST.frame), own: isOwn(line) }));
  return [...frames.filter(({ own }) => own), ...frames.filter(({ own }) => !own)];
}

/** It stands in a file, and that one is neither of Node nor of a package. */
function isOwn(frame: string): boolean {
  return /:\d+:\d+\)?\s*$/.test(frame) && !/[( ]node:|[\\/]node_modules[\\/]/.test(frame);
}
