import { options, type VNode } from 'preact';

/**
 * Characters that are not seen, or that change how what is around them is read: control characters but for tab and line
 * ends, those that set the direction of a text, and blanks without width.
 */
const ODD =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** A text as it is shown: `⟨U+202E⟩` stands for a character that could deceive. */
export const showOdd = (text: string): string =>
  text.replaceAll(ODD, (odd) => `⟨U+${odd.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);

/** What is drawn of texts: what is in elements, and what is read out or shown of them at the pointer. */
const ATTRIBUTES = ['data-tip', 'aria-label'] as const;

function shown(child: unknown): unknown {
  if (typeof child === 'string') {
    return showOdd(child);
  }
  return Array.isArray(child) ? child.map(shown) : child;
}

/**
 * From now on nothing that the page draws has an invisible character in it, whichever component draws it. What is copied,
 * sent or put into an address stays as it is.
 */
export function drawOddCharacters(): void {
  const next = options.vnode?.bind(options);
  options.vnode = (node: VNode) => {
    if (typeof node.type === 'string') {
      const props = node.props as Record<string, unknown>;
      props['children'] = shown(props['children']);
      for (const name of ATTRIBUTES) {
        if (typeof props[name] === 'string') {
          props[name] = showOdd(props[name]);
        }
      }
    }
    next?.(node);
  };
}
