import type { GraphNodeView } from '../../../api/cluster.api.js';
import { NODE } from './layout.js';
import type { Palette } from './palette.js';

/** From this many pixels of height on a job has two lines, one line, or a sign; below, it is a patch of colour. */
const LINES = 26;
const LINE = 12;
const SIGN = 7;
const ICON = 16;

/** Cuts texts to a width, and remembers them: measuring is what takes time. */
export class TextCutter {
  readonly #known = new Map<string, string>();

  cut(context: CanvasRenderingContext2D, text: string, width: number): string {
    const key = `${context.font} ${Math.round(width)} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      return known;
    }
    let shown = text;
    if (context.measureText(shown).width > width) {
      let [fits, over] = [0, text.length];
      while (over - fits > 1) {
        const middle = (fits + over) >> 1;
        const narrow = context.measureText(`${text.slice(0, middle)}…`).width <= width;
        [fits, over] = narrow ? [middle, over] : [fits, middle];
      }
      shown = `${text.slice(0, fits)}…`;
    }
    if (this.#known.size > 20_000) {
      this.#known.clear();
    }
    this.#known.set(key, shown);
    return shown;
  }
}

/** One job, its middle at `x` and `y`. */
export function paintNode(
  context: CanvasRenderingContext2D,
  palette: Palette,
  texts: TextCutter,
  at: {
    readonly node: GraphNodeView;
    readonly x: number;
    readonly y: number;
    readonly scale: number;
    readonly active: boolean;
  },
): void {
  const { node, scale, active } = at;
  const look = palette.state[node.state];
  const height = NODE.height * scale;
  const left = at.x - NODE.width / 2;
  const top = at.y - NODE.height / 2;
  const blocked = node.waitingFor.length > 0;
  if (height < SIGN) {
    context.fillStyle = active ? palette.accent : look.solid;
    context.fillRect(left, top, NODE.width, NODE.height);
    if (blocked) {
      context.fillStyle = palette.bad;
      context.fillRect(left, top, NODE.width / 4, NODE.height);
    }
    return;
  }
  const frame = new Path2D();
  frame.roundRect(left, top, NODE.width, NODE.height, 8);
  context.fillStyle = height < LINE ? look.tint : palette.surface;
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a path on a canvas, not an array
  context.fill(frame);
  context.save();
  context.clip(frame);
  context.fillStyle = look.tint;
  context.fillRect(left, top, NODE.height * 0.72, NODE.height);
  if (node.progress?.total !== undefined && node.progress?.total !== null && node.state === 'started') {
    const share = Math.min(1, node.progress.done / Math.max(1, node.progress.total));
    context.fillStyle = look.solid;
    context.fillRect(left, top + NODE.height - 4, NODE.width * share, 4);
  }
  context.restore();
  context.lineWidth = (active ? 2.5 : blocked ? 1.75 : 1) * Math.max(1, 0.8 / scale);
  context.strokeStyle = active ? palette.accent : blocked ? palette.bad : palette.line;
  context.stroke(frame);
  paintSign(context, look, left + NODE.height * 0.36, at.y, height < LINES ? 24 : ICON);
  if (height >= LINE) {
    paintWords(context, palette, texts, node, { left, top, scale, height });
  }
}

function paintSign(
  context: CanvasRenderingContext2D,
  look: Palette['state']['done'],
  x: number,
  y: number,
  size: number,
): void {
  context.save();
  context.translate(x - size / 2, y - size / 2);
  context.scale(size / 16, size / 16);
  context.strokeStyle = look.ink;
  context.lineWidth = 1.6;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.stroke(look.icon);
  context.restore();
}

function paintWords(
  context: CanvasRenderingContext2D,
  palette: Palette,
  texts: TextCutter,
  node: GraphNodeView,
  { left, top, scale, height }: { left: number; top: number; scale: number; height: number },
): void {
  const start = left + NODE.height * 0.72 + 8;
  const room = NODE.width - NODE.height * 0.72 - 16;
  const put = (text: string, size: number, font: string, color: string, y: number) => {
    context.font = `${size}px ${font}`;
    context.fillStyle = color;
    context.fillText(texts.cut(context, text, room), start, y);
  };
  context.textBaseline = 'middle';
  if (height < LINES) {
    // Of the same size on the screen, whatever the scale: that of a small print.
    put(node.description, Math.round(10 / scale), palette.font, palette.ink, top + NODE.height / 2);
  } else {
    put(node.description, 12.5, palette.font, palette.ink, top + 16);
    put(node.name, 10.5, palette.mono, palette.faint, top + 31);
  }
}
