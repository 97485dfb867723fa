import { inspect } from 'node:util';

/** A value as the messages of errors print it: on one line, short, and never by running code of the value's. */
export function formatValue(value: unknown): string {
  let text: string;
  try {
    text = inspect(value, {
      compact: true,
      depth: 1,
      breakLength: Infinity,
      maxStringLength: 100,
      maxArrayLength: 5,
      customInspect: false,
    });
  } catch {
    // A getter for the constructor or the string tag may throw.
    text = `a value of type ${typeof value}`;
  }
  // The stack of an error has line breaks.
  text = text.replaceAll(/\s*\n\s*/g, ' ');
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
