import type { GraphNodeView } from '../../../api/cluster.api.js';
import type { JobState } from '../../../../job/job-state.js';
import { NODE, type Layout, type Links, type Shape } from './layout.js';
import { paintNode, TextCutter } from './paint-node.js';
import type { Palette } from './palette.js';
import type { Size, View } from './viewport.js';

export interface Scene {
  readonly shape: Shape;
  readonly layout: Layout;
  readonly links: Links;
  readonly view: View;
  /** The job that is pointed at or has the focus. */
  readonly active: number | null;
  /** Jobs in another state are pale. */
  readonly only: JobState | null;
}

/** Below this a line need not be bent. */
const BENT_FROM = 0.2;

/** Draws what of a graph is in view, as finely as it can be seen. */
export class Painter {
  readonly #texts = new TextCutter();

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly palette: () => Palette,
  ) {}

  draw(scene: Scene, screen: Size, ratio: number): void {
    const { context } = this;
    const { view, layout, shape } = scene;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, screen.width, screen.height);
    context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
    const seen = {
      left: -view.x / view.scale - NODE.width,
      right: (screen.width - view.x) / view.scale + NODE.width,
      top: -view.y / view.scale - NODE.height,
      bottom: (screen.height - view.y) / view.scale + NODE.height,
    };
    this.#edges(scene, seen);
    shape.nodes.forEach((node, at) => {
      const [x, y] = [layout.x[at] ?? 0, layout.y[at] ?? 0];
      if (x > seen.left && x < seen.right && y > seen.top && y < seen.bottom) {
        this.#node(scene, node, at, x, y);
      }
    });
  }

  #node({ view, active, only, links }: Scene, node: GraphNodeView, at: number, x: number, y: number): void {
    const { context } = this;
    const near =
      active !== null &&
      (at === active ||
        links.parents[active]?.includes(at) === true ||
        links.children[active]?.includes(at) === true);
    const pale = (only !== null && node.state !== only) || (active !== null && !near);
    context.globalAlpha = pale ? (only !== null && node.state !== only ? 0.18 : 0.55) : 1;
    paintNode(context, this.palette(), this.#texts, {
      node,
      x,
      y,
      scale: view.scale,
      active: at === active,
    });
    context.globalAlpha = 1;
  }

  #edges({ shape, layout, view, active, only }: Scene, seen: Bounds): void {
    const { context } = this;
    const palette = this.palette();
    const thin = Math.max(1, 0.75 / view.scale);
    const faint = active !== null || only !== null ? 0.25 : view.scale < BENT_FROM ? 0.35 : 0.7;
    const plain = new Pen(context, palette.edge, thin, faint);
    const stuck = new Pen(context, palette.bad, thin * 1.6, active === null ? 1 : 0.5, [6, 4]);
    const chosen = new Pen(context, palette.accent, thin * 1.8, 1);
    for (const [parent, child] of shape.edges) {
      const from = { x: (layout.x[parent] ?? 0) + NODE.width / 2, y: layout.y[parent] ?? 0 };
      const to = { x: (layout.x[child] ?? 0) - NODE.width / 2, y: layout.y[child] ?? 0 };
      if (
        Math.max(from.x, to.x) < seen.left ||
        Math.min(from.x, to.x) > seen.right ||
        Math.max(from.y, to.y) < seen.top ||
        Math.min(from.y, to.y) > seen.bottom
      ) {
        continue;
      }
      const pen =
        parent === active || child === active
          ? chosen
          : shape.nodes[child]?.waitingFor.includes(parent) === true
            ? stuck
            : plain;
      pen.line(from, to, view.scale >= BENT_FROM);
    }
    plain.stroke();
    stuck.stroke();
    chosen.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }
}

/** One path of thousands of lines takes longer than many of some. */
const LINES_A_PATH = 64;

/** Lines of one look. */
class Pen {
  #path = new Path2D();
  #lines = 0;

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly color: string,
    private readonly width: number,
    private readonly alpha: number,
    private readonly dash: number[] = [],
  ) {}

  line(from: Point, to: Point, bent: boolean): void {
    this.#path.moveTo(from.x, from.y);
    if (bent) {
      const bend = Math.max(24, (to.x - from.x) / 2);
      this.#path.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y);
    } else {
      this.#path.lineTo(to.x, to.y);
    }
    this.#lines += 1;
    if (this.#lines >= LINES_A_PATH) {
      this.stroke();
    }
  }

  /** Draws what has gathered. */
  stroke(): void {
    const { context } = this;
    context.globalAlpha = this.alpha;
    context.strokeStyle = this.color;
    context.lineWidth = this.width;
    context.setLineDash(this.dash);
    context.stroke(this.#path);
    this.#path = new Path2D();
    this.#lines = 0;
  }
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}
